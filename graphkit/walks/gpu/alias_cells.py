"""Alias tables built on a device: the cells that `build_row_alias` and `pack_cells` make of a graph's rows.

What `kernels/cpu/row_alias.py` does entry by entry has a closed form. With u_i an entry's units, a cell being
2**32, let L_j be what the first j light entries of a row lack, and H_k what the first k heavy ones have
beyond a cell. The heavy entry at hand, number k, fills light cells as long as it is heavy itself, so light
entry j is filled by the first k with H_k >= L_{j-1}; and heavy entry k becomes light when L_j > H_k, with a
cell + H_k - L_j units left, and the next one fills it. So both are searches in sorted sums, as those by which
Hübschle-Schneider and Sanders (ESA 2019) split the sweep among processors. A row has d cells of units in all,
so sums may run on over the rows; they stay below 2**63, a row having fewer than 2**31 entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.gpu.sums import ordered_sum, ordered_sums

if TYPE_CHECKING:
    import torch

    from graphkit.graph.gpu.tensor_graph import TensorGraph

_CELL = 1 << 32
_LARGEST = _CELL - 1

_CHUNK_ARCS = 1 << 22
"""Arcs of the rows that are done at a time, or those of one row if they are more."""

_BYTES_AN_ARC = 160
"""Of a chunk at most, beside the cells: a dozen arrays of numbers of 8 bytes, some of them twice."""


class _Rows(NamedTuple):
    """Arcs side by side: where each row begins and how long it is, and each arc's row and units."""

    first: torch.Tensor
    degree: torch.Tensor
    row: torch.Tensor
    units: torch.Tensor


def alias_cells(graph: TensorGraph) -> torch.Tensor:
    """Return the cells of a weighted graph's rows, int64 [num_arcs, 2], as of `pack_cells`."""
    import torch

    assert graph.weights is not None
    cells = torch.empty((graph.num_arcs, 2), dtype=torch.int64, device=graph.device)
    for rows, arcs in _chunks(graph.degree):
        part = _rows_of(graph.weights[arcs], (graph.rows[rows] >> 32))
        threshold, alias = _table(part)
        indices = graph.indices[arcs].long()
        cells[arcs, 0] = threshold | (indices << 32)
        cells[arcs, 1] = alias | (indices[part.first[part.row] + alias] << 32)
    return cells


def alias_bytes(num_arcs: int) -> int:
    """Return what `alias_cells` takes on the device beside the cells, in bytes; a hub may take more."""
    return _BYTES_AN_ARC * min(num_arcs, _CHUNK_ARCS)


def alias_table(weights: torch.Tensor) -> torch.Tensor:
    """Return the table of one row, as of ``kernels/gpu/row_alias.py``, int64 [num_entries].

    `weights` float32 [num_entries], one at least, > 0; no device holds what 2**31 of them take here.
    """
    threshold, alias = _table(_row_of(weights))
    return threshold | (alias << 32)


def alias_table_bytes(num_entries: int) -> int:
    """Return what `alias_table` takes on the device, in bytes, the table included."""
    return _BYTES_AN_ARC * num_entries


def _chunks(degree: NDArray[np.int64]) -> Iterator[tuple[slice, slice]]:
    """Ranges of rows, and of their arcs."""
    ends = np.cumsum(degree)
    row, arc = 0, 0
    while row < len(degree):
        last = max(row + 1, int(np.searchsorted(ends, arc + _CHUNK_ARCS, side="right")))
        yield slice(row, last), slice(arc, int(ends[last - 1]))
        row, arc = last, int(ends[last - 1])


def _rows_of(weights: torch.Tensor, degree: torch.Tensor) -> _Rows:
    """Entry i gets floor(w_i / sum * d * 2**32) units, the first of the largest what is left over."""
    import torch

    first, row = degree.cumsum(0) - degree, torch.repeat_interleave(degree)
    scale = degree.double() * float(_CELL) / ordered_sums(weights.double(), degree)
    units = (weights.double() * scale[row]).long()
    highest = weights.new_zeros(len(degree)).scatter_reduce_(0, row, weights, "amax")
    candidates = (weights == highest[row]).nonzero().flatten()
    largest = torch.full_like(degree, len(row)).scatter_reduce_(0, row[candidates], candidates, "amin")
    filled = degree > 0
    given = torch.zeros_like(degree).scatter_add_(0, row, units)
    units[largest[filled]] += (degree * _CELL - given)[filled]
    return _Rows(first, degree, row, units)


def _row_of(weights: torch.Tensor) -> _Rows:
    """All entries as one row, with the units that `_rows_of` gives them."""
    import torch

    size = torch.full((1,), len(weights), device=weights.device)
    scale = size.double() * float(_CELL) / ordered_sum(weights)
    units = (weights.double() * scale).long()
    units[weights.argmax(keepdim=True)] += size * _CELL - units.sum()
    return _Rows(torch.zeros_like(size), size, torch.zeros_like(units), units)


def _table(rows: _Rows) -> tuple[torch.Tensor, torch.Tensor]:
    """Threshold and alias of each entry, int64; an alias is a place in the row."""
    import torch

    heavy = rows.units >= _CELL
    heavies, lights = heavy.nonzero().flatten(), (~heavy).nonzero().flatten()
    beyond = (rows.units[heavies] - _CELL).cumsum(0)
    lacking = (_CELL - rows.units[lights]).cumsum(0)
    threshold, giver = rows.units.clone(), torch.arange(len(heavy), device=heavy.device)
    # Of the row's own heavies: one of the row before may have as much, which is all of it.
    own = _before(heavy)[rows.first[rows.row[lights]]]
    before = lacking - (_CELL - rows.units[lights])
    giver[lights] = heavies[torch.maximum(torch.searchsorted(beyond, before), own)]
    _retire(rows, heavies, beyond, lacking, threshold, giver)
    return threshold, giver - rows.first[rows.row]


def _retire(rows: _Rows, heavies: Any, beyond: Any, lacking: Any, threshold: Any, giver: Any) -> None:
    """Fill what heavies have left when they become light; those that never do have a whole cell."""
    import torch

    row = rows.row[heavies]
    ends = beyond.new_zeros(len(rows.degree)).scatter_reduce_(0, row, beyond, "amax")
    retired = (beyond < ends[row]).nonzero().flatten()
    light = torch.searchsorted(lacking, beyond[retired], right=True)
    threshold[heavies] = _LARGEST
    threshold[heavies[retired]] = _CELL + beyond[retired] - lacking[light]
    giver[heavies[retired]] = heavies[retired + 1]


def _before(mask: torch.Tensor) -> torch.Tensor:
    """How many are set in front of each place."""
    import torch

    return mask.cumsum(0) - mask.to(torch.int64)
