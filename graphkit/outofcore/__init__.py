"""Graphs beyond memory: the functions of graphkit over graph folders, run by an `Engine`.

Each does what the function of the same name does in memory, and gives the same bits unless it says otherwise.
Every name is imported at its first use, so that a worker loads no more than its tasks. No module bears the
name of a function: importing it would put it in the function's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.lazy import lazy_names

if TYPE_CHECKING:
    from graphkit.outofcore.conversion import convert
    from graphkit.outofcore.cores import core_numbers
    from graphkit.outofcore.embedding import embed
    from graphkit.outofcore.neighbors import knn_graph
    from graphkit.outofcore.pagerank import top_pagerank
    from graphkit.outofcore.planning import Forecast, Machines, plan
    from graphkit.outofcore.row_features import kernel_features
    from graphkit.outofcore.walks import random_walks

_MODULE_OF = {
    "Forecast": "planning",
    "Machines": "planning",
    "convert": "conversion",
    "core_numbers": "cores",
    "embed": "embedding",
    "kernel_features": "row_features",
    "knn_graph": "neighbors",
    "plan": "planning",
    "random_walks": "walks",
    "top_pagerank": "pagerank",
}
"""Each public name and the module of this package that defines it."""

__all__ = [
    "Forecast",
    "Machines",
    "convert",
    "core_numbers",
    "embed",
    "kernel_features",
    "knn_graph",
    "plan",
    "random_walks",
    "top_pagerank",
]

__getattr__, __dir__ = lazy_names(__name__, _MODULE_OF)
