"""Formats that networkx reads: GEXF, GML and Pajek."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import IO, Any

from graphkit.errors import InputError, MissingDependencyError, install_line
from graphkit.io.columns import WEIGHTS
from graphkit.io.edge_table import EdgeTable
from graphkit.io.graph_libraries import from_networkx
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.rows import not_utf8
from graphkit.io.typed_ids import ids_of_file


def read_gexf(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a GEXF file, as Gephi writes it; the ids are those of the nodes, not their labels."""
    return _read(source, options, "GEXF", lambda networkx, stream: networkx.read_gexf(stream))


def read_gml(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a GML file; the ids are the labels of the nodes if all have one."""

    def read(networkx: Any, stream: IO[bytes]) -> Any:
        try:
            return networkx.read_gml(stream)
        except networkx.NetworkXError as error:
            if "no 'label' attribute" not in str(error):
                raise
            stream.seek(0)
            return networkx.read_gml(stream, label="id")

    return _read(source, options, "GML", read)


def read_pajek(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a Pajek network of arcs or of edges; the ids are the labels of the vertices."""
    return _read(
        source, options, "Pajek", lambda networkx, stream: networkx.parse_pajek(_pajek_lines(stream.read()))
    )


def _read(
    source: Source, options: ReadOptions, title: str, read: Callable[[Any, IO[bytes]], Any]
) -> EdgeTable:
    try:
        import networkx
    except ImportError:
        raise MissingDependencyError(
            f"{source.name}: {title} files are read by networkx, which is not installed: "
            + install_line("networkx")
        ) from None
    try:
        with source.seekable() as stream:
            graph = read(networkx, stream)
        table = from_networkx(graph, options, WEIGHTS, lambda ids: ids_of_file(ids, options.id_type))
    except InputError as error:
        raise InputError(error.message, source.name) from None
    except Exception as error:
        # The readers raise whatever comes up in a damaged file: ValueError, KeyError, ParseError, ...
        raise InputError(f"is no {title} file that networkx can read: {error}", source.name) from None
    fault = table.fault
    table.fault = lambda position, message: InputError(fault(position, message).message, source.name)
    table.description = title
    return table


def _pajek_lines(content: bytes) -> list[str]:
    """The lines of one section of arcs or edges; networkx takes all that follows the first for the same."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(not_utf8(content[error.start])) from None
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("%")]
    number = 0

    def section(line: str) -> int:
        nonlocal number
        number += line.startswith("*")
        return number

    sections = [list(group) for _, group in groupby(lines, section)]
    titles = [group[0].split()[0].lower() for group in sections]
    kept = [group for group in sections if len(group) > 1 or group[0].split()[0].lower() == "*network"]
    links = [group[0].split()[0].lower() for group in kept if group[0].lower().startswith(("*arc", "*edge"))]
    if "*vertices" not in titles:
        raise InputError("has no section *Vertices; pass format='text' if it is a list of edges")
    if others := [title for title in links if title not in ("*arcs", "*edges")]:
        raise InputError(f"has a section {others[0]}, which is not read; write *Arcs or *Edges")
    if len(links) > 1:
        raise InputError(
            "has several sections of arcs and edges; a graph must be all of one kind, in one section"
        )
    _check_vertices(next(group for group in sections if group[0].lower().startswith("*vertices")))
    empty = [
        group for group in sections if len(group) == 1 and group[0].lower().startswith(("*arcs", "*edges"))
    ]
    return [line for group in (kept if links else [*kept, *empty[:1]]) for line in group]


def _check_vertices(section: list[str]) -> None:
    """Refuse labels that come twice, which networkx takes for one vertex, and networks of two modes."""
    import shlex

    if len(section[0].split()) != 2:
        raise InputError(
            f"is a network of two modes ({section[0].strip()!r}), which is not read; write its edges as CSV"
        )
    labels = [(shlex.split(line)[1:2] or [""])[0] for line in section[1:]]
    if len(set(labels)) < len(labels):
        twice = next(label for place, label in enumerate(labels) if label in labels[:place])
        raise InputError(f"two vertices have the label {twice!r}; give them labels of their own")
