"""``graphkit convert``: from any format to a saved graph, which opens at once; vectors too."""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input, structure_input
from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.outputs import check_output
from graphkit.cli.parameters import argument, option
from graphkit.cli.streams import note_for, progress_for, running_options
from graphkit.cli.vector_input import load_embedding
from graphkit.cli.vector_output import write_embedding
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import DATASET

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit convert edges.csv.gz my-graph
  graphkit embed my-graph -o vectors.parquet

With times of edges, or types of nodes, for walks by them:
  graphkit convert mails.csv mails --times date
  graphkit walks mails -o walks.txt --kind temporal

Vectors, where the output has a suffix of theirs:
  graphkit convert vectors.txt vectors.parquet

Edges beyond memory, text or Parquet, or a folder of such files:
  graphkit convert edges.parquet my-graph --engine local --work /disk/work"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        argument("output", "The folder to make; for vectors a file such as vectors.parquet."),
        option("force", False, "Replace a saved graph of this name."),
        *engine_options(),
        option("threads", 0, "Processes of --engine; 0 for one a core.", panel="Beyond memory"),
        *graph_input.graph_options(),
        *structure_input.structure_options("either"),
        *running_options(),
    ]


def run(
    *, file: str, output: str, force: bool, threads: int, progress: str, quiet: bool, **values: Any
) -> None:
    """Save a graph so that it opens at once, or vectors in another format.

    A graph becomes a folder of plain arrays, which are read from disk as they are used, with types of nodes
    or times of edges where options say so.
    """
    from graphkit.files.atomic import check_target
    from graphkit.io.vectors import FORMATS

    if Path(output).suffix.lower() in FORMATS:
        _convert_vectors(file, output, force, threads, values, quiet)
        return

    out_of_core = is_out_of_core(values)
    if threads and not out_of_core:
        raise ParameterError("--threads has no effect without --engine; reading uses all cores")
    check_target(output, overwrite=force)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        if out_of_core:
            graph, read = _converted(file, output, force, threads, values, report)
            note(read)
        else:
            graph = structure_input.load_either(file, values, note, report)
            graph.save(output, overwrite=force)
    note(f"{output}: {graph!r}")


def _convert_vectors(
    file: str, output: str, force: bool, threads: int, values: dict[str, Any], quiet: bool
) -> None:
    """Write the vectors of a file in the format of another suffix."""
    from graphkit.io.vectors import check_vectors_target

    if threads or is_out_of_core(values):
        raise ParameterError("--engine and --threads have no effect on vectors; leave them out")
    vectors = "vectors; give a folder without suffix for a graph"
    graph_input.check_untouched(values, vectors)
    structure_input.check_untouched("either", values, vectors)
    check_output(output, file, functools.partial(check_vectors_target, overwrite=force), force=force)
    try:
        embedding = load_embedding(file)
    except InputError as error:
        # It may be a graph's.
        advice = f"{error.message} (vectors, since {output} is a file of theirs; a graph becomes a folder)"
        raise InputError(advice, path=error.path, line=error.line) from None
    write_embedding(embedding, output, None, force)
    note_for(quiet)(f"{output}: {embedding!r}")


def _converted(
    file: str, folder: str, force: bool, threads: int, values: dict[str, Any], report: Progress | None
) -> tuple[Graph, str]:
    """The graph in the folder, and what was read."""
    from graphkit.outofcore import convert

    if file == "-" or file.startswith(DATASET):
        raise ParameterError(f"--engine reads a file or a folder of them, not {file}; leave it out")
    structure_input.check_untouched("either", values, "what --engine makes, a graph without types or times")
    options = graph_input.read_options(values)
    with make_engine(values, threads or None, report) as engine:
        found = convert(file, folder, engine=engine, overwrite=force, **options)
    return found.graph, "\n  ".join(found.reading_lines())
