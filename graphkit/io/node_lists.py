"""Lists of nodes: all ids of a graph, in the order of their rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files.atomic import PathLike
from graphkit.graph.node_ids import STRING, NodeIndex, as_node_ids, coerce_ids
from graphkit.io.number_lines import read_number_lines
from graphkit.io.opening import Source
from graphkit.io.options import Column
from graphkit.io.rows import PLAIN_INTEGER, RowError, integer_id
from graphkit.io.text_table import COMMENTS, Note, TextTable, read_text_table


def read_node_list(
    path: PathLike,
    *,
    column: Column | None = None,
    delimiter: str | None = None,
    comments: str = COMMENTS,
    known: NodeIds | None = None,
    note: Note | None = None,
) -> NodeIds:
    r"""Read node ids from a text, CSV, ``.npy``, Parquet or Arrow IPC file.

    Parameters
    ----------
    path
        The file.
    column
        The column of the ids, by name or by number from 1; None for the first.
    delimiter
        The character between columns of a text file, a space for blanks, "" for one id a line. None finds
        out: a tab, comma, semicolon or bar that every line has, with a blank behind it in CSV files only;
        without one a line is an id, blanks and all, unless `column` is given.
    comments
        Lines of a text file that begin with one of these characters are passed over.
    known
        The ids of a graph that these are some of; then a first row that is none of them is a header, and
        all are of their kind.
    note
        Is told what was understood, a line each time: delimiter, header, comments passed over.

    Returns
    -------
    int64 or StringDType [num_nodes]
        Whole numbers if the first id is one.

    Raises
    ------
    InputError
        For an id that is missing, of another kind than the first, or there twice; or no ids at all.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "nodes.txt"
    >>> _ = path.write_text("3\n1\n2\n")
    >>> read_node_list(path)
    array([3, 1, 2])
    """
    source = Source(path)
    index = None if known is None else NodeIndex(known)
    ids = _read_ids(source, column, delimiter, comments, index, note)
    if len(ids) == 0:
        raise InputError("holds no node ids", source.name)
    try:
        return as_node_ids(ids)
    except InputError as error:
        raise InputError(error.message, source.name) from None


def _read_ids(
    source: Source,
    column: Column | None,
    delimiter: str | None,
    comments: str,
    index: NodeIndex | None,
    note: Note | None,
) -> Any:
    if source.head.startswith(b"\x93NUMPY"):
        return read_npy(source)
    if source.head.startswith((b"PAR1", b"ARROW1")):
        from graphkit.io.arrow_tables import id_column, read_table
        from graphkit.io.columns import find_column

        table = read_table(source)
        place = 0 if column is None else find_column(table.column_names, column, table.num_columns, "column")
        ids = id_column(table.column(place), source.name, "node")
        return ids if isinstance(ids, np.ndarray) else ids.to_pylist()
    as_text = index is not None and index.node_ids.dtype == STRING
    if column is None and delimiter is None and not as_text and _one_number_a_line(source.head, comments):
        lines = read_number_lines(source, comments, strict=True)
        if note is not None and lines.num_comments:
            note(f"{source.name}: comment lines passed over: {lines.num_comments:,}")
        return lines.values
    table = read_text_table(source, delimiter, index=index, comments=comments, is_list=column is None)
    table.tell(note)
    return _text_ids(table, column, as_text=as_text)


def read_npy(source: Source) -> Any:
    """Return the array of an ``.npy`` file; Python objects (pickles) are refused."""
    try:
        with source.seekable() as stream:
            return np.load(stream, allow_pickle=False)
    except Exception as error:
        # The header is read as Python, and raises whatever that may.
        what = (
            "holds Python objects, which only unsafe pickles can carry"
            if "pickle" in str(error)
            else str(error)
        )
        raise InputError(f"{what}; save plain numbers or strings", source.name) from None


def _one_number_a_line(head: bytes, comments: str) -> bool:
    """Whether the lines but the last, which may be cut, hold one whole number each, or a comment."""
    marks = tuple(mark.encode() for mark in comments)
    lines = [line.strip() for line in head.split(b"\n")[:-1]] or [head.strip()]
    return all(
        line.startswith(marks) or PLAIN_INTEGER.fullmatch(line.decode(errors="replace")) for line in lines
    )


def _text_ids(table: TextTable, column: Column | None, *, as_text: bool) -> NodeIds:
    place = 0 if column is None else table.column(column, "column")
    texts = [row[place] if place < len(row) else "" for row in table.rows]
    for row, text in enumerate(texts):
        if not text:
            raise table.fault(row, "the node id is missing")
    return np.array(texts, STRING) if as_text else text_ids(texts, table.fault)


def text_ids(texts: list[str], fault: Any) -> NodeIds:
    """Return ids as whole numbers if the first is one, else as strings."""
    if not texts or not PLAIN_INTEGER.fullmatch(texts[0]):
        return coerce_ids(np.array(texts, dtype=STRING))
    numbers = np.empty(len(texts), np.int64)
    for row, text in enumerate(texts):
        try:
            numbers[row] = integer_id(text, "node", strict=True)
        except RowError as error:
            raise fault(row, error.message) from None
    return numbers
