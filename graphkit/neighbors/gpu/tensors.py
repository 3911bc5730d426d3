"""Exact nearest neighbours among vectors that are a tensor on a GPU: as of `exact`, and nothing crosses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend
from graphkit.gpu.placement import check_memory, find_device
from graphkit.neighbors.arguments import as_exclude
from graphkit.neighbors.certainty import SPARE
from graphkit.neighbors.gpu.search import DeviceRows, in_blocks, parts_of, search_bytes
from graphkit.neighbors.gpu.tensor_table import TensorTable, row_numbers
from graphkit.neighbors.vector_table import Metric

if TYPE_CHECKING:
    import torch

_BYTES_A_RESULT = 64
"""Of each neighbour of a query, found and then put in order."""

_DIRECT_VALUES = 1 << 24
"""Direct comparisons at a time."""


def device_of(values: Any, backend: Backend) -> torch.device | None:
    """Return the device that values lie on, if they are a tensor and that is the backend's; else None."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(values, torch.Tensor):
        return None
    device = find_device(backend, dict)
    return device if device == values.device else None


def as_tensor(values: Any, name: str, device: torch.device) -> torch.Tensor:
    """Return values as rows on the device, as of `graphkit.neighbors.arguments.as_vectors`."""
    import torch

    try:
        rows = torch.as_tensor(values, device=device).detach()
        exact = rows.dtype in (torch.float32, torch.float16, torch.bfloat16, torch.bool)
        rows = rows.to(torch.float32 if exact else torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ParameterError(f"{name} must be an array of numbers [rows, dim]: {error}") from None
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise ParameterError(f"{name} must have shape [rows, dim] with dim >= 1, got {tuple(rows.shape)}")
    largest = torch.finfo(torch.float32).max
    finite = in_blocks(lambda block: (block.abs() <= largest).all(1), rows)
    if not bool(finite.all()):
        row = int((~finite).nonzero()[0])
        raise ParameterError(f"{name} must be finite in float32, found NaN or infinity in row {row}")
    return rows


def excluded_tensor(exclude: Any, num_queries: int, device: torch.device) -> torch.Tensor:
    """Return rows to leave out, int64 [num_queries, m], or raise `ParameterError`."""
    import torch

    if not isinstance(exclude, torch.Tensor):
        exclude = torch.as_tensor(as_exclude(exclude, num_queries))
    if not torch.can_cast(exclude.dtype, torch.int64):
        raise ParameterError(f"exclude must be whole numbers, rows of vectors, got {exclude.dtype}")
    rows: torch.Tensor = exclude.to(device, torch.int64)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or len(rows) != num_queries:
        shape = tuple(rows.shape)
        raise ParameterError(f"exclude must have one row for each of {num_queries} queries, got {shape}")
    return rows


def nearest_tensors(
    database: torch.Tensor,
    queries: torch.Tensor,
    k: int,
    excluded: torch.Tensor,
    metric: Metric,
    backend: Backend,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the rows of the nearest `k` of each query, int64, and their distances, float32, in order.

    Raises
    ------
    ParameterError
        For too little free memory, or distances that overflow.
    """
    import torch

    most = min(k + excluded.shape[1] + SPARE, len(database))
    needed = search_bytes(len(database), len(queries), queries.shape[1], most)
    needed["results"] = _BYTES_A_RESULT * k * len(queries)
    check_memory(database.device, needed, backend)
    table = TensorTable(database, metric)
    rows = DeviceRows(table.prepared(), by_distance=metric != "inner_product")
    parts = [_search(table, rows, queries[part], k, excluded[part], most) for part in parts_of(len(queries))]
    if not parts:
        empty = queries.new_empty((0, k))
        return empty.long(), empty.float()
    found, values = (torch.cat(part) for part in zip(*parts, strict=True))
    distances = values.float()
    if not bool(distances.isfinite().all()):
        what = "distances" if metric == "euclidean" else "products"
        raise ParameterError(f"vectors are too large: their {what} overflow float32; scale them down")
    return found, distances


def _search(
    table: TensorTable,
    rows: DeviceRows,
    queries: torch.Tensor,
    k: int,
    excluded: torch.Tensor,
    most: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """As of `graphkit.neighbors.exact`, of one part of the queries."""
    exact, wanted = table.asked(queries)
    places, last = rows.best(wanted, most)
    found, values = _nearest_of(places, table.distances(exact, places), excluded, k)
    certain = table.certain(queries, wanted, values[:, -1], last, rows.longest)
    zero = (queries == 0).all(1) & (table.metric != "euclidean")
    doubtful = ~(certain | zero) & (most < len(table.vectors))
    if bool(zero.any()):
        # To a vector of zeros all are equally near.
        first = row_numbers(table.vectors[:most]).expand(len(queries), most)
        equal = values.new_full(first.shape, float(table.metric == "cosine"))
        first_found, first_values = _nearest_of(first, equal, excluded, k)
        found = first_found.where(zero[:, None], found)
        values = first_values.where(zero[:, None], values)
    if bool(doubtful.any()):
        found[doubtful], values[doubtful] = _of_all(table, exact[doubtful], excluded[doubtful], k)
    return found, values


def _nearest_of(
    places: torch.Tensor, values: torch.Tensor, excluded: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The best `k` candidates that are not excluded, by value and then by row."""
    dropped = (places[:, :, None] == excluded[:, None, :]).any(2)
    values = values.masked_fill(dropped, float("inf"))
    places, values = in_order(places, values, values)
    return places[:, :k], values[:, :k]


def _of_all(
    table: TensorTable, exact: torch.Tensor, excluded: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The nearest of all vectors, compared directly, block after block."""
    import torch

    most, num_rows = k + excluded.shape[1], len(table.vectors)
    best, places = exact.new_empty((len(exact), 0)), excluded.new_empty((len(exact), 0))
    step = max(1, _DIRECT_VALUES // max(exact.shape))
    for first in range(0, num_rows, step):
        values = table.all_distances(exact, slice(first, first + step))
        numbers = torch.arange(first, first + values.shape[1], device=values.device).expand(values.shape)
        best, places = torch.cat([best, values], 1), torch.cat([places, numbers], 1)
        best, kept = best.topk(min(most, best.shape[1]), dim=1, largest=False)
        places = places.gather(1, kept)
    return _nearest_of(places, best, excluded, k)


def in_order(
    rows: torch.Tensor, values: torch.Tensor, keys: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows and values by rising keys; equal ones by row."""
    order = rows.argsort(dim=1)
    order = order.gather(1, keys.gather(1, order).argsort(dim=1, stable=True))
    return rows.gather(1, order), values.gather(1, order)
