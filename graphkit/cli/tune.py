"""``graphkit tune``: parameters of one method for one graph."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from graphkit.checks import as_seconds
from graphkit.cli import graph_input
from graphkit.cli.label_input import label_options
from graphkit.cli.parameters import REQUIRED, argument, option
from graphkit.cli.signature_options import (
    Signature,
    is_listed,
    options_of,
    signature_of,
    value_of_text,
    values_of,
    words_for,
)
from graphkit.cli.streams import json_option, note_for, print_result, progress_for, running_options
from graphkit.errors import ParameterError, unknown_choice
from graphkit.methods.registry import METHODS, find_method

EPILOG = """Examples:
  graphkit tune edges.txt --method node2vec --labels labels.csv --trials 30 --budget 10m
  graphkit tune edges.txt --method fastrp --search beta=-0.9,-0.5,0 --search weights=0,0,1/0,1,1
  graphkit tune dataset:wordnet --method spectral --labels dataset:wordnet --work runs

With --work the same line again goes on where it was stopped."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.evaluation import tune

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        option(
            "method",
            REQUIRED,
            f"Whose parameters: {', '.join(METHODS)}.",
            kind=str,
            metavar="NAME",
            values=METHODS,
        ),
        option(
            "search",
            None,
            "A parameter and the values to try, separated by commas, lists of numbers by slashes; again for "
            "another one. Default: what is worth trying with the method.",
            kind=list[str],
            metavar="NAME=V,…",
        ),
        option(
            "labels",
            None,
            "Labels: a table of ids and labels, a .mat file, or dataset:NAME. Without them links decide.",
            kind=str,
            metavar="FILE",
        ),
        *label_options(),
        option(
            "unknown", "error", "What to do with labels of ids that are no nodes.", metavar="error|ignore"
        ),
        option(
            "budget",
            None,
            "Time for all of it, such as 10s, 2m or 1h, the test included.",
            kind=str,
            metavar="TIME",
        ),
        option("work", None, "Folder that keeps each setting's scores.", kind=str, metavar="FOLDER"),
        json_option(),
        *options_of(_signature(), tune, panel="Tuning"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    method: str,
    search: list[str] | None,
    labels: str | None,
    label_column: str | None,
    label_separator: str | None,
    unknown: str,
    budget: str | None,
    work: str | None,
    json: bool,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Choose a method's parameters for one graph, and test the choice.

    Settings are scored by labels, where there are some, or by edges that were taken out; the best one, and
    the one that the method has by itself, are tested on nodes or edges that no setting was chosen by.
    """
    from graphkit.cli import label_input
    from graphkit.evaluation import tune

    if labels is None and (label_column, label_separator, unknown) != (None, None, "error"):
        raise ParameterError(
            "--label-column, --label-separator and --unknown have no effect without --labels"
        )
    as_seconds("--budget", budget)
    searched = _searched(method, search)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        matrix = None
        if labels is not None:
            matrix = label_input.read(
                labels, graph.node_ids, note, column=label_column, separator=label_separator, unknown=unknown
            )
        result = tune(
            graph,
            matrix,
            method=method,
            search=searched,
            budget=budget,
            work=work,
            progress=report,
            **values_of(_signature(), values),
        )
    source = [file, *graph_input.words_of(values)]
    command = _command(result.best, source, values["seed"])
    if json:
        print_result(result.to_dict() | {"command": command})
    else:
        print(result, command, sep="\n\n")


def _searched(method: str, given: Sequence[str] | None) -> Mapping[str, list[Any]] | None:
    """Values to try, by parameter; None where no ``--search`` was given."""
    declared = find_method(method).parameters()
    if not given:
        return None
    found: dict[str, list[Any]] = {}
    for text in given:
        name, equals, values = text.partition("=")
        name = name.replace("-", "_")
        if not (equals and values):
            raise ParameterError(f"--search takes a name and values, NAME=VALUE,VALUE; got {text!r}")
        if name not in declared:
            raise unknown_choice(f"parameter of {method} to search", name, declared)
        parts = values.split("/" if is_listed(declared[name]) else ",")
        found.setdefault(name, []).extend(value_of_text(declared[name], part) for part in parts)
    return found


def _command(best: Any, source: list[str], seed: int) -> str:
    """The command line that makes the vectors of the best setting."""
    declared = best.parameters()
    given = {
        name: value
        for name, value in best.get_params().items()
        if name not in ("seed", "num_threads") and value != declared[name].default
    }
    seeded = ["--seed", str(seed), "--output", f"{best.name}.parquet"]
    words = [word for name, value in given.items() for word in words_for(declared[name], value)]
    return shlex.join(["graphkit", "embed", *source, "--method", best.name, *words, *seeded])


def _signature() -> Signature:
    from graphkit.evaluation import tune

    left_out = ("graph", "labels", "method", "search", "budget", "work", "progress")
    return signature_of(tune, without=left_out)
