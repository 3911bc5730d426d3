"""The walks that a model is trained on: in random order, made when they are needed.

The corpus is that of `random_walks`: round r of node v is walk number r * num_nodes + v. In each epoch the
rounds come one after the other, the nodes of each in an order drawn anew, so that neighbours in the order
of nodes do not follow one another in training. Where some nodes have more walks than others, the later rounds
are theirs alone. Nothing but the first walks is stored.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.seeds import Stream, generator
from graphkit.walks.host_walker import HostWalker, Numbers

SAMPLE_TOKENS = 1 << 24
"""Nodes in the walks from which frequencies are counted: all walks of a small graph; 64 MB."""

_COUNTED_AT_ONCE = 1 << 18
"""Nodes of walks, or as many as the graph has: counting takes 12 bytes for each."""


class Corpus:
    """Walks from given rows, in an order of their own.

    Parameters
    ----------
    walker
        Makes the walks.
    starts
        Rows to start from, int32 [num_starts].
    walks_per_start
        Walks from each of them, int [num_starts], or one number for all; >= 1.
    epochs
        How often all walks are gone through, >= 1.
    seed
        Random seed.
    """

    def __init__(
        self,
        walker: HostWalker,
        starts: Rows,
        *,
        walks_per_start: NDArray[np.integer] | int,
        epochs: int,
        seed: int,
    ):
        self.walker = walker
        self.starts = starts
        self._counts = np.broadcast_to(walks_per_start, len(starts))
        # The starts of round r are those that have more than r walks.
        self._round_ends = np.cumsum(_round_sizes(self._counts))
        self.num_walks = int(self._counts.sum()) * epochs
        self._seed = seed
        self._ordered: tuple[int, Rows] = -1, starts

    def walks(self, first: int, last: int) -> tuple[Rows, Numbers]:
        """Return the walks at places `first` to `last` and the numbers that key their training."""
        starts, numbers = self._starts(first, last)
        if last <= len(self._first_walks):
            return self._first_walks[first:last], numbers
        return self._walk(starts, numbers), numbers

    def frequencies(self) -> NDArray[np.int64]:
        """Count how often each node occurs in the first walks, `SAMPLE_TOKENS` nodes of them.

        A start that is not among them counts once.
        """
        num_nodes, nodes = self.walker.graph.num_nodes, self._first_walks.ravel()
        counts, step = np.zeros(num_nodes, np.int64), max(num_nodes, _COUNTED_AT_ONCE)
        for first in range(0, len(nodes), step):
            part = nodes[first : first + step]
            counts += np.bincount(part[part >= 0], minlength=num_nodes)
        counts[self.starts] = np.maximum(counts[self.starts], 1)
        return counts

    @cached_property
    def _first_walks(self) -> Rows:
        last = min(self.num_walks, max(1, SAMPLE_TOKENS // self.walker.walk_length))
        return self._walk(*self._starts(0, last))

    def _walk(self, starts: Rows, numbers: Numbers) -> Rows:
        return self.walker.walk(starts, self._numbers_walked(numbers))

    def _numbers_walked(self, numbers: Numbers) -> Numbers:
        """The same walks in each epoch; only what training draws by the number differs."""
        numbers_per_epoch = len(self._round_ends) * self.walker.graph.num_nodes
        return numbers % max(1, numbers_per_epoch)

    def _starts(self, first: int, last: int) -> tuple[Rows, Numbers]:
        """Rows to start from and numbers of the walks at places `first` to `last`."""
        starts, numbers = [np.empty(0, np.int32)], [np.empty(0, np.int64)]
        while first < last:
            epoch, place = divmod(first, int(self._round_ends[-1]))
            round_ = int(np.searchsorted(self._round_ends, place, side="right"))
            number = epoch * len(self._round_ends) + round_
            offset = place - (int(self._round_ends[round_ - 1]) if round_ else 0)
            part = self._order(number)[offset : offset + last - first]
            starts.append(part)
            numbers.append(part + np.int64(number) * self.walker.graph.num_nodes)
            first += len(part)
        return np.concatenate(starts), np.concatenate(numbers)

    def _order(self, number: int) -> Rows:
        """The starts of a round in random order; kept until another round is asked for."""
        if number != self._ordered[0]:
            starts = self.starts[self._counts > number % len(self._round_ends)]
            self._ordered = number, generator(self._seed, Stream.ORDER, number).permutation(starts)
        return self._ordered[1]


def _round_sizes(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """How many starts have more than 0, 1, 2, … walks."""
    return len(counts) - np.cumsum(np.bincount(counts))[:-1] if len(counts) else np.empty(0, np.int64)
