"""Training in a grid of blocks: two tables in parts, of which two are enough at a time.

The nodes are dealt out to P parts in turn. A block (i, j) is the samples whose centre is in part i and whose
context is in part j; its negatives are drawn from part j, by the same law within it. An episode is some
samples of all blocks, trained in P rounds: round r has the blocks (i, i + r modulo P), which share no row, so
that they may be trained one after the other or side by side, here or elsewhere, with the same bits. Where
two parts are somewhere at a time, as on a GPU, boustrophedon order, one row of the grid forwards and the next
backwards, changes one of them at a time.

A. Lerer and others, "PyTorch-BigGraph", MLSys 2019; Z. Zhu, S. Xu, M. Qu, J. Tang, "GraphVite", WWW 2019.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.sgns.partition import part_of
from graphkit.sgns.trainer import TILE_SAMPLES, Trainer, VectorTables

_CONTENTION = 100.0
"""Fewer samples at a time than of sampled arcs, whose learning rate is half that of walks."""

BLOCK_TILE = 2 * TILE_SAMPLES
"""Tokens of a tile: both ends of its samples."""

_NOTHING = VectorTables(np.empty((0, 1), np.float32), np.empty((0, 1), np.float32))

_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Objective:
    """What blocks are trained to: `num_negatives`, `noise_exponent` and `seed` as of `Trainer`.

    `frequencies` [num_nodes] are those of the whole graph, and `kept` those when sub-sampling is done.
    """

    frequencies: NDArray[Any]
    kept: NDArray[Any]
    num_negatives: float
    noise_exponent: float
    seed: int


@dataclass(frozen=True)
class Episode:
    """Samples of all blocks.

    Attributes
    ----------
    counts
        Samples of each block, int64 [P, P].
    first
        Number of the first sample; those of block (0, 0) come first, then (0, 1), and so on.
    rates
        Learning rates at the beginning and behind the end.
    blocks
        Of the blocks whose first part is held here, what is trained.
    """

    counts: NDArray[np.int64]
    first: int
    rates: tuple[float, float]
    blocks: dict[tuple[int, int], Arcs]

    def range_of(self, block: tuple[int, int]) -> tuple[int, int]:
        """Return the numbers of a block's first sample and of the one behind its last."""
        counts, place = self.counts.ravel(), block[0] * len(self.counts) + block[1]
        first = self.first + int(counts[:place].sum())
        return first, first + int(counts[place])


class Samples(Protocol):
    """Where samples come from."""

    num_parts: int
    num_episodes: int

    def episodes(self, held: Sequence[int], begin: int = 0) -> Iterator[Episode]:
        """Yield the episodes from number `begin` on, each with the blocks whose first part is held."""


class BlockTrainer:
    """Trains blocks, one at a time.

    Parameters
    ----------
    objective
        What they are trained to.
    num_parts
        P, >= 1.
    num_threads
        Threads, >= 1; bits do not depend on it.

    Attributes
    ----------
    num_pairs
        Samples of all episodes; whoever goes through these adds them up.
    losses
        For each part of the centres, the samples of the block trained last and the sum of their losses,
        float32 [1, 2].
    """

    def __init__(self, objective: Objective, num_parts: int, *, num_threads: int):
        self._objective, self._num_parts, self._num_threads = objective, num_parts, num_threads
        self._trainers: dict[int, Trainer] = {}
        self.num_pairs = 0
        self.losses = {part: np.zeros((1, 2), np.float32) for part in range(num_parts)}

    def train(self, episode: Episode, block: tuple[int, int], centers: Vectors, contexts: Vectors) -> None:
        """Train a block of an episode; the parts of the tables are changed in place."""
        first, last = episode.range_of(block)
        if first == last:
            return
        frozen = np.zeros(max(len(centers), len(contexts)), np.bool_)
        tables = VectorTables(centers, contexts, frozen)
        trainer = self._trainer(block[1], tables)
        arcs = episode.blocks[block]._replace(begin=first)
        trainer.train_arcs(arcs, first, last, episode.rates)
        trainer.finish()
        # Kept, the trainer must not keep the parts.
        trainer.take(_NOTHING)
        loss = trainer.record.losses[-1]
        self.losses[block[0]] = np.array([[last - first, (last - first) * loss]], np.float32)

    def _trainer(self, part: int, tables: VectorTables) -> Trainer:
        """The trainer with the noise of a part, which is made once."""
        if part in self._trainers:
            self._trainers[part].take(tables)
        else:
            self._trainers[part] = Trainer(
                tables,
                part_of(self._objective.frequencies, part, self._num_parts),
                tile_size=BLOCK_TILE,
                num_negatives=self._objective.num_negatives,
                noise_exponent=self._objective.noise_exponent,
                seed=self._objective.seed,
                num_threads=self._num_threads,
                contention=_CONTENTION,
            )
        return self._trainers[part]


def rounds_of(num_parts: int, held: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Yield the blocks of each round whose first part is held.

    Examples
    --------
    >>> list(rounds_of(3, [0, 2]))
    [[(0, 0), (2, 2)], [(0, 1), (2, 0)], [(0, 2), (2, 1)]]
    """
    for shift in range(num_parts):
        yield [(part, (part + shift) % num_parts) for part in held]


def boustrophedon_order(num_parts: int, *, backwards: bool = False) -> Iterator[tuple[int, int]]:
    """Yield all blocks so that each has a part in common with the one before it.

    Forwards and backwards in turn, the first block of an episode is the last of the one before.

    Examples
    --------
    >>> list(boustrophedon_order(2)), list(boustrophedon_order(2, backwards=True))
    ([(0, 0), (0, 1), (1, 1), (1, 0)], [(1, 0), (1, 1), (0, 1), (0, 0)])
    """
    blocks = [
        (part, other if part % 2 == 0 else num_parts - 1 - other)
        for part in range(num_parts)
        for other in range(num_parts)
    ]
    yield from reversed(blocks) if backwards else blocks


def in_shuffled_order(sources: NDArray[np.int32], targets: NDArray[np.int32]) -> Arcs:
    """Return pairs to be trained once each, so that those made one after the other stand far apart."""
    size = max(1, len(sources))
    stride = max(1, round(size * _GOLDEN))
    while math.gcd(stride, size) > 1:
        stride += 1
    return Arcs(sources, targets, np.zeros((0, 2), np.uint32), stride)
