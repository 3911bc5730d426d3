"""Rows of whole-number ids in a range that a bitmap can cover, ids ascending."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.engine import Engine, Stage, TaskFiles, task
from graphkit.kernels.cpu import relabel as kernel
from graphkit.outofcore.array_files import open_array, save_array
from graphkit.outofcore.numbering import Chunk, Numbering, checked_count, chunk_ids
from graphkit.parallel import even_bounds

MAX_SPAN = 1 << 31
"""A quarter of a gigabyte a bitmap."""

_NUM_BITMAPS = 16
"""At most, however many chunks there are: what the bitmaps take on disk."""


def number_by_bitmap(engine: Engine, read: Stage, chunks: list[Chunk], low: int, high: int) -> Numbering:
    """Number the ids `low` to `high` of all chunks."""
    bounds = even_bounds(len(chunks), _NUM_BITMAPS)
    span = high - low + 1
    groups = [
        {"chunks": chunks[start:stop], "low": low, "span": span} for start, stop in itertools.pairwise(bounds)
    ]
    marked = engine.map("mark", mark_ids, groups, after=[read])
    counted = engine.map(
        "number", count_ids, [{"bitmaps": marked.paths("words.npy"), "low": low}], after=[marked]
    )

    def write_ids(folder: Path) -> None:
        # A copy, not a link: the work folder may be on another disk.
        (folder / "node_ids.npy").write_bytes((engine.folder.path / counted.path(0, "ids.npy")).read_bytes())

    way = {
        "kind": "bitmap",
        "low": low,
        "words": counted.path(0, "words.npy"),
        "before": counted.path(0, "before.npy"),
    }
    num_nodes = checked_count(counted.results[0]["count"])
    return Numbering(num_nodes, [way] * len(chunks), [read, counted], write_ids, counted.paths("ids.npy"))


@task(version=1)
def mark_ids(files: TaskFiles, *, chunks: list[Chunk], low: int, span: int) -> dict[str, Any]:
    """Write a bitmap of the ids of some chunks, uint64 words."""
    words = np.zeros((span + 63) >> 6, np.uint64)
    for chunk in chunks:
        for column in chunk_ids(files, chunk):
            kernel.mark(column, low, words, 0, len(column))
    save_array(files, "words", words)
    return {}


@task(version=1)
def count_ids(files: TaskFiles, *, bitmaps: list[str], low: int) -> dict[str, Any]:
    """Write the bitmap of all, the number of ids before each word, and the ids."""
    words = np.array(open_array(files, bitmaps[0]))
    for path in bitmaps[1:]:
        words |= open_array(files, path)
    before = np.empty(len(words), np.int32)
    count = int(kernel.count_before(words, before))
    node_ids = np.empty(count, np.int64)
    kernel.marked_ids(words, low, node_ids)
    for name, array in (("words", words), ("before", before), ("ids", node_ids)):
        save_array(files, name, array)
    return {"count": count}
