"""The pairs of centres and contexts that windows on walks make, sorted into the blocks of a grid.

Nodes are dealt out to P parts in turn (`kernels/cpu/parts.py`); block (i, j) has the pairs whose centre is of
part i and whose context is of part j. The pairs are those of `skipgram_walks`: position p
of walk number w draws by (w, p) whether the node is kept and how far its window reaches.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.parts import part_and_row
from graphkit.kernels.cpu.philox import bounded, draw


@njit(nogil=True, cache=True)
def count_pairs(walks, numbers, seed, stream, window, keep, counts, start, stop):
    """counts[i, j] += pairs of block (i, j) of walks `start` to `stop`; int64 [P, P], **written**.

    `walks` int32 [num_walks, walk_length], -1 after a dead end; `numbers` int64 [num_walks]; `keep` uint32
    [num_nodes], the word up to which a node is kept.
    """
    parts, _, reaches = tokens = np.empty((3, walks.shape[1]), np.int64)
    for walk in range(start, stop):
        kept = _read_walk(walks[walk], numbers[walk], seed, stream, window, keep, len(counts), tokens)
        for center in range(kept):
            part = parts[center]
            for context in range(max(0, center - reaches[center]), min(kept, center + reaches[center] + 1)):
                if context != center:
                    counts[part, parts[context]] += 1


@njit(nogil=True, cache=True)
def sort_pairs(walks, numbers, seed, stream, window, keep, held, cursor, sources, targets, start, stop):
    """Put the pairs of the blocks whose first part is held into their places, as rows of their parts.

    `held` bool [P]; `cursor` int64 [P, P], where each block's pairs begin; it, `sources` and `targets`,
    int32, are **written**. Ranges of walks with their own cursors run side by side.
    """
    parts, rows, reaches = tokens = np.empty((3, walks.shape[1]), np.int64)
    for walk in range(start, stop):
        kept = _read_walk(walks[walk], numbers[walk], seed, stream, window, keep, len(held), tokens)
        for center in range(kept):
            part = parts[center]
            if not held[part]:
                continue
            for context in range(max(0, center - reaches[center]), min(kept, center + reaches[center] + 1)):
                if context != center:
                    place = cursor[part, parts[context]]
                    sources[place], targets[place] = rows[center], rows[context]
                    cursor[part, parts[context]] = place + 1


@njit(inline="always")
def _read_walk(walk, number, seed, stream, window, keep, num_parts, tokens):
    """Set part, row and reach of each node that is kept, the rows of `tokens`; return how many.

    Once a node, for divisions take longer than all else that a pair needs.
    """
    kept = 0
    for position in range(len(walk)):
        node = walk[position]
        if node < 0:
            break
        coin, word, _, _ = draw(seed, number, position, stream)
        if coin > keep[node]:
            continue
        tokens[0, kept], tokens[1, kept] = part_and_row(node, num_parts)
        tokens[2, kept] = 1 + bounded(word, window)
        kept += 1
    return kept
