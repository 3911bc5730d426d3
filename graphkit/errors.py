"""What can go wrong, in words that say what to do.

Everything the user can mend is a `GraphkitError`; the command line turns it into one line and exit
code 2 (1 for a `RunError`), never into a stack trace.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable

_LONG_QUOTE = re.compile(
    r"""(?<!\w)(?:'((?:[^'\\]|\\.){57})(?:[^'\\]|\\.){4,}'|"((?:[^"\\]|\\.){57})(?:[^"\\]|\\.){4,}")(?!\w)"""
)


class GraphkitError(Exception):
    """Something the user can mend; the message names the file and line or the parameter.

    Of what it quotes, such as a cell of a file, it shows the first 57 characters.
    """

    def __init__(self, message: str = ""):
        super().__init__(_with_short_quotes(message))


class ParameterError(GraphkitError, ValueError):
    """A parameter outside its range: ``p must be > 0, got -1.0``."""


class InputError(GraphkitError, ValueError):
    """Data that cannot be taken as given.

    Parameters
    ----------
    message
        What is wrong and what to do.
    path
        The file at fault.
    line
        The line at fault, counted from 1.

    Examples
    --------
    >>> print(InputError("expected 2 columns, found 1", path="edges.txt", line=7))
    edges.txt, line 7: expected 2 columns, found 1
    """

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None, line: int | None = None):
        super().__init__(message)
        self.message: str = self.args[0]
        self.path = None if path is None else os.fspath(path)
        self.line = line

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        place = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{place}: {self.message}"


class UnknownNodeError(GraphkitError, KeyError):
    """A node id that the graph or the embedding does not hold."""

    def __str__(self) -> str:
        # KeyError would show the message quoted.
        return str(self.args[0])


class MissingDependencyError(GraphkitError, ImportError):
    """An optional library is needed and absent; the message holds the install command."""


EXTRAS = {
    "maps": ("matplotlib>=3.9", "datashader>=0.17", "pandas>=2.2"),
    "gpu": ("triton>=3.6",),
    "ray": ("ray>=2.52",),
}
"""The libraries of each extra of ``pyproject.toml`` that an error may ask for."""


def install_line(wanted: str) -> str:
    """Return the command that installs the libraries of an extra, or one library by its name.

    It names libraries, never this distribution with an extra: libraries install alike beside a checkout,
    a wheel and a published release.

    Examples
    --------
    >>> print(install_line("ray"))
    pip install 'ray>=2.52'
    >>> print(install_line("networkx"))
    pip install networkx
    """
    if wanted in EXTRAS:
        return "pip install " + " ".join(f"'{library}'" for library in EXTRAS[wanted])
    return f"pip install {wanted}"


class RunError(GraphkitError):
    """A run that began in good order failed: a full disk, a lost file."""


class GraphkitWarning(UserWarning):
    """The run goes on, but its result may not be what the user had in mind."""


def _with_short_quotes(message: str) -> str:
    return _LONG_QUOTE.sub(lambda found: f"'{found[1] or found[2]}...'", message)


def unknown_choice(parameter: str, given: object, choices: Iterable[str]) -> ParameterError:
    """Say which values `parameter` takes, and which of them is nearest to the given one.

    Examples
    --------
    >>> print(unknown_choice("method", "fastpr", ["fastrp", "line"]))
    unknown method 'fastpr': did you mean 'fastrp'? Possible: fastrp, line
    """
    names = list(choices)
    nearest: list[str] = []
    if isinstance(given, str):
        nearest = difflib.get_close_matches(given.lower(), names, n=1)
        nearest = nearest or [name for name in names if given.startswith(name) or name.startswith(given)]
    hint = f": did you mean '{nearest[0]}'? Possible" if nearest else "; possible"
    return ParameterError(f"unknown {parameter} {given!r}{hint}: {', '.join(names)}")
