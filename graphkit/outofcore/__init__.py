"""Graphs beyond memory: the functions of graphkit over graph folders, run by an `Engine`.

Each does what the function of the same name does in memory, and gives the same bits unless it says otherwise.
"""

from graphkit.outofcore.conversion import convert
from graphkit.outofcore.cores import core_numbers
from graphkit.outofcore.embed import embed
from graphkit.outofcore.neighbors import knn_graph
from graphkit.outofcore.pagerank import top_pagerank
from graphkit.outofcore.planning import Forecast, Machines, plan
from graphkit.outofcore.row_features import kernel_features
from graphkit.outofcore.walks import random_walks

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
