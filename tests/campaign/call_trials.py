"""Calls of every public class with parameters of any kind, on awkward graphs."""

import contextlib
import inspect
import tempfile
from pathlib import Path

import numpy as np
import scipy.sparse
from support.graphs import AWKWARD

import graphkit as gk
from graphkit import evaluation
from graphkit.errors import GraphkitError
from graphkit.methods.auto import Auto

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
        if model.estimate_for(graph).seconds < FORETOLD:
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


def _split(rng):
    graph = graph_of(rng)
    made = evaluation.split_edges(graph, **arguments_of(evaluation.split_edges, rng, needed=["graph"]))
    vectors = rng.normal(size=(graph.num_nodes, 3))
    for judge in (evaluation.link_prediction, evaluation.link_ranking):
        with contextlib.suppress(GraphkitError):
            judge(vectors, made, **arguments_of(judge, rng, needed=["vectors", "split"]))


def _classes(rng):
    count = int(rng.integers(1, 40))
    vectors, labels = rng.normal(size=(count, 3)), rng.integers(0, 3, count)
    judge = evaluation.node_classification
    judge(vectors, labels, **arguments_of(judge, rng, needed=["vectors", "labels"]))


def _predictions(rng):
    graph = graph_of(rng)
    vectors = rng.normal(size=(graph.num_nodes, 3))
    with contextlib.suppress(GraphkitError):
        gk.predict_links(vectors, graph, **arguments_of(gk.predict_links, rng, needed=["vectors", "graph"]))
    labels = rng.integers(-1, 3, graph.num_nodes)
    gk.predict_labels(vectors, labels, **arguments_of(gk.predict_labels, rng, needed=["vectors", "labels"]))


def _one_vs_rest(rng):
    count = int(rng.integers(1, 40))
    labels = scipy.sparse.csr_array(np.eye(3)[rng.integers(0, 3, count)])
    fit = evaluation.fit_one_vs_rest
    fit(rng.normal(size=(count, 3)), labels, **arguments_of(fit, rng, needed=["features", "labels"]))


def _map_quality(rng):
    count = int(rng.integers(1, 40))
    judge, known = evaluation.map_quality, ["vectors", "positions"]
    judge(rng.normal(size=(count, 3)), rng.normal(size=(count, 2)), **arguments_of(judge, rng, needed=known))


def _ranking(rng):
    judge = evaluation.ranking_metrics
    known = ["scores_pos", "scores_neg"]
    judge(rng.normal(size=5), rng.normal(size=(5, 4)), **arguments_of(judge, rng, needed=known))


def _pairs(rng):
    make = evaluation.edge_features
    make(rng.normal(size=(5, 3)), **{"pairs": [(0, 1)], **arguments_of(make, rng, needed=["vectors"])})


def _transitions(rng):
    graph = graph_of(rng)
    walks = gk.random_walks(graph, walk_length=4, walks_per_node=1, num_threads=1)
    test = evaluation.transition_test
    test(graph, walks, **arguments_of(test, rng, needed=["graph", "walks"]))


def _k_core(rng):
    gk.k_core(graph_of(rng), **{"k": 2, **arguments_of(gk.k_core, rng, needed=["graph"])})


def _embedding(rng):
    ids = ["a", "b", "c"] if rng.random() < 0.5 else [1, 2, 3]
    given = {"node_ids": ids, "vectors": np.eye(3), **arguments_of(gk.Embedding, rng)}
    made = gk.Embedding(**given)
    made.most_similar(ids[0], **arguments_of(made.most_similar, rng, needed=["query"]))


def _frame(rng):
    given = {"node_ids": [1, 2, 3], "positions": np.eye(3)[:, :2]}
    gk.maps.MapFrame(**{**given, **arguments_of(gk.maps.MapFrame, rng)})


def _as_graph(rng):
    edges = rng.integers(0, 9, (5, 2))
    gk.as_graph(edges, **arguments_of(gk.as_graph, rng, needed=["x"]))


def _reader(rng):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edges.csv"
        path.write_text("source,target,weight\n1,2,3\n2,3,4.5\n")
        gk.read_graph(path, **arguments_of(gk.read_graph, rng, needed=["path"]))


CALLED = {
    **{
        kind.__name__: _embedder(kind)
        for kind in (gk.FastRP, gk.DeepWalk, gk.Node2Vec, gk.CoreWalk, gk.LINE, gk.KCoreEmbedding)
    },
    **{kind.__name__: _layout(kind) for kind in (gk.LargeVis, gk.TSNE)},
    **{kind.__name__: _embedder(kind) for kind in (gk.Spectral, gk.ProNE, gk.NetMF, gk.NetSMF, gk.NRP)},
    **{kind.__name__: _embedder(kind) for kind in (gk.VERSE, gk.RandomFeatures, Auto)},
    "random_walks": _walks,
    "knn_graph": _neighbors,
    "NeighborIndex": _index,
    "PersonalizedPageRank": _ranks,
    "core_numbers": _cores,
    "Graph.from_edges": _graphs,
    "as_graph": _as_graph,
    "read_graph": _reader,
    "k_core": _k_core,
    "split_edges": _split,
    "node_classification": _classes,
    "fit_one_vs_rest": _one_vs_rest,
    "predictions": _predictions,
    "map_quality": _map_quality,
    "ranking_metrics": _ranking,
    "edge_features": _pairs,
    "transition_test": _transitions,
    "Embedding": _embedding,
    "MapFrame": _frame,
}


def call(name, number):
    """Make the call of a number."""
    CALLED[name](np.random.default_rng(number))
