"""Where a command writes to: a file, or standard output."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import option
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import check_target
from graphkit.resources import available_memory, by_purpose, in_bytes

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.resources import Estimate

STDOUT = "-"


def output_options(default: object, help_text: str) -> list[inspect.Parameter]:
    """Return ``--output`` and ``--force``; `default` is `REQUIRED`, or None beside ``--dry-run``."""
    flags = ["--output", "-o"]
    return [
        option("output", default, help_text, kind=str, flags=flags, metavar="FILE"),
        option("force", False, "Replace an existing output."),
    ]


def dry_run_option() -> inspect.Parameter:
    """Return the option of commands that take long or much."""
    return option(
        "dry_run", False, "Read the graph, say what would run and what it needs, and write nothing."
    )


def check_output(
    output: str | None,
    file: str,
    check_suffix: Callable[[str], object],
    *,
    force: bool,
    dry_run: bool = False,
    stdout: bool = True,
) -> None:
    """Refuse an output that cannot be written, before the work.

    `check_suffix` refuses a path in whose format the command cannot write; `stdout` says whether it can write
    to `STDOUT`.
    """
    if output is None:
        if dry_run:
            return
        raise ParameterError(f"--output FILE (-o) is missing{'; - writes to stdout' if stdout else ''}")
    if stdout and output == STDOUT:
        return
    if Path(output).exists() and Path(file).exists() and Path(output).samefile(file):
        raise InputError("is the input too; write to another file", path=output)
    check_suffix(output)
    check_target(output, overwrite=force)


def in_words(output: str | None) -> str:
    """Return the name of an output in a message.

    Examples
    --------
    >>> in_words("-"), in_words("out.csv")
    ('standard output', 'out.csv')
    """
    return "standard output" if output == STDOUT else str(output)


def plan(what: dict[str, str], graph: Graph, estimate: Estimate, output: str | None) -> dict[str, Any]:
    """Return what would run, and what it needs: the facts that ``--dry-run`` prints."""
    return {
        **what,
        "graph": repr(graph),
        "memory": f"about {in_bytes(estimate.bytes)} ({by_purpose(estimate.memory)}); "
        f"available: {in_bytes(available_memory())}",
        "time": f"about {estimate.seconds:.1f} s",
        "output": output or "none given",
    }
