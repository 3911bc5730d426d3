"""Exact nearest neighbours on a GPU: products by blocks, and the best of each.

Products are torch's, in full float32: a GPU's shorter formats mistake neighbours that differ in the fourth
digit. A block of products is written, and read a few times while its best are picked. For 70,000 points of
784 columns that is some 150 GB, 50 ms of an H100's memory, beside 8 Tflop of products, three times as long: a
kernel that picked as it multiplied would save little, and multiply slower than cuBLAS.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    import torch

_BLOCK_ROWS = 1 << 15
"""Rows of the database in a block of products."""

_BLOCK_QUERIES = 1 << 11
"""A block is 256 MB: large enough for products, small beside the vectors."""

Prepare = Callable[[Vectors], Vectors]


def search_on_device(
    database: Vectors, queries: Vectors, k: int, prepare: Prepare, device: torch.device, *, euclidean: bool
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the `k` best rows of each query, int64, and their products or distances, float32.

    Not ordered. Both are [num_queries, k]; products are those of the prepared vectors.

    Raises
    ------
    ParameterError
        If products overflow float32.
    """
    from graphkit.device.graph import upload

    rows = upload(prepare(database), device)
    found = np.empty((len(queries), k), np.int64)
    scores = np.empty((len(queries), k), np.float32)
    parts = _parts_of(len(queries))
    wanted = (upload(prepare(queries[part]), device) for part in parts)
    for part, (places, values) in zip(parts, _found(rows, wanted, k, euclidean=euclidean), strict=True):
        found[part], scores[part] = places.cpu().numpy(), values.cpu().numpy()
    return found, scores


def search_tensors(
    database: torch.Tensor,
    queries: torch.Tensor,
    k: int,
    prepare: Callable[[torch.Tensor], torch.Tensor],
    *,
    euclidean: bool,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what `search_on_device` does, as tensors, for vectors that are tensors on one device."""
    found = queries.new_empty((len(queries), k)).long()
    scores = queries.new_empty((len(queries), k))
    parts = _parts_of(len(queries))
    wanted = (prepare(queries[part]) for part in parts)
    results = _found(prepare(database), wanted, k, euclidean=euclidean)
    for part, (places, values) in zip(parts, results, strict=True):
        found[part], scores[part] = places, values
    return found, scores


def _parts_of(num_queries: int) -> list[slice]:
    """Return the ranges of queries that are searched for side by side."""
    return [slice(first, first + _BLOCK_QUERIES) for first in range(0, num_queries, _BLOCK_QUERIES)]


def _found(
    rows: torch.Tensor, queries: Iterable[torch.Tensor], k: int, *, euclidean: bool
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The best rows of some queries after another, and their products or distances."""
    # |q - x|**2 is least where 2 q.x - |x|**2 is largest.
    offsets = in_blocks(lambda block: (block * block).sum(1), rows) if euclidean else None
    for wanted in queries:
        with _full_precision():
            best, places = _best(rows, offsets, wanted, k)
        if not bool(best.isfinite().all()):
            raise ParameterError("vectors are too large: their products overflow float32; scale them down")
        yield places, _distances(rows, wanted, places) if euclidean else best


def in_blocks(work: Callable[[torch.Tensor], torch.Tensor], rows: torch.Tensor) -> torch.Tensor:
    """Return what `work` makes of the rows, block after block: its copies of them are as small as that."""
    import torch

    blocks = rows.split(_BLOCK_ROWS)  # type: ignore[no-untyped-call]
    return torch.cat([work(block) for block in blocks])


def search_bytes(num_vectors: int, num_queries: int, dim: int, k: int) -> dict[str, int]:
    """Return what a search takes on the device at most, in bytes, by what it is for."""
    block, queries = min(_BLOCK_ROWS, num_vectors), min(_BLOCK_QUERIES, num_queries)
    return {
        "vectors": 4 * num_vectors * (dim + 1),
        # Products, and a copy while the offsets are taken off; before that, a block of vectors in doubles.
        "products": max(2 * 4 * block * queries, 2 * 8 * block * dim),
        "queries": 4 * queries * (3 * dim + 6 * k),
    }


def _best(
    rows: torch.Tensor, offsets: torch.Tensor | None, queries: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The largest scores of each query, and where they are, block after block."""
    import torch

    best = queries.new_empty((len(queries), 0))
    places = torch.empty((len(queries), 0), dtype=torch.int64, device=queries.device)
    for first in range(0, len(rows), _BLOCK_ROWS):
        block = rows[first : first + _BLOCK_ROWS]
        scores = queries @ block.T
        if offsets is not None:
            scores = scores.mul_(2).sub_(offsets[first : first + _BLOCK_ROWS])
        values, where = scores.topk(min(k, len(block)), dim=1)
        best = torch.cat([best, values], 1)
        places = torch.cat([places, where + first], 1)
        if best.shape[1] > k:
            best, kept = best.topk(k, dim=1)
            places = places.gather(1, kept)
    return best, places


def _distances(rows: torch.Tensor, queries: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Distances from differences, which are precise for near rows too."""
    import torch

    columns = (rows[column] - queries for column in places.T)
    return torch.stack([torch.linalg.vector_norm(column, dim=1) for column in columns], 1)


@contextlib.contextmanager
def _full_precision() -> Iterator[None]:
    """Let products of float32 be float32's; torch's setting is global, so it is put back."""
    import torch

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
