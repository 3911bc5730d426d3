"""``graphkit compare``: methods side by side on one graph."""

from __future__ import annotations

import inspect
import shlex
from typing import TYPE_CHECKING, Any

from graphkit.checks import as_seconds
from graphkit.cli import graph_input
from graphkit.cli.label_input import label_options
from graphkit.cli.outputs import check_output
from graphkit.cli.parameters import argument, option
from graphkit.cli.signature_options import Signature, flag_for, options_of, signature_of, values_of
from graphkit.cli.streams import json_option, note_for, print_result, progress_for, running_options
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.evaluation.comparison_result import MethodScores

EPILOG = """Examples:
  graphkit compare edges.txt --labels labels.csv --budget 2m
  graphkit compare dataset:wordnet --labels dataset:wordnet --methods fastrp,deepwalk -o compare.png
  graphkit compare edges.txt --work runs --runs 5 --json

With --work the same line again goes on where it was stopped, and knows what it has run before."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.evaluation import compare

    panel = "Comparison"
    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        option(
            "labels",
            None,
            "Labels: a table of ids and labels, a .mat file, or dataset:NAME. Without them: links only.",
            kind=str,
            metavar="FILE",
        ),
        *label_options(),
        option(
            "unknown", "error", "What to do with labels of ids that are no nodes.", metavar="error|ignore"
        ),
        option(
            "methods",
            None,
            "Names of methods, separated by commas. Default: all.",
            kind=str,
            metavar="NAME,…",
        ),
        option(
            "budget",
            None,
            "Time for all of it, such as 10s, 2m or 1h: the quickest come first, what would not end in time "
            "is left out.",
            kind=str,
            metavar="TIME",
        ),
        option("peers", False, "Run gensim and PecanPy too, where they are installed."),
        option("work", None, "Folder that keeps each run's scores.", kind=str, metavar="FOLDER"),
        option(
            "output",
            None,
            "Picture of quality against time: .png, .svg, .pdf, or .html with the table.",
            kind=str,
            flags=["--output", "-o"],
            metavar="FILE",
        ),
        option("force", False, "Replace an existing output."),
        json_option(),
        *options_of(_signature(), compare, panel=panel),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    labels: str | None,
    label_column: str | None,
    label_separator: str | None,
    unknown: str,
    methods: str | None,
    budget: str | None,
    peers: bool,
    work: str | None,
    output: str | None,
    force: bool,
    json: bool,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Compare methods on one graph: quality, time, memory.

    Each method embeds the graph. Its vectors must tell the labels, where there are some, and edges that were
    taken out before from pairs of nodes without one.
    """
    from graphkit.cli import label_input
    from graphkit.evaluation import compare
    from graphkit.evaluation.comparison_picture import check_comparison_target

    if output is not None:
        check_output(output, file, check_comparison_target, force=force, stdout=False)
    if labels is None and (label_column, label_separator, unknown) != (None, None, "error"):
        raise ParameterError(
            "--label-column, --label-separator and --unknown have no effect without --labels"
        )
    as_seconds("--budget", budget)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        matrix = None
        if labels is not None:
            matrix = label_input.read(
                labels, graph.node_ids, note, column=label_column, separator=label_separator, unknown=unknown
            )
        result = compare(
            graph,
            matrix,
            methods=None if methods is None else [name for name in methods.split(",") if name],
            budget=budget,
            peers=peers,
            work=work,
            progress=report,
            **values_of(_signature(), values),
        )
    if output is not None:
        result.draw(output, overwrite=force)
    source = [file, *graph_input.words_of(values)]
    commands = [_command(each, source, values["seed"]) for each in result.methods]
    if json:
        rows = result.to_dict()
        for row, command in zip(rows["results"], commands, strict=True):
            row["command"] = command
        print_result(rows)
    else:
        print(result, "\n" + "\n".join(command for command in commands if command), sep="\n")


def _command(scores: MethodScores, source: list[str], seed: int) -> str | None:
    """The command line that makes a method's vectors; None of another tool's."""
    from graphkit.methods.registry import METHODS

    if scores.name not in METHODS:
        return None
    given = {"method": scores.name, **scores.params, "seed": seed, "output": f"{scores.name}.parquet"}
    words = [word for name, value in given.items() for word in (flag_for(name), str(value))]
    return shlex.join(["graphkit", "embed", *source, *words])


def _signature() -> Signature:
    from graphkit.evaluation import compare

    left_out = ("graph", "labels", "methods", "peers", "budget", "work", "progress")
    return signature_of(compare, without=left_out)
