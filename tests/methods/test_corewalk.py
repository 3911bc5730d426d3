"""CoreWalk: walks by core number, and DeepWalk's vectors where all have as many."""

import math

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import CoreWalk, DeepWalk, core_numbers
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.sgns.corpus import Corpus

SMALL = {"dim": 12, "walks_per_node": 7, "walk_length": 15, "window": 4, "seed": 5}


@pytest.fixture(scope="module")
def graph():
    return random_graph(300, 1200, weighted=True, seed=4)


def counts_by_definition(graph, formula, min_walks):
    numbers = core_numbers(graph).tolist()
    return [max(math.floor(formula(k, max(numbers)) + 1e-9), min_walks) for k in numbers]


@pytest.mark.parametrize(
    ("options", "formula"),
    [
        ({}, lambda k, top: 7 * k / top),
        ({"offset": 2.5}, lambda k, top: (7 - 2.5) * k / top + 2.5),
        ({"min_walks": 3}, lambda k, top: 7 * k / top),
        ({"scaling": "power", "exponent": 2.0}, lambda k, top: 7 * (k / top) ** 2),
        ({"scaling": "sigmoid"}, lambda k, top: 7 / (1 + math.exp(-10 * (k - top / 2) / top))),
    ],
)
def test_walks_are_the_formulas(graph, options, formula, monkeypatch):
    made = []
    original = Corpus.__init__

    def watched(corpus, walker, starts, **arguments):
        made.append((starts, arguments["walks_per_start"]))
        original(corpus, walker, starts, **arguments)

    monkeypatch.setattr(Corpus, "__init__", watched)
    CoreWalk(**SMALL, **options).fit(graph)
    ((starts, counts),) = made
    wanted = np.array(counts_by_definition(graph, formula, options.get("min_walks", 1)))
    assert len(set(counts.tolist())) > 2
    assert np.array_equal(starts, np.flatnonzero(graph.degree))
    assert np.array_equal(counts, wanted[starts])


def test_with_as_many_walks_from_all_it_is_deepwalk(graph):
    walked = CoreWalk(**SMALL, min_walks=7).fit(graph)
    plain = DeepWalk(**SMALL).fit(graph)
    assert np.array_equal(walked.embedding_, plain.embedding_)
    assert np.array_equal(walked.context_embedding_, plain.context_embedding_)
    assert CoreWalk(**SMALL).fit(graph).pairs_ < plain.pairs_


@pytest.mark.parametrize("directed", [False, True])
def test_same_bits_on_any_number_of_threads(directed):
    graph = random_graph(300, 1200, directed=directed, seed=4)
    one, *others = (CoreWalk(**SMALL, num_threads=threads).fit(graph) for threads in (1, 2, 7))
    for other in others:
        assert np.array_equal(other.embedding_, one.embedding_)


def test_new_nodes_walk_by_their_core_numbers_too(graph):
    model = CoreWalk(**SMALL).fit(graph)
    source, target, weights = graph.to_edges()
    larger = Graph.from_edges(
        (np.append(source, [900, 900]), np.append(target, [0, 1])), np.append(weights, [1, 1])
    )
    assert model.transform_new(larger).node_ids.tolist() == [900]


def test_only_loops():
    graph = Graph.from_edges([(0, 0), (1, 1)])
    assert np.isfinite(CoreWalk(**SMALL).fit_transform(graph)).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scaling": "liner"}, "unknown scaling 'liner': did you mean 'linear'?"),
        ({"scaling": "power", "offset": 1}, "offset has no effect with scaling='power'"),
        ({"exponent": 2}, "exponent has no effect with scaling='linear'"),
        ({"offset": -1}, r"offset must lie in \[0, 7\], got -1"),
        ({"offset": 8}, r"offset must lie in \[0, 7\], got 8"),
        ({"scaling": "power", "exponent": 0}, "exponent must be > 0 and finite, got 0"),
        ({"min_walks": 0}, "min_walks must be a whole number >= 1, got 0"),
        ({"min_walks": 8}, "min_walks must be a whole number from 1 to 7, got 8"),
        ({"window": 0}, "window must be a whole number >= 1, got 0"),
    ],
)
def test_bad_parameters(graph, options, message):
    with pytest.raises(ParameterError, match=message):
        CoreWalk(**{**SMALL, **options}).fit(graph)
