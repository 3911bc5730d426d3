"""Stages: the tasks of one kind, which need nothing of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphkit.engine.ranks import Ranks
from graphkit.engine.task import Task


@dataclass(frozen=True)
class Plan:
    """A stage that may have run or not.

    Attributes
    ----------
    name
        Its name, and its folder within the work folder.
    task
        What runs.
    arguments
        The arguments of each task, as JSON can hold them.
    keys
        What each task is: a digest of the run, the stages before, function, version, number and arguments.
    after
        The stages whose files it reads.
    discards
        Stages whose files nothing needs any more when this one is done, whatever else runs.
    ranks
        The processes that run each task together, which its files do not tell; None for one alone.
    """

    name: str
    task: Task
    arguments: list[dict[str, Any]]
    keys: list[str]
    after: tuple[Plan, ...] = ()
    discards: tuple[Plan, ...] = ()
    ranks: Ranks | None = None

    def path(self, number: int, name: str) -> str:
        """Return the path within the work folder of what a task writes under a name."""
        return f"{stem(self.name, number)}.{name}"

    def paths(self, name: str) -> list[str]:
        """Return the paths of what all tasks write under a name."""
        return [self.path(number, name) for number in range(len(self.arguments))]


@dataclass(frozen=True)
class Stage(Plan):
    """A stage that is done.

    Attributes
    ----------
    results
        What each task returned, in the order of the arguments.
    """

    results: tuple[dict[str, Any], ...] = ()


def stem(stage: str, number: int) -> str:
    """Return what the names of a task's files begin with.

    Examples
    --------
    >>> stem("sort", 7)
    'sort/00007'
    """
    return f"{stage}/{number:05d}"
