"""Who owns which row, where the rows of a table are dealt out to parts in turn."""

from __future__ import annotations

from numba.extending import register_jitable


@register_jitable(inline="always")
def part_and_row(node, num_parts):
    """Return the part that a node's row is in, and which row of it: of integers, or of arrays of them."""
    return node % num_parts, node // num_parts
