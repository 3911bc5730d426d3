"""``graphkit convert``: from any format to a saved graph, which opens at once."""

from __future__ import annotations

import inspect
from typing import Any

from graphkit.cli import graph_input
from graphkit.cli.parameters import argument, option
from graphkit.cli.streams import note_for, quiet_option

EPILOG = """Examples:
  graphkit convert edges.csv.gz my-graph
  graphkit embed my-graph -o vectors.parquet"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        argument("folder", "The folder to make."),
        option("force", False, "Replace a saved graph of this name."),
        quiet_option(),
        *graph_input.graph_options(),
    ]


def run(*, file: str, folder: str, force: bool, quiet: bool, **values: Any) -> None:
    """Save a graph so that it opens at once.

    The result is a folder of plain arrays, which are read from disk as they are used.
    """
    from graphkit.files import check_target

    check_target(folder, overwrite=force)
    note = note_for(quiet)
    graph, _ = graph_input.load(file, values, note)
    graph.save(folder, overwrite=force)
    note(f"{folder}: {graph!r}")
