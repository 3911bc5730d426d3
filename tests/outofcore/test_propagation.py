"""Propagation out of core has the bits of propagation in memory."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import FastRP, ParameterError, outofcore, propagate
from graphkit.graph import shards
from graphkit.outofcore import propagation
from graphkit.propagation import filters


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Shards of some hundreds of arcs, several blocks of rows a graph."""
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 4000)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 64)
    monkeypatch.setattr(propagation, "BLOCKS_PER_TASK", 2)


def both(tmp_path, make_engine, graph, name, dim):
    graph.save(tmp_path / "graph")
    found = outofcore.embed(
        tmp_path / "graph", "fastrp", dim=dim, seed=3, engine=make_engine(), propagate=name
    )
    return found, propagate(FastRP(dim=dim, seed=3).embed(graph), graph, name)


@pytest.mark.parametrize(
    ("name", "weighted"),
    [
        ("ppr", False),
        ("band-pass", True),
        ("low-pass", False),
        ("heat", True),
        ("none", False),
        ("auto", True),
    ],
)
def test_same_bits_as_in_memory(tmp_path, make_engine, name, weighted):
    graph = random_graph(5000, 12_000, weighted=weighted, seed=1)
    found, expected = both(tmp_path, make_engine, graph, name, 32)
    assert len(list(tmp_path.glob("work/*/*"))) > 0
    assert np.array_equal(found.vectors, expected.vectors)
    assert found.info["propagated"] == expected.info["propagated"]


@pytest.mark.parametrize("dim", [20, 150])
@pytest.mark.parametrize("in_cache", [False, True])
def test_slices_of_columns_change_no_bit(tmp_path, make_engine, monkeypatch, dim, in_cache):
    """In memory 128 columns go side by side, or 32 where these stay in the cache; here 32."""
    monkeypatch.setattr(propagation, "SLICE_BYTES", 1)
    monkeypatch.setattr(filters, "_CACHE_BYTES", 4e6 if in_cache else 0)
    graph = random_graph(700, 3000, seed=2)
    found, expected = both(tmp_path, make_engine, graph, "ppr", dim)
    assert np.array_equal(found.vectors, expected.vectors)


def test_extreme_weights_and_lonely_nodes(tmp_path, make_engine):
    base = random_graph(300, 500, weighted=True, seed=4)
    graph = type(base).from_edges(
        base.edge_rows()[:2], weights=1e30 * base.edge_rows()[2].astype(np.float64), num_nodes=310
    )
    found, expected = both(tmp_path, make_engine, graph, "band-pass", 32)
    assert np.array_equal(found.vectors, expected.vectors)


def test_a_run_that_ends_goes_on(tmp_path, make_engine):
    graph = random_graph(700, 3000, seed=2)
    first, expected = both(tmp_path, make_engine, graph, "ppr", 32)
    make_engine.release()
    again = outofcore.embed(
        tmp_path / "graph", "fastrp", dim=32, seed=3, engine=make_engine(), propagate="ppr"
    )
    assert np.array_equal(first.vectors, expected.vectors)
    assert np.array_equal(again.vectors, expected.vectors)


def test_bad_filters(tmp_path, make_engine):
    random_graph(50, 100, directed=True, seed=1).save(tmp_path / "directed")
    with pytest.raises(ParameterError, match="propagation is for undirected graphs"):
        outofcore.embed(tmp_path / "directed", dim=8, engine=make_engine(), propagate="ppr")
    with pytest.raises(ParameterError, match="unknown filter 'pp'"):
        outofcore.embed(tmp_path / "directed", dim=8, engine=make_engine("other"), propagate="pp")
