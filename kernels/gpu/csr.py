"""Rows of a graph on the device, packed so that one read tells where a row begins and how long it is."""

from __future__ import annotations

import triton
import triton.language as tl

LOW_HALF = tl.constexpr(0xFFFFFFFF)


@triton.jit
def load_row(rows, node, mask):
    """Return first place (int64) and degree (int32) of the node's row; 0 and 0 where not `mask`.

    `rows` int64 [num_nodes], as of `pack_rows`: the first place, and the degree times 2**32.
    """
    row = tl.load(rows + node.to(tl.int64), mask=mask, other=0)
    return row & LOW_HALF, (row >> 32).to(tl.int32)


@triton.jit
def load_cell(cells, place, mask):
    """Return a cell of an alias table: threshold (uint32), neighbour, alias place in the row, its neighbour.

    `cells` int64 [num_arcs, 2], as of `pack_cells`: one read of 16 bytes.
    """
    half = tl.arange(0, 2)
    pair = tl.load(cells + place[:, None] * 2 + half[None, :], mask=mask[:, None], other=0)
    own, alias = tl.split(pair)
    threshold = (own & LOW_HALF).to(tl.uint32)
    return threshold, (own >> 32).to(tl.int32), (alias & LOW_HALF).to(tl.int32), (alias >> 32).to(tl.int32)


@triton.jit
def find_arc(indices, first, degree, key, asked):
    """Return whether a row holds `key`, and the place: a binary search, where `asked`.

    `indices` int32 [num_arcs], sorted within a row. Lanes search side by side, until the longest is done.
    """
    low = first
    length = tl.where(asked, degree, 0)
    while tl.max(length, axis=0) > 1:
        half = length >> 1
        below = tl.load(indices + low + half, mask=length > 1, other=0) <= key
        low = tl.where((length > 1) & below, low + half, low)
        length -= half
    found = tl.load(indices + low, mask=length > 0, other=-1) == key
    return found & (length > 0), low
