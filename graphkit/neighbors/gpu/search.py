"""Products with all vectors on a GPU, by blocks, and the best of each: candidates for nearest neighbours.

Products are torch's, in full float32: a GPU's shorter formats mistake neighbours that differ in the fourth
digit. A block of products is written, and read a few times while its best are picked. For 70,000 points of
784 columns that is some 150 GB, 50 ms of an H100's memory, beside 8 Tflop of products, three times as long: a
kernel that picked as it multiplied would save little, and multiply slower than cuBLAS.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors
from graphkit.neighbors.vector_table import VectorTable

if TYPE_CHECKING:
    import torch

_BLOCK_ROWS = 1 << 15
"""Rows of the database in a block of products."""

_BLOCK_QUERIES = 1 << 11
"""A block is 256 MB: large enough for products, small beside the vectors."""

_MOST = 1e37
"""Squared norms beyond may make infinities of products, and of these what is no number."""


class DeviceRows:
    """Prepared vectors on a device, of which the best by products with queries are found.

    Parameters
    ----------
    rows
        float32 [num_vectors, num_columns], as of `graphkit.neighbors.vector_table`.
    by_distance
        Whether the best are those of the smallest distance, not of the largest product.
    """

    def __init__(self, rows: torch.Tensor, *, by_distance: bool):
        squares = in_blocks(lambda block: (block * block).sum(1), rows)
        self._rows = rows
        # |q - x|**2 is least where 2 q.x - |x|**2 is largest.
        self._offsets = squares if by_distance else None
        self.longest = float(squares.max()) ** 0.5 if len(rows) else 0.0
        self._is_tame = self.longest**2 < _MOST

    @classmethod
    def of(cls, table: VectorTable, device: torch.device) -> Self:
        """Copy the vectors of a table to a device."""
        from graphkit.graph.gpu.graph import upload

        return cls(upload(table.prepared(), device), by_distance=table.by_distance)

    def scan(self, wanted: Vectors, count: int) -> tuple[NDArray[np.int64], NDArray[np.floating[Any]], float]:
        """Do as `graphkit.neighbors.exact.scan_of`: queries and what is found are arrays."""
        from graphkit.graph.gpu.graph import upload

        found, last = np.empty((len(wanted), count), np.int64), np.empty(len(wanted), np.float32)
        for part in parts_of(len(wanted)):
            places, limit = self.best(upload(wanted[part], self._rows.device), count)
            found[part], last[part] = places.cpu().numpy(), limit.cpu().numpy()
        return found, last, self.longest

    def best(self, wanted: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the best rows of each query, int64 [num_queries, count], in no order, and the last's value.

        That is its squared distance, or its product: no vector that is left out passes it.
        """
        with _full_precision():
            best, places = self._best(wanted, count)
        last = best.min(1).values
        return places, last if self._offsets is None else (wanted * wanted).sum(1) - last

    def _best(self, queries: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The largest scores of each query, and where they are, block after block."""
        import torch

        best = queries.new_empty((len(queries), 0))
        places = torch.empty((len(queries), 0), dtype=torch.int64, device=queries.device)
        for first in range(0, len(self._rows), _BLOCK_ROWS):
            block = self._rows[first : first + _BLOCK_ROWS]
            values, where = self._scores(queries, block, first).topk(min(count, len(block)), dim=1)
            best = torch.cat([best, values], 1)
            places = torch.cat([places, where + first], 1)
            if best.shape[1] > count:
                best, kept = best.topk(count, dim=1)
                places = places.gather(1, kept)
        return best, places

    def _scores(self, queries: torch.Tensor, block: torch.Tensor, first: int) -> torch.Tensor:
        scores = queries @ block.T
        if self._offsets is not None:
            scores = scores.mul_(2).sub_(self._offsets[first : first + _BLOCK_ROWS])
        return scores if self._is_tame else scores.nan_to_num_(nan=-float("inf"))


def parts_of(num_queries: int) -> list[slice]:
    """Return the ranges of queries that are searched for side by side."""
    return [slice(first, first + _BLOCK_QUERIES) for first in range(0, num_queries, _BLOCK_QUERIES)]


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
        # As given, prepared, and in doubles beside one of the rows found.
        "queries": 4 * queries * (8 * dim + 8 * k),
    }


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
