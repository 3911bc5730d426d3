"""Skip-gram with negative sampling (SGNS): from samples to two tables of vectors.

T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean, "Distributed representations of words and phrases and
their compositionality", NIPS 2013. For a centre i with positive j, vectors v of centres and x of contexts,

    log s(v_i . x_j)  +  num_negatives * E_{k ~ noise} log s(-v_i . x_k),        s(z) = 1 / (1 + e**-z),

is climbed by stochastic gradient steps, the learning rate falling linearly to almost nothing.

Where we differ from word2vec's code, and why:

- Centres share negatives, 16 of walks theirs and the samples of a tile of arcs theirs, each counting for
  num_negatives / how many they are: the expectation is the same, and the steps become small matrix products.
  (Ji, Satish, Li, Dubey, "Parallelizing word2vec in shared and distributed memory", 2016, share within a
  window.)
- Sixteen centres take their step together. Where together they would overshoot, samples are damped, at both
  ends alike (`kernels/cpu/skipgram_block.py`).
- Vectors start with a length of 0.3, where word2vec's are ten times as short at 128 columns. From almost
  nothing, descent grows the strongest directions first and the others late or never; from here all columns
  take part. On Cora, Citeseer, Wiki, LastFM, chameleon and BlogCatalog micro-F1 gained 0.2 to 2.6 points at
  half of the nodes, on PPI it lost 0.2. LINE starts as its authors do.
- No draw is repeated where a negative is the positive itself: the objective above does not ask for it.
- Threads never race. The tiles of a round start from the same tables and their differences are added in
  order, so the result is a function of the seed alone, on any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Rows, Vectors, aligned_zeros
from graphkit.errors import InputError, RunError
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.simd import LANES, padded
from graphkit.kernels.cpu.skipgram_arcs import Arcs, train_arcs
from graphkit.kernels.cpu.skipgram_block import GROUP
from graphkit.kernels.cpu.skipgram_tile import LOSS_EVERY, Law, Round, Tables
from graphkit.kernels.cpu.skipgram_walks import most_negatives, train_walks
from graphkit.kernels.cpu.tickets import NUM_COUNTERS
from graphkit.parallel import run_ranges
from graphkit.seeds import Stream, check_seed, generator

LOWEST_RATE = 1e-4
"""What is left of the learning rate at the end, as in word2vec."""

NUM_SHARED = 24
"""Negatives that 16 centres, or the samples of a tile of arcs, share at least."""

TILE_TOKENS = 80
"""Nodes of the walks in a tile, about."""

TILE_SAMPLES = 128
"""Sampled arcs in a tile."""

CHUNK_TILES = 4096
"""Tiles between two reports of progress: a quarter of a second or so."""

_MOST_TILES = 16
"""In a round: beyond it the differences of a round no longer fit a core's cache."""

CONTENTION = 2000.0
"""Of a round of tiles at a rate of `_USUAL_RATE`, see `Trainer`. At four times that rate, training on eight
nodes misses the optimum unless rounds are a quarter as long."""

_USUAL_RATE = 0.025

_ROWS_CHECKED = 1 << 16

_NUM_PARTS = 8
"""Into which the tables' rows are split when differences are added."""


@dataclass
class VectorTables:
    """The vectors in training.

    Attributes
    ----------
    centers, contexts
        float32 [num_nodes, dim] each; one array twice where nodes have one vector only.
    frozen
        bool [num_nodes]: rows that keep their vectors.
    """

    centers: Vectors
    contexts: Vectors
    frozen: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def __post_init__(self) -> None:
        if not len(self.frozen):
            self.frozen = np.zeros(len(self.centers), np.bool_)

    def check_finite(self) -> None:
        """Raise `RunError` if training diverged to NaN or infinity."""
        if not self.are_finite():
            raise RunError("training diverged: a vector is not finite; choose a lower learning_rate")

    def are_finite(self) -> bool:
        """Whether all numbers of both tables are finite."""
        return _are_finite(self.centers) and _are_finite(self.contexts)


