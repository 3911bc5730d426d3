"""Node ids in folders: numbers as an array, strings as UTF-8 text or as Parquet."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files.arrays import open_npy, save_npy
from graphkit.graph.node_ids import STRING

if TYPE_CHECKING:
    import pyarrow

ID_COLUMN = "id"


def save_node_ids(node_ids: NodeIds, folder: Path) -> None:
    """Write node ids into a folder: ``node_ids.npy``, or ``node_ids.utf8`` and ``node_ids_end.npy``."""
    if node_ids.dtype != STRING:
        save_npy(folder / "node_ids.npy", node_ids)
        return
    encoded = [text.encode() for text in node_ids.tolist()]
    (folder / "node_ids.utf8").write_bytes(b"".join(encoded))
    ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    save_npy(folder / "node_ids_end.npy", ends)


def open_node_ids(folder: Path) -> NodeIds:
    """Read node ids that `save_node_ids` wrote."""
    if not (folder / "node_ids_end.npy").exists():
        return open_npy(folder / "node_ids.npy")
    ends = open_npy(folder / "node_ids_end.npy", mapped=False).tolist()
    if not ends:
        return np.array([], dtype=STRING)
    with (folder / "node_ids.utf8").open("rb") as stream:
        if not ends[-1]:
            return np.array([""], dtype=STRING)
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
            starts = [0, *ends[:-1]]
            try:
                texts = [text[a:b].decode() for a, b in zip(starts, ends, strict=True)]
            except UnicodeDecodeError as error:
                raise InputError(f"not the text of node ids: {error}", folder / "node_ids.utf8") from error
            return np.array(texts, dtype=STRING)


def dictionary_path(folder: Path, number: int) -> Path:
    """Return where a part of the dictionary of string ids stands; the parts follow each other by number."""
    return folder / f"node_ids-{number:05d}.parquet"


def write_dictionary(ids: pyarrow.Array, path: Path) -> None:
    """Write string ids in the order of their rows, one column ``id``."""
    import pyarrow as pa
    import pyarrow.parquet

    column = ids.cast(pa.large_string())
    pyarrow.parquet.write_table(pa.table({ID_COLUMN: column}), path, compression="zstd", use_dictionary=False)


def read_dictionaries(paths: list[Path]) -> NodeIds:
    """Read the string ids of all rows.

    Raises
    ------
    InputError
        For a file that is not such a dictionary.
    """
    import pyarrow as pa
    import pyarrow.parquet

    parts = [np.array([], dtype=STRING)]
    for path in paths:
        try:
            column = pyarrow.parquet.ParquetFile(path).read([ID_COLUMN]).column(ID_COLUMN)
            # Bytes that are no UTF-8 are found here.
            column.validate(full=True)
            if column.null_count or not pa.types.is_large_string(column.type):
                raise KeyError(f"a column of {column.type}")
        except (pa.ArrowException, OSError, KeyError) as error:
            raise InputError(f"not a dictionary of node ids: {error}", path) from error
        parts.append(np.array(column.to_pylist(), dtype=STRING))
    return np.concatenate(parts)
