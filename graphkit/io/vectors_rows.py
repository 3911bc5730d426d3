"""Rows of text, an id and its numbers: written and read by Arrow."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors, loses_digits
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow, to_arrow
from graphkit.files.atomic import PathLike

if TYPE_CHECKING:
    import pyarrow

_BLOCK_ROWS = 16_384


def write_rows(file: IO[bytes], texts: Sequence[str], vectors: Vectors, separator: str) -> None:
    """Write rows, the numbers as the shortest decimals that give back the same float32.

    Parameters
    ----------
    file
        Open for writing.
    texts, vectors
        Ids as they shall stand there [num_nodes], and their rows [num_nodes, dim].
    separator
        Stands between two fields.
    """
    for start in range(0, len(vectors), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        rows = zip(texts[block], _number_rows(vectors[block], separator), strict=True)
        file.write("".join(f"{text}{separator}{numbers}\n" for text, numbers in rows).encode())


def _number_rows(vectors: Vectors, separator: str) -> list[str]:
    """Each row's numbers as text. Ids stay out: Arrow refuses some that need quotes elsewhere."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    columns = [to_arrow(column) for column in np.ascontiguousarray(vectors.T)]
    sink = pa.BufferOutputStream()
    options = arrow_csv.WriteOptions(include_header=False, delimiter=separator)
    arrow_csv.write_csv(pa.table(columns, [*map(str, range(len(columns)))]), sink, options)
    return str(sink.getvalue(), "ascii").splitlines()


@dataclass(frozen=True)
class RowLayout:
    """How the rows of a file are laid out.

    Attributes
    ----------
    dim
        Numbers a row, behind the id.
    separator
        Stands between two fields.
    quoted
        Whether fields may stand in double quotes.
    spare
        Whether each row ends in a separator.
    skip
        Lines before the first row.
    decimal
        The decimal point.
    """

    dim: int
    separator: str
    quoted: bool
    spare: bool = False
    skip: int = 1
    decimal: str = "."


def read_rows(path: PathLike, layout: RowLayout) -> tuple[pyarrow.ChunkedArray, NDArray[Any]]:
    """Read the rows: ids, and their numbers as float32 [num_nodes, dim].

    They are float64 if those of the first rows differ by less than float32 holds.

    Raises
    ------
    InputError
        Naming the line, for a row with another number of fields or a field that is no number.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    try:
        with arrow_csv.open_csv(path, *_options(layout, pa.float64())) as blocks:
            exact = any(loses_digits(_matrix(block, np.float64)) for block in itertools.islice(blocks, 1))
        table = arrow_csv.read_csv(path, *_options(layout, pa.float64() if exact else pa.float32()))
    except pa.ArrowInvalid as error:
        raise _fault(path, layout) or InputError(str(error), path=path) from error
    return table["id"], _matrix(table, np.float64 if exact else np.float32)


def _options(layout: RowLayout, kind: pyarrow.DataType) -> tuple[Any, Any, Any]:
    """How Arrow reads the rows: the column ``id``, and then the numbers."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    types = {"id": pa.string(), **{f"v{i}": kind for i in range(layout.dim)}}
    return (
        arrow_csv.ReadOptions(
            skip_rows=layout.skip,
            column_names=[*types, "spare"] if layout.spare else [*types],
            # A row must fit into a block.
            block_size=max(1 << 20, 32 * layout.dim),
        ),
        arrow_csv.ParseOptions(
            delimiter=layout.separator,
            quote_char='"' if layout.quoted else False,
            newlines_in_values=layout.quoted,
            ignore_empty_lines=False,
        ),
        arrow_csv.ConvertOptions(
            column_types=types, include_columns=[*types], null_values=[], decimal_point=layout.decimal
        ),
    )


def _matrix(table: pyarrow.Table, dtype: Any) -> NDArray[Any]:
    vectors = np.empty((len(table), table.num_columns - 1), dtype)
    for number in range(vectors.shape[1]):
        vectors[:, number] = from_arrow(table.column(number + 1))
    return vectors


def _fault(path: PathLike, layout: RowLayout) -> InputError | None:
    """Find the first line that is at fault."""
    with Path(path).open(encoding="utf-8", errors="replace", newline="") as file:
        quoting = csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
        rows = csv.reader(file, delimiter=layout.separator, quoting=quoting)  # type: ignore[arg-type]
        for row in itertools.islice(rows, layout.skip, None):
            fields = row[:-1] if layout.spare else row
            message = _fault_of(fields, layout)
            if message:
                return InputError(message, path=path, line=rows.line_num)
    return None


def _fault_of(fields: list[str], layout: RowLayout) -> str | None:
    if len(fields) != layout.dim + 1:
        return f"expected an id and {layout.dim} numbers, found {len(fields)} fields"
    for field in fields[1:]:
        try:
            float(field.replace(layout.decimal, "."))
        except ValueError:
            return f"expected a number, found {field!r}"
    return "the id is not valid UTF-8" if "\ufffd" in fields[0] else None
