"""Methods by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from graphkit.checks import check_choice
from graphkit.errors import unknown_parameter

if TYPE_CHECKING:
    from graphkit.embedding import Embedding
    from graphkit.graph.graph import Graph
    from graphkit.methods.base import Embedder
    from graphkit.progress import Progress

METHODS = {
    "auto": "graphkit.methods.auto:Auto",
    "fastrp": "graphkit.methods.fastrp:FastRP",
    "spectral": "graphkit.methods.spectral:Spectral",
    "prone": "graphkit.methods.prone:ProNE",
    "deepwalk": "graphkit.methods.deepwalk:DeepWalk",
    "node2vec": "graphkit.methods.node2vec:Node2Vec",
    "line": "graphkit.methods.line:LINE",
    "levy": "graphkit.methods.levy:LevyWalk",
    "ctdne": "graphkit.methods.ctdne:CTDNE",
    "metapath2vec": "graphkit.methods.metapath2vec:MetaPath2Vec",
    "corewalk": "graphkit.methods.corewalk:CoreWalk",
    "kcore": "graphkit.methods.kcore:KCoreEmbedding",
    "netmf": "graphkit.methods.netmf:NetMF",
    "netsmf": "graphkit.methods.netsmf:NetSMF",
    "verse": "graphkit.methods.verse:VERSE",
    "nrp": "graphkit.methods.nrp:NRP",
    "grf": "graphkit.methods.random_features:RandomFeatures",
}
"""Name on the command line → module and class."""

MAPS = {"largevis": "graphkit.methods.largevis:LargeVis", "tsne": "graphkit.methods.tsne:TSNE"}
"""The same of the methods of maps."""


def find_method(name: str, among: Mapping[str, str] = METHODS) -> type[Any]:
    """Return the class of a method; `ParameterError` with the nearest name for an unknown one."""
    check_choice("method", name, among)
    module, _, class_name = among[name].partition(":")
    found: type[Any] = getattr(import_module(module), class_name)
    return found


def make_method(name: str, **params: Any) -> Embedder:
    """Return a method with parameters; `ParameterError` with the nearest name for an unknown one."""
    method = find_method(name)
    known = method.parameters()
    for given in params:
        if given not in known:
            raise unknown_parameter(f"{name} parameter", given, known)
    made: Embedder = method(**params)
    return made


def embed(
    graph: Graph, method: str = "auto", *, progress: Progress | None = None, **params: Any
) -> Embedding:
    """Embed a graph by the method of a name.

    Parameters
    ----------
    graph
        The graph.
    method
        A name of the registry; ``"auto"`` takes the method that follows from the graph.
    progress
        Called with (stage, done, total) as the work goes on.
    **params
        Parameters of the method.

    Returns
    -------
    Embedding
        Ids, vectors, and how they were made.

    Raises
    ------
    ParameterError
        For an unknown method or parameter, with the nearest known one.

    Examples
    --------
    >>> from graphkit import Graph
    >>> embed(Graph.from_edges([("a", "b"), ("b", "c"), ("c", "d")]), dim=8, seed=1)["a"].shape
    (8,)
    """
    return make_method(method, **params).embed(graph, progress=progress)
