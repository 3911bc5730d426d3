"""Weighted matrices whose two entries for an edge differ, against dense means."""

import numpy as np
import pytest
import scipy.io
import scipy.sparse
import torch
from torch_geometric.data import Data

from graphkit.errors import GraphkitWarning, InputError
from graphkit.io import as_graph, load_graph


def random_matrix(seed=0, size=30, density=0.2):
    """Whole numbers, so that METIS can hold them; some entries have none across the diagonal."""
    rng = np.random.default_rng(seed)
    matrix = np.where(rng.random((size, size)) < density, rng.integers(1, 9, (size, size)), 0)
    return matrix.astype(np.float64)


def mean_of_entries(matrix):
    """Each edge with the mean of those of its entries that are there."""
    there = (matrix > 0).astype(int) + (matrix.T > 0)
    return (matrix + matrix.T) / np.maximum(there, 1)


def dense(graph):
    return graph.to_scipy().toarray()


def different_pairs(matrix):
    upper = np.triu((matrix > 0) & (matrix.T > 0) & (matrix != matrix.T), 1)
    shares = np.abs(matrix - matrix.T) / np.maximum(np.maximum(matrix, matrix.T), 1)
    return int(upper.sum()), shares[upper].max()


def as_npz(matrix, folder):
    scipy.sparse.save_npz(folder / "m.npz", scipy.sparse.csr_array(matrix))
    return folder / "m.npz"


def as_mtx(matrix, folder):
    scipy.io.mmwrite(folder / "m.mtx", scipy.sparse.coo_array(matrix), symmetry="general")
    return folder / "m.mtx"


def as_mat(matrix, folder):
    scipy.io.savemat(folder / "m.mat", {"network": scipy.sparse.csc_array(matrix)})
    return folder / "m.mat"


@pytest.mark.parametrize("write", [as_npz, as_mtx, as_mat])
def test_an_edge_of_two_weights_has_their_mean_and_it_is_said(write, tmp_path):
    matrix = random_matrix()
    num_pairs, largest = different_pairs(matrix)
    with pytest.warns(GraphkitWarning, match=f"diagonal: {2 * num_pairs}, by up to {100 * largest:.3g} %"):
        loaded = load_graph(write(matrix, tmp_path))
    np.testing.assert_allclose(dense(loaded.graph), mean_of_entries(matrix), rtol=1e-6)
    text, single = str(loaded.report), int(((matrix > 0) & (matrix.T == 0)).sum())
    both = (np.count_nonzero(matrix) - np.count_nonzero(np.diag(matrix)) - single) // 2
    assert f"edges listed in both directions, taken once: {both:,}; in one: {single:,}" in text
    assert "such an edge has the mean of the two weights" in text


@pytest.mark.parametrize("write", [as_npz, as_mtx, as_mat])
def test_directed_keeps_both(write, tmp_path):
    matrix = random_matrix()
    assert np.array_equal(dense(load_graph(write(matrix, tmp_path), directed=True).graph), matrix)


@pytest.mark.parametrize(
    ("duplicates", "merge"),
    [("sum", np.add), ("max", np.maximum), ("first", lambda a, b: np.where(np.triu(a), a, b))],
)
def test_duplicates_chooses_another_rule(duplicates, merge):
    matrix = random_matrix(1)
    matrix = np.where((matrix > 0) & (matrix.T > 0), matrix, 0)
    upper = np.triu(merge(matrix, matrix.T), 1)
    same = np.triu(matrix == matrix.T, 1)
    upper = np.where(same, np.triu(matrix, 1), upper)
    wanted = upper + upper.T + np.diag(np.diag(matrix))
    with pytest.warns(GraphkitWarning, match="differ"):
        found = as_graph(scipy.sparse.csr_array(matrix), duplicates=duplicates)
    assert np.array_equal(dense(found), wanted)


def test_duplicates_error_names_the_entries():
    matrix = scipy.sparse.csr_array(np.array([[0, 2.0], [1.0, 0]]))
    with pytest.raises(InputError, match=r"the entries \(0, 1\) and \(1, 0\) differ"):
        as_graph(matrix, duplicates="error")


def test_weights_that_differ_by_rounding_are_one_edge():
    matrix = np.triu(np.random.default_rng(0).random((20, 20)) + 0.1, 1)
    noisy = matrix + matrix.T * (1 + 1e-7) + np.eye(20)
    graph = as_graph(scipy.sparse.csr_array(noisy))
    np.testing.assert_allclose(dense(graph), matrix + matrix.T + np.eye(20), rtol=1e-6)
    assert np.array_equal(dense(graph), dense(graph).T)


def test_a_symmetric_header_lists_an_edge_once(tmp_path):
    matrix = random_matrix()
    matrix = np.triu(matrix) + np.triu(matrix, 1).T
    scipy.io.mmwrite(tmp_path / "m.mtx", scipy.sparse.coo_array(matrix), symmetry="symmetric")
    loaded = load_graph(tmp_path / "m.mtx")
    assert np.array_equal(dense(loaded.graph), matrix)
    assert "taken once" not in str(loaded.report)


def test_a_triangle_without_weights_is_not_called_listed_twice():
    matrix = scipy.sparse.csr_array(np.triu(np.ones((4, 4)), 1))
    scipy_graph = as_graph(matrix)
    assert scipy_graph.num_edges == 6


def test_metis(tmp_path):
    (tmp_path / "g.metis").write_text("3 2 001\n2 4\n1 6 3 5\n2 5\n")
    with pytest.warns(GraphkitWarning, match="diagonal: 2, by up to 33.3 %"):
        graph = load_graph(tmp_path / "g.metis", format="metis").graph
    assert dense(graph).tolist() == [[0, 5, 0], [5, 0, 5], [0, 5, 0]]


def test_data_of_pytorch_geometric():
    edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    data = Data(edge_index=edges, edge_weight=torch.tensor([4.0, 6.0, 5.0, 5.0]), num_nodes=3)
    with pytest.warns(GraphkitWarning, match="diagonal: 2, by up to 33.3 %"):
        graph = as_graph(data)
    assert dense(graph).tolist() == [[0, 5, 0], [5, 0, 5], [0, 5, 0]]


def test_repeated_entries_are_summed_before_they_are_compared():
    matrix = scipy.sparse.coo_array(([1.0, 2.0, 3.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    assert dense(as_graph(matrix)).tolist() == [[0, 3], [3, 0]]
