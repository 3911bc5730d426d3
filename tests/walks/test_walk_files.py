"""Files of walks: text by id and arrays by row, whole or not at all."""

import gzip

import numpy as np
import pytest

from graphkit import InputError, ParameterError, random_walks
from graphkit.graph.graph import Graph
from graphkit.io.walks import write_walks

GRAPH = Graph.from_edges([("a", "b"), ("b", "c"), ("d", "a")], directed=True)


@pytest.fixture
def walks():
    return random_walks(GRAPH, walks_per_node=3, walk_length=5)


def lines_of(walks):
    return "".join(" ".join(GRAPH.node_ids[walk[walk >= 0]].tolist()) + "\n" for walk in walks)


@pytest.mark.parametrize("chunk", [1, 5, 100])
def test_text_is_a_walk_a_line(tmp_path, walks, chunk):
    chunks = [walks[first : first + chunk] for first in range(0, len(walks), chunk)]
    write_walks(tmp_path / "w.txt", chunks, GRAPH.node_ids, walks.shape)
    write_walks(tmp_path / "w.txt.gz", chunks, GRAPH.node_ids, walks.shape)
    assert (tmp_path / "w.txt").read_text() == lines_of(walks)
    assert gzip.decompress((tmp_path / "w.txt.gz").read_bytes()).decode() == lines_of(walks)
    write_walks(tmp_path / "w.npy", chunks, GRAPH.node_ids, walks.shape)
    assert np.array_equal(np.load(tmp_path / "w.npy"), walks)


def test_the_same_walks_are_the_same_file(tmp_path, walks):
    for name in ("one", "two"):
        write_walks(tmp_path / f"{name}.txt.gz", [walks], GRAPH.node_ids, walks.shape)
    assert (tmp_path / "one.txt.gz").read_bytes() == (tmp_path / "two.txt.gz").read_bytes()


def test_no_walks(tmp_path):
    write_walks(tmp_path / "w.npy", [], GRAPH.node_ids, (0, 7))
    assert np.load(tmp_path / "w.npy").shape == (0, 7)
    write_walks(tmp_path / "w.txt", [], GRAPH.node_ids, (0, 7))
    assert (tmp_path / "w.txt").read_text() == ""


@pytest.mark.parametrize("suffix", [".txt", ".txt.gz", ".npy"])
def test_an_interrupted_write_leaves_nothing(tmp_path, walks, suffix):
    def broken():
        yield walks
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_walks(tmp_path / f"w{suffix}", broken(), GRAPH.node_ids, walks.shape)
    assert list(tmp_path.iterdir()) == []


def test_ids_with_blanks_go_into_arrays_only(tmp_path):
    ids = np.array(["a", "b c"], np.dtypes.StringDType())
    with pytest.raises(InputError, match=r"w.txt: the id 'b c' is empty or holds a blank.*write .npy"):
        write_walks(tmp_path / "w.txt", [], ids, (0, 1))
    write_walks(tmp_path / "w.npy", [np.array([[0, 1]], np.int32)], ids, (1, 2))
    assert np.load(tmp_path / "w.npy").tolist() == [[0, 1]]


def test_refused_targets(tmp_path, walks):
    with pytest.raises(ParameterError, match=r"no format for walks has this suffix; use .txt, .txt.gz, .npy"):
        write_walks(tmp_path / "w.csv", [walks], GRAPH.node_ids, walks.shape)
    (tmp_path / "w.npy").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        write_walks(tmp_path / "w.npy", [walks], GRAPH.node_ids, walks.shape, overwrite=False)
    assert (tmp_path / "w.npy").read_text() == "mine"
