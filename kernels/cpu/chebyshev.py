"""A term of a Chebyshev series in a sparse matrix, and the sum so far, in one pass over the rows.

The sums of a row are those of `multiply_in_registers`, written out once more: as a function of both kernels,
inlined or not, they take ProNE a tenth more time.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu import simd
from graphkit.kernels.cpu.prefetch import prefetch_row
from graphkit.kernels.cpu.spmm import PREFETCH_DISTANCE, REGISTER_COLUMNS


@njit(nogil=True, cache=True)
def add_term(
    indptr, indices, weights, scale, stay, block, own, factor, behind, term, coefficient, total, start, stop
):
    """term[i] = factor (scale[i] sum_j weights[ij] block[j] + stay[i] own[i]) + behind term[i], in place.

    And total[i] += coefficient term[i], for rows `start` to `stop`. `weights` float32 [num_arcs] or None;
    `scale`, `stay` float32 [num_rows]; `block` float32 [num_columns, width], whose rows are gathered, and
    `own` float32 [num_rows, width], what they are multiplied by on the diagonal; `term` and `total` float32
    [num_rows, width], both **written**, and neither of them `block` or `own`. The width is a multiple of 16.
    `term` is read first if `behind` is not 0: it has the term before the last, in place of which the new one
    is written. Even and odd arcs of a row are summed each by themselves, so a column's bits do not depend on
    which others stand beside it.
    """
    last = indptr[stop]
    for row in range(start, stop):
        first, end = indptr[row], indptr[row + 1]
        for ahead in range(first + PREFETCH_DISTANCE, min(end + PREFETCH_DISTANCE, last)):
            prefetch_row(block, indices[ahead])
        scaled, stays = simd.splat(factor * scale[row]), simd.splat(factor * stay[row])
        back, share = simd.splat(behind), simd.splat(coefficient)
        column = 0
        while column + REGISTER_COLUMNS <= block.shape[1]:
            second = column + simd.LANES
            even0 = even1 = odd0 = odd1 = simd.splat(np.float32(0))
            place = first
            while place + 2 <= end:
                one, two = indices[place], indices[place + 1]
                if weights is None:
                    even0 = simd.add(even0, simd.load(block, one, column))
                    even1 = simd.add(even1, simd.load(block, one, second))
                    odd0 = simd.add(odd0, simd.load(block, two, column))
                    odd1 = simd.add(odd1, simd.load(block, two, second))
                else:
                    w0, w1 = simd.splat(weights[place]), simd.splat(weights[place + 1])
                    even0 = simd.fma(w0, simd.load(block, one, column), even0)
                    even1 = simd.fma(w0, simd.load(block, one, second), even1)
                    odd0 = simd.fma(w1, simd.load(block, two, column), odd0)
                    odd1 = simd.fma(w1, simd.load(block, two, second), odd1)
                place += 2
            if place < end:
                weight = np.float32(1)
                if weights is not None:
                    weight = weights[place]
                w0, one = simd.splat(weight), indices[place]
                even0 = simd.fma(w0, simd.load(block, one, column), even0)
                even1 = simd.fma(w0, simd.load(block, one, second), even1)
            sum0, sum1 = simd.add(even0, odd0), simd.add(even1, odd1)
            new0 = simd.fma(stays, simd.load(own, row, column), simd.multiply(scaled, sum0))
            new1 = simd.fma(stays, simd.load(own, row, second), simd.multiply(scaled, sum1))
            if behind != 0:
                new0 = simd.fma(back, simd.load(term, row, column), new0)
                new1 = simd.fma(back, simd.load(term, row, second), new1)
            simd.store(term, row, column, new0)
            simd.store(term, row, second, new1)
            simd.store(total, row, column, simd.fma(share, new0, simd.load(total, row, column)))
            simd.store(total, row, second, simd.fma(share, new1, simd.load(total, row, second)))
            column += REGISTER_COLUMNS
        if column < block.shape[1]:
            even = odd = simd.splat(np.float32(0))
            for place in range(first, end):
                weight = np.float32(1)
                if weights is not None:
                    weight = weights[place]
                w, x = simd.splat(weight), simd.load(block, indices[place], column)
                if (place - first) & 1 == 0:
                    even = simd.fma(w, x, even)
                else:
                    odd = simd.fma(w, x, odd)
            new = simd.fma(stays, simd.load(own, row, column), simd.multiply(scaled, simd.add(even, odd)))
            if behind != 0:
                new = simd.fma(back, simd.load(term, row, column), new)
            simd.store(term, row, column, new)
            simd.store(total, row, column, simd.fma(share, new, simd.load(total, row, column)))
