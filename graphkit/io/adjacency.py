"""Adjacency lists: a node and its neighbours on each line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graphkit.errors import InputError
from graphkit.graph.node_ids import STRING
from graphkit.io.delimiters import split_rows
from graphkit.io.edge_table import EdgeTable
from graphkit.io.head_lines import first_lines
from graphkit.io.number_lines import line_of, read_number_lines
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.rows import not_utf8
from graphkit.io.sniff import ids_are_text


def read_adjacency(source: Source, options: ReadOptions) -> EdgeTable:
    """Read ``node neighbour neighbour ...`` lines; a line of one id is a node that may have no edge.

    All nodes keep a row: whole numbers ascending, strings by first appearance.
    """
    options.weighted("adjlist")
    delimiter = None if options.delimiter == " " else options.delimiter
    lines = first_lines(source.head, options.comments, source.name)
    ids = split_rows(lines[:1], delimiter, quoted=False)[0].fields[:2]
    before = _num_comments(source.head[: lines[0].start], options.comments)
    if ids_are_text(ids, options.id_type, source.name, lines[0].number):
        table = _strings(source, options.comments, delimiter)
        table.num_comments -= before
        return table
    if delimiter is not None:
        raise InputError("whole numbers in an adjacency list must be separated by blanks", source.name)
    table = _numbers(source, options.comments)
    table.num_comments -= before
    return table


def _num_comments(head: bytes, comments: str) -> int:
    marks = tuple(mark.encode() for mark in comments)
    return sum(line.lstrip().startswith(marks) for line in head.split(b"\n"))


def _numbers(source: Source, comments: str) -> EdgeTable:
    values, indptr, num_comments = read_number_lines(source, comments, strict=True)
    counts = np.diff(indptr)
    heads = indptr[:-1][counts > 0]
    line = np.repeat(np.arange(len(counts)), np.maximum(counts - 1, 0))
    is_neighbor = np.ones(len(values), np.bool_)
    is_neighbor[heads] = False
    return EdgeTable(
        np.repeat(values[heads], counts[counts > 0] - 1),
        values[is_neighbor],
        node_ids=np.unique(values),
        num_comments=num_comments,
        description="adjacency list",
        fault=lambda position, message: InputError(
            message, source.name, line_of(source, comments, int(line[position]))
        ),
    )


def _strings(source: Source, comments: str, delimiter: str | None) -> EdgeTable:
    edges: list[tuple[str, str]] = []
    line_of_edge: list[int] = []
    nodes: dict[str, None] = {}
    num_comments = 0
    for number, ids in _string_lines(source, comments, delimiter):
        if not ids:
            num_comments += 1
            continue
        head, *neighbors = ids
        nodes.update(dict.fromkeys([head, *neighbors]))
        edges += [(head, neighbor) for neighbor in neighbors]
        line_of_edge += [number] * len(neighbors)
    return EdgeTable(
        np.array([head for head, _ in edges], dtype=STRING),
        np.array([neighbor for _, neighbor in edges], dtype=STRING),
        node_ids=np.array(list(nodes), dtype=STRING),
        num_comments=num_comments,
        description="adjacency list",
        fault=lambda position, message: InputError(message, source.name, line_of_edge[position]),
    )


def _string_lines(source: Source, comments: str, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """(line number, ids) of the lines that hold some, and of comments, without ids."""
    with source.open() as stream:
        for number, line in enumerate(stream, start=1):
            try:
                text = line.decode().strip()
            except UnicodeDecodeError as error:
                raise InputError(not_utf8(line[error.start]), source.name, number) from None
            if text and text[0] in comments:
                yield number, []
            elif text:
                yield number, [field.strip() for field in text.split(delimiter) if field.strip()]
