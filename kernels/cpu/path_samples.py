"""Random paths through edges: what NetSMF counts.

J. Qiu, Y. Dong, H. Ma, J. Li, C. Wang, K. Wang, J. Tang, "NetSMF: Large-Scale Network Embedding as Sparse
Matrix Factorization", WWW 2019. Of a path of r edges, r uniform in 1 .. window, the k-th edge is given, k
uniform in 1 .. r; k - 1 steps lead on from one of its ends, r - k from the other. Its ends are a sample.

Edges that are drawn often enough are thinned (J. Qiu, L. Dhulipala, J. Tang, R. Peng, C. Wang, "LightNE: A
Lightweight Graph Processing System for Network Embedding", SIGMOD 2021): a sample is kept with probability p
and counts 1 / p.

Arrays: `indptr` int64 [num_nodes + 1]; `indices` int32 and `weights` float32 [num_arcs], or None; `strength`
float64 [num_nodes], the sums of the rows. Of the two arcs of an edge the one from the lower node counts.
`law` is (samples per weight of an arc, thinning); `key` (seed, stream of the numbers, stream of the paths).
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_item, prefetch_start
from graphkit.kernels.cpu.row_alias import pick_entry

GROUP = 64
"""Paths side by side."""

_WORDS = 4


@njit(nogil=True, cache=True)
def count_samples(indptr, indices, weights, strength, law, key, counts, start, stop):
    """counts[i] = samples of the edges of row i, for rows `start` to `stop`; int64, **written**."""
    for row in range(start, stop):
        counts[row] = 0
        for place in range(indptr[row], indptr[row + 1]):
            if indices[place] >= row:
                counts[row] += _samples_of(row, place, indices, weights, strength, law, key)[0]


@njit(nogil=True, cache=True)
def place_samples(
    indptr, indices, weights, strength, law, key, offsets, begin, sources, targets, values, start, stop
):
    """Write the edges of the samples of rows `start` to `stop`, those of row i being offsets[i] and on.

    Sample `begin` + k goes to place k of `sources` and `targets`, int32, and `values`, float32, [num_placed],
    **written**; those that lie beyond are left out.
    """
    for row in range(start, stop):
        sample = offsets[row] - begin
        for place in range(indptr[row], indptr[row + 1]):
            if indices[place] < row:
                continue
            count, value = _samples_of(row, place, indices, weights, strength, law, key)
            for k in range(max(sample, 0), min(sample + count, len(sources))):
                sources[k], targets[k], values[k] = row, indices[place], value
            sample += count


@njit(inline="always")
def _samples_of(row, place, indices, weights, strength, law, key):
    """Return how many samples an edge has, rounded at random, and what each counts: 1 / p."""
    column = indices[place]
    weight = 1.0 if weights is None else np.float64(weights[place])
    share = min(1.0, law[1] * (weight / strength[row] + weight / strength[column]))
    if share == 0.0:
        # Beyond the least number there is.
        return np.int64(0), np.float32(0)
    # Both arcs of an edge are drawn; a loop is one.
    expected = law[0] * weight * share * (1.0 if column == row else 2.0)
    count = np.int64(expected)
    word, _, _, _ = draw(key[0], place, 0, key[1])
    if np.float64(word) < (expected - count) * 4294967296.0:
        count += 1
    return count, np.float32(1.0 / share)


@njit(nogil=True, cache=True)
def walk_ends(indptr, indices, table, window, key, begin, sources, targets, values, start, stop):
    """Move the ends of samples `start` to `stop` from their edge's to their path's, the lower end first.

    `table` is the alias tables of the rows, uint32 [num_arcs, 2], or None for an unweighted graph; `sources`,
    `targets` int32 [num_placed] are **written**, and so are `values` float32, doubled where both ends are the
    same: a symmetric matrix has one entry for such a path, and two halves for others. The random words of
    sample i, `begin` + its place, are those of (i, 0), (i, 1), ... one after the other: the first is of r,
    the second of k, then one a step, or two where there are weights.
    """
    words = np.empty((_WORDS, GROUP), np.uint32)
    current, place, first = np.empty(GROUP, np.int64), np.empty(GROUP, np.int64), np.empty(GROUP, np.int64)
    length, left = np.empty(GROUP, np.int64), np.empty(GROUP, np.int64)
    words_per_step = 1 if table is None else 2
    for base in range(start, stop, GROUP):
        count = min(GROUP, stop - base)
        _draw_words(key, begin + base, count, 0, words)
        longest = 0
        for i in range(count):
            length[i] = np.int64(bounded(words[0, i], window))
            left[i] = np.int64(bounded(words[1, i], length[i] + 1))
            longest = max(longest, length[i])
            current[i] = sources[base + i] if left[i] > 0 else targets[base + i]
            prefetch_item(indptr, current[i])
        for step in range(longest):
            word = 2 + step * words_per_step
            turn = word % _WORDS
            if turn == 0:
                _draw_words(key, begin + base, count, word // _WORDS, words)
            if table is None:
                _choose(indptr, indices, current, length, step, words[turn], place, count)
            else:
                _choose_cell(indptr, table, current, length, step, words[turn], first, place, count)
                _choose_weighted(indices, table, length, step, words[turn + 1], first, place, count)
            for i in range(count):
                if step >= length[i]:
                    continue
                node = indices[place[i]]
                if step < left[i]:
                    sources[base + i] = node
                    current[i] = node if step + 1 < left[i] else targets[base + i]
                else:
                    targets[base + i] = node
                    current[i] = node
                prefetch_item(indptr, current[i])
        for i in range(base, base + count):
            if sources[i] == targets[i]:
                values[i] *= np.float32(2)
            elif sources[i] > targets[i]:
                sources[i], targets[i] = targets[i], sources[i]


@njit(nogil=True, cache=True, _nrt=False)
def _draw_words(key, first, count, step, words):
    """words[:, i] = the words of (first + i, step); uint32 [4, GROUP], **written**."""
    for i in range(count):
        words[0, i], words[1, i], words[2, i], words[3, i] = draw(key[0], first + i, step, key[2])


@njit(nogil=True, cache=True, _nrt=False)
def _choose(indptr, indices, current, length, step, words, place, count):
    """place[i] = the place of a random arc of current[i], of paths that go on; **written**."""
    for i in range(count):
        if step < length[i]:
            begin = indptr[current[i]]
            degree = indptr[current[i] + 1] - begin
            place[i] = begin + np.int64(bounded(words[i], degree))
            prefetch_item(indices, place[i])


@njit(nogil=True, cache=True, _nrt=False)
def _choose_cell(indptr, table, current, length, step, words, first, place, count):
    """place[i] = the place of a random cell of current[i], first[i] = its row's; **written**."""
    for i in range(count):
        if step < length[i]:
            first[i] = indptr[current[i]]
            degree = indptr[current[i] + 1] - first[i]
            place[i] = first[i] + np.int64(bounded(words[i], degree))
            prefetch_start(table, place[i])


@njit(nogil=True, cache=True, _nrt=False)
def _choose_weighted(indices, table, length, step, coins, first, place, count):
    """place[i] = the cell's own arc or its alias; **written**."""
    for i in range(count):
        if step < length[i]:
            place[i] = pick_entry(table, first[i], place[i] - first[i], uint32(coins[i]))
            prefetch_item(indices, place[i])
