"""Rows of a block of text, as numbers or as strings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Weights
from graphkit.io.layout import Layout
from graphkit.io.opening import Text
from graphkit.io.ranges import line_end, read_lines
from graphkit.io.rows import UNQUOTED, RowError, not_utf8, read_row, shown_weight
from graphkit.io.weights import as_float32, first_refused, refusal
from graphkit.kernels.cpu import text as kernel
from graphkit.parallel import even_bounds, resolve_threads, run_ranges

if TYPE_CHECKING:
    import pyarrow

Arrays = Sequence[NDArray[Any]]

FEW_BYTES = 1 << 11
"""So short a text is read row by row: the kernels take seconds to compile, and gain a millisecond."""


class RowBlock:
    """The rows of text[start:], whose layout is known.

    Parameters
    ----------
    text
        Whole lines, uint8.
    layout
        Their layout.
    bad_weights
        Which weights are refused.
    """

    def __init__(self, text: Text, layout: Layout, bad_weights: str):
        self.text, self.layout, self.bad_weights = text, layout, bad_weights
        self._passed: list[int] = []
        self._comments = np.zeros(256, np.bool_)
        self._comments[list(layout.comments.encode())] = True

    @property
    def num_comments(self) -> int:
        """Comment lines passed over, of what was read."""
        return sum(self._passed)

    def numbers(self, start: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Weights | None]:
        """Return (source, target, weights) of rows with whole-number ids."""
        source, target, weights = read_lines(self.text, start, self._number_arrays, self._read)
        return source, target, None if self.layout.weight is None else weights

    def strings(self, start: int) -> tuple[pyarrow.ChunkedArray, pyarrow.ChunkedArray, Weights | None]:
        """Return (source, target, weights) of rows with ids of any kind."""
        begins, lengths, weights = read_lines(self.text, start, self._string_arrays, self._read)
        source, target = (self._gathered(begins[side], lengths[side]) for side in (0, 1))
        return source, target, None if self.layout.weight is None else weights

    def _number_arrays(self, num_lines: int) -> Arrays:
        return np.empty(num_lines, np.int64), np.empty(num_lines, np.int64), self._weight_array(num_lines)

    def _string_arrays(self, num_lines: int) -> Arrays:
        return (
            np.empty((2, num_lines), np.int64),
            np.empty((2, num_lines), np.int64),
            self._weight_array(num_lines),
        )

    def _weight_array(self, num_lines: int) -> Weights:
        return np.empty(0 if self.layout.weight is None else num_lines, np.float32)

    def _read(self, arrays: Arrays, start: int, stop: int, row: int) -> int:
        """Read text[start:stop]: the kernel takes the plain rows, `read_row` the others, or all of few."""
        begin, first_row = start, row
        try:
            while len(self.text) <= FEW_BYTES and start < stop:
                end = line_end(self.text, start)
                if self._is_row(start, end):
                    self._put(arrays, row, start, end)
                    row += 1
                start = min(end + 1, stop)
            while start < stop:
                place, row = self._run_kernel(arrays, start, stop, row)
                if place == stop:
                    break
                start = line_end(self.text, place)
                self._put(arrays, row, place, start)
                start, row = min(start + 1, stop), row + 1
        finally:
            # Also if a row was bad: a bad weight may stand further up.
            self._check_weights(arrays[2][first_row:row], begin)
        return row

    def _is_row(self, start: int, end: int) -> bool:
        """Whether a line is neither blank nor a comment, which is counted."""
        blanks = b" \r" if self.layout.delimiter == "\t" else b" \t\r"
        line = self.text[start:end].tobytes().lstrip(blanks)
        is_comment = line != b"" and bool(self._comments[line[0]])
        self._passed.append(int(is_comment))
        return line != b"" and not is_comment

    def _run_kernel(self, arrays: Arrays, start: int, stop: int, row: int) -> tuple[int, int]:
        layout = self.layout
        delimiter = kernel.BLANKS if layout.delimiter is None else ord(layout.delimiter)
        weight = -1 if layout.weight is None else layout.weight
        run = kernel.read_fields if layout.as_text else kernel.read_numbers
        options = () if layout.as_text else (layout.strict,)
        place, row, passed = run(
            self.text,
            start,
            stop,
            delimiter,
            ord(layout.decimal),
            layout.delimiter not in UNQUOTED,
            self._comments,
            (layout.source, layout.target, weight),
            layout.num_columns,
            *options,
            *arrays,
            row,
        )
        # Of several threads; a list is safe to append to.
        self._passed.append(passed)
        return place, row

    def _put(self, arrays: Arrays, row: int, place: int, end: int) -> None:
        """Put the row on text[place:end], which the kernel declined, into the arrays."""
        source, target, weight = self._read_row(place, end)
        if self.layout.as_text:
            for side, (begin, length) in enumerate((source, target)):
                arrays[0][side, row], arrays[1][side, row] = place + begin, length
        else:
            arrays[0][row], arrays[1][row] = source[0], target[0]
        if self.layout.weight is not None:
            arrays[2][row] = as_float32(np.array(weight))

    def _read_row(self, place: int, end: int) -> tuple[tuple[int, int], tuple[int, int], float]:
        try:
            return read_row(self.text[place:end].tobytes(), self.layout)
        except RowError as error:
            raise RowError(error.message, place) from None

    def _check_weights(self, weights: Weights, begin: int) -> None:
        position = first_refused(weights, self.bad_weights)
        if position is not None:
            place = self._place_of_row(begin, position)
            line = self.text[place : line_end(self.text, place)].tobytes()
            raise RowError(refusal(shown_weight(line, self.layout), self.bad_weights), place)

    def _place_of_row(self, begin: int, position: int) -> int:
        """Where the line of the row at `position` behind `begin` begins."""
        comments = tuple(character.encode() for character in self.layout.comments)
        while True:
            end = line_end(self.text, begin)
            line = self.text[begin:end].tobytes().strip()
            if line and not line.startswith(comments):
                position -= 1
            if position < 0:
                return begin
            begin = end + 1

    def _gathered(self, begins: NDArray[np.int64], lengths: NDArray[np.int64]) -> pyarrow.ChunkedArray:
        """The strings at these places as a PyArrow column."""
        import pyarrow as pa

        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        fields = np.empty(offsets[-1], np.uint8)
        num_threads = resolve_threads()
        run_ranges(
            lambda start, stop: kernel.gather_fields(self.text, begins, offsets, fields, start, stop),
            even_bounds(len(begins), num_threads),
            num_threads,
        )
        strings = pa.LargeStringArray.from_buffers(len(begins), pa.py_buffer(offsets), pa.py_buffer(fields))
        try:
            strings.validate(full=True)
        except pa.ArrowInvalid:
            raise self._not_utf8(begins, lengths) from None
        return pa.chunked_array([strings])

    def _not_utf8(self, begins: NDArray[np.int64], lengths: NDArray[np.int64]) -> RowError:
        """The error for the first of these strings that is not UTF-8."""
        for begin, length in zip(begins.tolist(), lengths.tolist(), strict=True):
            field = self.text[begin : begin + length].tobytes()
            try:
                field.decode()
            except UnicodeDecodeError as error:
                return RowError(not_utf8(field[error.start]), begin)
        return RowError("is not UTF-8 text")
