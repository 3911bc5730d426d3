"""A Bloom filter for each row of a CSR matrix: most nodes that are not in a row are told at one look.

Putze, Sanders, Singler, "Cache-, hash- and space-efficient Bloom filters", JEA 2009 (blocked filters): three
bits of one 64-bit word for each entry, a word for eight entries, so that a node outside is taken for one
inside in about one case of twenty. The words of row i are those from ``indptr[i] // 8 + i`` to
``indptr[i + 1] // 8 + i``, both included: a byte an arc and a word a row, and rows are filled side by side.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.prefetch import prefetch_item

_FIBONACCI = np.uint64(0x9E3779B97F4A7C15)
_SIX_BITS = np.uint64(63)
_ENTRIES_SHIFT = 3


def num_filter_words(num_rows: int, num_arcs: int) -> int:
    """Return the length of the filters of all rows, in words of 64 bits."""
    return num_rows + (num_arcs >> _ENTRIES_SHIFT)


@njit(nogil=True, cache=True, _nrt=False)
def build_row_filter(indptr, indices, words, start, stop):
    """Enter the arcs of rows `start` to `stop`; `words` uint64 [num_filter_words], first 0, **written**."""
    for row in range(start, stop):
        for place in range(indptr[row], indptr[row + 1]):
            words[filter_word(indptr, row, indices[place])] |= filter_bits(indices[place])


@njit(inline="always")
def filter_word(indptr, row, key):
    """Return the place of the word that knows about `key` in a row."""
    first = indptr[row] >> _ENTRIES_SHIFT
    count = (indptr[row + 1] >> _ENTRIES_SHIFT) - first + 1
    high = (uint64(key) * _FIBONACCI) >> uint64(32)
    return first + np.int64(row) + np.int64((high * uint64(count)) >> uint64(32))


@njit(inline="always")
def filter_bits(key):
    """Return the bits that are set for `key`."""
    mixed = uint64(key) * _FIBONACCI
    one, two, three = mixed >> uint64(14), mixed >> uint64(20), mixed >> uint64(26)
    return (
        (uint64(1) << (one & _SIX_BITS))
        | (uint64(1) << (two & _SIX_BITS))
        | (uint64(1) << (three & _SIX_BITS))
    )


@njit(inline="always")
def ask_filter(indptr, words, row, key):
    """Ask for the word of `key` ahead of its use; return its place."""
    place = filter_word(indptr, row, key)
    prefetch_item(words, place)
    return place


@njit(inline="always")
def may_hold(words, place, key):
    """Whether the row may hold `key`; false is certain."""
    bits = filter_bits(key)
    return words[place] & bits == bits
