"""Core numbers by rounds: each node takes the h-index of its neighbours' numbers until none changes.

L. Lü, T. Zhou, Q.-M. Zhang, H. E. Stanley, "The H-index of a network node and its relation to degree and
coreness", Nature Communications 2016: from degrees on, in whatever order nodes take their turn, this ends at
the core numbers.
"""

from __future__ import annotations

from numba import njit


@njit(nogil=True, cache=True, _nrt=False)
def lower_numbers(adjacencies, first_row, numbers, own, at_least):
    """own[i] = the largest h so that h neighbours of row ``first_row + i`` have numbers >= h.

    `adjacencies` a tuple of pairs, `indptr` int64 [len(own) + 1], places in `indices` int32: a neighbour of
    several counts as often. `numbers` int32 [num_nodes], those of the round before; `own` int32, the same for
    this stretch of rows, is **written** row by row, and read where a neighbour lies in it; `at_least` int64
    [own.max() + 1] is **written**. Loops count for nothing, no number grows; returns how many did shrink.
    """
    end_row = first_row + len(own)
    changes = 0
    for row in range(len(own)):
        bound = own[row]
        at_least[: bound + 1] = 0
        for indptr, indices in adjacencies:
            for place in range(indptr[row], indptr[row + 1]):
                neighbor = indices[place]
                if neighbor == first_row + row:
                    continue
                inside = first_row <= neighbor < end_row
                number = own[neighbor - first_row] if inside else numbers[neighbor]
                at_least[min(number, bound)] += 1
        found, total = bound, at_least[bound]
        while total < found:
            found -= 1
            total += at_least[found]
        if found < bound:
            own[row] = found
            changes += 1
    return changes
