"""From the bytes of an edge list to columns of numbers, or of places in the text.

A kernel takes the plain rows, which are nearly all, and stops in front of any other (a quoted field,
``nan``, an id beyond 64 bits, a missing column): its caller reads that one line, or says what is
wrong with it, and calls again. So a kernel never guesses, and never needs an error message.

Bytes: `text` uint8. A field ends at the delimiter, or at blanks (spaces and tabs) if it is 0; blanks
around a field and a carriage return before the newline do not belong to it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

BLANKS = 0
"""The delimiter of columns separated by any number of spaces and tabs."""

# Without reference counts, which nothing here needs as nothing is allocated: an atomic count of `text`
# at every call of a function below would cost four times the reading itself.
_kernel = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(forceinline=True, _nrt=False)

_TAB, _NEWLINE, _RETURN, _SPACE = 9, 10, 13, 32
_QUOTE, _PLUS, _MINUS, _ZERO = 34, 43, 45, 48
_UPPER_E, _LOWER_E = 69, 101
# A number of 19 digits that does not fit into 64 bits comes out negative.
_MAX_DIGITS = 19
_EXACT = 2**53
_POWERS = 10.0 ** np.arange(23)
# Twice the error bound of a product of a rounded 64-bit integer and an exact power of ten.
_DOUBT = 2.0**-50
# Beyond these a float32 is subnormal or infinite, and its relative error no longer bounded.
_SMALLEST, _LARGEST = 1.2e-38, 3.4e38


@_kernel
def count_lines(text, start, stop):
    """Number of newlines in text[start:stop]."""
    lines = 0
    for place in range(start, stop):
        lines += text[place] == _NEWLINE
    return lines


@_inlined
def _skip_blanks(text, place, stop, delimiter):
    """The first place that is no blank; a tab is none where it is the delimiter."""
    while place < stop and (
        text[place] == _SPACE or text[place] == _RETURN or (text[place] == _TAB and delimiter != _TAB)
    ):
        place += 1
    return place


@_inlined
def _skip_line(text, place, stop):
    """The place after the next newline, or `stop`."""
    while place < stop and text[place] != _NEWLINE:
        place += 1
    return min(place + 1, stop)


@_inlined
def _ends_field(byte, delimiter):
    if byte in (_NEWLINE, _RETURN):
        return True
    if delimiter == BLANKS:
        return byte in (_SPACE, _TAB)
    return byte == delimiter


@_inlined
def _field_end(text, place, stop, delimiter):
    """The end of the field that begins at `place`, blanks before the delimiter left out."""
    end = place
    while place < stop and not _ends_field(text[place], delimiter):
        place += 1
        if text[place - 1] != _SPACE and text[place - 1] != _TAB:
            end = place
    return end


@_inlined
def _integer(text, place, stop, strict):
    """(value, end, whether it is a plain number of 64 bits); `strict` refuses 007 and -0."""
    negative = place < stop and text[place] == _MINUS
    place += negative
    begin = place
    value = np.int64(0)
    while place < stop:
        digit = np.int64(text[place]) - _ZERO
        if digit < 0 or digit > 9:
            break
        value = value * 10 + digit
        place += 1
    digits = place - begin
    plain = 0 < digits <= _MAX_DIGITS and value >= 0
    if strict and plain and digits > 1 - negative and text[begin] == _ZERO:
        plain = False
    return (-value if negative else value), place, plain


@_inlined
def _decimal(text, place, stop, mark):
    """(value, end, whether float32(value) is surely what rounding the decimal number in full gives)."""
    negative = place < stop and text[place] == _MINUS
    place += negative
    begin = place
    mantissa = np.int64(0)
    point = np.int64(-1)
    while place < stop:
        digit = np.int64(text[place]) - _ZERO
        if 0 <= digit <= 9:
            mantissa = mantissa * 10 + digit
        elif text[place] == mark and point < 0:
            point = place
        else:
            break
        place += 1
    digits = place - begin - (point >= 0)
    exponent = np.int64(0) if point < 0 else point + 1 - place
    plain = 0 < digits <= _MAX_DIGITS and mantissa >= 0
    if place < stop and (text[place] == _UPPER_E or text[place] == _LOWER_E):
        place += 1
        place += place < stop and text[place] == _PLUS
        power, place, whole = _integer(text, place, stop, False)
        # Kept small, so that the sum below cannot overflow.
        plain = plain and whole and -1000 < power < 1000
        exponent += power if plain else 0
    if not plain or exponent < -22 or exponent > 22:
        return 0.0, place, False
    value = np.float64(mantissa)
    value = value * _POWERS[exponent] if exponent >= 0 else value / _POWERS[-exponent]
    sure = mantissa == 0 or _SMALLEST < value < _LARGEST
    # Up to 2**53 the number and the power of ten are exact: one rounding, as in a full conversion.
    if mantissa > _EXACT:
        sure = sure and np.float32(value * (1.0 - _DOUBT)) == np.float32(value * (1.0 + _DOUBT))
    return (-value if negative else value), place, sure


@_inlined
def _next_field(text, end, stop, delimiter, last):
    """(where the next field or line begins, whether the field that ended at `end` was rightly followed)."""
    place = _skip_blanks(text, end, stop, delimiter)
    if place == stop or text[place] == _NEWLINE:
        return min(place + 1, stop), last
    if last:
        return place, False
    if delimiter == BLANKS:
        return place, place > end
    return _skip_blanks(text, place + 1, stop, delimiter), text[place] == delimiter


@_kernel
def read_numbers(
    text,
    start,
    stop,
    delimiter,
    mark,
    quotes,
    comments,
    columns,
    num_columns,
    strict,
    source,
    target,
    weights,
    row,
):
    """Read rows with whole-number ids; returns (place, row) of the first line declined, and comments passed.

    Everything is read if the place returned is `stop`. Blank lines, and lines that begin with a byte
    for which `comments` bool [256] is true, are passed over; the latter are counted.

    Parameters
    ----------
    text, start, stop
        uint8; text[start:stop] begins with a line.
    mark
        The byte of the decimal point.
    quotes
        Whether a row with a field that begins with a quote is declined.
    columns
        Three columns, counted from 0: source, target, weight (-1: none).
    num_columns
        Columns of a row; a row with fewer or more is declined.
    strict
        Whether a row with an id like 007 or -0 is declined.
    source, target, weights
        int64, int64, float32 (may be empty if there is no weight): **written** from `row` on, with
        room for every line.
    """
    source_column, target_column, weight_column = columns
    place, passed = start, 0
    while place < stop:
        line = place
        place = _skip_blanks(text, place, stop, delimiter)
        if place == stop:
            break
        if text[place] == _NEWLINE or comments[text[place]]:
            passed += comments[text[place]]
            place = _skip_line(text, place, stop)
            continue
        for column in range(num_columns):
            if column == source_column:
                source[row], end, plain = _integer(text, place, stop, strict)
            elif column == target_column:
                target[row], end, plain = _integer(text, place, stop, strict)
            elif column == weight_column:
                weights[row], end, plain = _decimal(text, place, stop, mark)
            else:
                end = _field_end(text, place, stop, delimiter)
                plain = end == place or not (quotes and text[place] == _QUOTE)
            place, followed = _next_field(text, end, stop, delimiter, column == num_columns - 1)
            if not (plain and followed):
                return line, row, passed
        row += 1
    return stop, row, passed


@_kernel
def read_fields(
    text, start, stop, delimiter, mark, quotes, comments, columns, num_columns, begins, lengths, weights, row
):
    """Read rows with ids of any kind, as places in the text; returns what `read_numbers` does.

    A row with an empty id is declined. begins and lengths int64 [2, lines], of source and target, are
    **written**, as is `weights`; the other parameters are those of `read_numbers`.
    """
    source_column, target_column, weight_column = columns
    place, passed = start, 0
    while place < stop:
        line = place
        place = _skip_blanks(text, place, stop, delimiter)
        if place == stop:
            break
        if text[place] == _NEWLINE or comments[text[place]]:
            passed += comments[text[place]]
            place = _skip_line(text, place, stop)
            continue
        for column in range(num_columns):
            end = _field_end(text, place, stop, delimiter)
            plain = end == place or not (quotes and text[place] == _QUOTE)
            if column in (source_column, target_column):
                side = np.int64(column == target_column)
                begins[side, row], lengths[side, row] = place, end - place
                plain = plain and end > place
            elif column == weight_column:
                weights[row], end, plain = _decimal(text, place, stop, mark)
            place, followed = _next_field(text, end, stop, delimiter, column == num_columns - 1)
            if not (plain and followed):
                return line, row, passed
        row += 1
    return stop, row, passed


@_kernel
def gather_fields(text, begins, offsets, fields, start, stop):
    """fields[offsets[row]:offsets[row + 1]] = the field that begins at begins[row], rows `start` to `stop`.

    begins int64 [rows], offsets int64 [rows + 1]; fields uint8, **written**.
    """
    for row in range(start, stop):
        place = begins[row] - offsets[row]
        for out in range(offsets[row], offsets[row + 1]):
            fields[out] = text[place + out]


@_kernel
def number_lines(text, start, stop, comments, strict, values, line_ends):
    """Read lines of any number of whole numbers; returns (place, lines) of the first line declined.

    values int64 [numbers] and line_ends int64 [lines], the numbers up to the end of each line, are
    **written**. Blank lines count, comment lines do not; all is read if the place is `stop`. With `strict`
    a line with a number like 007 is declined.
    """
    place, lines, found = start, 0, 0
    while place < stop:
        line = place
        place = _skip_blanks(text, place, stop, BLANKS)
        if place < stop and comments[text[place]]:
            place = _skip_line(text, place, stop)
            continue
        ended = False
        while not ended:
            if place == stop or text[place] == _NEWLINE:
                ended = True
                place = min(place + 1, stop)
                continue
            values[found], end, plain = _integer(text, place, stop, strict)
            place = _skip_blanks(text, end, stop, BLANKS)
            if not plain or (place == end and place < stop and text[place] != _NEWLINE):
                return line, lines
            found += 1
        line_ends[lines] = found
        lines += 1
    return stop, lines
