"""``graphkit convert``: from any format to a saved graph, which opens at once."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.parameters import argument, option
from graphkit.cli.streams import note_for, progress_for, running_options
from graphkit.errors import ParameterError
from graphkit.files.atomic import DATASET

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit convert edges.csv.gz my-graph
  graphkit embed my-graph -o vectors.parquet

Edges beyond memory, text or Parquet, or a folder of such files:
  graphkit convert edges.parquet my-graph --engine local --work /disk/work"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        argument("folder", "The folder to make."),
        option("force", False, "Replace a saved graph of this name."),
        *engine_options(),
        option("threads", 0, "Processes of --engine; 0 for one a core.", panel="Beyond memory"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *, file: str, folder: str, force: bool, threads: int, progress: str, quiet: bool, **values: Any
) -> None:
    """Save a graph so that it opens at once.

    The result is a folder of plain arrays, which are read from disk as they are used.
    """
    from graphkit.files.atomic import check_target

    out_of_core = is_out_of_core(values)
    if threads and not out_of_core:
        raise ParameterError("--threads has no effect without --engine; reading uses all cores")
    check_target(folder, overwrite=force)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        if out_of_core:
            graph, read = _converted(file, folder, force, threads, values, report)
            note(read)
        else:
            graph, _ = graph_input.load(file, values, note, report)
            graph.save(folder, overwrite=force)
    note(f"{folder}: {graph!r}")


def _converted(
    file: str, folder: str, force: bool, threads: int, values: dict[str, Any], report: Progress | None
) -> tuple[Graph, str]:
    """The graph in the folder, and what was read."""
    from graphkit.outofcore import convert

    if file == "-" or file.startswith(DATASET):
        raise ParameterError(f"--engine reads a file or a folder of them, not {file}; leave it out")
    options = graph_input.read_options(values)
    with make_engine(values, threads or None, report) as engine:
        found = convert(file, folder, engine=engine, overwrite=force, **options)
    return found.graph, "\n  ".join(found.reading_lines())
