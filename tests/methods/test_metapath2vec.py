"""metapath2vec: it trains on the walks of its metapath, in memory and beyond."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import DeepWalk, Engine, Graph, MetaPath2Vec, TypedGraph, metapath_walks, outofcore
from graphkit.errors import ParameterError
from graphkit.sgns.corpus import Corpus
from graphkit.sgns.trainer import initial_vectors

SMALL = {"dim": 12, "walks_per_node": 4, "walk_length": 12, "window": 4, "seed": 5}
PATH = ["a", "b", "c", "b", "a"]


@pytest.fixture(scope="module")
def graph():
    rng = np.random.default_rng(3)
    plain = Graph.from_edges(rng.integers(0, 120, (900, 2)), rng.uniform(1, 2, 900), num_nodes=120)
    return TypedGraph(plain, ["abcd"[row % 4] for row in range(120)])


def test_it_trains_on_the_walks(graph, monkeypatch):
    walked = []
    original = Corpus._walk

    def watched(corpus, starts, numbers):
        walks = original(corpus, starts, numbers)
        walked.append((starts, walks))
        return walks

    monkeypatch.setattr(Corpus, "_walk", watched)
    model = MetaPath2Vec(**SMALL, metapath=PATH).fit(graph)
    wanted = {
        tuple(walk)
        for walk in metapath_walks(graph, metapath=PATH, walk_length=12, walks_per_node=9).tolist()
    }
    kinds = np.array(["abcd"[row % 4] for row in range(120)])
    for starts, walks in walked:
        assert set(kinds[starts]) == {"a", "b", "c"}
        steps = np.char.add(kinds[walks[:, 0]], kinds[walks[:, 1]])[walks[:, 1] >= 0]
        assert set(steps) == {"ab", "bc", "cb"}
    assert wanted
    # Those of a type that is not in the metapath are not trained.
    assert np.array_equal(model.embedding_[3::4], initial_vectors(120, 12, 5)[3::4])


def test_of_one_type_it_is_deepwalk():
    graph = random_graph(100, 400, weighted=True, seed=4)
    typed = MetaPath2Vec(**SMALL).fit(TypedGraph(graph, ["x"] * 100))
    assert np.array_equal(typed.embedding_, DeepWalk(**SMALL).fit(graph).embedding_)


def test_same_bits_on_any_number_of_threads_and_out_of_core(graph, tmp_path):
    method = MetaPath2Vec(**SMALL, metapath=PATH)
    one, *others = (method.set_params(num_threads=threads).fit_transform(graph) for threads in (1, 2, 4))
    for other in others:
        assert np.array_equal(other, one)
    graph.save(tmp_path / "graph")
    with Engine(work=tmp_path / "work", workers=1) as engine:
        assert np.array_equal(outofcore.embed(tmp_path / "graph", method, engine=engine).vectors, one)


def test_new_nodes_walk_along_the_metapath(graph):
    model = MetaPath2Vec(**SMALL, metapath=["a", "b", "a"]).fit(graph)
    source, target, weights = graph.to_edges()
    larger = Graph.from_edges((np.append(source, 500), np.append(target, 1)), np.append(weights, 1))
    types = ["abcd"[node % 4] for node in larger.node_ids.tolist()]
    assert model.transform_new(TypedGraph(larger, types)).node_ids.tolist() == [500]


def test_what_is_refused(graph):
    with pytest.raises(ParameterError, match="metapath must be two types or more"):
        MetaPath2Vec(**SMALL, metapath=["a", "b"]).fit(graph)
    with pytest.raises(ParameterError, match="metapath must be given for nodes of 4 types"):
        MetaPath2Vec(**SMALL).fit(graph)
    with pytest.raises(ParameterError, match="nodes have no types"):
        MetaPath2Vec(**SMALL).fit(random_graph(5, 9))
