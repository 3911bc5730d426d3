"""Calls of every public class with parameters of any kind, on awkward graphs."""

import contextlib
import inspect
import tempfile
from pathlib import Path

import numpy as np
import scipy.sparse
import torch
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
    own = {"self", "progress", "params", "law", "options", "kwargs", *needed}
    known = [name for name in inspect.signature(function).parameters if name not in own]
    found = {name: value for name, value in SMALL.items() if name in known}
    for name in rng.choice(known, min(len(known), 1 + int(rng.integers(3))), replace=False):
        found[str(name)] = VALUES[int(rng.integers(len(VALUES)))]
    return found


def _embedder(kind, make_graph=graph_of):
    def call(rng):
        model, graph = kind(**arguments_of(kind, rng)), make_graph(rng)
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


def temporal_graph_of(rng):
    """Timed edges, some times equal, some far apart."""
    count = int(rng.integers(1, 25))
    edges = rng.integers(0, count, (int(rng.integers(0, 60)), 2))
    times = rng.integers(0, 10, len(edges)) * 10.0 ** rng.integers(-300, 300)
    return gk.TemporalGraph.from_events(edges, times, num_nodes=count, directed=bool(rng.integers(2)))


def typed_graph_of(rng):
    """Up to three types, on any of the graphs."""
    graph = graph_of(rng)
    return gk.TypedGraph(graph, np.array(["a", "b", "c"])[rng.integers(0, 3, graph.num_nodes)])


def _walks(function, make_graph):
    def call(rng):
        function(make_graph(rng), **arguments_of(function, rng, needed=["graph"])).sum()

    return call


def _on_graph(function, **fixed):
    """A function of a graph, with values for what it needs beside."""

    def call(rng):
        graph = graph_of(rng)
        needed = {name: make(graph, rng) for name, make in fixed.items()}
        function(graph, **{**needed, **arguments_of(function, rng, needed=["graph"])})

    return call


def _some_nodes(graph, rng):
    return rng.choice(graph.node_ids, 3).tolist() if graph.num_nodes else []


def _online(rng):
    graph = graph_of(rng)
    model = gk.FastONL(graph, **arguments_of(gk.FastONL, rng, needed=["graph"]))
    given = {"nodes": _some_nodes(graph, rng), "labels": rng.integers(0, 2, 3)}
    model.partial_fit(**{"classes": [0, 1], **given, **arguments_of(model.partial_fit, rng)})
    model.predict(_some_nodes(graph, rng))


def _sparsifier(rng):
    graph = graph_of(rng)
    model = gk.Sparsifier(graph, **arguments_of(gk.Sparsifier, rng, needed=["graph"]))
    edges = rng.integers(0, max(1, graph.num_nodes), (4, 2))
    for change in (model.add_edges, model.remove_edges):
        with contextlib.suppress(GraphkitError):
            change(edges, **arguments_of(change, rng, needed=["edges"]))
    model.sparse_graph()


def _condition(rng):
    graph = graph_of(rng)
    gk.relative_condition_number(graph, graph if rng.random() < 0.5 else graph_of(rng))


def _propagation(rng):
    graph = graph_of(rng)
    vectors = rng.normal(size=(graph.num_nodes, 3))
    gk.propagate(vectors, graph, **arguments_of(gk.propagate, rng, needed=["vectors", "graph"]))


def _extension(rng):
    graph = graph_of(rng)
    kept = np.unique(np.array(_some_nodes(graph, rng)))
    embedding = gk.Embedding(kept, rng.normal(size=(len(kept), 3)))
    known = ["embedding", "graph"]
    gk.harmonic_extension(embedding, graph, **arguments_of(gk.harmonic_extension, rng, needed=known))


def _temporal_reader(rng):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        path.write_text(
            "source,target,time\n1,2,3\n2,3,2020-01-02\n" if rng.random() < 0.2 else "1,2,3\n2,3,4\n"
        )
        gk.read_temporal_graph(path, **arguments_of(gk.read_temporal_graph, rng, needed=["path"]))


