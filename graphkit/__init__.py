"""graphkit: from an edge list to vectors, neighbours, a map and a score.

Every name is imported at its first use, so that ``import graphkit`` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    from graphkit.graph.graph import Graph
    from graphkit.io import as_graph, read_graph
    from graphkit.methods.corewalk import CoreWalk
    from graphkit.methods.deepwalk import DeepWalk
    from graphkit.methods.fastrp import FastRP
    from graphkit.methods.kcore import KCoreEmbedding
    from graphkit.methods.largevis import LargeVis
    from graphkit.methods.line import LINE
    from graphkit.methods.netmf import NetMF
    from graphkit.methods.netsmf import NetSMF
    from graphkit.methods.node2vec import Node2Vec
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
    from graphkit.sparsification.condition import relative_condition_number
    from graphkit.sparsification.harmonic import harmonic_extension
    from graphkit.sparsification.resistances import effective_resistances
    from graphkit.sparsification.schur import schur_complement
    from graphkit.sparsification.sparsifier import Sparsifier
    from graphkit.sparsification.sparsify import sparsify
    from graphkit.walks.random_walks import random_walks

    __version__: str

_MODULE_OF = {
    "Embedding": "embedding",
    "Engine": "engine",
    "CoreWalk": "methods.corewalk",
    "DeepWalk": "methods.deepwalk",
    "FastRP": "methods.fastrp",
    "KCoreEmbedding": "methods.kcore",
    "LINE": "methods.line",
    "NetMF": "methods.netmf",
    "NetSMF": "methods.netsmf",
    "NRP": "methods.nrp",
    "VERSE": "methods.verse",
    "Node2Vec": "methods.node2vec",
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
    "UnknownNodeError": "errors",
    "as_graph": "io",
    "core_numbers": "cores.core_numbers",
    "compare": "evaluation.comparison",
    "embed": "methods.registry",
    "k_core": "cores.core_numbers",
    "KnnGraph": "neighbors",
    "NeighborIndex": "neighbors",
    "knn_graph": "neighbors",
    "propagate": "methods.refinement",
    "random_walks": "walks.random_walks",
    "read_graph": "io",
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
    "LINE",
    "NRP",
    "TSNE",
    "VERSE",
    "CoreWalk",
    "DeepWalk",
    "Embedding",
    "Engine",
    "FastRP",
    "Graph",
    "GraphkitError",
    "GraphkitWarning",
    "InputError",
    "KCoreEmbedding",
    "KnnGraph",
    "LargeVis",
    "MissingDependencyError",
    "NeighborIndex",
    "NetMF",
    "NetSMF",
    "Node2Vec",
    "ParameterError",
    "PersonalizedPageRank",
    "ProNE",
    "RandomFeatures",
    "RunError",
    "Sparsifier",
    "Spectral",
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
    "maps",
    "outofcore",
    "propagate",
    "pyg",
    "random_walks",
    "read_graph",
    "relative_condition_number",
    "schur_complement",
    "sparsify",
]

_found, _known = _lazy_names(__name__, _MODULE_OF)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("graphkit")
    return _found(name)


def __dir__() -> list[str]:
    return sorted({*_known(), "__version__"})
