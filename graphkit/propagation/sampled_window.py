"""The matrix that skip-gram on random walks factorises, sampled by random paths: sparse, never dense.

`graphkit.kernels.cpu.path_samples` has the papers and the law. Of M samples in all, w_ij being what the paths
between i and j count, half of it in each direction,

    M_ij = vol^2 / (b M) w_ij / (d_i d_j)

is what `graphkit.propagation.window_matrix` computes, on average; entries are log max(1, M_ij).

Samples are made in rounds. A round is sorted and merged, and added to what was counted before; it has as many
samples as there are entries already, so that all additions together take no longer than all sorting. Only the
upper half of the matrix is kept until the end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.graph.sorting import sort_edges
from graphkit.kernels.cpu import path_samples, upper_half
from graphkit.kernels.cpu.bucket_sort import SUM
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, run_ranges
from graphkit.propagation.window_matrix import log_shares
from graphkit.seeds import Stream
from graphkit.walks.tables import build_tables

if TYPE_CHECKING:
    from graphkit.arrays import Indptr, Rows, Weights
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

    Entries = tuple[Indptr, Rows, Weights]

ROUND_SAMPLES = 1 << 24
"""Of a round at least, where there are so many: 370 MB."""

SAMPLE_BYTES = 22
"""Of a sample while its round is sorted: ends and value, and the same again in buckets."""

ENTRY_BYTES = 8
"""Of an entry: column and value."""


class PathSampler:
    """Random paths of a graph.

    Parameters
    ----------
    graph
        An undirected graph; weights and loops count.
    window
        The longest paths, >= 1.
    samples_per_edge
        Paths through each edge on average, > 0, before thinning.
    thinning
        c of the share of an edge's paths that are kept, min(1, c (w / d_i + w / d_j)); > 0, infinite for all.
    seed
        Random seed.
    num_threads
        Threads to use.

    Attributes
    ----------
    num_samples : int
        Samples that are kept.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        window: int,
        samples_per_edge: float,
        thinning: float,
        seed: int,
        num_threads: int,
    ):
        self.graph = graph
        self.window = window
        self.num_threads = num_threads
        # M: an arc of weight w is drawn w / vol of the time.
        self.total = samples_per_edge * graph.num_edges
        volume = float(graph.strength.sum())
        self._law = self.total / volume if volume else 0.0, float(thinning)
        self._key = np.uint64(seed), int(Stream.PATH_COUNT), int(Stream.PATH)
        self._edges = graph.indptr, graph.indices, graph.weights, graph.strength
        tables = build_tables(graph, second_order=False, asks=False, gamma=None, num_threads=num_threads)
        self._table = tables.alias
        self._offsets = self._count()
        self.num_samples = int(self._offsets[-1])

    def matrix(self, num_negatives: float, progress: Progress | None = None) -> Entries:
        """Return log max(1, M) as it was sampled, in CSR form: offsets, columns, values, all of these > 0.

        Parameters
        ----------
        num_negatives
            b, > 0.
        progress
            Called with ("paths", samples done, samples).
        """
        counted = self._no_entries()
        done = 0
        while done < self.num_samples:
            end = min(self.num_samples, done + max(ROUND_SAMPLES, len(counted[1])))
            counted = self._sum(counted, self._sorted(*self.samples(done, end)))
            done = end
            if progress is not None:
                progress("paths", done, self.num_samples)
        return self._whole(counted, num_negatives)

    def samples(self, begin: int, end: int) -> tuple[Rows, Rows, Weights]:
        """Return (lower ends, upper ends, values) of the samples number `begin` to `end`."""
        size = end - begin
        sources, targets, values = (
            np.empty(size, np.int32),
            np.empty(size, np.int32),
            np.empty(size, np.float32),
        )
        offsets = self._offsets
        first = int(np.searchsorted(offsets, begin, side="right")) - 1
        last = int(np.searchsorted(offsets, end))
        bounds = [first + bound for bound in self._balanced(offsets[first : last + 1] - offsets[first])]
        placed = offsets, begin, sources, targets, values
        run_ranges(
            lambda start, stop: path_samples.place_samples(
                *self._edges, self._law, self._key, *placed, start, stop
            ),
            bounds,
            self.num_threads,
        )
        walked = self.graph.indptr, self.graph.indices, self._table, self.window, self._key, *placed[1:]
        run_ranges(
            lambda start, stop: path_samples.walk_ends(*walked, start, stop),
            even_bounds(size, self.num_threads * RANGES_PER_THREAD),
            self.num_threads,
        )
        return sources, targets, values

    def _count(self) -> NDArray[np.int64]:
        """Where the samples of each row's edges begin, int64 [num_nodes + 1]."""
        offsets = np.zeros(self.graph.num_nodes + 1, np.int64)
        run_ranges(
            lambda start, stop: path_samples.count_samples(
                *self._edges, self._law, self._key, offsets[1:], start, stop
            ),
            self._balanced(self.graph.indptr),
            self.num_threads,
        )
        return np.cumsum(offsets, out=offsets)

    def _no_entries(self) -> Entries:
        return np.zeros(self.graph.num_nodes + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32)

    def _sorted(self, sources: Rows, targets: Rows, values: Weights) -> Entries:
        (indptr, indices, merged), _ = sort_edges(
            sources,
            targets,
            values,
            self.graph.num_nodes,
            symmetric=False,
            rule=SUM,
            num_threads=self.num_threads,
        )
        assert merged is not None
        return indptr, indices, merged

    def _sum(self, counted: Entries, more: Entries) -> Entries:
        if not len(counted[1]):
            return more
        indptr = np.zeros_like(more[0])
        bounds = self._balanced(counted[0] + more[0])
        run_ranges(
            lambda start, stop: upper_half.count_union(*counted[:2], *more[:2], indptr[1:], start, stop),
            bounds,
            self.num_threads,
        )
        np.cumsum(indptr, out=indptr)
        indices, values = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32)
        run_ranges(
            lambda start, stop: upper_half.add_matrices(
                *counted, *more, indptr, indices, values, start, stop
            ),
            bounds,
            self.num_threads,
        )
        return indptr, indices, values

    def _whole(self, counted: Entries, num_negatives: float) -> Entries:
        """Return the logarithms of what was counted, both halves of the matrix."""
        indptr = counted[0]
        num_nodes = self.graph.num_nodes
        counts = np.zeros(num_nodes, np.int64)
        shares = log_shares(self.graph.strength)
        shift = -math.log(max(2 * num_negatives * self.total, np.finfo(float).tiny))
        run_ranges(
            lambda start, stop: upper_half.log_ratios(*counted, shares, shift, counts, start, stop),
            self._balanced(indptr),
            self.num_threads,
        )
        upper_half.count_mirrored(*counted, counts)
        whole = np.concatenate([[0], np.cumsum(counts)])
        new_indices, new_values = np.empty(whole[-1], np.int32), np.empty(whole[-1], np.float32)
        upper_half.mirror(*counted, whole[:-1].copy(), new_indices, new_values)
        return whole, new_indices, new_values

    def _balanced(self, indptr: NDArray[np.int64]) -> list[int]:
        return balanced_bounds(indptr, self.num_threads * RANGES_PER_THREAD)


def expected_samples(num_nodes: int, num_edges: float, *, samples_per_edge: float, thinning: float) -> float:
    """Return how many samples are kept at most, on average, where weights are alike and loops few.

    The sum of w / d_i + w / d_j over all edges is the number of nodes that have some.

    Examples
    --------
    >>> expected_samples(1000, 50_000, samples_per_edge=10, thinning=5.0)
    50000.0
    """
    return samples_per_edge * min(float(num_edges), thinning * num_nodes)


def sampled_bytes(num_nodes: int, samples: float) -> int:
    """Return the most memory that `PathSampler.matrix` takes for so many samples, in bytes.

    Either a round beside what was counted before, or the upper half beside the whole.
    """
    entries = min(samples, num_nodes * (num_nodes + 1) / 2)
    round_ = min(samples, max(ROUND_SAMPLES, entries))
    return int(max(SAMPLE_BYTES * round_ + ENTRY_BYTES * entries, 3 * ENTRY_BYTES * entries)) + 48 * num_nodes
