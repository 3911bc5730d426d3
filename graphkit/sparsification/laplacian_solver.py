"""LaplacianSolver: systems of the Laplacian of a graph, or of some of its rows and columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask
from graphkit.errors import RunError
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu import laplacian
from graphkit.parallel import balanced_bounds, run_ranges

Columns = NDArray[np.float64]
"""[num_nodes, columns]."""

BLOCK_COLUMNS = 16
"""Systems that are solved side by side: a row is two cache lines."""

_MOST_RANGES = 256
_MOST_PRODUCTS = 20_000
_PRODUCTS_PER_NODE = 20
"""Conjugate gradients end after one product a node but for rounding, which makes it some more, or endless."""


class LaplacianSolver:
    """Conjugate gradients for L x = b with the degrees as preconditioner, each column by itself.

    Parameters
    ----------
    graph
        Undirected; weights count, loops do not.
    free
        Rows of the unknowns, bool [num_nodes]; in the others x and b are 0. None for all: then b must add up
        to 0 in each component.
    num_threads
        Threads to use; the bits are the same for any number.
    """

    def __init__(self, graph: Graph, free: Mask | None = None, *, num_threads: int):
        self._arcs = graph.indptr, graph.indices, graph.weights
        self._threads = num_threads
        # The ranges do not depend on the number of threads, and so the order of sums does not.
        self._bounds = balanced_bounds(graph.indptr, min(_MOST_RANGES, 1 + graph.num_nodes // 64))
        self._strength = np.empty(graph.num_nodes)
        self._run(lambda *ends: laplacian.row_strengths(*self._arcs, self._strength, *ends))
        self._free = np.ones(graph.num_nodes, np.bool_) if free is None else free

    def solve(self, right: Columns, tolerance: float) -> Columns:
        """Return x such that |b - L x| <= tolerance |b| in the norm of D^-1, column by column.

        Raises
        ------
        RunError
            If thousands of products do not get there.
        """
        x = np.zeros_like(right)
        residual = np.where(self._free[:, None], right, 0.0)
        direction, product = np.zeros_like(right), np.zeros_like(right)
        square = self._descend(np.zeros(right.shape[1]), direction, product, x, residual)
        goal = tolerance * tolerance * square
        share = np.zeros(right.shape[1])
        most = min(_MOST_PRODUCTS, 200 + _PRODUCTS_PER_NODE * len(right))
        for _ in range(most):
            if (square <= goal).all():
                return x
            turned = share, residual, self._strength, direction
            self._run(lambda *ends, turned=turned: laplacian.turn(*turned, *ends))
            curvature = self._multiply(direction, product)
            step = np.divide(square, curvature, out=np.zeros_like(square), where=curvature > 0)
            before, square = square, self._descend(step, direction, product, x, residual)
            share = np.divide(square, before, out=np.zeros_like(square), where=before > 0)
        left = float(np.sqrt((square / np.where(goal > 0, goal, 1)).max()) * tolerance)
        raise RunError(
            f"a system of the graph's Laplacian is solved to {left:.2g} after {most:,} products, "
            f"not to {tolerance:g}: the graph is too long, or its weights too unlike; take a larger tolerance"
        )

    def multiply(self, x: Columns) -> Columns:
        """Return L x."""
        product = np.empty_like(x)
        self._multiply(x, product)
        return product

    def _multiply(self, x: Columns, out: Columns) -> NDArray[np.float64]:
        """Write L x, and return the sum of x L x of each column."""
        fixed = *self._arcs, self._strength, self._free, x, out
        return self._sums(x.shape[1], lambda sums, *ends: laplacian.multiply(*fixed, sums, *ends))

    def _descend(
        self, step: NDArray[np.float64], direction: Columns, product: Columns, x: Columns, residual: Columns
    ) -> NDArray[np.float64]:
        fixed = step, direction, product, self._strength, x, residual
        return self._sums(len(step), lambda sums, *ends: laplacian.descend(*fixed, sums, *ends))

    def _sums(self, columns: int, kernel: Callable[..., None]) -> NDArray[np.float64]:
        """Call a kernel that sums columns for all ranges, and return the sums, added in their order."""
        sums = np.empty((len(self._bounds) - 1, columns))
        places = {start: place for place, start in enumerate(self._bounds[:-1])}
        self._run(lambda start, stop: kernel(sums[places[start]], start, stop))
        total: NDArray[np.float64] = sums.sum(axis=0)
        return total

    def _run(self, kernel: Callable[[int, int], None]) -> None:
        run_ranges(kernel, self._bounds, self._threads)
