"""The pairs without an edge whose inner products are largest, block after block of a product of matrices.

Of equal products the pair of the lower rows comes first. Blocks have a fixed number of rows, whatever the
threads, so each product is computed alike.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.graph.graph import Graph
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges
from graphkit.prediction.pair_model import PairModel
from graphkit.progress import Progress

_BLOCK_BYTES = 1 << 24
"""Of the products of one block, at a time for each thread."""


class Pairs(NamedTuple):
    """Rows of pairs and their products, best first."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    products: NDArray[np.float32]

    def best(self, k: int) -> Pairs:
        """Return the first k, in order."""
        order = np.lexsort((self.targets, self.sources, -self.products))[:k]
        return Pairs(self.sources[order], self.targets[order], self.products[order])

    @classmethod
    def joined(cls, parts: Iterable[Pairs]) -> Pairs:
        """Return several one behind the other."""
        none = cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
        sources, targets, products = zip(none, *parts, strict=True)
        return cls(np.concatenate(sources), np.concatenate(targets), np.concatenate(products))


def best_pairs(graph: Graph, model: PairModel, k: int, num_threads: int, progress: Progress | None) -> Pairs:
    """Return the k best pairs of different nodes without an edge; the lower row first where undirected."""
    rows = np.arange(graph.num_nodes)

    def best_of(blocks: list[NDArray[np.int64]]) -> Pairs:
        found = Pairs.joined([])
        for block in blocks:
            # An undirected pair is one of a row and a higher one.
            first = 0 if graph.directed else int(block[0])
            products = _open_products(graph, model, block, first)
            if not graph.directed:
                products[np.tri(*products.shape, dtype=np.bool_)] = -np.inf
            places = _largest(products.ravel(), k)
            row, column = np.divmod(places, products.shape[1])
            new = Pairs(block[row], first + column, products.ravel()[places])
            found = Pairs.joined([found, new]).best(k)
            report(len(block))
        return found

    report = _Report(progress, len(rows))
    return Pairs.joined(_over_blocks(best_of, rows, graph.num_nodes, num_threads)).best(k)


def best_of_each(
    graph: Graph,
    model: PairModel,
    rows: NDArray[np.int64],
    k: int,
    num_threads: int,
    progress: Progress | None,
) -> Pairs:
    """Return for each row the k best pairs with another one without an edge, row after row."""

    def best_of(blocks: list[NDArray[np.int64]]) -> Pairs:
        found = []
        for block in blocks:
            for row, products in zip(block, _open_products(graph, model, block, 0), strict=True):
                places = _largest(products, k)
                found.append(Pairs(np.full(len(places), row), places, products[places]).best(k))
            report(len(block))
        return Pairs.joined(found)

    report = _Report(progress, len(rows))
    return Pairs.joined(_over_blocks(best_of, rows, graph.num_nodes, num_threads))


def _over_blocks(
    best_of: Callable[[list[NDArray[np.int64]]], Pairs],
    rows: NDArray[np.int64],
    num_nodes: int,
    num_threads: int,
) -> list[Pairs]:
    """Call `best_of` for lists of blocks of rows, in their order, side by side."""
    from threadpoolctl import threadpool_limits

    size = max(1, _BLOCK_BYTES // (4 * max(num_nodes, 1)))
    blocks = [rows[start : start + size] for start in range(0, len(rows), size)]
    bounds = even_bounds(len(blocks), RANGES_PER_THREAD * num_threads)
    with threadpool_limits(1, user_api="blas"):
        return run_ranges(lambda start, stop: best_of(blocks[start:stop]), bounds, num_threads)


def _open_products(
    graph: Graph, model: PairModel, block: NDArray[np.int64], first: int
) -> NDArray[np.float32]:
    """Products of a block's rows with those from `first` on; -inf for edges and for a row with itself."""
    products = model.sources[block] @ model.targets[first:].T
    starts, counts = graph.indptr[block], graph.degree[block]
    place = np.repeat(np.arange(len(block)), counts)
    arcs = np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    column = graph.indices[arcs].astype(np.int64) - first
    products[place[column >= 0], column[column >= 0]] = -np.inf
    products[np.arange(len(block)), block - first] = -np.inf
    return products


def _largest(values: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Places of the k largest values above -inf, and of all that equal the last of them."""
    least = np.partition(values, len(values) - k)[len(values) - k] if k < len(values) else -np.inf
    places: NDArray[np.int64] = np.flatnonzero((values >= least) & (values > -np.inf))
    return places


class _Report:
    """Counts rows for several threads."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, total
        self._done, self._lock = 0, threading.Lock()

    def __call__(self, rows: int) -> None:
        with self._lock:
            self._done += rows
            if self._progress is not None:
                self._progress("links", self._done, self._total)
