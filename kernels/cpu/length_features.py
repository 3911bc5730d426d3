"""Features for each length of walk, added up to features: sum over l of f(l) C_l, in two passes.

Arrays: `indptr` int64 [num_nodes + 1]; `indices` int32, `lengths` uint8 and `loads` float32 [num_entries],
the entries of a row ordered by column, then length; `factors` float64 [max_length + 1], f.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def count_columns(indptr, indices, lengths, factors, counts, start, stop):
    """counts[i] = the columns of row i that a length with a factor other than 0 reaches; **written**.

    `counts` int64 [num_nodes], for rows `start` to `stop`.
    """
    for row in range(start, stop):
        count, last = 0, -1
        for place in range(indptr[row], indptr[row + 1]):
            if indices[place] != last and factors[lengths[place]] != 0:
                last = indices[place]
                count += 1
        counts[row] = count


@njit(nogil=True, cache=True)
def combine(indptr, indices, lengths, loads, factors, out_indptr, columns, values, start, stop):
    """values[e] = sum of f(length) * load over the entries of a column, in float64.

    For rows `start` to `stop`. `out_indptr` int64 [num_nodes + 1], of `count_columns`; `columns` int32 and
    `values` float32 [out_indptr[-1]] are **written**.
    """
    for row in range(start, stop):
        out, last, total = out_indptr[row] - 1, -1, 0.0
        for place in range(indptr[row], indptr[row + 1]):
            factor = factors[lengths[place]]
            if factor != 0:
                if indices[place] != last:
                    last, total = indices[place], 0.0
                    out += 1
                total += factor * np.float64(loads[place])
                columns[out], values[out] = last, total
