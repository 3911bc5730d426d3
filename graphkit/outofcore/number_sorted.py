"""Rows of whole-number ids in a wide range, ids ascending: each range of ids is sorted by one task."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.engine import Engine, Stage, TaskFiles, task
from graphkit.files.arrays import save_npy
from graphkit.outofcore.array_files import open_array, save_array
from graphkit.outofcore.numbering import Chunk, Numbering, checked_count, chunk_ids

_IDS_PER_RANGE = 1 << 23
"""Of all chunks together, about: what a task sorts."""

_SAMPLES = 256
"""Ids of each chunk by which ranges of equal numbers of ids are chosen."""


def number_by_sorting(engine: Engine, read: Stage, chunks: list[Chunk]) -> Numbering:
    """Number the ids of all chunks."""
    distinct = engine.map("distinct", distinct_ids, [{"chunk": chunk} for chunk in chunks], after=[read])
    cuts = [None, *_range_cuts(distinct.results), None]
    ranges = [
        {"columns": distinct.paths("ids.npy"), "low": low, "high": high}
        for low, high in itertools.pairwise(cuts)
    ]
    numbered = engine.map("number", sort_range, ranges, after=[distinct])
    counts = [result["count"] for result in numbered.results]
    checked_count(sum(counts))
    bases = np.concatenate([[0], np.cumsum(counts)[:-1]]).tolist()
    starts = np.cumsum([[0, *result["lengths"]] for result in numbered.results], axis=1).tolist()
    ways = [
        {
            "kind": "sorted",
            "distinct": distinct.path(chunk, "ids.npy"),
            "parts": [
                [numbered.path(place, "ranks.npy"), start[chunk], start[chunk + 1] - start[chunk], base]
                for place, (start, base) in enumerate(zip(starts, bases, strict=True))
            ],
        }
        for chunk in range(len(chunks))
    ]

    def write_ids(folder: Path) -> None:
        parts = [np.load(engine.folder.path / path, mmap_mode="r") for path in numbered.paths("ids.npy")]
        save_npy(folder / "node_ids.npy", np.concatenate(parts))

    return Numbering(sum(counts), ways, [read, distinct, numbered], write_ids, numbered.paths("ids.npy"))


@task(version=1)
def distinct_ids(files: TaskFiles, *, chunk: Chunk) -> dict[str, Any]:
    """Write the distinct ids of a chunk, ascending; return their number and a sample."""
    ids = np.unique(np.concatenate(chunk_ids(files, chunk))).astype(np.int64, copy=False)
    save_array(files, "ids", ids)
    step = max(1, len(ids) // _SAMPLES)
    return {"count": len(ids), "sample": ids[step - 1 :: step].tolist()}


@task(version=1)
def sort_range(files: TaskFiles, *, columns: list[str], low: int | None, high: int | None) -> dict[str, Any]:
    """Write the distinct ids in [low, high) of all chunks, and for those of each chunk their ranks."""
    parts = []
    for path in columns:
        ids = open_array(files, path)
        first = 0 if low is None else int(np.searchsorted(ids, low))
        end = len(ids) if high is None else int(np.searchsorted(ids, high))
        parts.append(ids[first:end])
    found, ranks = np.unique(np.concatenate(parts), return_inverse=True)
    save_array(files, "ids", found)
    save_array(files, "ranks", ranks.astype(np.int32))
    return {"count": len(found), "lengths": [len(part) for part in parts]}


def _range_cuts(results: Sequence[dict[str, Any]]) -> list[int]:
    """Ids that cut those of all chunks into ranges of about `_IDS_PER_RANGE`."""
    sample = sorted(id_ for result in results for id_ in result["sample"])
    num_ranges = -(-sum(result["count"] for result in results) // _IDS_PER_RANGE)
    return sorted({sample[len(sample) * place // num_ranges] for place in range(1, num_ranges)})
