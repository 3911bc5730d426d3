"""CTDNE: it trains on temporal walks, and tells what comes next better than walks that know no time."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from graphkit import CTDNE, DeepWalk, Engine, Graph, TemporalGraph, outofcore, temporal_walks
from graphkit.datasets.generators import drifting_communities
from graphkit.errors import ParameterError
from graphkit.sgns.corpus import Corpus

SMALL = {"dim": 12, "walks_per_node": 6, "walk_length": 12, "window": 4, "seed": 5}


@pytest.fixture(scope="module")
def graph():
    return drifting_communities(150, 5, 2500, seed=2)


def test_it_trains_on_the_walks(graph, monkeypatch):
    walked = []
    original = Corpus._walk

    def watched(corpus, starts, numbers):
        walks = original(corpus, starts, numbers)
        walked.append((numbers, walks))
        return walks

    monkeypatch.setattr(Corpus, "_walk", watched)
    choices = {"step_choice": "exponential", "start_choice": "linear", "timescale": 40.0}
    CTDNE(**SMALL, **choices).fit(graph)
    wanted = temporal_walks(graph, walk_length=12, walks_per_node=6, seed=5, **choices)
    for numbers, walks in walked:
        assert np.array_equal(walks, wanted[numbers])


def test_same_bits_on_any_number_of_threads_and_out_of_core(graph, tmp_path):
    one, *others = (CTDNE(**SMALL, num_threads=threads).fit(graph) for threads in (1, 2, 4))
    for other in others:
        assert np.array_equal(other.embedding_, one.embedding_)
    graph.save(tmp_path / "graph")
    with Engine(work=tmp_path / "work", workers=1) as engine:
        found = outofcore.embed(tmp_path / "graph", CTDNE(**SMALL), engine=engine)
        assert np.array_equal(found.vectors, one.embedding_)


def split_by_time(graph, share):
    """The graph of the first events, and the ends of the last ones."""
    source = np.repeat(np.arange(graph.num_nodes), np.diff(graph.timed_indptr))
    once = source < graph.timed_indices
    source, target, times = source[once], graph.timed_indices[once], graph.times[once]
    early = times < share * times.max()
    known = TemporalGraph.from_events(
        (source[early], target[early].astype(np.int64)), times[early], num_nodes=graph.num_nodes
    )
    return known, source[~early], target[~early]


def test_what_comes_next_is_told_by_what_was_lately():
    known, source, target = split_by_time(drifting_communities(400, 8, 12_000, drift=0.8, seed=1), 0.8)
    others = np.random.default_rng(0).integers(0, 400, len(source))
    truth = np.repeat([1, 0], len(source))
    options = {"dim": 16, "walk_length": 20, "seed": 1}
    scores = {}
    for name, method in {
        # As many pairs: time ends most walks early.
        "time": CTDNE(**options, walks_per_node=150, start_choice="linear"),
        "no time": DeepWalk(**options, walks_per_node=20),
    }.items():
        vectors = method.fit_transform(known)
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        products = [(unit[source] * unit[ends]).sum(axis=1) for ends in (target, others)]
        scores[name] = roc_auc_score(truth, np.concatenate(products))
    assert scores["time"] > scores["no time"] + 0.04


def test_checkpoints_know_the_times(graph, tmp_path):
    CTDNE(**SMALL).fit(graph, checkpoint=tmp_path)
    other = TemporalGraph(graph, graph.timed_indptr, graph.timed_indices, graph.times * 2)
    with pytest.raises(Exception, match="the graph is another"):
        CTDNE(**SMALL).fit(other, checkpoint=tmp_path, resume=True)


def test_memory_is_estimated_by_timed_arcs():
    once = TemporalGraph.from_events([(0, 1)], [1])
    often = TemporalGraph.from_events([(0, 1)] * 1000, np.arange(1000))
    few, many = (CTDNE(**SMALL).estimate_for(each).bytes for each in (once, often))
    assert many - few >= 1998 * (4 + 8 + 8)


def test_what_is_refused(graph):
    with pytest.raises(
        ParameterError, match=r"ctdne walks in the order of time and takes a graphkit\.Temporal"
    ):
        CTDNE(**SMALL).fit(Graph.from_edges([(0, 1)]))
    with pytest.raises(ParameterError, match="unknown step_choice 'soon'"):
        CTDNE(**SMALL, step_choice="soon").fit(graph)
    with pytest.raises(ParameterError, match="transform_new is not for ctdne"):
        CTDNE(**SMALL).fit(graph).transform_new(graph)
