"""MatrixMarket, .npz and .mat files."""

import gzip
import re

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from support.edge_files import edges_of

from graphkit.errors import InputError, ParameterError
from graphkit.io import load_graph, read_graph

HEAD = "%%MatrixMarket matrix coordinate "


MTX = {
    "pattern symmetric": ("pattern symmetric\n% c\n4 4 2\n2 1\n3 2\n", {}, [(1, 2), (2, 3)]),
    "pattern general": ("pattern general\n4 4 3\n1 2\n2 1\n3 2\n", {}, [(1, 2), (2, 3)]),
    "real symmetric": ("real symmetric\n4 4 2\n2 1 0.5\n3 2 2e0\n", {}, [(1, 2, 0.5), (2, 3, 2.0)]),
    "real general": ("real general\n4 4 2\n1 2 0.5\n3 2 2\n", {}, [(1, 2, 0.5), (2, 3, 2.0)]),
    "both directions": (
        "integer general\n4 4 4\n1 2 5\n2 1 5\n2 3 2\n3 2 2\n",
        {},
        [(1, 2, 5.0), (2, 3, 2.0)],
    ),
    "without weights": ("real symmetric\n4 4 2\n2 1 0.5\n3 2 2\n", {"weights": None}, [(1, 2), (2, 3)]),
    "symmetric, directed": (
        "real symmetric\n4 4 3\n2 1 0.5\n3 2 2\n4 4 1\n",
        {"directed": True},
        [(1, 2, 0.5), (2, 1, 0.5), (2, 3, 2.0), (3, 2, 2.0), (4, 4, 1.0)],
    ),
    "general, directed": ("pattern general\n4 4 1\n2 1\n", {"directed": True}, [(2, 1)]),
    "zeros": ("real symmetric\n4 4 2\n2 1 0.5\n3 2 0\n", {}, [(1, 2, 0.5)]),
    "blank lines and upper case": ("REAL SYMMETRIC\n\n% c\n\n4 4 1\n\n2 1 0.5\n\n", {}, [(1, 2, 0.5)]),
    "no entries": ("pattern general\n4 4 0\n", {}, []),
}


@pytest.mark.parametrize("name", MTX)
@pytest.mark.parametrize("file", ["a.mtx", "a.txt", "a.mtx.gz"])
def test_matrix_market(name, file, write):
    content, options, edges = MTX[name]
    content = (HEAD + content).encode()
    graph = read_graph(write(gzip.compress(content) if file.endswith("gz") else content, file), **options)
    assert graph.node_ids.tolist() == [1, 2, 3, 4]
    assert edges_of(graph) == edges


def test_matrices_that_scipy_wrote(tmp_path):
    rng = np.random.default_rng(3)
    matrix = scipy.sparse.random_array((30, 30), density=0.1, rng=rng).tocoo()
    scipy.io.mmwrite(tmp_path / "general.mtx", matrix)
    assert edges_of(read_graph(tmp_path / "general.mtx", directed=True)) == sorted(
        zip(
            (matrix.row + 1).tolist(),
            (matrix.col + 1).tolist(),
            matrix.data.astype(np.float32).tolist(),
            strict=True,
        )
    )
    scipy.io.mmwrite(tmp_path / "symmetric.mtx", (matrix + matrix.T).tocoo(), symmetry="symmetric")
    graph = read_graph(tmp_path / "symmetric.mtx")
    assert np.allclose(graph.to_scipy().toarray(), (matrix + matrix.T).toarray())


