"""graphkit: from an edge list to vectors, neighbours, a map and a score.

Every name is imported at its first use, so that ``import graphkit`` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphkit import datasets, distributed, evaluation, maps, outofcore, pyg
    from graphkit.cores import core_numbers, k_core
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
    from graphkit.graph import Graph
    from graphkit.io import as_graph, read_graph
    from graphkit.methods.corewalk import CoreWalk
    from graphkit.methods.deepwalk import DeepWalk
    from graphkit.methods.fastrp import FastRP
    from graphkit.methods.kcore import KCoreEmbedding
    from graphkit.methods.largevis import LargeVis
    from graphkit.methods.line import LINE
    from graphkit.methods.node2vec import Node2Vec
    from graphkit.methods.random_features import RandomFeatures
    from graphkit.methods.registry import embed
    from graphkit.methods.tsne import TSNE
    from graphkit.neighbors import KnnGraph, NeighborIndex, knn_graph
    from graphkit.pagerank import PersonalizedPageRank
    from graphkit.walks import random_walks

    __version__: str

_MODULE_OF = {
    "Embedding": "graphkit.embedding",
    "Engine": "graphkit.engine",
    "CoreWalk": "graphkit.methods.corewalk",
    "DeepWalk": "graphkit.methods.deepwalk",
    "FastRP": "graphkit.methods.fastrp",
    "KCoreEmbedding": "graphkit.methods.kcore",
    "LINE": "graphkit.methods.line",
    "Node2Vec": "graphkit.methods.node2vec",
    "Graph": "graphkit.graph",
    "GraphkitError": "graphkit.errors",
    "GraphkitWarning": "graphkit.errors",
    "InputError": "graphkit.errors",
    "MissingDependencyError": "graphkit.errors",
    "ParameterError": "graphkit.errors",
    "PersonalizedPageRank": "graphkit.pagerank",
    "LargeVis": "graphkit.methods.largevis",
    "RandomFeatures": "graphkit.methods.random_features",
    "RunError": "graphkit.errors",
    "TSNE": "graphkit.methods.tsne",
    "UnknownNodeError": "graphkit.errors",
    "as_graph": "graphkit.io",
    "core_numbers": "graphkit.cores",
    "embed": "graphkit.methods.registry",
    "k_core": "graphkit.cores",
    "KnnGraph": "graphkit.neighbors",
    "NeighborIndex": "graphkit.neighbors",
    "knn_graph": "graphkit.neighbors",
    "random_walks": "graphkit.walks",
    "read_graph": "graphkit.io",
}
"""Each public name and the module that defines it."""

_SUBPACKAGES = ("datasets", "distributed", "evaluation", "maps", "outofcore", "pyg")

__all__ = [
    "LINE",
    "TSNE",
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
    "Node2Vec",
    "ParameterError",
    "PersonalizedPageRank",
    "RandomFeatures",
    "RunError",
    "UnknownNodeError",
    "__version__",
    "as_graph",
    "core_numbers",
    "datasets",
    "distributed",
    "embed",
    "evaluation",
    "k_core",
    "knn_graph",
    "maps",
    "outofcore",
    "pyg",
    "random_walks",
    "read_graph",
]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use (PEP 562)."""
    from importlib import import_module

    if name in _MODULE_OF:
        value = getattr(import_module(_MODULE_OF[name]), name)
    elif name in _SUBPACKAGES:
        value = import_module(f"graphkit.{name}")
    elif name == "__version__":
        from importlib.metadata import version

        value = version("graphkit")
    else:
        raise AttributeError(f"module 'graphkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Name what is public, imported or not."""
    return sorted({*globals(), *__all__})
