"""Exact nearest neighbours among vectors that are a tensor on a GPU: as of `exact`, and nothing crosses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphkit.backend import Backend, check_memory, find_device
from graphkit.errors import ParameterError
from graphkit.neighbors.on_device import in_blocks, search_bytes, search_tensors

if TYPE_CHECKING:
    import torch

_BYTES_A_RESULT = 64
"""Of each neighbour of a query, found and then put in order."""


def device_of(values: Any, backend: Backend) -> torch.device | None:
    """Return the device that values lie on, if they are a tensor and that is the backend's; else None."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(values, torch.Tensor):
        return None
    device = find_device(backend, dict)
    return device if device == values.device else None


def as_tensor(values: Any, name: str, device: torch.device) -> torch.Tensor:
    """Return values as finite float32 rows on the device, or raise `ParameterError`."""
    import torch

    try:
        rows = torch.as_tensor(values, dtype=torch.float32, device=device).detach()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ParameterError(f"{name} must be an array of numbers [rows, dim]: {error}") from None
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise ParameterError(f"{name} must have shape [rows, dim] with dim >= 1, got {tuple(rows.shape)}")
    finite = in_blocks(lambda block: block.isfinite().all(1), rows)
    if not bool(finite.all()):
        row = int((~finite).nonzero()[0])
        raise ParameterError(f"{name} must be finite in float32, found NaN or infinity in row {row}")
    return rows


def excluded_tensor(exclude: Any, num_queries: int, device: torch.device) -> torch.Tensor:
    """Return rows to leave out, int64 [num_queries, m], or raise `ParameterError`."""
    import torch

    if exclude is None:
        return torch.empty((num_queries, 0), dtype=torch.int64, device=device)
    rows = torch.as_tensor(exclude, dtype=torch.int64, device=device)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or len(rows) != num_queries:
        shape = tuple(rows.shape)
        raise ParameterError(f"exclude must have one row for each of {num_queries} queries, got {shape}")
    return rows


def row_numbers(rows: torch.Tensor) -> torch.Tensor:
    """Return 0, 1, 2, … for some rows, int64 [num_rows], where they lie."""
    import torch

    return torch.arange(len(rows), device=rows.device)


def nearest_tensors(
    database: torch.Tensor,
    queries: torch.Tensor,
    k: int,
    excluded: torch.Tensor,
    metric: str,
    backend: Backend,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the rows of the best `k` of each query, int64, and their scores, float32, in order.

    Raises
    ------
    ParameterError
        For too little free memory, or products that overflow.
    """
    most, rising = min(k + excluded.shape[1], len(database)), metric == "euclidean"
    needed = search_bytes(len(database), len(queries), queries.shape[1], most)
    needed["results"] = _BYTES_A_RESULT * most * len(queries)
    check_memory(database.device, needed, backend)
    rows, scores = search_tensors(database, queries, most, _prepare(database, metric), euclidean=rising)
    scores = scores.clamp(-1, 1) if metric == "cosine" else scores
    dropped = (rows[:, :, None] == excluded[:, None, :]).any(2)
    # Each sort keeps the order of the one before: by number, by score, and the excluded ones to the end.
    order = rows.argsort(dim=1)
    for keys, falling in ((scores, not rising), (dropped.to(rows.dtype), False)):
        order = order.gather(1, keys.gather(1, order).argsort(dim=1, stable=True, descending=falling))
    order = order[:, :k]
    return rows.gather(1, order), scores.gather(1, order)


def _prepare(database: torch.Tensor, metric: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """What is done to vectors before their products are taken, as of `graphkit.neighbors.exact.PREPARE`."""
    import torch

    if metric == "euclidean":
        total = in_blocks(lambda block: block.sum(0, keepdim=True, dtype=torch.float64), database).sum(0)
        center = (total / len(database)).float()
        return lambda vectors: vectors - center
    return _unit_rows if metric == "cosine" else lambda vectors: vectors


def _unit_rows(vectors: torch.Tensor) -> torch.Tensor:
    """Rows divided by their length, in float64; zero rows stay zero."""
    import torch

    norms = in_blocks(
        lambda block: torch.linalg.vector_norm(block, dim=1, keepdim=True, dtype=torch.float64), vectors
    )
    return torch.div(vectors, norms.masked_fill(norms == 0, 1), out=torch.empty_like(vectors))
