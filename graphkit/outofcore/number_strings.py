"""Rows of string ids in the order in which they first appear, in three rounds.

1. For each bucket: which strings of which chunks are the same, and in which chunk each appears first.
2. For each chunk: the strings that first appear in it, in their order.
3. For each bucket: the rows, laid out as the chunks hold their strings, so that a chunk reads only its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import Engine, Stage, TaskFiles, task
from graphkit.files.arrow_numbers import from_arrow, to_arrow
from graphkit.graph.stored_ids import dictionary_path, write_dictionary
from graphkit.outofcore.array_files import open_array, save_array
from graphkit.outofcore.numbering import Chunk, Numbering, checked_count
from graphkit.outofcore.string_chunks import open_strings, write_strings


def number_strings(engine: Engine, read: Stage, chunks: list[Chunk], num_buckets: int) -> Numbering:
    """Number the strings of all chunks."""
    prefixes = [chunk["prefix"] for chunk in chunks]
    merged = engine.map(
        "merge",
        merge_bucket,
        [{"prefixes": prefixes, "bucket": bucket} for bucket in range(num_buckets)],
        after=[read],
    )
    starts, firsts = (_starts(merged, name) for name in ("lengths", "firsts"))
    named = engine.map(
        "name",
        name_chunk,
        [{"parts": _parts(merged, "", firsts[:, chunk : chunk + 2])} for chunk in range(len(chunks))],
        after=[merged],
    )
    counts = [result["count"] for result in named.results]
    checked_count(sum(counts))
    bases = np.concatenate([[0], np.cumsum(counts)[:-1]]).tolist()
    numbered = engine.map(
        "number",
        number_bucket,
        [
            {
                "merged": merged.path(bucket, ""),
                "firsts": firsts[bucket].tolist(),
                "orders": named.paths("firsts.npy"),
                "bases": bases,
            }
            for bucket in range(num_buckets)
        ],
        after=[merged, named],
    )
    ways = [
        {
            "kind": "strings",
            "order": f"{prefix}.order.npy",
            "parts": _parts(numbered, "rows.npy", starts[:, chunk : chunk + 2]),
        }
        for chunk, prefix in enumerate(prefixes)
    ]

    def write_ids(folder: Path) -> None:
        for number, path in enumerate(named.paths("ids.parquet")):
            shutil.copyfile(engine.folder.path / path, dictionary_path(folder, number))

    return Numbering(sum(counts), ways, [read, named, numbered], write_ids, named.paths("ids.parquet"))


@task(version=1)
def merge_bucket(files: TaskFiles, *, prefixes: list[str], bucket: int) -> dict[str, Any]:
    """Write the distinct strings of a bucket in the order in which they first appear.

    Files: ``strings.arrow``; ``first.npy``: the number that each has in the chunk of its first appearance;
    ``ids.npy``: chunk by chunk, which of them each string of the chunk is.
    """
    import pyarrow as pa

    slices, orders = [], []
    for prefix in prefixes:
        start, end = open_array(files, f"{prefix}.bounds.npy")[bucket : bucket + 2].tolist()
        slices.append(open_strings(files.path(f"{prefix}.strings.arrow")).slice(start, end - start))
        orders.append(open_array(files, f"{prefix}.order.npy")[start:end])
    ids, strings = _encoded(slices)
    first: list[NDArray[np.int32]] = []
    firsts: list[int] = []
    place = 0
    for order in orders:
        # In a chunk no string is there twice, and new ones are counted up.
        new = ids[place : place + len(order)] >= sum(firsts)
        first.append(order[new])
        firsts.append(int(np.count_nonzero(new)))
        place += len(order)
    save_array(files, "first", np.concatenate(first).astype(np.int32))
    save_array(files, "ids", ids)
    write_strings(files, "strings", strings.cast(pa.large_string()))
    return {"lengths": [len(order) for order in orders], "firsts": firsts}


def _encoded(slices: list[Any]) -> tuple[NDArray[np.int32], Any]:
    """(which distinct string each is, the distinct strings) by first appearance."""
    import pyarrow as pa

    pieces = [piece for column in slices for piece in column.chunks if len(piece)]
    encoded = pa.chunked_array(pieces, pa.large_string()).dictionary_encode()
    if not encoded.num_chunks:
        return np.empty(0, np.int32), pa.array([], pa.large_string())
    ids = np.concatenate([from_arrow(piece.indices) for piece in encoded.chunks])
    return ids.astype(np.int32, copy=False), encoded.chunk(encoded.num_chunks - 1).dictionary


@task(version=1)
def name_chunk(files: TaskFiles, *, parts: list[list[Any]]) -> dict[str, Any]:
    """Write the strings that first appear in a chunk, in their order, and their numbers there."""
    import pyarrow as pa

    numbers, strings = [], []
    for prefix, start, length in parts:
        numbers.append(open_array(files, f"{prefix}first.npy")[start : start + length])
        strings += open_strings(files.path(f"{prefix}strings.arrow")).slice(start, length).chunks
    found = np.concatenate(numbers)
    order = np.argsort(found)
    save_array(files, "firsts", found[order])
    with files.output("ids.parquet") as path:
        column = pa.chunked_array(strings, pa.large_string()).take(to_arrow(order))
        write_dictionary(column, path)
    return {"count": len(found)}


@task(version=1)
def number_bucket(
    files: TaskFiles, *, merged: str, firsts: list[int], orders: list[str], bases: list[int]
) -> dict[str, Any]:
    """Write the row of each string of a bucket, chunk by chunk as they hold them."""
    first = open_array(files, f"{merged}first.npy")
    rows = np.empty(len(first), np.int32)
    for chunk, (order, base) in enumerate(zip(orders, bases, strict=True)):
        start, end = firsts[chunk], firsts[chunk + 1]
        rows[start:end] = base + np.searchsorted(open_array(files, order), first[start:end])
    save_array(files, "rows", rows[open_array(files, f"{merged}ids.npy")])
    return {}


def _starts(stage: Stage, name: str) -> NDArray[np.int64]:
    """Where in each bucket's file the part of each chunk begins, int64 [num_buckets, num_chunks + 1]."""
    return np.cumsum([[0, *result[name]] for result in stage.results], axis=1)


def _parts(stage: Stage, name: str, bounds: NDArray[np.int64]) -> list[list[Any]]:
    """[path, start, length] of one chunk's part of each bucket's file."""
    return [
        [stage.path(bucket, name), int(start), int(end - start)] for bucket, (start, end) in enumerate(bounds)
    ]
