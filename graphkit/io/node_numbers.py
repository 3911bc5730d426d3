"""Files of one number a node: a table of ids and numbers, or text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import ParameterError
from graphkit.files.arrow_numbers import to_arrow
from graphkit.files.atomic import PathLike, atomic_write
from graphkit.io.vectors_ids import check_no_blanks, ids_to_arrow, ids_to_text
from graphkit.io.vectors_table import quoted

SUFFIXES = (".parquet", ".csv", ".tsv", ".txt")


def numbers_suffix(path: PathLike) -> str:
    """Return which of `SUFFIXES` a path ends in; `ParameterError` if it ends in none."""
    suffix = Path(f"_{Path(path).name}").suffix.lower()
    if suffix not in SUFFIXES:
        raise ParameterError(
            f"{path}: no format for numbers has the suffix {suffix!r}; use {', '.join(SUFFIXES)}"
        )
    return suffix


def write_numbers(
    path: PathLike, node_ids: NodeIds, name: str, numbers: NDArray[Any], *, overwrite: bool = True
) -> None:
    r"""Write ids and numbers in the format of the path's suffix; the file appears whole or not at all.

    Parameters
    ----------
    path
        Where to: ``.parquet``, ``.csv`` and ``.tsv`` (with a header), ``.txt`` (ids and numbers alone).
    node_ids, numbers
        [num_nodes] each.
    name
        The column of the numbers; that of the ids is ``id``.
    overwrite
        Whether an existing file is replaced.

    Raises
    ------
    ParameterError
        For another suffix.
    InputError
        For a target that cannot be written, or, in ``.txt``, an id that is empty or holds a blank.
    RunError
        If the disk is full.

    Examples
    --------
    >>> import tempfile, pathlib, numpy as np
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cores.csv"
    >>> write_numbers(path, np.array([7, 9]), "core", np.array([2, 1]))
    >>> path.read_text()
    'id,core\n7,2\n9,1\n'
    """
    write = _WRITERS[numbers_suffix(path)]
    if write is write_number_lines:
        check_no_blanks(ids_to_text(node_ids), path)
    with atomic_write(path, overwrite=overwrite) as file:
        write(file, node_ids, name, numbers)


def write_number_lines(file: IO[bytes], node_ids: NodeIds, name: str, numbers: NDArray[Any]) -> None:
    """Write ``id number`` a line to an open file, without a header."""
    del name
    _write_lines(file, ids_to_text(node_ids), numbers, " ")


def _write_parquet(file: IO[bytes], node_ids: NodeIds, name: str, numbers: NDArray[Any]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"id": ids_to_arrow(node_ids), name: to_arrow(numbers)})
    parquet.write_table(table, file, compression="zstd")


def _write_csv(file: IO[bytes], node_ids: NodeIds, name: str, numbers: NDArray[Any]) -> None:
    _write_table(file, node_ids, name, numbers, ",")


def _write_tsv(file: IO[bytes], node_ids: NodeIds, name: str, numbers: NDArray[Any]) -> None:
    _write_table(file, node_ids, name, numbers, "\t")


def _write_table(
    file: IO[bytes], node_ids: NodeIds, name: str, numbers: NDArray[Any], separator: str
) -> None:
    file.write(f"id{separator}{name}\n".encode())
    _write_lines(file, [quoted(text, separator) for text in ids_to_text(node_ids)], numbers, separator)


def _write_lines(file: IO[bytes], texts: list[str], numbers: NDArray[Any], separator: str) -> None:
    file.write(
        "".join(f"{text}{separator}{number}\n" for text, number in zip(texts, numbers.tolist())).encode()
    )


_WRITERS: dict[str, Callable[[IO[bytes], NodeIds, str, NDArray[Any]], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".txt": write_number_lines,
}
