"""Sort the arcs of each bucket by (row, index) and merge repeated ones, all within the cache.

Counting passes from the lowest digit of the index to the row; each keeps the order of equal arcs.

A bucket is ``2**shift`` rows. Arrays: `offsets` int64 [num_buckets + 1], where the arcs of each bucket
begin; `local_rows` uint16 [num_arcs], the low `shift` bits of an arc's row; `indices` int32 [num_arcs];
weights float32 [num_arcs] or None.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SUM, MAX, FIRST = 0, 1, 2

DIGIT_BITS = 11
"""Bits of the index sorted in one pass: so many places written to at a time stay in the cache."""


@njit(nogil=True, cache=True)
def sort_buckets(
    offsets, local_rows, indices, arc_weights, index_bits, shift, rule, degrees, merged_weights, start, stop
):
    """Sort buckets `start` to `stop` and merge their repeated arcs by `rule`, see `_merge_rows`.

    Indices are below ``2**index_bits``. **Written**: the merged arcs of a bucket to the front of its part
    of `indices` and `merged_weights` (which may be `arc_weights`), their numbers to `degrees` int64
    [num_nodes]; local rows and the rest of each part are left in disorder. Returns (row, index) of the
    first repeated arc, or (-1, -1).
    """
    room = 0
    for bucket in range(start, stop):
        room = max(room, offsets[bucket + 1] - offsets[bucket])
    spare_rows, spare_indices = np.empty(room, np.uint16), np.empty(room, np.int32)
    spare_weights = None if arc_weights is None else np.empty(room, np.float32)
    repeated_row, repeated_index = -1, -1
    for bucket in range(start, stop):
        begin, end = offsets[bucket], offsets[bucket + 1]
        first_row = bucket << shift
        bucket_degrees = degrees[first_row : first_row + (1 << shift)]
        ends, sorted_indices, sorted_weights = _sort_bucket(
            local_rows[begin:end],
            indices[begin:end],
            _part(arc_weights, begin, end),
            spare_rows[: end - begin],
            spare_indices[: end - begin],
            _part(spare_weights, 0, end - begin),
            index_bits,
            len(bucket_degrees),
        )
        row, index = _merge_rows(
            ends,
            sorted_indices,
            sorted_weights,
            rule,
            bucket_degrees,
            indices[begin:end],
            _part(merged_weights, begin, end),
        )
        if row >= 0 and repeated_row < 0:
            repeated_row, repeated_index = first_row + row, index
    return repeated_row, repeated_index


@njit(inline="always")
def _part(array, start, stop):
    """array[start:stop], None of None."""
    return None if array is None else array[start:stop]


@njit(nogil=True, cache=True)
def _sort_bucket(rows, indices, weights, spare_rows, spare_indices, spare_weights, index_bits, num_rows):
    """Sort by (row, index) between the arrays and the spare ones; (end of each row, indices, weights)."""
    for shift in range(0, index_bits, DIGIT_BITS):
        _sort_by_digit(rows, indices, weights, shift, spare_rows, spare_indices, spare_weights)
        rows, spare_rows = spare_rows, rows
        indices, spare_indices = spare_indices, indices
        weights, spare_weights = spare_weights, weights
    ends = np.zeros(num_rows, np.int64)
    _sort_by_row(rows, indices, weights, ends, spare_indices, spare_weights)
    return ends, spare_indices, spare_weights


@njit(nogil=True, cache=True)
def _sort_by_digit(rows, indices, weights, shift, new_rows, new_indices, new_weights):
    """One counting pass by DIGIT_BITS bits of the index, from `shift` on; the new arrays are **written**."""
    mask = (1 << DIGIT_BITS) - 1
    cursor = np.zeros(1 << DIGIT_BITS, np.int64)
    for index in indices:
        cursor[(index >> shift) & mask] += 1
    _turn_into_offsets(cursor)
    for arc in range(len(indices)):
        index = indices[arc]
        digit = (index >> shift) & mask
        place = cursor[digit]
        cursor[digit] = place + 1
        new_rows[place] = rows[arc]
        new_indices[place] = index
        if weights is not None:
            new_weights[place] = weights[arc]


@njit(nogil=True, cache=True)
def _sort_by_row(rows, indices, weights, ends, new_indices, new_weights):
    """The last counting pass; where each row ends is **written** into the zeros of `ends`."""
    for row in rows:
        ends[row] += 1
    _turn_into_offsets(ends)
    for arc in range(len(rows)):
        place = ends[rows[arc]]
        ends[rows[arc]] = place + 1
        new_indices[place] = indices[arc]
        if weights is not None:
            new_weights[place] = weights[arc]


@njit(nogil=True, cache=True)
def _turn_into_offsets(counts):
    """counts[i] = sum of counts before i; **written** in place."""
    total = 0
    for place in range(len(counts)):
        count = counts[place]
        counts[place] = total
        total += count


@njit(nogil=True, cache=True)
def _merge_rows(ends, indices, arc_weights, rule, degrees, new_indices, new_weights):
    """Merge runs of equal indices in sorted rows; returns (row, index) of the first run, or (-1, -1).

    `ends` int64 [num_rows] is where each row ends; `rule` is SUM, MAX or FIRST. Merged rows follow each
    other without a gap. Without `arc_weights`, `new_weights` (if not None) receives the number of
    repetitions. Sums are float64 in the order of the arcs. `degrees` int64 [num_rows], `new_indices`
    and `new_weights` are **written**; the latter two may be the old ones.
    """
    repeated_row, repeated_index = -1, -1
    begin = out = 0
    for row in range(len(ends)):
        first, last, value = out, -1, 0.0
        for place in range(begin, ends[row]):
            index = indices[place]
            weight = 1.0 if arc_weights is None else np.float64(arc_weights[place])
            if index != last:
                last, value = index, weight
                new_indices[out] = index
                out += 1
            else:
                value = _merged(rule, value, weight)
                if repeated_row < 0:
                    repeated_row, repeated_index = row, index
            if new_weights is not None:
                new_weights[out - 1] = value
        begin = ends[row]
        degrees[row] = out - first
    return repeated_row, repeated_index


@njit(inline="always")
def _merged(rule, value, weight):
    if rule == SUM:
        return value + weight
    return max(value, weight) if rule == MAX else value


@njit(nogil=True, cache=True)
def close_gaps(offsets, indptr, shift, values):
    """Move the arcs of each bucket of ``2**shift`` rows from offsets[bucket] down to where indptr says.

    `values`, one an arc, is **written**; offsets[bucket] >= indptr[bucket << shift].
    """
    num_rows = len(indptr) - 1
    for bucket in range(len(offsets) - 1):
        begin = indptr[bucket << shift]
        end = indptr[min((bucket + 1) << shift, num_rows)]
        gap = offsets[bucket] - begin
        for place in range(begin, end):
            values[place] = values[place + gap]
