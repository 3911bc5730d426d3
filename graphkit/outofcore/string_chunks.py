"""The string ids of a chunk of edges: numbered within the chunk, and sorted into buckets by a hash.

A bucket holds the same strings of all chunks, so that one task at a time can find out which are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles
from graphkit.files.arrow_numbers import to_arrow
from graphkit.graph.relabel import IdColumn, encode_strings
from graphkit.kernels.cpu.string_hash import string_buckets
from graphkit.outofcore.array_files import save_array

if TYPE_CHECKING:
    import pyarrow

_COLUMN = "id"


def save_strings(files: TaskFiles, number: int, source: IdColumn, target: IdColumn, num_buckets: int) -> None:
    """Write the ids of a chunk.

    Files: ``source.npy``, ``target.npy``: the string of each end as its number in the order in which they
    first appear in the chunk; ``strings.arrow``: the strings by bucket; ``order.npy``: the number of each of
    these; ``bounds.npy``: where each bucket begins, int64 [num_buckets + 1].
    """
    source_numbers, target_numbers, strings = encode_strings(source, target)
    buckets = buckets_of(strings, num_buckets)
    order = np.argsort(buckets, kind="stable").astype(np.int32)
    save_array(files, f"{number}.source", source_numbers)
    save_array(files, f"{number}.target", target_numbers)
    save_array(files, f"{number}.order", order)
    save_array(files, f"{number}.bounds", np.searchsorted(buckets[order], np.arange(num_buckets + 1)))
    write_strings(files, f"{number}.strings", strings.take(to_arrow(order)))


def buckets_of(strings: pyarrow.LargeStringArray, num_buckets: int) -> NDArray[np.int32]:
    """Return the bucket of each string, 0 .. num_buckets - 1."""
    _, offsets, text = strings.buffers()
    buckets = np.empty(len(strings), np.int32)
    places = np.frombuffer(offsets, np.int64)[strings.offset : strings.offset + len(strings) + 1]
    characters = np.frombuffer(text, np.uint8) if text is not None and text.size else np.empty(0, np.uint8)
    if len(strings):
        string_buckets(characters, places, num_buckets, buckets)
    return buckets


def write_strings(files: TaskFiles, name: str, strings: pyarrow.Array) -> None:
    """Write strings as the task's file ``NAME.arrow``."""
    import pyarrow as pa

    table = pa.table({_COLUMN: strings})
    with (
        files.output(f"{name}.arrow") as path,
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table)


def open_strings(path: Path) -> pyarrow.ChunkedArray:
    """Open strings that `write_strings` wrote, memory-mapped."""
    import pyarrow as pa

    return pa.ipc.open_file(pa.memory_map(str(path))).read_all().column(_COLUMN)
