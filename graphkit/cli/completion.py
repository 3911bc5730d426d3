"""Completion of words by the shell, which asks us each time that Tab is pressed.

It asks by variables of the environment, as typer's scripts for shells set them: what is typed so far stands
there, not among the arguments.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable

PROGRAM = "graphkit"

_ASKED = f"_{PROGRAM.upper()}_COMPLETE"


def is_asked() -> bool:
    """Whether a shell asks for words, or for its script."""
    return _ASKED in os.environ


def words_before() -> list[str]:
    """Return the whole words behind the program's name, before the one that is completed.

    A flag at their end is left out, as its value is what is completed.
    """
    if "COMP_WORDS" in os.environ:
        words = os.environ["COMP_WORDS"].split()[: int(os.environ.get("COMP_CWORD", "1"))]
    else:
        typed = os.environ.get("_TYPER_COMPLETE_ARGS", "")
        words = _split(typed)[: None if typed.endswith(" ") else -1]
    words = words[1:]
    return words[:-1] if words and words[-1].startswith("-") else words


def completer(metavar: str | None, values: Iterable[str] | None) -> Callable[[str], list[str]] | None:
    """Return what completes an option's value: by `values`, or by a metavar such as ``keep|drop``."""
    if values is None and (metavar is None or "|" not in metavar):
        return None
    choices = list(values) if values is not None else str(metavar).split("|")

    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def _split(typed: str) -> list[str]:
    """The words of a line; of one with an open quotation mark, as well as can be."""
    try:
        return shlex.split(typed)
    except ValueError:
        return typed.split()
