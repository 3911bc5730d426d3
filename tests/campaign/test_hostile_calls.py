"""Every public class with parameters of any kind, on awkward graphs: it works, or an error of ours says why.

`GRAPHKIT_CAMPAIGN_CALLS` calls are tried of each kind.
"""

import contextlib
import inspect
import os

import numpy as np
import pytest
from support.graphs import AWKWARD

import graphkit as gk
from campaign.children import faults_of
from graphkit.errors import GraphkitError

CALLS = int(os.environ.get("GRAPHKIT_CAMPAIGN_CALLS", "30"))
SEED = int(os.environ.get("GRAPHKIT_CAMPAIGN_SEED", "1"))

VALUES = [
    *(None, "a", "", b"x", 2 + 0j, [0.5], (), {}, np.array(3), np.array([1, 2]), object, True, False),
    *(-1, 0, 1, 2, 3, 7, 50, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30),
    *(0.0, -0.0, 1e-300, 1e-9, 0.1, 0.5, 1.0, 1.0000001, 2.5, 1e9, 1e30, 1e300),
    *(np.nan, np.inf, -np.inf, np.float32(0.3), np.int8(5), np.uint64(2**64 - 1)),
]
FORETOLD = 2
"""Seconds: what says beforehand that it takes longer is not run."""

SMALL = {"dim": 4, "walks_per_node": 2, "walk_length": 5, "window": 2, "epochs": 1, "num_threads": 1}


def graph_of(rng):
    """One of the awkward graphs, or a random one with weights of all magnitudes."""
    names = list(AWKWARD)
    choice = int(rng.integers(len(names) + 6))
    if choice < len(names):
        return gk.Graph.from_edges(**AWKWARD[names[choice]])
    count = int(rng.integers(1, 25))
    edges = rng.integers(0, count, (int(rng.integers(1, 200)), 2))
    weights = 10.0 ** rng.uniform(-40, 36, len(edges)) if rng.random() < 0.5 else None
    return gk.Graph.from_edges(edges, weights, num_nodes=count, directed=bool(rng.integers(2)))


def arguments_of(function, rng, *, needed=()):
    """Small values for the usual parameters, hostile ones for one to three."""
    known = [name for name in inspect.signature(function).parameters if name not in ("self", *needed)]
    known = [name for name in known if name not in ("progress", "params", "law")]
    found = {name: value for name, value in SMALL.items() if name in known}
    for name in rng.choice(known, min(len(known), 1 + int(rng.integers(3))), replace=False):
        found[str(name)] = VALUES[int(rng.integers(len(VALUES)))]
    return found


def _embedder(kind):
    def call(rng):
        model, graph = kind(**arguments_of(kind, rng)), graph_of(rng)
        if model.estimate(graph.num_nodes, graph.num_arcs, weighted=graph.is_weighted).seconds < FORETOLD:
            model.fit(graph).embedding_.sum()

    return call


def _layout(kind):
    def call(rng):
        rows = rng.normal(size=(int(rng.integers(0, 40)), 3)).astype(np.float32)
        model = kind(**arguments_of(kind, rng))
        if model.estimate(len(rows), 100 * len(rows)).seconds < FORETOLD:
            model.fit(rows).embedding_.sum()

    return call


def _walks(rng):
    gk.random_walks(graph_of(rng), **arguments_of(gk.random_walks, rng, needed=["graph"])).sum()


def _neighbors(rng):
    rows = rng.normal(size=(int(rng.integers(0, 40)), 3)).astype(np.float32)
    gk.knn_graph(rows, **arguments_of(gk.knn_graph, rng, needed=["vectors"]))


def _index(rng):
    rows = rng.normal(size=(int(rng.integers(1, 40)), 3)).astype(np.float32)
    made = gk.NeighborIndex(rows, **arguments_of(gk.NeighborIndex, rng, needed=["vectors"]))
    made.nearest(rows[:2], **arguments_of(made.nearest, rng, needed=["vectors", "queries"]))


def _ranks(rng):
    model = gk.PersonalizedPageRank(**arguments_of(gk.PersonalizedPageRank, rng))
    graph = graph_of(rng)
    model.top(graph, **arguments_of(model.top, rng, needed=["graph"]))


def _cores(rng):
    gk.core_numbers(graph_of(rng), **arguments_of(gk.core_numbers, rng, needed=["graph"]))


def _graphs(rng):
    edges = rng.integers(0, 9, (5, 2))
    given = arguments_of(gk.Graph.from_edges, rng, needed=["edges"])
    gk.Graph.from_edges(edges, **given)


CALLED = {
    **{
        kind.__name__: _embedder(kind)
        for kind in (gk.FastRP, gk.DeepWalk, gk.Node2Vec, gk.CoreWalk, gk.LINE, gk.KCoreEmbedding)
    },
    **{kind.__name__: _layout(kind) for kind in (gk.LargeVis, gk.TSNE)},
    "RandomFeatures": _embedder(gk.RandomFeatures),
    **{kind.__name__: _embedder(kind) for kind in (gk.NetMF, gk.NetSMF, gk.VERSE, gk.NRP)},
    "random_walks": _walks,
    "knn_graph": _neighbors,
    "NeighborIndex": _index,
    "PersonalizedPageRank": _ranks,
    "core_numbers": _cores,
    "Graph.from_edges": _graphs,
}


@pytest.mark.parametrize("name", CALLED)
def test_calls(name):
    def trial(number):
        CALLED[name](np.random.default_rng(number))

    # What is compiled here is not compiled in each child.
    with contextlib.suppress(GraphkitError):
        trial(0)
    faults = faults_of(trial, CALLS, GraphkitError, first=SEED)
    assert not faults, "\n".join(f"{name}, seed {fault.trial}: {fault.what}" for fault in faults)
