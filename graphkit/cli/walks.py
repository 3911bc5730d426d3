"""``graphkit walks``: from a graph to a file of random walks."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.parameters import REQUIRED, argument, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options
from graphkit.errors import InputError

if TYPE_CHECKING:
    from graphkit.arrays import Rows
    from graphkit.graph import Graph
    from graphkit.progress import Progress
    from graphkit.walks import Walks

EPILOG = """Examples:
  graphkit walks edges.txt -o walks.txt
  graphkit walks edges.csv.gz -o walks.npy --p 0.25 --q 0.25 --walk-length 40 --seed 1
  graphkit walks dataset:karate_club -o - --walks-per-node 1 --quiet

In text a walk is a line of node ids; a .npy file holds rows of the graph, and -1 behind the end of a walk."""

_STDOUT = "-"


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.walks import random_walks

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        option(
            "output",
            REQUIRED,
            "Where to: .txt or .txt.gz (ids), .npy (rows); - for stdout (ids).",
            kind=str,
            flags=["--output", "-o"],
            metavar="FILE",
        ),
        option("force", False, "Replace an existing output."),
        *options_of(_signature(), random_walks, panel="Walks"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(*, file: str, output: str, force: bool, progress: str, quiet: bool, **values: Any) -> None:
    """Write random walks from every node of a graph."""
    from graphkit.walks import Walks

    _check_output(output, file, force=force)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        walks = Walks(graph, **values_of(_signature(), values))
        _write(walks, graph, output, force, report)
    name = "standard output" if output == _STDOUT else output
    note(f"{name}: {walks.num_walks:,} walks of {walks.walk_length:,} nodes at most")


def _signature() -> Signature:
    from graphkit.walks import random_walks

    return signature_of(random_walks, without=("graph", "starts", "progress"))


def _check_output(output: str, file: str, *, force: bool) -> None:
    """Refuse an output that cannot be written, before the work."""
    if output == _STDOUT:
        return
    from graphkit.files import check_target
    from graphkit.io.walks import walks_suffix

    walks_suffix(output)
    if Path(output).exists() and Path(file).exists() and Path(output).samefile(file):
        raise InputError("is the input too; write to another file", path=output)
    check_target(output, overwrite=force)


def _write(walks: Walks, graph: Graph, output: str, force: bool, report: Progress | None) -> None:
    from graphkit.io.walks import walk_texts, write_walk_lines, write_walks

    chunks = _reported(walks, report)
    if output == _STDOUT:
        write_walk_lines(sys.stdout.buffer, chunks, walk_texts(graph.node_ids, "standard output"))
    else:
        write_walks(output, chunks, graph.node_ids, (walks.num_walks, walks.walk_length), overwrite=force)


def _reported(walks: Walks, report: Progress | None) -> Iterator[Rows]:
    """Yield the chunks, each told to `report` when it has been written."""
    done = 0
    for chunk in walks:
        yield chunk
        done += len(chunk)
        if report is not None:
            report("walks", done, walks.num_walks)
