"""Rows of vectors that a stage wrote shard by shard."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from graphkit.engine import TaskFiles
from graphkit.engine.stage import stem
from graphkit.graph.storage import GraphFolder
from graphkit.outofcore.mapped_rows import map_rows


def rows_between(
    files: TaskFiles,
    stage: str,
    folder: GraphFolder,
    width: int,
    first_row: int,
    end_row: int,
    *,
    name: str = "rows",
    dtype: DTypeLike = np.float32,
) -> NDArray[Any]:
    """Map rows `first_row` to `end_row` of what a stage wrote under a name, one file a shard."""
    numbers = [
        number
        for number, shard in enumerate(folder.shards)
        if shard.first_row < end_row and shard.end_row > first_row
    ]
    if not numbers:
        return np.empty((0, width), dtype)
    before = folder.shards[numbers[0]].first_row
    rows = map_rows([files.path(f"{stem(stage, number)}.{name}") for number in numbers], width, dtype)
    return rows[first_row - before : end_row - before]
