"""The graph of a command: which options say how to read it, and how it is read."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphkit.cli.compiling import tell_of_compiling
from graphkit.cli.parameters import flag_of, option, typed
from graphkit.cli.streams import Note, stage
from graphkit.cli.wording import in_flags
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import DATASET
from graphkit.lazy import start_numba

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.io.report import LoadReport
    from graphkit.progress import Progress

GRAPH_ARGUMENT = (
    "The graph: a file of edges in any known format, a saved graph, dataset:NAME, or - for stdin."
)

_PANEL = "Reading the graph"

_DELIMITERS = {"tab": "\t", "\\t": "\t", "space": " "}


def graph_options() -> list[inspect.Parameter]:
    """Return the options that say how to read a graph."""
    from graphkit.io.formats import FORMATS

    def row(
        name: str, default: Any, help_text: str, metavar: str | None = None, **more: Any
    ) -> inspect.Parameter:
        return option(name, default, help_text, metavar=metavar, panel=_PANEL, **more)

    return [
        row(
            "directed",
            None,
            "Whether edges have a direction. Default: as the file says, else undirected.",
            kind=bool,
            flags=["--directed/--undirected"],
        ),
        row(
            "weighted",
            None,
            "Whether to read weights. Default: if a column looks like weights.",
            kind=bool,
            flags=["--weighted/--unweighted"],
        ),
        row("weight_column", None, "Column of the weights, by name or by number from 1.", "NAME", kind=str),
        row(
            "columns",
            None,
            "Columns of source and target, by name or by number from 1.",
            "NAME,NAME",
            kind=str,
        ),
        row("format", "auto", f"Format: {', '.join(FORMATS)}.", "NAME"),
        row(
            "delimiter", None, "Character between columns, or tab. Default: found out.", "CHARACTER", kind=str
        ),
        row("decimal", None, "Decimal point of weights in text. Default: found out.", ".|,", kind=str),
        row("comments", "#%", "Lines that begin with one of these are passed over.", "CHARACTERS"),
        row("id_type", "auto", "Whether ids are numbers or strings.", "auto|int|string"),
        row("nodes", None, "All nodes in the order of the result, one a line.", "FILE", kind=str),
        row(
            "bipartite",
            None,
            "Whether source and target are nodes of two kinds: 1 and 1 become account:1 and merchant:1, "
            "after their columns. Default: as the file says, else no.",
            kind=bool,
            flags=["--bipartite/--no-bipartite"],
        ),
        row("duplicates", None, "Weight of repeated edges. Default: sum.", "sum|max|first|error", kind=str),
        row("self_loops", "keep", "What to do with edges from a node to itself.", "keep|drop"),
        row("bad_weights", "error", "What to do with weights that are missing or not > 0.", "error|drop|abs"),
        row("mat_network", "network", "Variable of a .mat file that holds the graph.", "NAME"),
    ]


def read_options(values: dict[str, Any]) -> dict[str, Any]:
    """Return what `graphkit.io.read_graph` takes, made of the options' values."""
    names = [parameter.name for parameter in graph_options()]
    chosen = {name: values[name] for name in names if name not in ("weighted", "weight_column")}
    chosen["weights"] = _weights(values["weighted"], values["weight_column"])
    chosen["columns"] = _columns(values["columns"])
    chosen["delimiter"] = _DELIMITERS.get(values["delimiter"], values["delimiter"])
    return chosen


def load(
    file: str, values: dict[str, Any], note: Note, progress: Progress | None = None
) -> tuple[Graph, LoadReport]:
    """Read the graph, and say what was found."""
    start_numba()
    tell_of_compiling(note)
    with stage(progress, "read"):
        graph, report = _load_dataset(file, values) if file.startswith(DATASET) else _load_file(file, values)
    if values["weighted"] and not graph.is_weighted:
        raise InputError("no column looks like weights; name it by --weight-column", path=file)
    note(Summary(report))
    return graph, report


@dataclass(frozen=True)
class Summary:
    """A report on a graph with parameters as flags, made when it is shown."""

    report: LoadReport

    def __str__(self) -> str:
        lines = str(self.report).split("\n")
        # Other lines hold names from the file.
        return "\n".join(
            in_flags(line, [self.report.origin]) if "; pass " in line else line for line in lines
        )


def check_untouched(values: dict[str, Any], what: str) -> None:
    """Raise `ParameterError` if an option was given that says how to read a graph; `what` needs none."""
    for parameter in _given(values):
        raise ParameterError(f"{flag_of(parameter.name)} has no effect on {what}; leave it out")


def words_of(values: dict[str, Any]) -> list[str]:
    """Return the options that say how to read the graph, as they were given."""
    return [word for parameter in _given(values) for word in typed(parameter, values[parameter.name])]


def _given(values: dict[str, Any]) -> list[inspect.Parameter]:
    return [each for each in graph_options() if values[each.name] != each.default]


def _load_file(file: str, values: dict[str, Any]) -> tuple[Graph, LoadReport]:
    from graphkit.io import load_graph

    loaded = load_graph(file, **read_options(values))
    return loaded.graph, loaded.report


def _load_dataset(file: str, values: dict[str, Any]) -> tuple[Graph, LoadReport]:
    from graphkit.datasets import load as load_dataset
    from graphkit.io.report import LoadReport

    check_untouched(values, "a data set")
    data = load_dataset(file.removeprefix(DATASET))
    return data.graph, LoadReport(graph=data.graph, origin=file, format=data.description)


def _weights(weighted: bool | None, column: str | None) -> str | int | None:
    if weighted is False:
        if column is not None:
            raise ParameterError("--weight-column has no effect with --unweighted")
        return None
    return "auto" if column is None else _column(column)


def _columns(text: str | None) -> tuple[str | int, str | int] | None:
    if text is None:
        return None
    names = text.split(",")
    if len(names) != 2:
        raise ParameterError(f"--columns takes two columns separated by a comma, got {text!r}")
    return _column(names[0]), _column(names[1])


def _column(text: str) -> str | int:
    return int(text) if text.isdecimal() else text
