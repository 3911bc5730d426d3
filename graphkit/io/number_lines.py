"""Lines of whole numbers, of any length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.io.memory import check_growth
from graphkit.io.opening import Source

Lines = tuple[NDArray[np.int64], NDArray[np.int64]]


class NumberLines(NamedTuple):
    """Lines of whole numbers: `values` of line i from indptr[i] to indptr[i + 1], and lines passed over."""

    values: NDArray[np.int64]
    indptr: NDArray[np.int64]
    num_comments: int


def read_number_lines(source: Source, comments: str, *, strict: bool) -> NumberLines:
    """Read a file of lines of whole numbers; `strict` refuses 007.

    Returns
    -------
    values
        int64 [number of numbers].
    indptr
        Line i holds values[indptr[i]:indptr[i + 1]], int64 [number of lines + 1]. Blank lines count,
        comment lines do not.
    num_comments
        Number of comment lines.

    Raises
    ------
    InputError
        Naming the line, for anything that is no whole number of 64 bits.
    """
    from graphkit.kernels.cpu import text as kernel

    marks = np.zeros(256, np.bool_)
    marks[list(comments.encode())] = True
    parts: list[Lines] = []
    lines_before = 0
    for text in source.blocks():
        num_lines = kernel.count_lines(text, 0, len(text)) + 1
        # A number and what separates it take two bytes at least.
        values, ends = np.empty(len(text) // 2 + 1, np.int64), np.empty(num_lines, np.int64)
        place, lines = kernel.number_lines(text, 0, len(text), marks, strict, values, ends)
        if place < len(text):
            line = lines_before + kernel.count_lines(text, 0, place) + 1
            shown = text[place : place + 60].tobytes().split(b"\n")[0].decode(errors="replace").strip()
            raise InputError(f"expected whole numbers, got {shown!r}", source.name, line)
        parts.append((values[: ends[lines - 1] if lines else 0].copy(), ends[:lines].copy()))
        lines_before += num_lines - 1
        check_growth(source, sum(len(values) for values, _ in parts))
    num_lines = lines_before + bool(len(text) and text[-1] != ord("\n"))
    indptr = _offsets(parts)
    return NumberLines(np.concatenate([values for values, _ in parts]), indptr, num_lines - (len(indptr) - 1))


def line_of(source: Source, comments: str, wanted: int) -> int:
    """Return the number in the file of the line that `read_number_lines` counts as `wanted`, from 0."""
    return next(number for place, number in enumerate(_counted(source, comments)) if place == wanted)


def _counted(source: Source, comments: str) -> Iterator[int]:
    marks = tuple(character.encode() for character in comments)
    with source.open() as stream:
        for number, line in enumerate(stream, start=1):
            if not line.lstrip().startswith(marks):
                yield number


def _offsets(parts: list[Lines]) -> NDArray[np.int64]:
    indptr, before = [np.zeros(1, np.int64)], 0
    for values, ends in parts:
        indptr.append(ends + before)
        before += len(values)
    return np.concatenate(indptr)
