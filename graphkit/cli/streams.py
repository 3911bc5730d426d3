"""What goes where: notes and progress to stderr, results to stdout."""

from __future__ import annotations

import contextlib
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from graphkit.cli.parameters import option
from graphkit.errors import unknown_choice
from graphkit.progress import JsonProgress, Progress, RichProgress

Note = Callable[[object], None]
"""Says something on stderr, or nothing with ``--quiet``."""

_KINDS = ("auto", "bar", "json", "none")


def running_options() -> list[inspect.Parameter]:
    """Return the options of every command that may take long."""
    return [
        option(
            "progress",
            "auto",
            "Progress on stderr: a bar, JSON lines, or none; auto draws the bar on a terminal only.",
            metavar="|".join(_KINDS),
            panel="Running",
        ),
        quiet_option(),
    ]


def quiet_option() -> inspect.Parameter:
    """Return the option of every command that says something on stderr."""
    return option(
        "quiet", False, "Say nothing but warnings and errors.", flags=["--quiet", "-q"], panel="Running"
    )


def json_option() -> inspect.Parameter:
    """Return the option of every command that prints results."""
    return option("json", False, "Print JSON.")


def note_for(quiet: bool) -> Note:
    """Return the way to say something on stderr."""
    return (lambda _: None) if quiet else (lambda note: print(note, file=sys.stderr))


@contextlib.contextmanager
def progress_for(kind: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Yield what reports progress, None for nothing."""
    if kind not in _KINDS:
        raise unknown_choice("--progress", kind, _KINDS)
    if kind == "none" or (quiet and kind == "auto"):
        yield None
    elif kind == "json":
        with JsonProgress() as lines:
            yield lines
    else:
        with RichProgress(force=kind == "bar") as bar:
            yield bar


@contextlib.contextmanager
def stage(report: Progress | None, name: str) -> Iterator[None]:
    """Report the beginning and the end of something that cannot say how far it is."""
    if report is not None:
        report(name, 0, 1)
    yield
    if report is not None:
        report(name, 1, 1)


def print_result(result: Any) -> None:
    """Print a result as JSON."""
    print(json.dumps(result, indent=2, ensure_ascii=False))


def print_facts(facts: dict[str, Any]) -> None:
    """Print names and values in two columns."""
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name:<{width}}  {value}")
