"""Types of nodes and times of edges, for what walks by them: options that say where they are, and reading."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input, label_input
from graphkit.cli.compiling import tell_of_compiling
from graphkit.cli.parameters import flag_of, option
from graphkit.cli.streams import Note, stage
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import DATASET
from graphkit.lazy import start_numba

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

_PANEL = "Reading the graph"

_OF_TIMES = ("directed", "columns", "delimiter", "comments", "id_type", "nodes", "bipartite")
"""The options of reading a graph that have an effect where edges have times."""


_CALLED = "one called time, date or the like, else the third"

_TYPES = [
    (
        "types",
        "FILE",
        "Type of each node: a node id and its type a line, or a table. Default: what stands before the first "
        "colon of the ids.",
    ),
    ("type_column", "NAME", "Column of the types, by name or by number from 1."),
]

_DATES = [
    ("time_zone", "NAME", "Zone of dates without an offset, such as Europe/Berlin. Default: UTC."),
    ("time_format", "FORMAT", "Form of dates as text, such as %d/%m/%Y. Default: ISO 8601."),
]

_OPTIONS = {
    "types": _TYPES,
    "times": [
        (
            "times",
            "NAME",
            f"Column of the times of edges, by name or by number from 1. Default: {_CALLED}.",
        ),
        *_DATES,
    ],
    "either": [
        *_TYPES,
        (
            "times",
            "NAME",
            f"Column of the times of edges, by name or by number from 1; auto: {_CALLED}. Default: no times.",
        ),
        *_DATES,
    ],
}


def structure_options(takes: str) -> list[inspect.Parameter]:
    """Return the options of what takes `takes`, as of `Embedder.takes`, or keeps "either"."""
    return [
        option(name, None, text, kind=str, metavar=metavar, panel=_PANEL)
        for name, metavar, text in _OPTIONS.get(takes, [])
    ]


def structure_flags(takes: str) -> set[str]:
    """Return their flags."""
    return {flag_of(parameter.name) for parameter in structure_options(takes)}


def load(
    takes: str, file: str, values: dict[str, Any], note: Note, progress: Progress | None = None
) -> Graph:
    """Read the graph, with its types or times, and say what was found."""
    if takes == "times":
        return _load_with_times(file, values, note, progress)
    graph, _ = graph_input.load(file, values, note, progress)
    if takes == "types":
        return _with_types(graph, values, note)
    return graph


def load_either(file: str, values: dict[str, Any], note: Note, progress: Progress | None = None) -> Graph:
    """Read a graph with the types, or the times, that the options say, or with neither."""
    if values["times"] is None:
        for name, *_ in _DATES:
            if values[name] is not None:
                raise ParameterError(f"{flag_of(name)} has no effect without --times")
        return load("types", file, values, note, progress)
    if values["types"] is not None or values["type_column"] is not None:
        raise ParameterError(
            "a saved graph has types of nodes or times of edges; leave --types or --times out"
        )
    return load("times", file, values, note, progress)


def check_untouched(
    takes: str, values: dict[str, Any], what: str = "a graph folder, which --engine takes"
) -> None:
    """Raise `ParameterError` for an option that was given, which `what` has no use for."""
    for parameter in structure_options(takes):
        if values[parameter.name] is not None:
            raise ParameterError(f"{flag_of(parameter.name)} has no effect on {what}; leave it out")


def _with_types(graph: Graph, values: dict[str, Any], note: Note) -> Graph:
    from graphkit.graph.typed import TypedGraph

    column = values["type_column"]
    if values["types"] is None:
        if column is not None:
            raise ParameterError("--type-column has no effect without --types")
        return graph
    types = label_input.read_first(
        values["types"], graph.node_ids, note, column=column, separator="", unknown="ignore"
    )
    return TypedGraph(graph, types)


def _load_with_times(file: str, values: dict[str, Any], note: Note, progress: Progress | None) -> Graph:
    from graphkit.io import load_temporal_graph

    if file.startswith(DATASET):
        raise InputError("the data sets have no times of edges; give a file", file)
    for parameter in graph_input.graph_options():
        if parameter.name not in _OF_TIMES and values[parameter.name] != parameter.default:
            raise ParameterError(
                f"{flag_of(parameter.name)} has no effect on a graph whose edges have times; leave it out"
            )
    read = {name: value for name, value in graph_input.read_options(values).items() if name in _OF_TIMES}
    given = values["times"]
    start_numba()
    tell_of_compiling(note)
    with stage(progress, "read"):
        loaded = load_temporal_graph(
            file,
            times="auto" if given is None else int(given) if given.isdecimal() else given,
            time_zone=values["time_zone"],
            time_format=values["time_format"],
            **read | {"directed": bool(read["directed"])},
        )
    note(graph_input.Summary(loaded.report))
    return loaded.graph
