"""Tables in parts, trained block by block: on a ring of processes, or in a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from graphkit.sgns.block_grid import Episode, Samples, rounds_of
from graphkit.sgns.partition import Shapes
from graphkit.sgns.ring import Parts, Ring


class PartTrainer(Protocol):
    """Trains blocks, one at a time, as `graphkit.sgns.block_grid.BlockTrainer`, wherever the parts are."""

    num_pairs: int

    def train(self, episode: Episode, block: tuple[int, int], centers: Any, contexts: Any) -> None:
        """Train a block of an episode; the parts of the tables are changed in place."""


class PartStore(Protocol):
    """The parts of two tables, of which those of a block are lent for its training."""

    @property
    def held(self) -> Sequence[int]:
        """The parts whose centres are here, in order: their blocks are trained here."""

    def lent(self, block: tuple[int, int]) -> contextlib.AbstractContextManager[tuple[Any, Any]]:
        """Lend the part of the centres and that of the contexts; they are kept as they are given back."""

    def end_round(self) -> None:
        """Have the contexts where the blocks of the next round need them."""


class RingParts:
    """Parts in the memory of the processes of a ring: centres stay, contexts go from one to the next.

    Parameters
    ----------
    centers
        The parts that are held here, by their numbers; trained in place.
    contexts
        The same parts of the contexts.
    shapes
        Of all parts.
    ring
        The processes.

    Attributes
    ----------
    contexts
        The parts of the contexts that are here; after an episode, those of the beginning.
    """

    def __init__(self, centers: Parts, contexts: Parts, shapes: Shapes, ring: Ring):
        self.centers, self.contexts = centers, contexts
        self.held = sorted(centers)
        self._shapes, self._ring = shapes, ring

    def lent(self, block: tuple[int, int]) -> contextlib.AbstractContextManager[tuple[Any, Any]]:
        """Lend the parts themselves."""
        return contextlib.nullcontext((self.centers[block[0]], self.contexts[block[1]]))

    def end_round(self) -> None:
        """Pass the contexts on."""
        following = {(part + 1) % len(self._shapes) for part in self.contexts}
        self.contexts = self._ring.pass_on(self.contexts, {part: self._shapes[part] for part in following})


class BlockJob:
    """Tables in parts, trained on the blocks of one episode after the other.

    Parameters
    ----------
    samples
        Where episodes come from.
    trainer
        Trains a block.
    store
        Where the parts are.
    """

    def __init__(self, samples: Samples, trainer: PartTrainer, store: PartStore):
        self._samples, self._trainer, self._store = samples, trainer, store
        self.total = samples.num_episodes

    def steps(self, begin: int) -> Iterator[int]:
        """Train the episodes from number `begin` on; yield after each how many are done."""
        done = begin
        for episode in self._samples.episodes(self._store.held, begin):
            self._train(episode)
            # While the next one is made, there is room for no other.
            del episode
            done += 1
            yield done

    def finish(self) -> None:
        """Blocks were checked as they were trained."""

    def _train(self, episode: Episode) -> None:
        for blocks in rounds_of(self._samples.num_parts, self._store.held):
            for block in blocks:
                self._train_block(episode, block)
            self._store.end_round()
        self._trainer.num_pairs += int(episode.counts.sum())

    def _train_block(self, episode: Episode, block: tuple[int, int]) -> None:
        # The parts are let go before those of the next block are lent.
        with self._store.lent(block) as (centers, contexts):
            self._trainer.train(episode, block, centers, contexts)
