"""Nearest neighbours: exact for queries, and of all points at once as a graph whose recall is measured."""

from graphkit.neighbors.exact import Nearest, nearest
from graphkit.neighbors.index import NeighborIndex
from graphkit.neighbors.knn import knn_graph
from graphkit.neighbors.knn_result import KnnGraph
from graphkit.neighbors.perplexity import perplexity_graph
from graphkit.neighbors.vector_table import Metric

__all__ = ["KnnGraph", "Metric", "Nearest", "NeighborIndex", "knn_graph", "nearest", "perplexity_graph"]
