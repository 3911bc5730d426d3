"""What the campaign found: each ends in an error of ours, or in the result of a call with plain numbers."""

import fcntl
import os
import zipfile

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from support.graphs import AWKWARD, random_graph

import graphkit as gk
from graphkit import evaluation
from graphkit.errors import GraphkitError, InputError
from graphkit.files.atomic import atomic_folder, atomic_write
from graphkit.graph.stored_ids import read_dictionaries
from graphkit.io.node_lists import read_node_list

GRAPH = random_graph(30, 80, seed=1)
EMPTY = gk.Graph.from_edges(**AWKWARD["empty"])
TWO = np.array([1, 2])
VECTORS = np.random.default_rng(1).normal(size=(30, 4))

REFUSED = {
    "a type for a flag": lambda: gk.FastRP(normalize=object).fit(GRAPH),
    "more columns than memory, no rows": lambda: gk.FastRP(dim=2**62).fit(EMPTY),
    "an array for a backend": lambda: gk.DeepWalk(dim=4, backend=TWO).fit(GRAPH),
    "an array for a flag": lambda: gk.Node2Vec(dim=4, extend=TWO).fit(GRAPH),
    "None for a number": lambda: gk.LINE(dim=4, num_negatives=None).fit(GRAPH),
    "steps without end": lambda: gk.LINE(dim=4, threshold=5, depth=2**63 - 1).fit(GRAPH),
    "an array for dimensions": lambda: gk.LargeVis(dim=TWO).fit(GRAPH),
    "more pushes than memory": lambda: gk.LargeVis(num_negatives=2**40).fit(GRAPH),
    "a series without end": lambda: gk.RandomFeatures(max_length=2**62).fit(GRAPH),
    "a square beyond all numbers": lambda: gk.RandomFeatures(sigma=1e300).fit(GRAPH),
    "an array for strength": lambda: gk.core_numbers(GRAPH, strength=TWO),
    "a string for k": lambda: gk.k_core(GRAPH, "a"),
    "more rows than memory": lambda: gk.Graph.from_edges([(0, 1)], num_nodes=2**31 - 1 << 4),
    "an array for directed": lambda: gk.Graph.from_edges([(0, 1)], directed=TWO),
    "a number for columns": lambda: gk.as_graph([(0, 1)], columns=0.5),
    "an array for a format": lambda: gk.read_graph("edges.csv", format=TWO),
    "a string for a share": lambda: evaluation.split_edges(GRAPH, "a"),
    "an array for keep_connected": lambda: evaluation.split_edges(GRAPH, 0.2, keep_connected=TWO),
    "a string for ratios": lambda: evaluation.node_classification(VECTORS, ["a", "b"] * 15, train_ratios="a"),
    "orders beyond memory": lambda: evaluation.node_classification(VECTORS, ["a", "b"] * 15, shuffles=2**62),
    "dense labels": lambda: evaluation.fit_one_vs_rest(VECTORS, np.ones((30, 2))),
    "a number for labels": lambda: evaluation.map_quality(VECTORS, VECTORS[:, :2], 3),
    "a string for k of a map": lambda: evaluation.map_quality(VECTORS, VECTORS[:, :2], k="a"),
    "a number for hits": lambda: evaluation.ranking_metrics([0.5], [[0.1]], hits=3),
    "a number for info": lambda: gk.Embedding([1], [[1.0]], info=3),
    "a number for a map's columns": lambda: gk.maps.MapFrame([1], [[0, 0]], columns=3),
    "an array for starts": lambda: gk.random_walks(GRAPH, start_at_arcs=TWO),
    "a filter beyond float32": lambda: gk.ProNE(dim=4, theta=1e30).fit(GRAPH),
    "a window without end": lambda: gk.NetMF(dim=4, window=2**31 - 1, form="exact").fit(EMPTY),
    "a number for a method": lambda: gk.pyg.AddEmbedding(2.5),
    "a list for an attribute's name": lambda: gk.pyg.AddEmbedding(attr_name=[1]),
    "walks beyond 64 bits": lambda: gk.pyg.AddRRWP(walks_per_node=2**63, exact=False),
    "a number for types": lambda: gk.TypedGraph(GRAPH, 0.5),
    "an array for a flag of starts": lambda: gk.random_walks(GRAPH, starts=[1], start_at_arcs=TWO),
    "walks of any length, none of them": lambda: gk.random_walks(EMPTY, walk_length=2**62),
    "a type for settings": lambda: gk.KCoreEmbedding(base=gk.FastRP(), settings=TWO).fit(GRAPH),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    with pytest.raises(GraphkitError):
        REFUSED[what]()


@pytest.mark.parametrize(
    "run",
    [
        lambda kind: gk.DeepWalk(dim=kind(8), walks_per_node=kind(3), walk_length=kind(20), seed=kind(1)),
        lambda kind: gk.CoreWalk(dim=kind(100), walks_per_node=kind(3), walk_length=kind(20), seed=kind(1)),
        lambda kind: gk.LINE(dim=kind(8), samples=kind(100), num_negatives=kind(5), seed=kind(1)),
        lambda kind: gk.TSNE(steps=kind(20), early_steps=kind(120), seed=kind(1)),
    ],
)
def test_small_numbers_of_numpy_do_not_overflow(run):
    plain, small = (run(kind).fit_transform(GRAPH) for kind in (int, np.int8))
    assert np.array_equal(plain, small)


def test_neighbors_of_small_numbers():
    plain, small = (gk.knn_graph(VECTORS, kind(5)).indices for kind in (int, np.uint64))
    assert np.array_equal(plain, small)


def test_a_header_that_promises_more_than_the_file_holds(tmp_path):
    (tmp_path / "v.txt").write_bytes(b"20 4294967296\n0 0.1 0.2\n")
    with pytest.raises(InputError, match=r"promises 20 vectors of 4,294,967,296 numbers, more than 24 bytes"):
        gk.Embedding.load(tmp_path / "v.txt")


def test_a_checkpoint_of_an_archive_of_the_future(tmp_path):
    run = gk.DeepWalk(dim=4, walks_per_node=1, walk_length=5, window=2)
    run.fit(GRAPH, checkpoint=tmp_path)
    path = tmp_path / "checkpoint.npz"
    with zipfile.ZipFile(path) as archive:
        place = archive.start_dir
    content = bytearray(path.read_bytes())
    content[place + 6] = 200
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        run.fit(GRAPH, checkpoint=tmp_path, resume=True)


def test_what_a_kill_left_is_removed_and_nothing_else(tmp_path):
    left = tmp_path / ".out-unfinished-abcd1234.csv"
    held = tmp_path / ".out-unfinished-abcd5678.csv"
    other = tmp_path / ".out2-unfinished-abcd1234.csv"
    for path in (left, held, other):
        path.write_text("half")
    (tmp_path / ".out-unfinished-abcd9999").mkdir()
    descriptor = os.open(held, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with atomic_write(tmp_path / "out.csv") as file:
        file.write(b"whole")
    with atomic_folder(tmp_path / "out") as folder:
        (folder / "a").write_text("whole")
    os.close(descriptor)
    assert {path.name for path in tmp_path.iterdir()} == {"out.csv", "out", held.name, other.name}


def test_offsets_further_apart_than_numbers_reach(tmp_path):
    GRAPH.save(tmp_path / "graph")
    path = tmp_path / "graph" / "indptr.npy"
    offsets = np.load(path)
    offsets[5] = -(2**63)
    np.save(path, offsets)
    with pytest.raises(InputError, match="indptr does not ascend"):
        gk.Graph.open(tmp_path / "graph").indices  # noqa: B018 - read for the first time


def test_weights_of_all_magnitudes_end(monkeypatch):
    rng = np.random.default_rng(54)
    edges = [(i, j) for i in range(12) for j in range(i)]
    graph = gk.Graph.from_edges(edges, 10.0 ** rng.uniform(-30, 30, len(edges)))
    try:
        found = gk.effective_resistances(graph, tolerance=1e-12)
    except gk.RunError:
        return
    assert (found > 0).all()


def test_hops_in_numbers_of_eight_bits():
    options = {"walk_length": 5, "walks_per_node": 2, "num_threads": 1}
    assert np.array_equal(
        gk.levy_walks(GRAPH, max_hops=np.int8(100), **options), gk.levy_walks(GRAPH, max_hops=100, **options)
    )


@pytest.mark.filterwarnings("ignore:netsmf")
def test_negatives_and_samples_below_all_numbers():
    assert gk.NetSMF(dim=2, num_negatives=1e-300, samples_per_edge=1e-300).fit(GRAPH).dim == 2


@pytest.mark.filterwarnings("ignore:netsmf")
def test_edges_that_are_hardly_ever_drawn():
    graph = gk.Graph.from_edges([(0, 1), (1, 2)], [1e-38, 1e35])
    assert not gk.NetSMF(dim=2, thinning=1e-300).fit(graph).embedding_.any()


def test_a_list_of_nodes_that_is_one_blank(tmp_path):
    (tmp_path / "nodes.txt").write_bytes(b"\x0b")
    with pytest.raises(InputError, match="nothing but comments or blank lines"):
        read_node_list(tmp_path / "nodes.txt")


@pytest.mark.parametrize(
    ("neighbors", "message"),
    [
        (pa.array([1, 2]), "must hold ids, rows counted from 0"),
        (pa.array([{"ids": [[1]]}, {"ids": [[0]]}]), "must hold lists of numbers"),
        (pa.array([{"ids": [1, None]}, {"ids": [0]}]), "lists with missing numbers"),
        (pa.array([{"ids": [1], "distances": [0.5, 0.5]}, {"ids": [0], "distances": []}]), "for each of its"),
    ],
)
def test_a_map_whose_neighbors_are_none(tmp_path, neighbors, message):
    columns = {"id": [1, 2], "x": [0.0, 1.0], "y": [0.0, 1.0], "neighbors": neighbors}
    parquet.write_table(pa.table(columns), tmp_path / "map.parquet")
    with pytest.raises(InputError, match=message):
        gk.maps.MapFrame.load(tmp_path / "map.parquet")


@pytest.mark.parametrize(
    "ids",
    [
        pa.array([1, 2]),
        pa.array(["a", None]),
        pa.array([b"a", b"\xa9"]).cast(pa.large_binary()).view("large_string"),
    ],
)
def test_ids_of_a_folder_that_are_no_text(tmp_path, ids):
    place = tmp_path / "node_ids-00000.parquet"
    parquet.write_table(pa.table({"id": ids}), place)
    with pytest.raises(InputError, match="not a dictionary of node ids"):
        read_dictionaries([place])
