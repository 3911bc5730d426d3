"""How wide rows of a matrix are on a device."""

from __future__ import annotations

COLUMN_UNIT = 32
"""Rows are padded to a multiple of so many columns, 128 bytes: whole sectors, and reads of 16 bytes."""


def padded(dim: int) -> int:
    """Return the columns that a table of `dim` columns has on the device.

    Examples
    --------
    >>> padded(100)
    128
    """
    return -(-dim // COLUMN_UNIT) * COLUMN_UNIT


def power_of_two(number: int) -> int:
    """Return the lowest power of two that is not below `number`, as blocks of kernels must be.

    Examples
    --------
    >>> power_of_two(96), power_of_two(1)
    (128, 1)
    """
    return 1 << (number - 1).bit_length()
