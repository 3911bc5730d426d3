"""What an engine needs of those who run its tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from graphkit.engine.ranks import Ranks


@dataclass(frozen=True)
class Order:
    """A task to run.

    Attributes
    ----------
    number
        The engine's number for it.
    task
        Its name.
    arguments
        Its arguments, as JSON can hold them.
    work
        The work folder.
    stem
        What the names of its files begin with.
    side_by_side
        How many tasks its stage has: a lone one may use all that there is.
    ranks
        The processes that run it together; None for one alone.
    """

    number: int
    task: str
    arguments: dict[str, Any]
    work: str
    stem: str
    side_by_side: int = 1
    ranks: Ranks | None = None


@dataclass(frozen=True)
class Outcome:
    """How an order ended.

    Attributes
    ----------
    number
        That of the order.
    result
        What the task returned.
    outputs
        The sizes of the files it wrote, by their paths within the work folder.
    spent
        The paths of files that only it needed.
    seconds
        How long it ran.
    error
        What the task raised, see `graphkit.engine.failure`; None if it ended well.
    lost
        How the worker was lost, in words; the task can be run again. None if it was not.
    """

    number: int
    result: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, int] = field(default_factory=dict)
    spent: list[str] = field(default_factory=list)
    seconds: float = 0.0
    error: dict[str, Any] | None = None
    lost: str | None = None


class Pool(Protocol):
    """Workers that run orders, each of them one at a time.

    Attributes
    ----------
    slots
        How many orders run side by side.
    """

    slots: int

    def check_ranks(self, ranks: Ranks) -> None:
        """Raise `ParameterError` if so many cannot run an order together."""

    def submit(self, order: Order) -> None:
        """Take an order; it waits until a worker is free."""

    def wait(self) -> list[Outcome]:
        """Return what has ended since the last call, at least one; there must be an order that has not."""

    def withdraw(self) -> int:
        """Drop the orders that no worker has; return their number."""

    def close(self) -> None:
        """End the workers, whatever they are doing."""
