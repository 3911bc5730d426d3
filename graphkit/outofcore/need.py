"""What a run out of core needs: memory, disk, bytes moved and time, from the size of the graph alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from graphkit.graph import shards

WORKER_BYTES = 200_000_000
"""Of a worker process that has loaded its code."""

STORAGE_RATE = 1e9
"""Bytes a second that a machine reads or writes, at the disk or at storage that several share."""

NPY_HEADER = 128
"""Bytes in front of the numbers of an array's file."""


@dataclass(frozen=True)
class Need:
    """What a run out of core needs.

    Attributes
    ----------
    worker_bytes
        Memory of a task, beside the files that it maps.
    single_bytes
        Memory of the one task that sees all nodes, if it is more.
    cached_bytes
        Of files that are read in any order: what should fit into a machine's memory beside the workers.
    disk_bytes
        The most that is in the work folder at a time.
    written_bytes
        What the tasks write into the work folder.
    read_bytes
        What is read by one machine or another.
    read_by_each
        What every machine reads that takes part.
    seconds
        Of one core, without waiting for files.
    spread
        Whether tasks run on several machines; else one after the other, each on all cores of one machine.
    """

    worker_bytes: int
    cached_bytes: int
    disk_bytes: int
    written_bytes: int
    read_bytes: int
    read_by_each: int
    seconds: float
    single_bytes: int = 0
    spread: bool = True

    def workers(self, ram: int, cores: int) -> int:
        """Return how many workers fit into a machine's memory, at most one a core; 0 if none does."""
        room = ram - self.cached_bytes
        if room < self.memory(1) - self.cached_bytes:
            return 0
        if not self.spread:
            return 1
        return min(cores, room // (WORKER_BYTES + self.worker_bytes))

    def memory(self, workers: int) -> int:
        """Return what a machine needs for so many workers, in bytes."""
        tasks = max(workers * self.worker_bytes, self.single_bytes)
        return self.cached_bytes + workers * WORKER_BYTES + tasks

    def moved(self, machines: int) -> int:
        """Return what is read from and written to the disk, or the storage that machines share, in bytes."""
        return self.written_bytes + self.read_bytes + self.read_by_each * (machines if self.spread else 1)

    def time(self, machines: int, workers: int, cores: int) -> float:
        """Return seconds on so many machines, each with so many workers on its cores."""
        if not self.spread:
            return self.seconds / cores + self.moved(1) / STORAGE_RATE
        return self.seconds / (machines * workers) + self.moved(machines) / (machines * STORAGE_RATE)


def arc_bytes(num_arcs: int, *, weighted: bool) -> int:
    """Return the size of a graph folder's arcs."""
    return (8 if weighted else 4) * num_arcs


def count_shards(num_nodes: int, num_arcs: int) -> int:
    """Return how many shards a graph folder has, about."""
    return min(shards.MAX_SHARDS, max(1, -(-(num_nodes + num_arcs) // shards.WORK_PER_SHARD)))


def shard_rows(num_nodes: int, num_arcs: int) -> int:
    """Return how many rows a shard has on average.

    Examples
    --------
    >>> shard_rows(1 << 20, 1 << 24)
    209716
    """
    return math.ceil(num_nodes / count_shards(num_nodes, num_arcs))
