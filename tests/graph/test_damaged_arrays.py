"""Arrays that are no graph's are refused before a kernel follows them, wherever they come from."""

import numpy as np
import pytest
import scipy.sparse

import graphkit as gk
from graphkit.errors import InputError, ParameterError

INDPTR, INDICES = np.array([0, 2, 3, 4], np.int64), np.array([1, 2, 0, 0], np.int32)


@pytest.mark.parametrize(
    ("indptr", "indices", "message"),
    [
        ([0, 3, 2, 4], [1, 2, 0, 0], "indptr does not ascend within the arcs, at row 1"),
        ([0, 2, 3, 4], [1, 3, 0, 0], "row 0 is none of a graph"),
        ([0, 2, 3, 4], [1, 2, -1, 0], "row 1 is none of a graph"),
        ([0, 2, 3, 4], [2, 1, 0, 0], "row 0 is none of a graph"),
        ([0, 2, 3, 4], [1, 1, 0, 0], "row 0 is none of a graph"),
    ],
)
def test_rows_of_no_graph(indptr, indices, message):
    with pytest.raises(InputError, match=message):
        gk.Graph(np.array(indptr, np.int64), np.array(indices, np.int32))


@pytest.mark.parametrize("weight", [0, -1, np.nan, np.inf])
def test_weights_of_no_graph(weight):
    with pytest.raises(InputError, match="row 2 is none of a graph"):
        gk.Graph(INDPTR, INDICES, np.array([1, 1, 1, weight], np.float32))


def damaged(folder, name, place, value):
    """Save a graph, and change one number of an array in place."""
    gk.Graph.from_edges([(0, 1), (1, 2), (2, 3)]).save(folder)
    array = np.load(folder / name, mmap_mode="r+")
    array[place] = value
    array.flush()
    return folder


@pytest.mark.parametrize(("name", "place", "value"), [("indices.npy", 2, 10**9), ("indptr.npy", 1, 10**12)])
def test_a_saved_graph_is_looked_through_when_it_is_first_used(tmp_path, name, place, value):
    graph = gk.Graph.open(damaged(tmp_path / "graph", name, place, value))
    with pytest.raises(InputError, match=r"graph: (row|indptr)"):
        gk.core_numbers(graph)


def test_a_sparse_matrix_that_lies(tmp_path):
    matrix = scipy.sparse.csr_array(np.eye(4))
    matrix.indices[2] = 10**6
    with pytest.raises(InputError, match="the sparse matrix is damaged"):
        gk.as_graph(matrix)
    np.savez(
        tmp_path / "a.npz", format="csr", shape=matrix.shape, data=matrix.data,
        indices=matrix.indices, indptr=matrix.indptr,
    )  # fmt: skip
    with pytest.raises(InputError, match=r"a\.npz"):
        gk.read_graph(tmp_path / "a.npz")


def test_an_index_is_compared_with_its_digests(tmp_path):
    gk.NeighborIndex(np.random.default_rng(0).normal(size=(50, 4))).save(tmp_path / "index")
    content = bytearray((tmp_path / "index" / "index.faiss").read_bytes())
    content[20] ^= 255
    (tmp_path / "index" / "index.faiss").write_bytes(content)
    with pytest.raises(InputError, match=r"index\.faiss is not what was saved"):
        gk.NeighborIndex.open(tmp_path / "index")


def test_what_memory_cannot_hold_is_refused_with_the_numbers():
    graph = gk.Graph.from_edges([(0, 1), (1, 2)])
    for call in (
        lambda: gk.FastRP(dim=2**40).fit(graph),
        lambda: gk.DeepWalk(walks_per_node=2**40).fit(graph),
        lambda: gk.random_walks(graph, walks_per_node=2**40),
        lambda: gk.random_walks(graph, walk_length=2**40),
    ):
        with pytest.raises(ParameterError, match=r"about .* GiB of memory( \(.*\))?, .* GiB are available"):
            call()
