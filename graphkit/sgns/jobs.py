"""What the training loop runs: tables, the samples that train them, and what takes the steps.

A `RangeJob` has whole tables, in memory or mapped from a file, and a trainer on the CPU or a GPU that takes
ranges of samples: walks of a corpus, or drawn arcs. Tables in parts are other jobs
(`graphkit/sgns/training_loop.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from graphkit.sgns.corpus import Corpus
from graphkit.sgns.trainer import Chunks, TrainingRecord, rates_of, walks_per_tile

Arrays = dict[str, NDArray[Any]]


class Job(Protocol):
    """What is trained in one go."""

    @property
    def total(self) -> int:
        """Units of work: walks, drawn arcs, or episodes."""

    def steps(self, begin: int) -> Iterator[int]:
        """Train from unit number `begin` on; yield after each step how many units are done."""

    def finish(self) -> None:
        """Have the vectors in the tables; `RunError` if training diverged to NaN or infinity."""


class KeptJob(Job, Protocol):
    """A job that a checkpoint can hold."""

    @property
    def num_parts(self) -> int:
        """Parts of the tables; other parts have other samples in an episode."""

    @property
    def record(self) -> TrainingRecord:
        """What was trained."""

    def state(self) -> Arrays:
        """Return the vectors and the record."""

    def restore(self, state: Arrays) -> None:
        """Set the vectors and the record to what `state` returned once."""


class TableTrainer(Protocol):
    """Takes the steps on whole tables: `graphkit.sgns.trainer.Trainer`, or `DeviceTrainer` on a GPU."""

    num_parts: int

    @property
    def record(self) -> TrainingRecord:
        """What was trained."""

    def walk_chunks(self, total: int, walk_length: int) -> Chunks:
        """Return the ranges in which so many walks are best trained."""

    def arc_chunks(self, total: int) -> Chunks:
        """Return the ranges in which so many drawn arcs are best trained."""

    def train_walks(self, walks: Any, numbers: Any, walks_per_tile: int, rates: tuple[float, float]) -> None:
        """Train on walks, whose numbers key the randomness."""

    def train_arcs(self, arcs: Any, first: int, last: int, rates: tuple[float, float]) -> None:
        """Train on arcs drawn, number `first` to `last`."""

    def state(self) -> Arrays:
        """Return the vectors and the record."""

    def restore(self, state: Arrays) -> None:
        """Set the vectors and the record."""

    def finish(self) -> None:
        """Have the vectors in the tables, or raise `RunError`."""


class RangedSamples(Protocol):
    """Samples in an order, of which any range can be trained."""

    @property
    def total(self) -> int:
        """How many there are."""

    def chunks(self, trainer: TableTrainer) -> Chunks:
        """Return the ranges in which a trainer takes them best."""

    def train(self, trainer: TableTrainer, rates: tuple[float, float], first: int, last: int) -> None:
        """Have samples number `first` to `last` trained."""


class RangeJob:
    """Whole tables, trained on samples range by range.

    Parameters
    ----------
    trainer
        Takes the steps; it holds the tables.
    samples
        What it is trained on.
    learning_rate
        At the beginning; it falls linearly to almost nothing.
    """

    def __init__(self, trainer: TableTrainer, samples: RangedSamples, learning_rate: float):
        self._trainer, self._samples, self._learning_rate = trainer, samples, learning_rate
        self.total, self.num_parts = samples.total, trainer.num_parts
        self.state, self.restore, self.finish = trainer.state, trainer.restore, trainer.finish

    def steps(self, begin: int) -> Iterator[int]:
        """Train the samples from number `begin` on; yield after each range how many are done."""
        chunks, done = self._samples.chunks(self._trainer), begin
        while done < self.total:
            done = chunks.run(done, self._train)
            yield done

    @property
    def record(self) -> TrainingRecord:
        """What was trained."""
        return self._trainer.record

    def _train(self, first: int, last: int) -> None:
        rates = rates_of(first, last, self.total, self._learning_rate)
        self._samples.train(self._trainer, rates, first, last)


@dataclass(frozen=True)
class WalkSamples:
    """All walks of a corpus, in its order."""

    corpus: Corpus

    @property
    def total(self) -> int:
        """How many walks there are."""
        return self.corpus.num_walks

    def chunks(self, trainer: TableTrainer) -> Chunks:
        """Return the ranges in which a trainer takes them best."""
        return trainer.walk_chunks(self.total, self.corpus.walker.walk_length)

    def train(self, trainer: TableTrainer, rates: tuple[float, float], first: int, last: int) -> None:
        """Have the walks at places `first` to `last` trained."""
        walks, numbers = self.corpus.walks(first, last)
        trainer.train_walks(walks, numbers, walks_per_tile(self.corpus.walker.walk_length), rates)


@dataclass(frozen=True)
class DrawnArcs:
    """Arcs drawn in proportion to their weights.

    Attributes
    ----------
    arcs
        What is drawn from, where the trainer is.
    total
        How many are drawn.
    first
        Number of the first, which keys its randomness.
    """

    arcs: Any
    total: int
    first: int = 0

    def chunks(self, trainer: TableTrainer) -> Chunks:
        """Return the ranges in which a trainer takes them best."""
        return trainer.arc_chunks(self.total)

    def train(self, trainer: TableTrainer, rates: tuple[float, float], first: int, last: int) -> None:
        """Have samples number `first` to `last` trained."""
        trainer.train_arcs(self.arcs, self.first + first, self.first + last, rates)
