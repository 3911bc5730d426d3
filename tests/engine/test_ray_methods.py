"""What runs on Ray has the bits of memory, though a node is killed in the middle and another joins."""

import numpy as np
import pytest
from support.graphs import random_graph

import graphkit
from graphkit import outofcore
from graphkit.engine import Engine
from graphkit.graph import shards
from graphkit.outofcore import fastrp, neighbors, pagerank, row_features, skipgram, walks

METHODS = {
    "fastrp": graphkit.FastRP(dim=40, seed=1),
    "deepwalk": graphkit.DeepWalk(dim=8, walks_per_node=10, walk_length=10, window=2, seed=1),
}
WALKS = {"walk_length": 10, "walks_per_node": 5, "seed": 2}
LAW = graphkit.PersonalizedPageRank(tolerance=1e-4)
FEATURES = graphkit.RandomFeatures(num_walkers=8, seed=1)


def embedded(name):
    return (
        lambda folder, engine: outofcore.embed(folder / "g", METHODS[name], engine=engine).vectors,
        lambda _, graph: METHODS[name].fit_transform(graph),
    )


def walked(folder, engine):
    outofcore.random_walks(folder / "g", folder / "w.npy", engine=engine, **WALKS)
    return np.load(folder / "w.npy")


def converted(folder, engine):
    outofcore.convert(folder / "edges.csv", folder / "made", engine=engine)
    return graphkit.Graph.open(folder / "made").indices


JOBS = {
    "fastrp": embedded("fastrp"),
    "deepwalk": embedded("deepwalk"),
    "walks": (walked, lambda _, graph: graphkit.random_walks(graph, **WALKS)),
    "cores": (
        lambda folder, engine: outofcore.core_numbers(folder / "g", engine=engine),
        lambda _, graph: graphkit.core_numbers(graph),
    ),
    "ppr": (
        lambda folder, engine: outofcore.top_pagerank(folder / "g", LAW, 5, engine=engine).rows,
        lambda _, graph: LAW.top(graph, 5).rows,
    ),
    "features": (
        lambda folder, engine: outofcore.kernel_features(folder / "g", FEATURES, engine=engine).data,
        lambda _, graph: FEATURES.fit_features(graph).features_.data,
    ),
    "neighbours": (
        lambda folder, engine: outofcore.knn_graph(folder / "v.npy", 5, engine=engine, num_lists=30).indices,
        lambda folder, _: graphkit.knn_graph(np.load(folder / "v.npy"), 5, num_lists=30).indices,
    ),
    "convert": (converted, lambda folder, _: graphkit.read_graph(folder / "edges.csv").indices),
}


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    """A folder with a graph in small shards, its edges and some vectors; small tasks."""
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 700)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 16)
    monkeypatch.setattr(fastrp, "SLICE_BYTES", 1)
    monkeypatch.setattr(skipgram, "CHUNKS_PER_SEGMENT", 1)
    monkeypatch.setattr(neighbors, "POINTS_PER_TASK", 100)
    monkeypatch.setattr(pagerank, "RESULT_BYTES", 1000)
    monkeypatch.setattr(row_features, "WALKERS_PER_TASK", 200)
    monkeypatch.setattr(walks, "NODES_PER_TASK", 700)
    graph = random_graph(300, 3000)
    graph.save(tmp_path / "g")
    sources = np.repeat(np.arange(graph.num_nodes), np.diff(graph.indptr))
    once = sources <= graph.indices
    np.savetxt(tmp_path / "edges.csv", np.stack([sources, graph.indices], 1)[once], "%d", delimiter=",")
    vectors = np.random.default_rng(1).normal(size=(3000, 16)).astype(np.float32)
    graphkit.Embedding(np.arange(3000), vectors).save(tmp_path / "v.npy")
    return tmp_path, graph


@pytest.mark.slow
@pytest.mark.parametrize("job", JOBS)
def test_bits_are_those_in_memory(ray_cluster, inputs, job):
    folder, graph = inputs
    out_of_core, in_memory = JOBS[job]
    nodes, heard = [ray_cluster.add_node(num_cpus=1)], []
    ray_cluster.wait_for_nodes()

    def watch(*_):
        heard.append(1)
        if len(heard) == 3:
            ray_cluster.remove_node(nodes.pop(), allow_graceful=False)
            nodes.append(ray_cluster.add_node(num_cpus=1))

    with Engine("ray", work=folder / "work", address=ray_cluster.address, progress=watch) as engine:
        found = out_of_core(folder, engine)
    ray_cluster.remove_node(nodes.pop())
    assert len(heard) >= 3
    assert np.array_equal(found, in_memory(folder, graph))