def _events(rng):
    make, edges = gk.TemporalGraph.from_events, rng.integers(0, 9, (5, 2))
    given = {"times": rng.normal(size=5), **arguments_of(make, rng, needed=["edges"])}
    gk.temporal_walks(make(edges, **given), walk_length=5, walks_per_node=2, num_threads=1)


def _types(rng):
    graph = graph_of(rng)
    given = {"types": ["a"] * graph.num_nodes, **arguments_of(gk.TypedGraph, rng, needed=["graph"])}
    gk.metapath_walks(gk.TypedGraph(graph, **given), walk_length=5, walks_per_node=2, num_threads=1)


def _encoding(kind):
    def call(rng):
        import torch_geometric.data

        edges = rng.integers(0, 9, (2, int(rng.integers(0, 30))))
        data = torch_geometric.data.Data(edge_index=torch.tensor(edges), num_nodes=9)
        needed = {"walk_length": 3} if "walk_length" in inspect.signature(kind).parameters else {}
        kind(**{**needed, **arguments_of(kind, rng)})(data)

    return call


def _scopes(rng):
    import torch_geometric.data

    edges = rng.integers(0, 9, (2, int(rng.integers(0, 30))))
    data = torch_geometric.data.Data(edge_index=torch.tensor(edges), num_nodes=9)
    arguments = arguments_of(gk.pyg.ShaDowLoader, rng, needed=["data"])
    for batch in gk.pyg.ShaDowLoader(data, **arguments):
        assert batch.num_nodes >= 0


def _drawing(rng):
    given = arguments_of(gk.plot, rng, needed=["data"])
    gk.plot(graph_of(rng), **given)


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


ENCODINGS = (
    gk.pyg.AddDegrees,
    gk.pyg.AddEmbedding,
    gk.pyg.AddHeatKernel,
    gk.pyg.AddLaplacianEigenvectors,
    gk.pyg.AddPageRank,
    gk.pyg.AddRRWP,
    gk.pyg.AddReturnProbabilities,
    gk.pyg.RandomSchurComplement,
)

CALLED = {
    **{
        kind.__name__: _embedder(kind)
        for kind in (gk.FastRP, gk.DeepWalk, gk.Node2Vec, gk.CoreWalk, gk.LINE, gk.KCoreEmbedding)
    },
    **{kind.__name__: _layout(kind) for kind in (gk.LargeVis, gk.TSNE)},
    **{kind.__name__: _embedder(kind) for kind in (gk.Spectral, gk.ProNE, gk.NetMF, gk.NetSMF, gk.NRP)},
    **{kind.__name__: _embedder(kind) for kind in (gk.VERSE, gk.RandomFeatures, Auto)},
    "LevyWalk": _embedder(gk.LevyWalk),
    "CTDNE": _embedder(gk.CTDNE, temporal_graph_of),
    "MetaPath2Vec": _embedder(gk.MetaPath2Vec, typed_graph_of),
    "random_walks": _walks(gk.random_walks, graph_of),
    "levy_walks": _walks(gk.levy_walks, graph_of),
    "temporal_walks": _walks(gk.temporal_walks, temporal_graph_of),
    "metapath_walks": _walks(gk.metapath_walks, typed_graph_of),
    "TemporalGraph": _events,
    "TypedGraph": _types,
    "read_temporal_graph": _temporal_reader,
    "local_cluster": _on_graph(gk.local_cluster, seeds=_some_nodes),
    "local_clusters": _on_graph(gk.local_clusters, seeds=_some_nodes),
    "FastONL": _online,
    "sparsify": _on_graph(gk.sparsify),
    "Sparsifier": _sparsifier,
    "schur_complement": _on_graph(gk.schur_complement, keep=lambda graph, rng: 0.5),
    "effective_resistances": _on_graph(gk.effective_resistances),
    "relative_condition_number": _condition,
    "harmonic_extension": _extension,
    "propagate": _propagation,
    "plot": _drawing,
    "ShaDowLoader": _scopes,
    **{kind.__name__: _encoding(kind) for kind in ENCODINGS},
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
