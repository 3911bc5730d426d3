"""Node ids in files: how they are written as text, and what they are when they are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow, to_arrow
from graphkit.graph.node_ids import STRING

if TYPE_CHECKING:
    import pyarrow

    from graphkit.files.atomic import PathLike

_BLANK = re.compile(r"\s")
_LINE_END = re.compile(r"[\r\n]")


def ids_to_text(node_ids: NodeIds) -> list[str]:
    """Return node ids as Python strings."""
    return [str(node_id) for node_id in node_ids.tolist()]


def ids_to_arrow(node_ids: NodeIds) -> pyarrow.Array:
    """Return node ids as an Arrow array of int64 or strings."""
    import pyarrow as pa

    return pa.array(node_ids.tolist(), pa.string()) if node_ids.dtype == STRING else to_arrow(node_ids)


def ids_from_text(texts: pyarrow.Array | pyarrow.ChunkedArray | list[str]) -> NodeIds:
    """Return ids read from text: int64 where each is a whole number in plain digits, else strings.

    ``007`` or ``+7`` would not be written so again, and keep all ids strings.

    Examples
    --------
    >>> ids_from_text(["7", "-12"])
    array([  7, -12])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.array(texts, pa.string()) if isinstance(texts, list) else texts
    if len(column) == 0:
        return np.empty(0, np.int64)
    try:
        numbers = pc.cast(column, pa.int64())
    except pa.ArrowInvalid:
        return np.array(column.to_pylist(), dtype=STRING)
    if not pc.all(pc.equal(pc.cast(numbers, pa.string()), column)).as_py():
        return np.array(column.to_pylist(), dtype=STRING)
    ids: NodeIds = from_arrow(numbers)
    return ids


def check_no_blanks(texts: list[str], path: PathLike) -> None:
    """Refuse ids that would fall apart in a file whose fields are separated by blanks."""
    for text in texts:
        if not text or _BLANK.search(text):
            raise InputError(
                f"the id {text!r} is empty or holds a blank, which the word2vec format cannot carry; "
                "save as .parquet, .npz or .tsv instead",
                path=path,
            )


def check_one_line(texts: list[str], path: PathLike) -> None:
    """Refuse ids that would fall apart in a file of one id a line."""
    for text in texts:
        if _LINE_END.search(text):
            raise InputError(
                f"the id {text!r} holds a line break; save as .parquet or .npz instead", path=path
            )