MTX_WRONG = {
    "banner": (
        "%%MatrixMarket matrix\n1 1 0\n",
        1,
        "expected '%%MatrixMarket matrix coordinate FIELD SYMMETRY'",
    ),
    "dense": (
        "%%MatrixMarket matrix array real general\n1 1\n1\n",
        1,
        "expected a sparse matrix (coordinate), got matrix array",
    ),
    "complex": (
        HEAD + "complex general\n1 1 1\n1 1 1 2\n",
        1,
        "cannot take complex general entries as edges; the field must be pattern, integer, real, "
        "double, the symmetry "
        "general, symmetric",
    ),
    "skew": (
        HEAD + "real skew-symmetric\n2 2 1\n2 1 1\n",
        1,
        "cannot take real skew-symmetric entries as edges; the field must be pattern, integer, "
        "real, double, the "
        "symmetry general, symmetric",
    ),
    "rectangular": (
        HEAD + "real general\n% c\n2 3 1\n1 1 1\n",
        3,
        "an adjacency matrix must be square, this one is 2 x 3",
    ),
    "no sizes": (HEAD + "real general\n% c\n", None, "the line 'rows columns entries' is missing"),
    "bad sizes": (HEAD + "real general\n2 2\n", 2, "expected 'rows columns entries', got '2 2'"),
    "too few": (HEAD + "real general\n2 2 2\n1 1 1\n", None, "holds 1 entries, its header says 2"),
    "too large": (HEAD + "pattern general\n2 2 2\n1 1\n\n1 3\n", 5, "an index must be in 1 to 2"),
    "zero index": (HEAD + "pattern general\n2 2 2\n1 1\n0 2\n", 4, "an index must be in 1 to 2"),
    "text": (
        HEAD + "real general\n2 2 1\n1 2 x\n",
        3,
        "expected a number as weight (column 3), got 'x'; pass weights=None to leave weights out",
    ),
    "negative behind a zero": (
        HEAD + "real general\n2 2 2\n1 2 0\n1 1 -1\n",
        4,
        "a weight must be a finite float32 number > 0, got -1; pass bad_weights='drop' to leave "
        "such edges out, 'abs' to "
        "take absolute values (zero: no edge)",
    ),
}


@pytest.mark.parametrize("name", MTX_WRONG)
def test_wrong_matrix_market(name, write):
    content, line, text = MTX_WRONG[name]
    path = write(content, "a.mtx")
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert str(caught.value) == (f"{path}, line {line}: {text}" if line else f"{path}: {text}")


SYMMETRIC = np.array([[0, 2, 0, 0], [2, 1, 3, 0], [0, 3, 0, 0], [0, 0, 0, 0]], float)
EDGES = [(0, 1, 2.0), (1, 1, 1.0), (1, 2, 3.0)]


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia"])
@pytest.mark.parametrize("name", ["a.npz", "a.mat"])
def test_matrices_of_any_form(form, name, tmp_path):
    matrix = scipy.sparse.csr_array(SYMMETRIC).asformat(form)
    if name == "a.npz":
        scipy.sparse.save_npz(tmp_path / name, matrix)
    else:
        scipy.io.savemat(tmp_path / name, {"network": matrix.tocsc()})
    loaded = load_graph(tmp_path / name)
    assert loaded.graph.node_ids.tolist() == [0, 1, 2, 3]
    assert edges_of(loaded.graph) == EDGES
    assert "each edge listed in both directions, taken once" in str(loaded.report)
    assert edges_of(read_graph(tmp_path / name, weights=None)) == [edge[:2] for edge in EDGES]


def test_a_matrix_of_ones_has_no_weights_and_zeros_are_no_edges(tmp_path):
    matrix = scipy.sparse.coo_array(([1.0, 1.0, 0.0], ([0, 1, 2], [1, 0, 1])), shape=(3, 3))
    scipy.sparse.save_npz(tmp_path / "a.npz", matrix)
    loaded = load_graph(tmp_path / "a.npz")
    assert edges_of(loaded.graph) == [(0, 1)]
    assert "entries of zero left out: 1" in str(loaded.report)


@pytest.mark.parametrize(("rule", "edges"), [("sum", [(0, 1, 1.0)]), ("error", [(0, 1)])])
def test_the_two_directions_of_a_matrix_are_not_repetitions(rule, edges, tmp_path):
    scipy.sparse.save_npz(tmp_path / "a.npz", scipy.sparse.csr_array([[0, 1], [1, 0]]))
    assert edges_of(read_graph(tmp_path / "a.npz", duplicates=rule)) == edges


def test_a_directed_matrix(tmp_path):
    scipy.sparse.save_npz(tmp_path / "a.npz", scipy.sparse.csr_array(np.triu(SYMMETRIC)))
    assert edges_of(read_graph(tmp_path / "a.npz", directed=True)) == EDGES
    with pytest.raises(
        InputError, match=re.escape("entry (0, 1): a weight must be a finite float32 number > 0, got -2")
    ):
        scipy.sparse.save_npz(tmp_path / "b.npz", scipy.sparse.csr_array(-SYMMETRIC))
        read_graph(tmp_path / "b.npz")


