"""A block of text read by several threads, each a range of lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.io.opening import Text
from graphkit.kernels.cpu import text as kernel
from graphkit.parallel import even_bounds, resolve_threads, run_ranges

_BYTES_PER_THREAD = 1 << 16
_NEWLINE = 10
_STEP = 1 << 16


def read_lines(
    text: Text,
    start: int,
    allocate: Callable[[int], Sequence[NDArray[Any]]],
    read: Callable[[Sequence[NDArray[Any]], int, int, int], int],
) -> list[NDArray[Any]]:
    """Read the lines of text[start:] into arrays, several ranges of lines side by side.

    Parameters
    ----------
    text
        Whole lines.
    start
        Where to begin.
    allocate
        Makes the arrays for a number of lines, which is their last axis.
    read
        ``read(arrays, start, stop, row)`` reads text[start:stop] into the arrays from `row` on and
        returns the row after the last; of what it raises, the first in the order of lines is raised.

    Returns
    -------
    list of numpy.ndarray
        The arrays, cut to the rows read.
    """
    num_threads = resolve_threads()
    bounds = _line_bounds(text, start, num_threads)
    counts = run_ranges(lambda begin, stop: count_lines(text, begin, stop), bounds, num_threads)
    first_rows = [0, *np.cumsum(counts).tolist()]
    # The last line may lack its newline.
    arrays = allocate(first_rows[-1] + 1)
    row_of = dict(zip(bounds, first_rows, strict=True))

    def attempt(begin: int, stop: int) -> int | Exception:
        try:
            return read(arrays, begin, stop, row_of[begin])
        except Exception as error:
            return error

    ends = run_ranges(attempt, bounds, num_threads)
    for end in ends:
        # The first in the text, not the first that a thread met.
        if isinstance(end, Exception):
            raise end
    return [
        _without_gaps(array, first_rows, [end for end in ends if isinstance(end, int)]) for array in arrays
    ]


def count_lines(text: Text, start: int, stop: int) -> int:
    """Return the number of newlines in text[start:stop]."""
    if stop - start <= _STEP:
        return int(np.count_nonzero(text[start:stop] == _NEWLINE))
    return int(kernel.count_lines(text, start, stop))


def line_end(text: Text, place: int) -> int:
    """Return where the newline at or after `place` is, or the end of the text."""
    while place < len(text):
        newlines = np.flatnonzero(text[place : place + _STEP] == _NEWLINE)
        if newlines.size:
            return place + int(newlines[0])
        place += _STEP
    return len(text)


def _line_bounds(text: Text, start: int, num_ranges: int) -> list[int]:
    """Cut text[start:] into ranges of whole lines of nearly equal length."""
    size = len(text) - start
    wanted = even_bounds(size, min(num_ranges, max(1, size // _BYTES_PER_THREAD)))
    cuts = {min(line_end(text, start + cut - 1) + 1, len(text)) for cut in wanted[1:-1]}
    return [start, *sorted(cuts - {start, len(text)}), len(text)]


def _without_gaps(array: NDArray[Any], first_rows: Sequence[int], ends: Sequence[int]) -> NDArray[Any]:
    """Close the gaps that lines without a row left behind each range."""
    out = ends[0]
    for first, end in zip(first_rows[1:], ends[1:], strict=False):
        if out < first:
            array[..., out : out + end - first] = array[..., first:end]
        out += end - first
    return array[..., :out]
