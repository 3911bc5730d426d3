"""Stages: the tasks of one kind that may run side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stage:
    """The finished tasks of a stage, in the order of their arguments.

    Attributes
    ----------
    name
        Its name, and its folder within the work folder.
    keys
        What each task is: a digest of the run, the stages before, function, version and arguments.
    results
        What each task returned.
    """

    name: str
    keys: list[str]
    results: list[dict[str, Any]]

    def path(self, number: int, name: str) -> str:
        """Return the path within the work folder of what a task wrote under a name."""
        return f"{stem(self.name, number)}.{name}"

    def paths(self, name: str) -> list[str]:
        """Return the paths of what all tasks wrote under a name."""
        return [self.path(number, name) for number in range(len(self.results))]


def stem(stage: str, number: int) -> str:
    """Return what the names of a task's files begin with.

    Examples
    --------
    >>> stem("sort", 7)
    'sort/00007'
    """
    return f"{stage}/{number:05d}"
