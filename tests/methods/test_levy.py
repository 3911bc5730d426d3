"""Lévy flights trained on: DeepWalk's vectors where flights are plain steps, beyond memory, refusals."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import DeepWalk, Engine, LevyWalk, levy_walks, outofcore
from graphkit.errors import ParameterError
from graphkit.sgns.corpus import Corpus

SMALL = {"dim": 12, "walks_per_node": 4, "walk_length": 15, "window": 4, "seed": 5}


@pytest.fixture(scope="module")
def graph():
    return random_graph(200, 800, weighted=True, seed=4)


def test_as_alpha_nears_one_it_is_deepwalk(graph):
    flights = LevyWalk(**SMALL, alpha=1 - 1e-15).fit(graph)
    plain = DeepWalk(**SMALL).fit(graph)
    assert np.array_equal(flights.embedding_, plain.embedding_)
    assert LevyWalk(**SMALL).fit(graph).loss_ != plain.loss_


def test_it_trains_on_the_flights(graph, monkeypatch):
    walked = []
    original = Corpus._walk

    def watched(corpus, starts, numbers):
        walks = original(corpus, starts, numbers)
        walked.append((numbers, walks))
        return walks

    monkeypatch.setattr(Corpus, "_walk", watched)
    LevyWalk(**SMALL, alpha=0.4, max_hops=32).fit(graph)
    wanted = levy_walks(graph, walk_length=15, walks_per_node=4, alpha=0.4, max_hops=32, seed=5)
    for numbers, walks in walked:
        assert np.array_equal(walks, wanted[numbers])


def test_same_bits_on_any_number_of_threads(graph):
    one, *others = (LevyWalk(**SMALL, num_threads=threads).fit(graph) for threads in (1, 2, 4))
    for other in others:
        assert np.array_equal(other.embedding_, one.embedding_)


def test_out_of_core_it_has_the_same_bits(graph, tmp_path):
    graph.save(tmp_path / "graph")
    method = LevyWalk(**SMALL, alpha=0.5)
    with Engine(work=tmp_path / "work", workers=1) as engine:
        found = outofcore.embed(tmp_path / "graph", method, engine=engine)
        assert np.array_equal(found.vectors, method.fit_transform(graph))


def test_longer_flights_are_estimated_to_take_longer():
    short, long = (LevyWalk(alpha=alpha).estimate(1000, 5000).seconds for alpha in (0.9, 0.3))
    assert long / short > 2


def test_what_is_refused(graph):
    with pytest.raises(ParameterError, match=r"alpha must lie in \(0, 1\), got 1"):
        LevyWalk(alpha=1).fit(graph)
    with pytest.raises(ParameterError, match="max_hops must be a whole number from 2 to 1048576, got 0"):
        LevyWalk(max_hops=0).fit(graph)
