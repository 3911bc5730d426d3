"""Tasks by name: what a worker may be asked to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.engine.files import TaskFiles

Result = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """A function that a worker runs when it is told the name.

    Attributes
    ----------
    name
        ``"module:function"``.
    version
        Raised when the function's results change: what an older one wrote is not taken for its own.
    function
        Called with the files of the work folder and the arguments by name; returns what JSON can hold.
        Run twice with the same arguments it writes the same bytes. Run by ranks, it is called in each, with
        its `Rank` as ``rank``; each writes files of its own, and the result is that of number 0.
    """

    name: str
    version: int
    function: Callable[..., Result]

    def __call__(self, files: TaskFiles, **arguments: Any) -> Result:
        """Run the function."""
        return self.function(files, **arguments)


def task(*, version: int) -> Callable[[Callable[..., Result]], Task]:
    """Make a task of a function of a module.

    Examples
    --------
    >>> @task(version=1)
    ... def double(files, number):
    ...     return {"number": 2 * number}
    >>> double.version
    1
    """

    def registered(function: Callable[..., Result]) -> Task:
        return Task(f"{function.__module__}:{function.__qualname__}", version, function)

    return registered


def find_task(name: str) -> Task:
    """Return the task of a name; its module is imported. `ParameterError` if that holds no such task."""
    module, _, function = name.partition(":")
    found = getattr(import_module(module), function, None)
    if not isinstance(found, Task):
        raise ParameterError(f"no task is called {name!r}")
    return found
