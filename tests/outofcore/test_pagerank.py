"""Personalised PageRank out of core has the bits of that in memory."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit import outofcore
from graphkit.engine import Engine
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.outofcore import pagerank
from graphkit.pagerank.personalized import PersonalizedPageRank

PUSH = PersonalizedPageRank(tolerance=1e-4)
LAWS = {"push": PUSH, "walks": PersonalizedPageRank(method="walks", walks_per_node=50)}


def same(found, expected):
    assert np.array_equal(found.rows, expected.rows)
    assert np.array_equal(found.scores, expected.scores)
    assert found.source_rows.tolist() == expected.source_rows.tolist()
    assert (found.missing is None) == (expected.missing is None)
    assert found.missing is None or np.array_equal(found.missing, expected.missing)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
@pytest.mark.parametrize("kind", [{}, {"weighted": True, "directed": True}], ids=["plain", "weighted"])
def test_bits_are_those_in_memory(make_engine, tmp_path, monkeypatch, law, kind):
    monkeypatch.setattr(pagerank, "RESULT_BYTES", 1000)
    graph = random_graph(100, 400, **kind)
    graph.save(tmp_path / "g")
    found = outofcore.top_pagerank(tmp_path / "g", law, 7, engine=make_engine())
    same(found, law.top(graph, 7))
    found.save(tmp_path / "top.csv")


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(make_engine, tmp_path, arguments):
    graph = Graph.from_edges(**arguments)
    graph.save(tmp_path / "g")
    same(
        outofcore.top_pagerank(tmp_path / "g", PUSH, 3, engine=make_engine()),
        PUSH.top(graph, 3),
    )


def test_worker_processes(tmp_path):
    graph = random_graph(100, 400)
    graph.save(tmp_path / "g")
    with Engine(work=tmp_path / "work", workers=2) as engine:
        found = outofcore.top_pagerank(tmp_path / "g", PUSH, 5, engine=engine)
    same(found, PUSH.top(graph, 5))


def test_k_is_checked(make_engine, tmp_path):
    random_graph(10, 20).save(tmp_path / "g")
    with pytest.raises(ParameterError, match="k must be a whole number >= 1, got 0"):
        outofcore.top_pagerank(tmp_path / "g", PUSH, 0, engine=make_engine())
