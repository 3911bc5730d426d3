"""Runs whose tables a device does not hold: how many parts it has room for, and training in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graphkit.errors import RunError
from graphkit.gpu.backend import Room
from graphkit.gpu.rows import padded
from graphkit.progress import Progress
from graphkit.sgns.block_grid import Objective, Samples
from graphkit.sgns.block_samples import EPISODE_SAMPLES
from graphkit.sgns.checkpoints import Checkpoint
from graphkit.sgns.gpu.block_grid import DeviceBlockTrainer
from graphkit.sgns.gpu.block_steps import PIECE_SAMPLES
from graphkit.sgns.gpu.parts import NUM_SLOTS
from graphkit.sgns.trainer import VectorTables

MOST_PARTS = 64
"""In an episode all contexts come to the device once for each part of the centres."""

_SAMPLES_PER_NODE = 64
"""In an episode: with fewer, copies take longer than training; each takes 8 bytes of the host."""


class PartRun(NamedTuple):
    """Tables, the samples that train them, and what to."""

    tables: VectorTables
    samples: Samples
    objective: Objective


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


def train_in_parts(
    runs: Sequence[PartRun],
    room: Room,
    *,
    num_threads: int,
    checkpoint: Checkpoint | None,
    progress: Progress | None,
) -> list[DeviceBlockTrainer]:
    """Train tables one after the other, in place.

    Parameters
    ----------
    runs
        What to train; each has as many episodes.
    room
        The device, and the number of parts.
    num_threads
        Threads that make samples ready, >= 1.
    checkpoint
        Where to go on from, and to keep what was done; None for none.
    progress
        Called with ("train", episodes done, episodes).

    Raises
    ------
    RunError
        If somebody else took the device's memory since the plan was made; if the vectors diverge.
    """
    import torch

    total, trainers = sum(run.samples.num_episodes for run in runs), list[DeviceBlockTrainer]()
    try:
        for done in _episodes(runs, room, num_threads, checkpoint, trainers):
            if checkpoint is not None:
                checkpoint.save(done, _state(trainers), total=total)
            if progress is not None:
                progress("train", done, total)
    except torch.OutOfMemoryError as error:
        raise RunError(f"the device has no memory left to train {room.num_parts} parts") from error
    if progress is not None and not total:
        progress("train", 1, 1)
    return trainers


def _episodes(
    runs: Sequence[PartRun],
    room: Room,
    num_threads: int,
    checkpoint: Checkpoint | None,
    trainers: list[DeviceBlockTrainer],
) -> Iterator[int]:
    """Train run after run; yield how many episodes of all were trained. `trainers` is **written**."""
    done, arrays = 0, dict[str, Any]()
    if checkpoint is not None:
        # Other parts have other samples in an episode.
        checkpoint.tell(parts=room.num_parts)
        done, arrays = checkpoint.load()
    assert room.device is not None
    before = 0
    for number, run in enumerate(runs):
        trainer = DeviceBlockTrainer(
            run.tables, run.objective, room.num_parts, device=room.device, num_threads=num_threads
        )
        trainers.append(trainer)
        if done > before:
            trainer.restore({name: arrays[f"{name} {number}"] for name in trainer.state()})
        begin = min(run.samples.num_episodes, max(0, done - before))
        for episode in trainer.train(run.samples, begin):
            yield before + episode
        trainer.finish()
        before += run.samples.num_episodes


def _state(trainers: list[DeviceBlockTrainer]) -> dict[str, Any]:
    """The arrays of a checkpoint."""
    states = [trainer.state() for trainer in trainers]
    return {f"{name} {number}": array for number, state in enumerate(states) for name, array in state.items()}
