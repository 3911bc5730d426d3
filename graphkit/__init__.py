"""graphkit: from an edge list to vectors, neighbours, a map and a score.

Every name is imported at its first use, so that ``import graphkit`` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.lazy import lazy_names as _lazy_names

if TYPE_CHECKING:
    from graphkit import datasets, distributed, evaluation, maps, outofcore, pyg
    from graphkit.cores.core_numbers import core_numbers, k_core
    from graphkit.embedding import Embedding
    from graphkit.engine import Engine
    from graphkit.errors import (
        GraphkitError,
        GraphkitWarning,
        InputError,
        MissingDependencyError,
        ParameterError,
        RunError,
        UnknownNodeError,
    )
    from graphkit.evaluation.comparison import compare
    from graphkit.evaluation.tuning import tune
    from graphkit.graph.graph import Graph
    from graphkit.graph.temporal import TemporalGraph
    from graphkit.graph.typed import TypedGraph
    from graphkit.io import as_graph, read_graph, read_temporal_graph
    from graphkit.local.local_cluster import local_cluster, local_clusters
    from graphkit.local.online_labels import FastONL
    from graphkit.maps.plotting import plot
    from graphkit.methods.corewalk import CoreWalk
    from graphkit.methods.ctdne import CTDNE
    from graphkit.methods.deepwalk import DeepWalk
    from graphkit.methods.fastrp import FastRP
    from graphkit.methods.kcore import KCoreEmbedding
    from graphkit.methods.largevis import LargeVis
    from graphkit.methods.levy import LevyWalk
    from graphkit.methods.line import LINE
    from graphkit.methods.metapath2vec import MetaPath2Vec
    from graphkit.methods.netmf import NetMF
    from graphkit.methods.netsmf import NetSMF
    from graphkit.methods.node2vec import Node2Vec
    from graphkit.methods.node_vectors import NodeVectors
    from graphkit.methods.nrp import NRP
    from graphkit.methods.prone import ProNE
    from graphkit.methods.random_features import RandomFeatures
    from graphkit.methods.refinement import propagate
    from graphkit.methods.registry import embed
    from graphkit.methods.spectral import Spectral
    from graphkit.methods.tsne import TSNE
    from graphkit.methods.verse import VERSE
    from graphkit.neighbors import KnnGraph, NeighborIndex, knn_graph
    from graphkit.pagerank.personalized import PersonalizedPageRank
    from graphkit.prediction import PredictedLabels, PredictedLinks, predict_labels, predict_links
    from graphkit.sparsification.condition import relative_condition_number
    from graphkit.sparsification.harmonic import harmonic_extension
    from graphkit.sparsification.resistances import effective_resistances
    from graphkit.sparsification.schur import schur_complement
    from graphkit.sparsification.sparsifier import Sparsifier
    from graphkit.sparsification.sparsify import sparsify
    from graphkit.walks.levy import levy_walks
    from graphkit.walks.metapath import metapath_walks
    from graphkit.walks.random_walks import random_walks
    from graphkit.walks.temporal import temporal_walks

__version__ = "0.1.0"
"""The only place of the version: metadata may be an older install's, under another name."""

_MODULE_OF = {
    "Embedding": "embedding",
    "Engine": "engine",
    "CoreWalk": "methods.corewalk",
    "CTDNE": "methods.ctdne",
    "DeepWalk": "methods.deepwalk",
    "FastONL": "local.online_labels",
    "FastRP": "methods.fastrp",
    "KCoreEmbedding": "methods.kcore",
    "LINE": "methods.line",
    "LevyWalk": "methods.levy",
    "MetaPath2Vec": "methods.metapath2vec",
    "NetMF": "methods.netmf",
    "NetSMF": "methods.netsmf",
    "NRP": "methods.nrp",
    "VERSE": "methods.verse",
    "Node2Vec": "methods.node2vec",
    "NodeVectors": "methods.node_vectors",
    "Graph": "graph.graph",
    "GraphkitError": "errors",
    "GraphkitWarning": "errors",
    "InputError": "errors",
    "MissingDependencyError": "errors",
    "ParameterError": "errors",
    "PersonalizedPageRank": "pagerank.personalized",
    "LargeVis": "methods.largevis",
    "ProNE": "methods.prone",
    "RandomFeatures": "methods.random_features",
    "RunError": "errors",
    "Spectral": "methods.spectral",
    "TSNE": "methods.tsne",
    "TemporalGraph": "graph.temporal",
    "TypedGraph": "graph.typed",
    "UnknownNodeError": "errors",
    "as_graph": "io",
    "core_numbers": "cores.core_numbers",
    "compare": "evaluation.comparison",
    "embed": "methods.registry",
    "k_core": "cores.core_numbers",
    "KnnGraph": "neighbors",
    "NeighborIndex": "neighbors",
    "knn_graph": "neighbors",
    "PredictedLabels": "prediction",
    "PredictedLinks": "prediction",
    "plot": "maps.plotting",
    "predict_labels": "prediction",
    "predict_links": "prediction",
    "levy_walks": "walks.levy",
    "local_cluster": "local.local_cluster",
    "local_clusters": "local.local_cluster",
    "propagate": "methods.refinement",
    "metapath_walks": "walks.metapath",
    "random_walks": "walks.random_walks",
    "read_graph": "io",
    "read_temporal_graph": "io",
    "temporal_walks": "walks.temporal",
    "tune": "evaluation.tuning",
    "Sparsifier": "sparsification.sparsifier",
    "effective_resistances": "sparsification.resistances",
    "harmonic_extension": "sparsification.harmonic",
    "relative_condition_number": "sparsification.condition",
    "schur_complement": "sparsification.schur",
    "sparsify": "sparsification.sparsify",
    "datasets": "datasets",
    "distributed": "distributed",
    "evaluation": "evaluation",
    "maps": "maps",
    "outofcore": "outofcore",
    "pyg": "pyg",
}
"""Each public name and the module that defines it, or its own where it is one."""

__all__ = [
    "CTDNE",
    "LINE",
    "NRP",
    "TSNE",
    "VERSE",
    "CoreWalk",
    "DeepWalk",
    "Embedding",
    "Engine",
    "FastONL",
    "FastRP",
    "Graph",
    "GraphkitError",
    "GraphkitWarning",
    "InputError",
    "KCoreEmbedding",
    "KnnGraph",
    "LargeVis",
    "LevyWalk",
    "MetaPath2Vec",
    "MissingDependencyError",
    "NeighborIndex",
    "NetMF",
    "NetSMF",
    "Node2Vec",
    "NodeVectors",
    "ParameterError",
    "PersonalizedPageRank",
    "PredictedLabels",
    "PredictedLinks",
    "ProNE",
    "RandomFeatures",
    "RunError",
    "Sparsifier",
    "Spectral",
    "TemporalGraph",
    "TypedGraph",
    "UnknownNodeError",
    "__version__",
    "as_graph",
    "compare",
    "core_numbers",
    "datasets",
    "distributed",
    "effective_resistances",
    "embed",
    "evaluation",
    "harmonic_extension",
    "k_core",
    "knn_graph",
    "levy_walks",
    "local_cluster",
    "local_clusters",
    "maps",
    "metapath_walks",
    "outofcore",
    "plot",
    "predict_labels",
    "predict_links",
    "propagate",
    "pyg",
    "random_walks",
    "read_graph",
    "read_temporal_graph",
    "relative_condition_number",
    "schur_complement",
    "sparsify",
    "temporal_walks",
    "tune",
]

__getattr__, __dir__ = _lazy_names(__name__, _MODULE_OF)
