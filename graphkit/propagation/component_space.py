"""The eigenspace of eigenvalue 1 of D^-1/2 A D^-1/2, which is known: a vector a component with an edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.propagation.operators import Operator, SparseOperator
from graphkit.propagation.row_sums import reciprocal
from graphkit.propagation.thin_products import Matrix

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph


class ComponentSpace:
    """Unit vectors q_C = D^1/2 1_C / |D^1/2 1_C| of an undirected graph's components C that have an edge.

    Parameters
    ----------
    graph
        An undirected graph.
    num_threads
        Threads to use.
    """

    def __init__(self, graph: Graph, *, num_threads: int):
        labels = graph.connected_components()
        volumes = np.bincount(labels, weights=graph.strength).astype(np.float64)
        self._places = np.cumsum(volumes > 0) - 1
        self.count = int((volumes > 0).sum())
        """Components with an edge, and the multiplicity of eigenvalue 1."""
        self._columns = self._places[labels].clip(0).astype(np.int32)
        entries = np.sqrt(graph.strength * reciprocal(volumes)[labels])
        self._entries = entries.astype(np.float32)
        self._matrix = SparseOperator(
            np.arange(graph.num_nodes + 1),
            self._columns,
            self._entries,
            (graph.num_nodes, max(1, self.count)),
            num_threads=num_threads,
        )

    def vectors(self, count: int) -> Vectors:
        """Return q_C of so many components, largest first, float32 [num_nodes, count]."""
        out = np.zeros((len(self._columns), count), np.float32)
        rows = np.flatnonzero(self._columns < count)
        out[rows, self._columns[rows]] = self._entries[rows]
        return out

    def remove_from(self, block: Matrix) -> None:
        """Take from `block` what lies in the space, in place."""
        inner = np.empty((self._matrix.shape[1], block.shape[1]), block.dtype)
        self._matrix.times_transposed(block, inner)
        outer = np.empty_like(block)
        self._matrix.times(inner, outer)
        block -= outer


class Deflated:
    """An operator of which a `ComponentSpace`, an eigenspace of it, is taken out: there it is 0."""

    def __init__(self, operator: Operator, space: ComponentSpace):
        self.shape = operator.shape
        self._operator, self._space = operator, space

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write the product with `block` into `out`."""
        self._operator.times(block, out)
        self._space.remove_from(out)

    times_transposed = times
