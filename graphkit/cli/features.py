"""``--features``: a file of numbers a node, for the methods that mix them in."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from graphkit.cli.parameters import option

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph import Graph
    from graphkit.methods.base import Embedder


def feature_options(method: type[Embedder]) -> list[inspect.Parameter]:
    """Return the option of a method whose `fit` takes features, else none."""
    if "features" not in inspect.signature(method.fit).parameters:
        return []
    help_text = "Node features to mix in: a table of ids and numbers, or .npy in the order of the nodes."
    return [option("features", None, help_text, kind=str, metavar="FILE", panel=f"Method {method.name}")]


def fit_features(path: str | None, graph: Graph) -> dict[str, Vectors]:
    """Return the argument of `fit`, rows in the graph's order; nothing without a file."""
    if path is None:
        return {}
    from graphkit.io import read_features

    return {"features": read_features(path, graph.node_ids)}