@dataclass
class TrainingRecord:
    """What was trained: the positives, and their loss with their negatives, chunk by chunk.

    Attributes
    ----------
    pairs
        Positives of each chunk.
    losses
        Mean of the sampled objective for a positive, of one tile in `LOSS_EVERY`; nan where there was none.
    """

    pairs: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    def add(self, stats: NDArray[np.float64]) -> None:
        """Add a chunk's tiles, float64 [num_tiles, 2]: positives, and the loss of one in `LOSS_EVERY`."""
        sampled = stats[::LOSS_EVERY].sum(axis=0)
        self.pairs.append(int(stats[:, 0].sum()))
        self.losses.append(float(sampled[1] / sampled[0]) if sampled[0] else math.nan)

    @property
    def last_loss(self) -> float:
        """Mean loss of the last tenth of the chunks, nan without positives."""
        last = np.array(self.losses[-max(1, len(self.losses) // 10) :])
        return float(np.nanmean(last)) if np.isfinite(last).any() else math.nan


@dataclass
class Chunks:
    """Ranges of a run's samples, each trained in one go.

    Attributes
    ----------
    total
        Samples of the run.
    size
        Of one range, >= 1.
    """

    total: int
    size: int

    def run(self, first: int, train: Callable[[int, int], None]) -> int:
        """Train the range that begins at `first`, and return where it ends."""
        last = min(self.total, first + self.size)
        train(first, last)
        return last


def initial_vectors(
    num_nodes: int, dim: int, seed: int, item: int = 0, *, width: float | None = None
) -> Vectors:
    """Return random vectors to start from, float32 [num_nodes, dim].

    They are uniform in (-0.5, 0.5) * width; None for `initial_width`.
    """
    return next_vectors(generator(seed, Stream.VECTORS, item), num_nodes, dim, width)


def next_vectors(
    random: np.random.Generator, num_nodes: int, dim: int, width: float | None = None
) -> Vectors:
    """Return the next rows of `initial_vectors`, whose generator is `random`."""
    vectors = aligned_zeros(num_nodes, dim)
    random.random(dtype=np.float32, out=vectors)
    vectors -= np.float32(0.5)
    vectors *= np.float32(initial_width(dim) if width is None else width)
    return vectors


def initial_width(dim: int) -> float:
    """Return how wide initial numbers spread: vectors are about 0.3 long, whatever the dimension.

    Examples
    --------
    >>> round(initial_width(128), 3)
    0.088
    """
    return 1 / math.sqrt(dim)


def checked_vectors(init: ArrayLike, num_nodes: int, dim: int) -> Vectors:
    """Return own initial vectors as an array that may be changed, or raise `InputError`."""
    vectors = np.array(init, np.float32, order="C")
    if vectors.shape != (num_nodes, dim):
        raise InputError(f"init must have shape [{num_nodes}, {dim}], got {list(vectors.shape)}")
    if not np.isfinite(vectors).all():
        raise InputError("init holds numbers that are not finite")
    return vectors


def noise_table(frequencies: NDArray[Any], exponent: float) -> NDArray[np.uint32]:
    """Return the alias table of P(v) ~ frequency(v) ** exponent, uint32 [num_nodes, 2].

    A node of frequency 0 is never drawn, unless all are 0: then all are drawn alike.
    """
    known = frequencies > 0
    weights = np.zeros(len(frequencies)) if known.any() else np.ones(len(frequencies))
    # By logarithms, the largest weight being 1: no power is too large for a float.
    logs = exponent * np.log(frequencies[known].astype(np.float64))
    weights[known] = np.exp(logs - logs.max(initial=-np.inf))
    table = np.zeros((len(weights), 2), np.uint32)
    build_row_alias(np.array([0, len(weights)]), weights, table, 0, 1)
    return table


def keep_thresholds(frequencies: NDArray[Any], subsample: float) -> NDArray[np.uint32]:
    """Return the word up to which a node is kept in a walk, uint32 [num_nodes].

    word2vec's law: with f the node's share of all tokens, it is kept with probability
    min(1, sqrt(subsample / f) + subsample / f); always if `subsample` is 0.
    """
    share = frequencies / max(1, frequencies.sum())
    ratio = np.where(share > 0, subsample / np.where(share > 0, share, 1.0), 1.0)
    probability = np.minimum(1.0, np.sqrt(ratio) + ratio) if subsample else np.ones(len(share))
    return np.minimum(probability * 2.0**32, 2.0**32 - 1).astype(np.uint32)


class Trainer:
    """Trains two tables on walks or on arcs, chunk by chunk.

    Parameters
    ----------
    tables
        The vectors; they are changed in place.
    frequencies
        How often each node occurs, float or int [num_nodes]: for the noise and for sub-sampling.
    tile_size
        Tokens or samples of a tile, at most.
    window
        Nodes on each side that a centre sees at most, drawn from 1 .. window for each; 0 for arcs.
    num_negatives
        Negatives' worth of weight for each positive, > 0.
    noise_exponent
        Negatives are drawn in proportion to frequency ** noise_exponent.
    subsample
        Threshold of word2vec's sub-sampling; 0 for none.
    num_shared
        Negatives that 16 centres, or the samples of a tile of arcs, share at least.
    seed
        Random seed.
    num_threads
        Threads, >= 1.
    contention
        Weight of positives and negatives that a round, whose tiles do not see one another's steps, may put on
        the most frequent node.

    Notes
    -----
    Memory beyond the tables: 8 bytes a node of noise, 4 of thresholds, and a few MB.
    """

    num_parts = 1

    def __init__(
        self,
        tables: VectorTables,
        frequencies: NDArray[Any],
        *,
        tile_size: int,
        window: int = 0,
        num_negatives: float = 5.0,
        noise_exponent: float = 0.75,
        subsample: float = 0.0,
        num_shared: int = NUM_SHARED,
        seed: int = 0,
        num_threads: int = 1,
        contention: float = CONTENTION,
    ):
        self.take(tables)
        self.record = TrainingRecord()
        self.num_threads = num_threads
        self.law = Law(
            np.uint64(check_seed(seed)),
            int(Stream.SAMPLE),
            int(Stream.NOISE),
            window,
            np.float32(num_negatives),
            num_shared,
            keep_thresholds(frequencies, subsample),
            noise_table(frequencies, noise_exponent),
        )
        # The mean of a window drawn from 1 .. window, on both sides; a sampled arc has one positive.
        weight = (window + 1) * (1 + num_negatives)
        self.tiles_per_round = _tiles_per_round(frequencies, tile_size * weight, contention)
        self._round = _new_round(self.tiles_per_round, tile_size, window, num_shared, tables.centers.shape[1])

    def take(self, tables: VectorTables) -> None:
        """Train these tables from now on, which have as many columns."""
        self._vectors = tables
        self.tables = Tables(tables.centers, tables.contexts, tables.frozen)

    def walk_chunks(self, total: int, walk_length: int) -> Chunks:
        """Return the ranges in which so many walks are best trained."""
        return Chunks(total, walks_per_chunk(walk_length))

    def arc_chunks(self, total: int) -> Chunks:
        """Return the ranges in which so many sampled arcs are best trained."""
        return Chunks(total, CHUNK_TILES * TILE_SAMPLES)

    def train_walks(
        self, walks: Rows, numbers: NDArray[np.int64], walks_per_tile: int, rates: tuple[float, float]
    ) -> None:
        """Train on walks, int32 [num_walks, walk_length], whose numbers key the randomness.

        The rate goes linearly from ``rates[0]`` to before ``rates[1]``.
        """
        num_tiles = -(-len(walks) // walks_per_tile)
        self._run(train_walks, (walks, numbers, walks_per_tile), num_tiles, rates, ())

    def train_arcs(self, arcs: Arcs, first: int, last: int, rates: tuple[float, float]) -> None:
        """Train on samples number `first` to `last` of the arcs, the rate as for walks."""
        num_tiles = -(-(last - first) // TILE_SAMPLES)
        self._run(train_arcs, (first, last - first, TILE_SAMPLES), num_tiles, rates, (arcs,))

    def _run(
        self,
        kernel: Callable[..., None],
        samples: tuple[Any, ...],
        num_tiles: int,
        rates: tuple[float, float],
        source: tuple[Any, ...],
    ) -> None:
        num_rounds = -(-num_tiles // self.tiles_per_round)
        steps = np.linspace(*rates, num_rounds, endpoint=False).astype(np.float32)
        stats = np.zeros((num_tiles, 2))
        shared = steps, _NUM_PARTS, self.law, *source, self.tables, self._round, stats
        counters = np.zeros(NUM_COUNTERS, np.int64)
        # Each thread takes tiles until none is left, so it does not matter which of them are called.
        calls = range(self.num_threads + 1)
        run_ranges(lambda *_: kernel(counters, *samples, *shared), calls, self.num_threads)
        self.record.add(stats)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the vectors and the record, as a checkpoint keeps them."""
        return {
            "centers": self.tables.centers,
            "contexts": self.tables.contexts,
            "pairs": np.array(self.record.pairs),
            "losses": np.array(self.record.losses),
        }

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Set the vectors, in place, and the record to what `state` returned once."""
        self.tables.centers[:], self.tables.contexts[:] = state["centers"], state["contexts"]
        self.record = TrainingRecord(state["pairs"].tolist(), state["losses"].tolist())

    def finish(self) -> None:
        """Raise `RunError` if training diverged to NaN or infinity."""
        self._vectors.check_finite()


def _new_round(num_tiles: int, tile_size: int, window: int, num_shared: int, dim: int) -> Round:
    """Arrays for the tiles of a round."""
    slots = _context_slots(tile_size, window, num_shared)
    return Round(
        np.zeros((num_tiles, tile_size), np.int32),
        np.zeros((num_tiles, slots), np.int32),
        np.zeros((num_tiles, 2), np.int32),
        aligned_zeros(num_tiles, tile_size + 1, padded(dim)),
        aligned_zeros(num_tiles, slots + 1, padded(dim)),
    )


def _context_slots(tile_size: int, window: int, num_shared: int) -> int:
    """Contexts of a tile, at most: of walks some centres have negatives of their own."""
    if not window:
        return tile_size + num_shared + GROUP
    each: int = most_negatives(num_shared)
    return tile_size + -(-tile_size // LANES) * each


def rates_of(done: int, end: int, total: int, learning_rate: float) -> tuple[float, float]:
    """Return the learning rates at samples number `done` and `end` of `total`: a line down to `LOWEST_RATE`.

    Examples
    --------
    >>> rates_of(0, 50, 100, 0.05)
    (0.05, 0.0250025)
    """
    return (
        learning_rate * (1 - done / total * (1 - LOWEST_RATE)),
        learning_rate * (1 - end / total * (1 - LOWEST_RATE)),
    )


def contention_at(learning_rate: float) -> float:
    """Return the contention of a round at a learning rate: what tiles do not see of one another is steps.

    Examples
    --------
    >>> contention_at(0.025), contention_at(0.1)
    (2000.0, 500.0)
    """
    return CONTENTION * min(1.0, _USUAL_RATE / learning_rate)


def walks_per_tile(walk_length: int) -> int:
    """Return how many walks make a tile."""
    return max(1, TILE_TOKENS // walk_length)


def walks_per_chunk(walk_length: int) -> int:
    """Return how many walks are trained between two reports of progress."""
    return CHUNK_TILES * walks_per_tile(walk_length)


def trainer_bytes(num_nodes: int, tile_size: int, dim: int, window: int = 0) -> int:
    """Return the memory that a `Trainer` takes beside the tables, in bytes."""
    slots = tile_size + _context_slots(tile_size, window, NUM_SHARED) + 2
    return 24 * num_nodes + _MOST_TILES * slots * padded(dim) * 4


def _are_finite(vectors: Vectors) -> bool:
    """Whether all numbers are finite; looked at in parts, since tables may be larger than memory."""
    starts = range(0, len(vectors), _ROWS_CHECKED)
    return all(bool(np.isfinite(vectors[start : start + _ROWS_CHECKED]).all()) for start in starts)


def _tiles_per_round(frequencies: NDArray[Any], tile_weight: float, contention: float) -> int:
    """Tiles that start from the same tables: a power of two, few where a node is in every tile."""
    total = frequencies.sum()
    share = frequencies.max() / total if total > 0 else 0.0
    most = min(float(_MOST_TILES), contention / max(share * tile_weight, 1e-9))
    return 1 << max(0, int(math.log2(max(most, 1.0))))
