"""Signs of vectors that do not depend on the order of their entries, nor on the sign that they have."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def write_signs(vectors, same, signs):
    """signs[j] = 1 or -1: that of the sum of the entries of the longest group that has one; **written**.

    `vectors` float64 [num_rows, num_columns], `signs` float64 [num_columns]. Of a column's entries, |entry|
    descending, a group ends where the next one is shorter by more than `same` times the longest; a sum is
    nothing up to as much. Where no group has a sum it is the sign of the longest entry, the first of equals.
    """
    for column in range(vectors.shape[1]):
        entries = vectors[:, column].copy()
        order = np.argsort(-np.abs(entries), kind="mergesort")
        longest = abs(entries[order[0]])
        limit = same * longest
        sign, total, last = entries[order[0]], 0.0, longest
        for place in order:
            length = abs(entries[place])
            if last - length > limit:
                if abs(total) > limit:
                    break
                total = 0.0
            total += entries[place]
            last = length
        if abs(total) > limit:
            sign = total
        signs[column] = -1.0 if sign < 0 else 1.0
