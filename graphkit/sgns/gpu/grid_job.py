"""Tables that a GPU does not hold, trained in parts: how many parts it has room for, and the job itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property

from graphkit.errors import RunError
from graphkit.gpu.placement import Placement
from graphkit.gpu.rows import padded
from graphkit.sgns.block_grid import Objective, Samples
from graphkit.sgns.block_samples import EPISODE_SAMPLES
from graphkit.sgns.gpu.block_grid import DeviceBlockTrainer
from graphkit.sgns.gpu.block_steps import PIECE_SAMPLES
from graphkit.sgns.gpu.parts import NUM_SLOTS
from graphkit.sgns.jobs import Arrays
from graphkit.sgns.trainer import TrainingRecord, VectorTables

MOST_PARTS = 64
"""In an episode all contexts come to the device once for each part of the centres."""

_SAMPLES_PER_NODE = 64
"""In an episode: with fewer, copies take longer than training; each takes 8 bytes of the host."""


def plans_in_parts(num_nodes: int, dim: int) -> Iterator[tuple[int, dict[str, int]]]:
    """Yield numbers of parts, the fewest first, and the bytes that a device needs for each, by what for.

    Examples
    --------
    >>> [num_parts for num_parts, _ in plans_in_parts(4, dim=32)]
    [2, 3, 4]
    """
    for num_parts in range(2, min(MOST_PARTS, num_nodes) + 1):
        num_rows = -(-num_nodes // num_parts)
        vectors = f"{NUM_SLOTS} of {2 * num_parts} parts of the vectors"
        needed = {
            vectors: NUM_SLOTS * 4 * num_rows * padded(dim),
            "noise": 13 * num_nodes,
            "damping": 32 * num_rows,
            "samples": 2 * 8 * PIECE_SAMPLES,
        }
        yield num_parts, needed


def episode_samples(num_nodes: int) -> int:
    """Return how many samples an episode has at most.

    Examples
    --------
    >>> episode_samples(10_000_000)
    640000000
    """
    return max(EPISODE_SAMPLES, _SAMPLES_PER_NODE * num_nodes)


class GridJob:
    """Tables in parts in the host's memory, trained episode by episode on a GPU that holds some of them.

    Parameters
    ----------
    tables
        The vectors; `finish` writes what was trained into them.
    samples, objective
        The samples, and what they are trained to.
    placement
        The device, and the number of parts.
    num_threads
        Threads that make samples ready, >= 1.

    Notes
    -----
    The device's memory is taken when its turn comes, and left in `finish`.
    """

    def __init__(
        self,
        tables: VectorTables,
        samples: Samples,
        objective: Objective,
        placement: Placement,
        num_threads: int,
    ):
        self._given = tables, objective, placement, num_threads
        self._samples = samples
        self.total, self.num_parts = samples.num_episodes, placement.num_parts

    def steps(self, begin: int) -> Iterator[int]:
        """Train the episodes from number `begin` on; yield how many are done when all of one is under way.

        Raises
        ------
        RunError
            If somebody else took the device's memory since the number of parts was chosen.
        """
        with _memory_expected(self.num_parts):
            yield from self._trainer.train(self._samples, begin)

    @property
    def record(self) -> TrainingRecord:
        """What was trained."""
        return self._trainer.record

    def state(self) -> Arrays:
        """Return the parts and the record."""
        return self._trainer.state()

    def restore(self, state: Arrays) -> None:
        """Set the parts and the record to what `state` returned once."""
        with _memory_expected(self.num_parts):
            self._trainer.restore(state)

    def finish(self) -> None:
        """Write the vectors into the tables; `RunError` if training diverged to NaN or infinity."""
        self._trainer.finish()

    @cached_property
    def _trainer(self) -> DeviceBlockTrainer:
        tables, objective, placement, num_threads = self._given
        assert placement.device is not None
        return DeviceBlockTrainer(
            tables, objective, placement.num_parts, device=placement.device, num_threads=num_threads
        )


@contextlib.contextmanager
def _memory_expected(num_parts: int) -> Iterator[None]:
    """Say that the device's memory did not suffice, where torch says so."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise RunError(f"the device has no memory left to train {num_parts} parts") from error
