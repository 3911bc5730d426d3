"""Reading and writing: any file or object that holds a graph, labels, features, vectors.

One module a format or foreign library; those libraries are imported only where they are needed.
"""

from graphkit.io.attributes import Attributes, read_attributes
from graphkit.io.features import read_features
from graphkit.io.labels import read_labels
from graphkit.io.memory import MemoryEstimate, estimate_memory
from graphkit.io.node_lists import read_node_list
from graphkit.io.objects import as_graph
from graphkit.io.read import load_graph, read_graph
from graphkit.io.report import LoadedGraph, LoadReport
from graphkit.io.temporal import load_temporal_graph, read_temporal_graph

__all__ = [
    "Attributes",
    "LoadReport",
    "LoadedGraph",
    "MemoryEstimate",
    "as_graph",
    "estimate_memory",
    "load_graph",
    "load_temporal_graph",
    "read_attributes",
    "read_features",
    "read_graph",
    "read_labels",
    "read_node_list",
    "read_temporal_graph",
]
