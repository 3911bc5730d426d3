"""Row sums of a matrix's powers, and arcs scaled by them, on the device; see `kernels.cpu.row_sums`."""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import load_row

EMPTY = tl.constexpr(-(1 << 30))
LOWEST = tl.constexpr(-600)


@triton.jit
def sum_rows(rows, indices, weights, sizes, exponents, new_sizes, new_exponents, ARCS: tl.constexpr):
    """Row sums of A^(k+1) from those of A^k; a program a row, ARCS arcs at a time.

    `rows` int64 [num_nodes], packed; `indices` int32 and `weights` float32 [num_arcs], or None; `sizes`
    float64 and `exponents` int32 [num_nodes]; `new_sizes` and `new_exponents` are **written**.
    """
    row = tl.program_id(0).to(tl.int64)
    first, degree = load_row(rows, row, row >= 0)
    arc = tl.arange(0, ARCS)
    highest = tl.full([ARCS], EMPTY, tl.int32)
    for begin in range(0, degree, ARCS):
        there = begin + arc < degree
        neighbor = tl.load(indices + first + begin + arc, mask=there, other=0)
        highest = tl.maximum(highest, tl.load(exponents + neighbor, mask=there, other=EMPTY))
    top = tl.max(highest, axis=0)
    sums = tl.zeros([ARCS], tl.float64)
    for begin in range(0, degree, ARCS):
        there = begin + arc < degree
        place = first + begin + arc
        neighbor = tl.load(indices + place, mask=there, other=0)
        size = tl.load(sizes + neighbor, mask=there, other=0.0)
        term = size * _power_of_two(tl.load(exponents + neighbor, mask=there, other=EMPTY) - top)
        if weights is not None:
            term *= tl.load(weights + place, mask=there, other=0.0).to(tl.float64)
        sums += term
    total = tl.sum(sums, axis=0)
    # The bits of a float64: 11 of the exponent before 52 of the fraction; that of 1/2 is 1022.
    bits = total.to(tl.int64, bitcast=True)
    exponent = ((bits >> 52) - 1022).to(tl.int32)
    size = ((bits & ((1 << 52) - 1)) | (1022 << 52)).to(tl.float64, bitcast=True)
    tl.store(new_sizes + row, tl.where(total == 0.0, 0.0, size))
    tl.store(new_exponents + row, tl.where(total == 0.0, EMPTY, top + exponent))


@triton.jit
def scale_arcs(rows, indices, weights, exponents, new_exponents, scaled, ARCS: tl.constexpr):
    """scaled[ij] = weights[ij] * 2**(exponents[j] - new_exponents[i]); a program a row.

    `exponents` int32 [num_nodes] of the power before, or None for zeros; `new_exponents` int32 [num_nodes] of
    the one that the product makes; `scaled` float32 [num_arcs] is **written**.
    """
    row = tl.program_id(0).to(tl.int64)
    first, degree = load_row(rows, row, row >= 0)
    own = tl.load(new_exponents + row)
    arc = tl.arange(0, ARCS)
    for begin in range(0, degree, ARCS):
        there = begin + arc < degree
        place = first + begin + arc
        if exponents is None:
            before = tl.zeros([ARCS], tl.int32)
        else:
            before = tl.load(exponents + tl.load(indices + place, mask=there, other=0), mask=there, other=0)
        factor = _power_of_two(before - own)
        if weights is not None:
            factor *= tl.load(weights + place, mask=there, other=0.0).to(tl.float64)
        tl.store(scaled + place, factor.to(tl.float32), mask=there)


@triton.jit
def _power_of_two(exponent):
    """2**exponent, float64, within its range; exact, which exp2 need not be."""
    clipped = tl.minimum(tl.maximum(exponent, LOWEST), -LOWEST)
    return ((clipped.to(tl.int64) + 1023) << 52).to(tl.float64, bitcast=True)
