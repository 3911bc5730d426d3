"""Ranks: processes that run one task together, and speak with each other while they do."""

from __future__ import annotations

import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Ranks:
    """How many processes run a task together.

    Attributes
    ----------
    count
        Their number, >= 1.
    gpu
        Whether each has a GPU of its own.
    """

    count: int
    gpu: bool = False


@dataclass(frozen=True)
class Rank:
    """One of the processes that run a task together, as the task gets it.

    Attributes
    ----------
    number, size
        Which one it is, from 0, and how many there are.
    address
        Of this process's machine, as the others reach it.
    meeting
        Host and port where number 0 listens for all others, on the address of its own machine.
    listener
        The socket that does; None but in number 0.
    """

    number: int
    size: int
    address: str
    meeting: tuple[str, int]
    listener: socket.socket | None = None


class LostRankError(Exception):
    """Another rank does not answer: nobody's mistake, and all of them can run the task again."""
