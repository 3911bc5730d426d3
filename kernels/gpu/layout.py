"""Steps of a layout on the device: the law and the draws of ``kernels/cpu/layout.py``, a lane a point.

In a round positions are read from one array and written to another, so no order changes a bit. What is drawn
are the CPU's words; sums, products, quotients and roots are its operations in its order, and may not be
contracted (``enable_fp_fusion=False``), so STUDENT's positions follow the CPU's; LOGISTIC's exponential is
another one. Points of as many draws stand together, so a warp's lanes are done at the same time.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import load_cell, load_row
from graphkit.kernels.gpu.philox import bounded, draw
from graphkit.kernels.gpu.row_alias import pick_entry

_MOST = tl.constexpr(5.0)
_SOFTENING = tl.constexpr(0.1)
_LANES = tl.constexpr(16)
"""Points that share their negatives."""


@triton.jit(do_not_specialize=["turn", "num_points", "seed", "arc_stream", "noise_stream"])
def move_points(
    rows, cells, shares, noise, before, after, turn, num_points, rate, a, gamma, seed: tl.uint64, arc_stream,
    noise_stream, NEGATIVES: tl.constexpr, STUDENT: tl.constexpr, DIM: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Run round number `turn`: every point takes its steps.

    `rows` int64 [num_points], packed; `cells` int64 [num_arcs, 2], of the rows' alias tables; `shares`
    float32 [num_points], a point's strength in units of one draw; `noise` int64 [num_points], the alias
    table of the negatives. `before` and `after` float32 [num_points, 2], or 4 for three dimensions; `after`
    is **written**.
    """
    point = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = point < num_points
    share = tl.load(shares + point, mask=inside, other=0.0)
    whole = share.to(tl.int32)
    draws = whole + (share > whole.to(tl.float32)).to(tl.int32)
    rates = rate * tl.div_rn(share, tl.maximum(draws, 1).to(tl.float32))
    first, degree = load_row(rows, point, inside)
    x, y, z = _load_point(before, point, inside, DIM)
    PAIRS: tl.constexpr = (NEGATIVES + 1) // 2
    step = tl.cast(turn, tl.int32)
    number, most = tl.cast(0, tl.int64), tl.max(draws, axis=0)
    while number < most:
        going = number < draws
        slot, coin, _, _ = draw(seed, point + (number << 32), step, arc_stream)
        threshold, own, _, other = load_cell(cells, first + bounded(slot, degree).to(tl.int64), going)
        there_x, there_y, there_z = _load_point(before, tl.where(coin < threshold, own, other), going, DIM)
        step_x, step_y, step_z = _pull(x - there_x, y - there_y, z - there_z, a, STUDENT, DIM)
        for pair in tl.static_range(PAIRS):
            place = point // _LANES + ((number * PAIRS + pair) << 32)
            words = draw(seed, place, step, noise_stream)
            for half in tl.static_range(2):
                if 2 * pair + half < NEGATIVES:
                    entry = bounded(words[2 * half], num_points).to(tl.int64)
                    entry = pick_entry(noise, entry, words[2 * half + 1], going)
                    there_x, there_y, there_z = _load_point(before, entry, going, DIM)
                    push_x, push_y, push_z = _push(
                        x - there_x, y - there_y, z - there_z, a, gamma, STUDENT, DIM
                    )
                    step_x, step_y, step_z = step_x + push_x, step_y + push_y, step_z + push_z
        x, y = tl.where(going, tl.fma(step_x, rates, x), x), tl.where(going, tl.fma(step_y, rates, y), y)
        z = tl.where(going, tl.fma(step_z, rates, z), z)
        number += 1
    _store_point(after, point, x, y, z, inside, DIM)


@triton.jit
def _load_point(positions, point, mask, DIM: tl.constexpr):
    """Three coordinates of each point, the last 0 in the plane; one read."""
    if DIM == 2:
        pair = point.to(tl.int64)[:, None] * 2 + tl.arange(0, 2)[None, :]
        x, y = tl.split(tl.load(positions + pair, mask=mask[:, None], other=0.0))
        return x, y, tl.zeros_like(x)
    four = point.to(tl.int64)[:, None] * 4 + tl.arange(0, 4)[None, :]
    row = tl.load(positions + four, mask=mask[:, None], other=0.0)
    even, odd = tl.split(tl.reshape(row, [row.shape[0], 2, 2]))
    x, z = tl.split(even)
    y, _ = tl.split(odd)
    return x, y, z


@triton.jit
def _store_point(positions, point, x, y, z, mask, DIM: tl.constexpr):
    """Write what `_load_point` reads."""
    if DIM == 2:
        pair = point[:, None] * 2 + tl.arange(0, 2)[None, :]
        tl.store(positions + pair, tl.join(x, y), mask=mask[:, None])
    else:
        four = point[:, None] * 4 + tl.arange(0, 4)[None, :]
        row = tl.reshape(tl.join(tl.join(x, z), tl.join(y, tl.zeros_like(y))), [x.shape[0], 4])
        tl.store(positions + four, row, mask=mask[:, None])


@triton.jit
def _square(x, y, z, DIM: tl.constexpr):
    """The squared distance."""
    square = tl.fma(y, y, x * x)
    return square if DIM == 2 else tl.fma(z, z, square)


@triton.jit
def _pull(x, y, z, a, STUDENT: tl.constexpr, DIM: tl.constexpr):
    """Return -clip(factor * (y_i - y_j)), factor = -2 d log f / d x**2."""
    square = _square(x, y, z, DIM)
    twice = tl.zeros_like(x) + -2.0 * a
    if STUDENT:
        factor = tl.div_rn(twice, tl.fma(square, tl.zeros_like(x) + a, tl.full(x.shape, 1.0, tl.float32)))
    else:
        factor = tl.div_rn(twice, 1.0 + tl.exp(-(a * square)))
    return _clipped(factor * x), _clipped(factor * y), _clipped(factor * z)


@triton.jit
def _push(x, y, z, a, gamma, STUDENT: tl.constexpr, DIM: tl.constexpr):
    """Return clip(factor * (y_i - y_k)), factor = 2 gamma d log(1 - f) / d x**2."""
    square = _square(x, y, z, DIM)
    if STUDENT:
        ones = tl.full(x.shape, 1.0, tl.float32)
        factor = tl.div_rn(
            tl.zeros_like(x) + 2.0 * gamma, (square + _SOFTENING) * tl.fma(square, tl.zeros_like(x) + a, ones)
        )
    else:
        # Beyond 88 the CPU's exponential grows no more.
        factor = tl.div_rn(tl.zeros_like(x) + 2.0 * gamma * a, 1.0 + tl.exp(tl.minimum(a * square, 88.0)))
    return _clipped(factor * x), _clipped(factor * y), _clipped(factor * z)


@triton.jit
def _clipped(value):
    return tl.maximum(tl.minimum(value, _MOST), -_MOST)
