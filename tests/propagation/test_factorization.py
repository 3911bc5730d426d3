"""Leading eigenvectors and singular vectors, held to LAPACK's and ARPACK's."""

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg

from graphkit import Graph, GraphkitWarning, InputError, ParameterError
from graphkit.datasets.generators import barabasi_albert, stochastic_block_model
from graphkit.propagation.factorization import leading_eigenvectors, leading_singular_vectors
from graphkit.propagation.operators import SparseOperator


def blocks(num_nodes=2000, num_blocks=8):

    odds = np.full((num_blocks, num_blocks), 0.004) + 0.1 * np.eye(num_blocks)
    return stochastic_block_model([num_nodes // num_blocks] * num_blocks, odds, seed=1).graph


def normalized(graph):
    """D^-1/2 A D^-1/2 by SciPy, float64."""
    adjacency = graph.to_scipy().astype(np.float64)
    strength = np.asarray(adjacency.sum(axis=1)).ravel()
    root = scipy.sparse.diags_array(np.where(strength > 0, strength, np.inf) ** -0.5)
    return (root @ adjacency @ root).tocsr()


def sparse_matrix(num_rows, num_columns, seed=0):
    """A sparse random matrix with singular values that fall."""
    rng = np.random.default_rng(seed)
    matrix = scipy.sparse.random_array((num_rows, num_columns), density=0.01, rng=rng).tocsr()
    scale = scipy.sparse.diags_array(1 / np.sqrt(1 + np.arange(num_rows)))
    return (scale @ matrix).tocsr().astype(np.float32)


def cosines(left, right):
    """Of the principal angles of two spaces with orthonormal bases."""
    return np.linalg.svd(left.astype(np.float64).T @ right.astype(np.float64))[1]


@pytest.mark.parametrize("which", ["largest", "magnitude"])
@pytest.mark.parametrize(("count", "tolerance"), [(20, 1e-4), (8, 1e-9)])
def test_eigenvectors_are_arpacks(which, count, tolerance):
    graph = blocks()
    matrix = normalized(graph)
    operator = SparseOperator.normalized_adjacency(graph, num_threads=1)
    found = leading_eigenvectors(operator, count, which=which, tolerance=tolerance, num_threads=1)
    kind = {"largest": "LA", "magnitude": "LM"}[which]
    values, vectors = scipy.sparse.linalg.eigsh(matrix, 24, which=kind, v0=np.ones(graph.num_nodes))
    order = np.argsort(-np.abs(values) if which == "magnitude" else -values)
    # A value is right to the square of the residual over its distance from the others.
    np.testing.assert_allclose(found.values, values[order][:count], atol=tolerance)
    leading = vectors[:, order[:8]]
    assert cosines(found.vectors[:, :8], leading).min() > 1 - 10 * tolerance
    assert found.residual <= tolerance
    assert found.vectors.dtype == (np.float64 if tolerance < 1e-4 else np.float32)
    exact = np.linalg.norm(matrix @ found.vectors - found.vectors * found.values, axis=0).max()
    assert found.residual == pytest.approx(exact / np.abs(found.values).max(), rel=0.05, abs=3e-7)


@pytest.mark.parametrize("shift", [2, 30])
@pytest.mark.parametrize("tolerance", [1e-4, 1e-8])
def test_near_a_multiple_of_the_identity(shift, tolerance):
    """Blocks lose most of their length in each step, and with it what makes them orthogonal."""
    edges = np.random.default_rng(3).integers(1500, size=(6000, 2))
    matrix = normalized(Graph.from_edges(edges, num_nodes=1500, self_loops="drop"))
    shifted = (matrix + shift * scipy.sparse.identity(1500)).tocsr()
    found = leading_eigenvectors(shifted, 6, tolerance=tolerance, num_threads=1)
    wanted = np.linalg.eigvalsh(matrix.toarray())[::-1][:6]
    np.testing.assert_allclose(found.values - shift, wanted, atol=2 * tolerance * shift)
    assert found.residual <= tolerance


@pytest.mark.parametrize("shape", [(1500, 1500), (1500, 900), (900, 1500)])
@pytest.mark.parametrize("tolerance", [1e-3, 1e-8])
def test_singular_vectors_are_lapacks(shape, tolerance):
    matrix = sparse_matrix(*shape)
    found = leading_singular_vectors(matrix, 30, tolerance=tolerance, num_threads=1)
    left, values, right = np.linalg.svd(matrix.toarray().astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(found.values, values[:30], rtol=max(1e-9, 0.1 * tolerance))
    assert found.residual <= tolerance
    assert cosines(found.left[:, :5], left[:, :5]).min() > 1 - 20 * tolerance
    assert cosines(found.right[:, :5], right[:5].T).min() > 1 - 20 * tolerance
    product = (found.left * found.values) @ found.right.T
    best = (left[:, :30] * values[:30]) @ right[:30]
    error = np.linalg.norm(matrix.toarray() - product)
    assert error <= (1 + 10 * tolerance) * np.linalg.norm(matrix.toarray() - best)


@pytest.mark.parametrize("make", [lambda m: m, lambda m: m.toarray(), scipy.sparse.linalg.aslinearoperator])
def test_every_kind_of_operator_has_the_same_values(make):
    matrix = sparse_matrix(800, 700)
    expected = np.linalg.svd(matrix.toarray())[1][:10]
    found = leading_singular_vectors(make(matrix), 10, tolerance=1e-4, num_threads=1)
    np.testing.assert_allclose(found.values, expected, rtol=1e-5)


def test_bits_do_not_depend_on_threads():
    graph = barabasi_albert(3000, 8, seed=1)
    operators = [SparseOperator.normalized_adjacency(graph, num_threads=threads) for threads in (1, 2, 3)]
    found = [
        leading_eigenvectors(operator, 40, seed=5, num_threads=threads)
        for operator, threads in zip(operators, (1, 2, 3))
    ]
    matrix = sparse_matrix(2500, 2000)
    triplets = [leading_singular_vectors(matrix, 20, num_threads=threads) for threads in (1, 2, 3)]
    for other in found[1:]:
        assert other.vectors.tobytes() == found[0].vectors.tobytes()
        assert other.values.tobytes() == found[0].values.tobytes()
    for other in triplets[1:]:
        assert other.left.tobytes() == triplets[0].left.tobytes()
        assert other.right.tobytes() == triplets[0].right.tobytes()


def test_another_seed_finds_the_same():
    operator = SparseOperator.normalized_adjacency(blocks(), num_threads=1)
    one, other = (
        leading_eigenvectors(operator, 8, tolerance=1e-5, seed=seed, num_threads=1) for seed in (0, 2**64 - 1)
    )
    np.testing.assert_allclose(one.values, other.values, atol=1e-6)
    # The signs are fixed by a rule, so columns agree as they are.
    np.testing.assert_allclose(one.vectors, other.vectors, atol=1e-3)
    assert (np.take_along_axis(one.vectors, np.abs(one.vectors).argmax(axis=0)[None], axis=0) > 0).all()


def test_a_space_that_is_exhausted_gets_new_columns():
    """A star has rank 2: all that follows from a block is two vectors."""
    star = Graph.from_edges([(0, i) for i in range(1, 2000)])
    operator = SparseOperator.normalized_adjacency(star, num_threads=1)
    found = leading_eigenvectors(operator, 5, which="magnitude", tolerance=1e-5, num_threads=1)
    np.testing.assert_allclose(np.sort(found.values), [-1, 0, 0, 0, 1], atol=1e-4)
    np.testing.assert_allclose(found.vectors.T @ found.vectors, np.eye(5), atol=1e-5)


def test_multiple_values_are_found_as_often_as_they_are_there():
    ring = [(20 * part + i, 20 * part + (i + 1) % 20) for part in range(30) for i in range(20)]
    operator = SparseOperator.normalized_adjacency(Graph.from_edges(ring), num_threads=1)
    found = leading_eigenvectors(operator, 40, tolerance=1e-4, num_threads=1)
    np.testing.assert_allclose(found.values[:30], 1, atol=1e-5)
    np.testing.assert_allclose(found.values[30:], np.cos(2 * np.pi / 20), atol=1e-5)


@pytest.mark.parametrize("num_rows", [600, 100])
def test_rank_below_the_count_is_said_and_not_padded(num_rows):
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(num_rows, 7)) @ rng.normal(size=(7, 600))
    found = leading_singular_vectors(matrix, 20, num_threads=1)
    assert found.rank == 7
    assert found.left.shape == (num_rows, 7)
    assert found.right.shape == (600, 7)
    np.testing.assert_allclose(found.values, np.linalg.svd(matrix)[1][:7], rtol=1e-5)


def test_a_matrix_of_zeros_has_rank_zero():
    assert leading_singular_vectors(np.zeros((600, 20)), 3, num_threads=1).rank == 0
    found = leading_eigenvectors(np.zeros((1000, 1000)), 3, num_threads=1)
    assert found.values.tolist() == [0, 0, 0]
    assert found.residual == 0


def test_all_eigenpairs_of_a_small_matrix():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(30, 30))
    matrix += matrix.T
    found = leading_eigenvectors(matrix, 30, tolerance=1e-9, num_threads=1)
    np.testing.assert_allclose(found.values, np.linalg.eigvalsh(matrix)[::-1], atol=1e-12)


def test_what_does_not_converge_is_said():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(1500, 1500))
    with pytest.warns(GraphkitWarning, match="reached a residual of"):
        leading_eigenvectors(matrix + matrix.T, 100, tolerance=1e-12, most_columns=164, num_threads=1)


def test_faults_are_named():
    square, wide = np.eye(5), np.ones((3, 5))
    with pytest.raises(InputError, match="operator must be square, got 3 x 5"):
        leading_eigenvectors(wide, 1)
    with pytest.raises(ParameterError, match="count must be a whole number from 1 to 5, got 6"):
        leading_eigenvectors(square, 6)
    with pytest.raises(ParameterError, match="count must be a whole number from 1 to 3, got 4"):
        leading_singular_vectors(wide, 4)
    with pytest.raises(ParameterError, match="unknown which"):
        leading_eigenvectors(square, 1, which="smallest")
    with pytest.raises(ParameterError, match=r"tolerance must lie in \(0, 1\)"):
        leading_eigenvectors(square, 1, tolerance=0)
    with pytest.raises(ParameterError, match="most_columns must be a whole number >= 65"):
        leading_eigenvectors(square, 1, most_columns=64)
    with pytest.raises(InputError, match="operator must be a matrix or a LinearOperator, got str"):
        leading_eigenvectors("matrix", 1)
    with pytest.raises(InputError, match="real entries"):
        leading_eigenvectors(1j * square, 1)