def csr_with_ids(path, ids, **changes):
    matrix = scipy.sparse.csr_array(SYMMETRIC)
    arrays = {"IDs": ids, "data": matrix.data, "indptr": matrix.indptr, "indices": matrix.indices, **changes}
    np.savez(path, **arrays)


def test_csr_with_ids(tmp_path):
    csr_with_ids(tmp_path / "a.npz", np.array(["w", "x", "y", "z"]))
    graph = read_graph(tmp_path / "a.npz")
    assert graph.node_ids.tolist() == ["w", "x", "y", "z"]
    assert edges_of(graph) == [("w", "x", 2.0), ("x", "x", 1.0), ("x", "y", 3.0)]
    csr_with_ids(tmp_path / "b.npz", np.array([5, 6, 7, 9]))
    assert read_graph(tmp_path / "b.npz").node_ids.tolist() == [5, 6, 7, 9]


def test_pickles_are_refused(tmp_path):
    csr_with_ids(tmp_path / "a.npz", np.array(["w", "x", "y", "z"], dtype=object))
    with pytest.raises(InputError) as caught:
        read_graph(tmp_path / "a.npz")
    assert str(caught.value) == (
        f"{tmp_path / 'a.npz'}: holds Python objects, which only unsafe pickles can carry; save its "
        "ids as plain "
        "strings, for instance IDs=np.asarray(ids, dtype='U')"
    )


def test_wrong_archives(tmp_path, write):
    np.savez(tmp_path / "a.npz", x=[1])
    with pytest.raises(
        InputError, match=r"holds x; expected the arrays of scipy\.sparse\.save_npz, or of PecanPy"
    ):
        read_graph(tmp_path / "a.npz")
    with pytest.raises(InputError, match=r"is no \.npz file"):
        read_graph(write("1 2\n", "b.npz"))
    csr_with_ids(tmp_path / "c.npz", np.array([5, 5, 7, 9]))
    with pytest.raises(InputError, match=r"c.npz: node id .*5.* appears more than once"):
        read_graph(tmp_path / "c.npz")
    csr_with_ids(tmp_path / "d.npz", np.arange(4), indptr=np.arange(3))
    with pytest.raises(InputError, match="holds no sparse matrix that can be read"):
        read_graph(tmp_path / "d.npz")
    scipy.sparse.save_npz(tmp_path / "e.npz", scipy.sparse.csr_array(np.ones((2, 3))))
    with pytest.raises(InputError, match="an adjacency matrix must be square, got 2 x 3"):
        read_graph(tmp_path / "e.npz")
    scipy.sparse.save_npz(tmp_path / "f.npz", scipy.sparse.csr_array(np.ones((2, 2)) * 1j))
    with pytest.raises(
        InputError, match="the entries of an adjacency matrix must be numbers, got complex128"
    ):
        read_graph(tmp_path / "f.npz")


def test_mat_variables(tmp_path):
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, {"A": SYMMETRIC, "text": "x"})
    assert edges_of(read_graph(path, mat_network="A")) == EDGES
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert str(caught.value) == f"{path}: no variable is called 'network' (mat_network); there are: A, text"
    with pytest.raises(InputError, match="the variable 'text' is no matrix of numbers"):
        read_graph(path, mat_network="text")


def test_wrong_mat(write):
    with pytest.raises(InputError, match=r"is a MATLAB 7\.3 file"):
        read_graph(write(b"MATLAB 7.3 MAT-file, Platform: x" + b" " * 600 + b"\x89HDF\r\n", "a.mat"))
    with pytest.raises(InputError, match="is no MATLAB file that can be read"):
        read_graph(write(b"MATLAB 5.0 MAT-file, cut", "b.mat"))


@pytest.mark.parametrize("name", ["mtx", "npz", "mat"])
def test_weights_of_matrices_have_no_name(name, tmp_path):
    path = tmp_path / f"a.{name}"
    if name == "mtx":
        scipy.io.mmwrite(path, scipy.sparse.coo_array(SYMMETRIC))
    elif name == "npz":
        scipy.sparse.save_npz(path, scipy.sparse.csr_array(SYMMETRIC))
    else:
        scipy.io.savemat(path, {"network": SYMMETRIC})
    with pytest.raises(
        ParameterError, match=f"weights must be 'auto' or None for the format {name}, got 'w'"
    ):
        read_graph(path, weights="w")
