"""Samples for a grid of blocks: pairs that windows on walks make, or arcs by their weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.kernels.cpu.parts import part_and_row
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.kernels.cpu.window_pairs import count_pairs, sort_pairs
from graphkit.parallel import even_bounds, run_ranges
from graphkit.seeds import Stream
from graphkit.sgns.block_grid import Episode, in_shuffled_order
from graphkit.sgns.corpus import Corpus
from graphkit.sgns.trainer import keep_thresholds, rates_of

EPISODE_SAMPLES = 1 << 26
"""Samples of an episode at most, about; 8 bytes each."""

FEWEST_EPISODES = 8
"""A part that is trained for long against one other forgets the rest."""


def episode_walks(
    num_walks: int, walk_length: int, window: int, episode_samples: int = EPISODE_SAMPLES
) -> int:
    """Return how many walks an episode has.

    Examples
    --------
    >>> episode_walks(10_000_000, walk_length=40, window=10)
    152520
    """
    fitting = episode_samples // (walk_length * (window + 1))
    return max(1, min(fitting, -(-num_walks // FEWEST_EPISODES)))


class WalkPairs:
    """The pairs of all walks of a corpus.

    Parameters
    ----------
    corpus
        The walks.
    frequencies
        How often each node occurs in them, [num_nodes].
    window, subsample, learning_rate, seed
        As of `graphkit.sgns.trainer.Trainer`.
    num_parts
        Parts of the nodes, >= 1.
    num_threads
        Threads, >= 1; bits do not depend on it.
    episode_samples
        Pairs of an episode at most, about.
    """

    def __init__(
        self,
        corpus: Corpus,
        frequencies: NDArray[np.int64],
        *,
        window: int,
        subsample: float,
        learning_rate: float,
        seed: int,
        num_parts: int,
        num_threads: int,
        episode_samples: int = EPISODE_SAMPLES,
    ):
        self.num_parts = num_parts
        self._corpus, self._window = corpus, window
        self._keep = keep_thresholds(frequencies, subsample)
        self._learning_rate, self._seed, self._num_threads = learning_rate, seed, num_threads
        self._step = episode_walks(corpus.num_walks, corpus.walker.walk_length, window, episode_samples)
        self.num_episodes = -(-corpus.num_walks // self._step)

    def episodes(self, held: Sequence[int], begin: int = 0) -> Iterator[Episode]:
        """Yield the episodes from number `begin` on, each with the blocks whose first part is held.

        All walks are made here.
        """
        # While one is made, none is kept here.
        for first in range(begin * self._step, self._corpus.num_walks, self._step):
            yield self._episode(first, held)

    def _episode(self, first: int, held: Sequence[int]) -> Episode:
        """The episode that begins with a walk."""
        total = self._corpus.num_walks
        last = min(first + self._step, total)
        counts, blocks = self._sorted(*self._corpus.walks(first, last), held)
        # No walk has more pairs: samples have numbers of their own, whatever came before.
        most_pairs = 2 * self._window * self._corpus.walker.walk_length
        return Episode(counts, first * most_pairs, rates_of(first, last, total, self._learning_rate), blocks)

    def _sorted(
        self, walks: Rows, numbers: NDArray[np.int64], held: Sequence[int]
    ) -> tuple[NDArray[np.int64], dict[tuple[int, int], Arcs]]:
        """How many pairs all blocks have, and those of the blocks that are held."""
        given = walks, numbers, np.uint64(self._seed), int(Stream.SAMPLE), self._window, self._keep
        bounds = even_bounds(len(walks), self._num_threads)
        num_ranges, num_parts = len(bounds) - 1, self.num_parts
        counts = np.zeros((num_ranges, num_parts, num_parts), np.int64)
        count = partial(count_pairs, *given)
        place_of = {start: place for place, start in enumerate(bounds)}
        run_ranges(lambda start, stop: count(counts[place_of[start]], start, stop), bounds, self._num_threads)
        is_held = np.isin(np.arange(num_parts), held)
        wanted = counts * is_held[None, :, None]
        # Block after block, and within a block range after range: the order of the walks.
        ends = np.cumsum(wanted.reshape(num_ranges, -1).T).reshape(-1, num_ranges).T.reshape(counts.shape)
        cursors = ends - wanted
        sources, targets = np.empty((2, int(wanted.sum())), np.int32)
        sort = partial(sort_pairs, *given, is_held)

        def sort_range(start: int, stop: int) -> None:
            sort(cursors[place_of[start]], sources, targets, start, stop)

        run_ranges(sort_range, bounds, self._num_threads)
        totals = counts.sum(axis=0)
        blocks, begin = {}, 0
        for part in sorted(held):
            for other in range(num_parts):
                end = begin + int(totals[part, other])
                blocks[part, other] = in_shuffled_order(sources[begin:end], targets[begin:end])
                begin = end
        return totals, blocks


class ArcSamples:
    """Arcs drawn in proportion to their weights.

    Parameters
    ----------
    sources, targets
        Ends of the arcs, int32 [num_arcs].
    weights
        Of the arcs, > 0, float32 [num_arcs]; None where all weigh alike.
    num_samples
        How many to draw in all.
    learning_rate
        At the beginning; it falls linearly.
    num_parts
        Parts of the nodes, >= 1.
    episode_samples
        Samples of an episode at most.
    first
        Number of the first sample.
    """

    def __init__(
        self,
        sources: Rows,
        targets: Rows,
        weights: NDArray[np.float32] | None,
        *,
        num_samples: int,
        learning_rate: float,
        num_parts: int,
        episode_samples: int = EPISODE_SAMPLES,
        first: int = 0,
    ):
        self.num_parts, self._first = num_parts, first
        self._weights = weights
        self._num_samples, self._learning_rate = num_samples, learning_rate
        self._step = max(1, min(episode_samples, -(-num_samples // FEWEST_EPISODES)))
        self.num_episodes = -(-num_samples // self._step)
        (source_parts, self._source_rows), (target_parts, self._target_rows) = (
            part_and_row(ends, num_parts) for ends in (sources, targets)
        )
        self._block = source_parts.astype(np.int64) * num_parts + target_parts
        share = np.bincount(self._block, weights, num_parts**2).astype(np.float64)
        self._bounds = np.concatenate([[0.0], np.cumsum(share)]) / max(share.sum(), 1e-300)

    def episodes(self, held: Sequence[int], begin: int = 0) -> Iterator[Episode]:
        """Yield the episodes from number `begin` on, each with the blocks whose first part is held."""
        blocks = {
            (part, other): self._arcs(part * self.num_parts + other)
            for part in held
            for other in range(self.num_parts)
        }
        for first in range(begin * self._step, self._num_samples, self._step):
            last = min(first + self._step, self._num_samples)
            counts = np.diff(np.round(self._bounds * last)) - np.diff(np.round(self._bounds * first))
            counts = counts.astype(np.int64).reshape(self.num_parts, self.num_parts)
            rates = rates_of(first, last, self._num_samples, self._learning_rate)
            yield Episode(np.maximum(counts, 0), self._first + first, rates, blocks)

    def _arcs(self, block: int) -> Arcs:
        inside = np.flatnonzero(self._block == block)
        sources, targets = self._source_rows[inside], self._target_rows[inside]
        table = np.zeros((0 if self._weights is None else len(inside), 2), np.uint32)
        if self._weights is not None and len(inside):
            build_row_alias(np.array([0, len(inside)]), self._weights[inside], table, 0, 1)
        return Arcs(sources.astype(np.int32), targets.astype(np.int32), table)
