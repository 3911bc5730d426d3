"""Sparse matrix times dense rows on the device; a long row is cut into segments that are summed side by side.

Without the cut, a hub's row would be one program's work, and all others would wait for it. Segments leave
their sums in a buffer, and these are added in the row's order: nothing depends on which program was first.
Dense matrices are float32 [num_nodes, width], in one piece.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import load_row


@triton.jit
def multiply(
    rows, indices, weights, scale, block, out, width, SEGMENT: tl.constexpr, ARCS: tl.constexpr,
    COLUMNS: tl.constexpr,
):  # fmt: skip
    """out[i] = scale[i] * sum_j weights[ij] * block[j], for rows of at most SEGMENT arcs; a program a row.

    `rows` int64 [num_nodes], packed; `indices` int32 and `weights` float32 [num_arcs], or None; `scale`
    float32 [num_nodes] or None; `block` and `out` float32 [num_nodes, width], two different ones; `out` is
    **written**. ARCS rows are asked for at a time, COLUMNS columns are a program's.
    """
    row = tl.program_id(0).to(tl.int64)
    first, degree = load_row(rows, row, row >= 0)
    if degree <= SEGMENT:
        total, column = _sum_of_rows(indices, weights, block, first, degree, width, ARCS, COLUMNS)
        if scale is not None:
            total *= tl.load(scale + row)
        tl.store(out + row * width + column, total, mask=column < width)


@triton.jit
def multiply_segments(
    firsts, lengths, indices, weights, block, sums, width, ARCS: tl.constexpr, COLUMNS: tl.constexpr
):
    """sums[s] = sum of weights[ij] * block[j] over the arcs of segment s; a program a segment.

    `firsts` int64 and `lengths` int32 [num_segments]; `sums` float32 [num_segments, width] is **written**.
    """
    segment = tl.program_id(0).to(tl.int64)
    first, length = tl.load(firsts + segment), tl.load(lengths + segment)
    total, column = _sum_of_rows(indices, weights, block, first, length, width, ARCS, COLUMNS)
    tl.store(sums + segment * width + column, total, mask=column < width)


@triton.jit
def add_segments(long_rows, bounds, sums, scale, out, width, COLUMNS: tl.constexpr):
    """out[i] = scale[i] * the sum of the row's segments, in their order, for the rows that have been cut.

    `long_rows` int64 [num_long]; `bounds` int64 [num_long + 1], their segments; `out` is **written**.
    """
    place = tl.program_id(0)
    row = tl.load(long_rows + place)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    total = tl.zeros([COLUMNS], tl.float32)
    for segment in range(tl.load(bounds + place), tl.load(bounds + place + 1)):
        total += tl.load(sums + segment * width + column, mask=column < width, other=0.0)
    if scale is not None:
        total *= tl.load(scale + row)
    tl.store(out + row * width + column, total, mask=column < width)


@triton.jit
def add_scaled(
    block, factors, weight, total, num_rows, dim, width, stride, NORMALIZE: tl.constexpr, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):  # fmt: skip
    """total[i] += weight * x_i / |x_i|, x_i being row i of `block`; without NORMALIZE, * factors[i].

    `block` float32 [num_rows, width], zeros behind column `dim`; `factors` float32 [num_rows], or None for
    ones; `total` float32, rows `stride` apart, of `dim` columns, is **written**. Norms are float64; a row of
    zeros stays zero.
    """
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    column = tl.arange(0, COLUMNS)
    here = (row < num_rows)[:, None] & (column < dim)[None, :]
    values = tl.load(block + row[:, None] * width + column[None, :], mask=here, other=0.0)
    factor = tl.zeros([ROWS], tl.float32) + weight
    if NORMALIZE:
        square = tl.sum(values.to(tl.float64) * values.to(tl.float64), axis=1)
        norm = tl.sqrt(tl.where(square == 0.0, 1.0, square))
        factor = tl.where(square == 0.0, 0.0, (factor.to(tl.float64) / norm).to(tl.float32))
    elif factors is not None:
        factor *= tl.load(factors + row, mask=row < num_rows, other=0.0)
    target = total + row[:, None] * stride + column[None, :]
    tl.store(target, tl.load(target, mask=here, other=0.0) + factor[:, None] * values, mask=here)


@triton.jit
def _sum_of_rows(indices, weights, block, first, length, width, ARCS: tl.constexpr, COLUMNS: tl.constexpr):
    """Return the weighted sum of the rows that `length` arcs lead to, and which columns these are."""
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    arc = tl.arange(0, ARCS)
    total = tl.zeros([COLUMNS], tl.float32)
    for begin in range(0, length, ARCS):
        there = begin + arc < length
        place = first + begin + arc
        neighbor = tl.load(indices + place, mask=there, other=0).to(tl.int64)
        here = there[:, None] & (column < width)[None, :]
        values = tl.load(block + neighbor[:, None] * width + column[None, :], mask=here, other=0.0)
        if weights is not None:
            values *= tl.load(weights + place, mask=there, other=0.0)[:, None]
        total += tl.sum(values, axis=0)
    return total, column
