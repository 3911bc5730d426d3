"""Sparse matrix times dense rows, in column blocks that stay close to the cache.

Dense matrices are float32 [num_blocks, num_nodes, width]: the columns are cut into blocks of `width`,
each block contiguous, so that the rows gathered at random lie in a small part of memory.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu import simd
from graphkit.kernels.cpu.prefetch import prefetch_row

PREFETCH_DISTANCE = 16
"""How many arcs ahead rows are asked for."""

REGISTER_COLUMNS = 2 * simd.LANES
"""Columns whose sums `multiply_in_registers` keeps there, twice: two arcs are added side by side."""


@njit(nogil=True, cache=True)
def multiply(indptr, indices, weights, scale, block, out, start, stop):
    """out[i] = scale[i] * sum_j weights[ij] * block[j], for rows `start` to `stop` of one block.

    `weights` float32 [num_arcs] or None, `scale` float32 [num_nodes] or None, `block` and `out` float32
    [num_nodes, width], two different arrays; `out` is **written**. The order of the sum is fixed by the
    row alone. Eight rows are gathered at a time, which costs one load and store of the sum for eight
    additions.
    """
    last = indptr[stop]
    for row in range(start, stop):
        total = out[row]
        total[:] = 0
        place, end = indptr[row], indptr[row + 1]
        for ahead in range(place + PREFETCH_DISTANCE, min(end + PREFETCH_DISTANCE, last)):
            prefetch_row(block, indices[ahead])
        while place + 8 <= end:
            x0, x1 = block[indices[place]], block[indices[place + 1]]
            x2, x3 = block[indices[place + 2]], block[indices[place + 3]]
            x4, x5 = block[indices[place + 4]], block[indices[place + 5]]
            x6, x7 = block[indices[place + 6]], block[indices[place + 7]]
            if weights is None:
                for c in range(len(total)):
                    total[c] += ((x0[c] + x1[c]) + (x2[c] + x3[c])) + ((x4[c] + x5[c]) + (x6[c] + x7[c]))
            else:
                w = weights[place : place + 8]
                w0, w1, w2, w3, w4, w5, w6, w7 = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
                for c in range(len(total)):
                    total[c] += ((w0 * x0[c] + w1 * x1[c]) + (w2 * x2[c] + w3 * x3[c])) + (
                        (w4 * x4[c] + w5 * x5[c]) + (w6 * x6[c] + w7 * x7[c])
                    )
            place += 8
        while place < end:
            x0 = block[indices[place]]
            if weights is None:
                for c in range(len(total)):
                    total[c] += x0[c]
            else:
                w0 = weights[place]
                for c in range(len(total)):
                    total[c] += w0 * x0[c]
            place += 1
        if scale is not None:
            for c in range(len(total)):
                total[c] *= scale[row]


@njit(nogil=True, cache=True)
def multiply_in_registers(indptr, indices, weights, scale, block, out, left, start, stop):
    """out[i, left:] = scale[i] * sum_j weights[ij] * block[j], as `multiply`, for widths that 16 divides.

    `out` may be wider than `block`, whose columns are written from `left` on. Sums of 32 columns stay in
    registers while the row's arcs go by: for narrow blocks, where a load and a store of the sum cost as much
    as the sum, half the time. Even and odd arcs of a row are summed each by themselves, so a column's bits do
    not depend on which others are multiplied with it. Arrays as those of `multiply`, weights, scale and dense
    ones float32; `block` begins where a cache line does, which saves a quarter of the time.
    """
    last = indptr[stop]
    for row in range(start, stop):
        first, end = indptr[row], indptr[row + 1]
        factor = np.float32(1)
        if scale is not None:
            factor = scale[row]
        s = simd.splat(factor)
        for ahead in range(first + PREFETCH_DISTANCE, min(end + PREFETCH_DISTANCE, last)):
            prefetch_row(block, indices[ahead])
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
            simd.store(out, row, left + column, simd.multiply(s, simd.add(even0, odd0)))
            simd.store(out, row, left + second, simd.multiply(s, simd.add(even1, odd1)))
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
            simd.store(out, row, left + column, simd.multiply(s, simd.add(even, odd)))


@njit(nogil=True, cache=True)
def multiply_sparse(
    indptr, indices, weights, scale, right_bits, right_indptr, right_slots, right_values, out, start, stop
):
    """out[:, i] = scale[i] * sum_j weights[ij] * right[j], `right` a sparse matrix in CSR form.

    `right_bits` uint8 [num_nodes / 8], bit j whether row j has entries: most have none, and the bits
    stay in the cache; `right_indptr` int64 [num_nodes + 1]; `right_slots` int64 [num_entries], where an
    entry's column stands in row 0 of the flat `out`; `right_values` float32 [num_entries]. `out` float32
    [num_blocks, num_nodes, width] is **written** for rows `start` to `stop`.
    """
    num_blocks, _, width = out.shape
    flat = out.reshape(out.size)
    for row in range(start, stop):
        for b in range(num_blocks):
            for c in range(width):
                out[b, row, c] = 0
        first_slot = row * width
        for place in range(indptr[row], indptr[row + 1]):
            neighbor = indices[place]
            if not (right_bits[neighbor >> 3] >> (neighbor & 7)) & 1:
                continue
            weight = np.float32(1)
            if weights is not None:
                weight = weights[place]
            for entry in range(right_indptr[neighbor], right_indptr[neighbor + 1]):
                flat[first_slot + right_slots[entry]] += weight * right_values[entry]
        if scale is not None:
            for b in range(num_blocks):
                for c in range(width):
                    out[b, row, c] *= scale[row]


@njit(nogil=True, cache=True)
def add_scaled(blocks, factors, weight, normalize, total, start, stop):
    """total[i] += weight * x_i / |x_i|, x_i being row i over all blocks; without `normalize`, * factors[i].

    `blocks` float32 [num_blocks, num_nodes, width]; `factors` float32 [num_nodes], or None for ones; `total`
    float32 [num_nodes, dim] is **written** for rows `start` to `stop`. Norms are float64; a row of zeros
    stays zero.
    """
    num_blocks, _, width = blocks.shape
    dim = total.shape[1]
    for row in range(start, stop):
        factor = np.float32(weight)
        if normalize:
            square = 0.0
            for b in range(num_blocks):
                for c in range(width):
                    square += np.float64(blocks[b, row, c]) * np.float64(blocks[b, row, c])
            factor = np.float32(0.0 if square == 0.0 else weight / np.sqrt(square))
        elif factors is not None:
            factor *= factors[row]
        for b in range(num_blocks):
            first = b * width
            part = total[row, first : min(first + width, dim)]
            for c in range(len(part)):
                part[c] += factor * blocks[b, row, c]


@njit(nogil=True, cache=True)
def column_sums(matrix, sums, squares, start, stop):
    """sums[c] = sum_i matrix[i, c] and squares[c] = sum_i matrix[i, c]**2 over rows `start` to `stop`.

    `matrix` float32 [num_nodes, dim]; `sums`, `squares` float64 [dim], **written**.
    """
    sums[:] = 0
    squares[:] = 0
    for row in range(start, stop):
        for c in range(matrix.shape[1]):
            value = np.float64(matrix[row, c])
            sums[c] += value
            squares[c] += value * value


@njit(nogil=True, cache=True)
def shift_and_scale(matrix, mean, factor, start, stop):
    """matrix[i, c] = (matrix[i, c] - mean[c]) * factor[c] for rows `start` to `stop`, **written**."""
    for row in range(start, stop):
        for c in range(matrix.shape[1]):
            matrix[row, c] = (np.float64(matrix[row, c]) - mean[c]) * factor[c]
