"""Any table of edges with times → TemporalGraph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphkit.checks import shown
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import PathLike, check_path
from graphkit.graph.graph import Graph
from graphkit.graph.storage import is_graph_folder
from graphkit.graph.temporal import TemporalGraph
from graphkit.io import columns as names_of
from graphkit.io.assemble import rows_of
from graphkit.io.edge_table import EdgeTable
from graphkit.io.formats import SAVED, find_format
from graphkit.io.memory import check_memory
from graphkit.io.opening import Source
from graphkit.io.options import Column, ReadOptions
from graphkit.io.read import listed_nodes
from graphkit.io.report import LoadedGraph, LoadReport
from graphkit.io.sniff import sniff
from graphkit.io.text import read_table
from graphkit.io.times import read_times
from graphkit.io.two_columns import tell_apart
from graphkit.parameters import check_declared

if TYPE_CHECKING:
    import pyarrow

_TABLES = ("text", "parquet", "feather")

_THIRD = 3


def read_temporal_graph(
    path: PathLike,
    *,
    times: Column = "auto",
    time_zone: str | None = None,
    time_format: str | None = None,
    directed: bool = False,
    columns: tuple[Column, Column] | None = None,
    delimiter: str | None = None,
    comments: str = "#%",
    id_type: str = "auto",
    nodes: PathLike | Iterable[Any] | None = None,
    bipartite: bool | None = None,
) -> TemporalGraph:
    r"""Read a graph whose edges have times from a text, Parquet or Arrow file, or a saved graph.

    Parameters
    ----------
    path
        The file, or the folder of a saved `TemporalGraph`.
    times
        The column of the times, by name or by number from 1; ``"auto"`` for one with a usual name (time,
        timestamp, date, ...), else the third.
    time_zone
        Of dates without an offset, such as ``"Europe/Berlin"``; None for UTC.
    time_format
        Of dates as text, as ``strptime`` has it, such as ``"%d/%m/%Y"``; None for numbers and ISO 8601.
    directed
        Whether edges have a direction.
    columns, delimiter, comments, id_type, nodes
        As for `read_graph`.
    bipartite
        Whether source and target are nodes of two kinds, as for `read_graph`.

    Returns
    -------
    TemporalGraph
        Times as they stand there if they are numbers, in any unit; dates as microseconds since 1970, UTC.
        Edges stay as often as they are in the file.

    Raises
    ------
    InputError
        For anything in the file that is not as it should be, with the line: a time that is missing, infinite,
        or of another kind than the first.
    ParameterError
        For an unknown choice, or an option that has no effect.

    Notes
    -----
    Dates are parsed by PyArrow. Of an hour that the zone has twice, or not at all, the earlier moment is
    meant.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mails.csv"
    >>> _ = path.write_text("from,to,date\nann,bob,2020-01-01 12:00:00\nbob,eve,2020-01-02 09:30:00\n")
    >>> read_temporal_graph(path, directed=True).times.tolist()
    [1577880000000000, 1577957400000000]
    """
    graph = load_temporal_graph(
        path,
        times=times,
        time_zone=time_zone,
        time_format=time_format,
        directed=directed,
        columns=columns,
        delimiter=delimiter,
        comments=comments,
        id_type=id_type,
        nodes=nodes,
        bipartite=bipartite,
    ).graph
    assert isinstance(graph, TemporalGraph)
    return graph


def load_temporal_graph(
    path: PathLike,
    *,
    times: Column = "auto",
    time_zone: str | None = None,
    time_format: str | None = None,
    directed: bool = False,
    **options: Any,
) -> LoadedGraph:
    """Read a graph whose edges have times, and report what was found.

    Parameters
    ----------
    path, times, time_zone, time_format, directed, **options
        As `read_temporal_graph` takes them.

    Returns
    -------
    LoadedGraph
        ``.graph``, a `TemporalGraph`, and ``.report``.
    """
    check_path(path)
    check_declared(
        read_temporal_graph, {"directed": directed, "time_zone": time_zone, "time_format": time_format}
    )
    if not isinstance(times, (str, int)) or isinstance(times, bool):
        raise ParameterError(f"times must be the name of a column, or its number from 1, got {shown(times)}")
    if is_graph_folder(path):
        ReadOptions(**options).check_effects(SAVED, set())
        others = {"times": times != "auto", "time_zone": time_zone, "time_format": time_format}
        return _open_saved(path, others | {"directed": directed})
    chosen = ReadOptions(directed=directed, weights=None, **options)
    source = Source(path)
    name = find_format(source, chosen)
    if name not in _TABLES:
        raise InputError(
            f"is of the format {name}, which has no column of times; text, Parquet and Arrow tables have",
            source.name,
        )
    chosen.check_effects(name, {*vars(chosen)} - (set() if name == "text" else _OF_TEXT))
    check_memory(source, name)
    nodes = None if chosen.nodes is None else listed_nodes(chosen.nodes, chosen.comments)
    table, column = (_from_text if name == "text" else _from_arrow)(source, chosen, times)
    moments, words = read_times(column, time_zone, time_format, table.fault)
    if chosen.bipartite:
        tell_apart(table)
    rows = rows_of(table, nodes)
    graph = TemporalGraph.from_rows(rows[0], rows[1], moments, rows[2], directed=directed)
    report = LoadReport(
        graph=graph,
        origin=source.name,
        format=table.description,
        compression=source.compression,
        remarks=(*table.remarks, f"times: {words}"),
    )
    return LoadedGraph(graph, report)


_OF_TEXT = {"delimiter", "comments", "id_type"}


def _from_text(source: Source, options: ReadOptions, times: Column) -> tuple[EdgeTable, pyarrow.ChunkedArray]:
    """The edges of a text file, and the column of their times."""
    layout = sniff(source.head, options, source.name)
    if times == "auto":
        named = names_of.usual_time(layout.header) if layout.header else None
        times = _THIRD if named is None else named + 1
    # Where a weight would stand: a header that names it is recognised by that.
    try:
        layout = sniff(source.head, replace(options, weights=times, decimal="."), source.name)
    except InputError as error:
        message = error.message.replace("(weights)", "(times)")
        raise InputError(message, error.path, error.line) from None
    place = layout.weight
    assert place is not None
    _check_apart(place, (layout.source, layout.target), source.name)
    table = read_table(source, replace(layout, weight=None))
    table.remarks = [layout.remarks[0], f"time: column {layout.column_name(place)}"]
    try:
        column = read_table(source, replace(layout, target=place, weight=None, as_text=True)).target
    except InputError as error:
        if error.message == "the target id is empty":
            raise InputError("the time is missing; leave such rows out", error.path, error.line) from None
        raise
    return table, column


def _from_arrow(
    source: Source, options: ReadOptions, times: Column
) -> tuple[EdgeTable, pyarrow.ChunkedArray]:
    """The edges of a table, and the column of their times."""
    from graphkit.io.arrow_tables import from_table, read_table, row_fault

    whole = read_table(source)
    names = whole.column_names
    try:
        ends = names_of.find_ends(names, options.columns, len(names))
        place = names_of.usual_time(names) if times == "auto" else None
        if place is None:
            wanted = _THIRD if times == "auto" else times
            place = names_of.find_column(names, wanted, len(names), "times")
    except InputError as error:
        raise InputError(error.message, source.name) from None
    _check_apart(place, ends, source.name)
    description = "Parquet" if source.head.startswith(b"PAR1") else "Arrow IPC"
    table = from_table(whole, options, description)
    table.fault = lambda position, message: row_fault(position, message, source.name)
    table.remarks = [f"columns: {names[ends[0]]!r} to {names[ends[1]]!r}", f"time: column {names[place]!r}"]
    return table, whole.column(place)


def _check_apart(place: int, ends: tuple[int, int], name: str) -> None:
    if place in ends:
        raise InputError(
            f"column {place + 1} holds ids, not times; pass times=NAME for the column that does", name
        )


def _open_saved(path: PathLike, options: dict[str, Any]) -> LoadedGraph:
    for name, given in options.items():
        if given:
            raise ParameterError(f"{name} has no effect on a saved graph; leave it out")
    graph = Graph.open(path, verify=True)
    if not isinstance(graph, TemporalGraph):
        raise InputError("is a saved graph without times; save one that has them", path)
    return LoadedGraph(graph, LoadReport(graph=graph, origin=str(path), format="saved graph"))
