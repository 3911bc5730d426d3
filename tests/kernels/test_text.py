"""The text kernels against splitting strings."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.reference import text as reference

from graphkit.kernels.cpu import text as kernel

SETTINGS = settings(deadline=None, derandomize=True, max_examples=300)
COMMENTS = np.zeros(256, np.bool_)
COMMENTS[list(b"#%")] = True
DELIMITERS = [0, ord("\t"), ord(","), ord(";")]
LAYOUTS = st.sampled_from([(2, (0, 1)), (2, (1, 0)), (3, (0, 1)), (3, (2, 0)), (4, (1, 3))])
ANY_TEXT = st.text('0123456789-+.eE \t\r\n,;#%"ax', max_size=120) | st.text("12- \t\r\n,", max_size=60)


def as_bytes(text):
    return np.frombuffer(text.encode(), np.uint8)


def room(text):
    return text.count("\n") + 1


def read_numbers(text, delimiter, num_columns, ends, *, weight=-1, strict=True, quotes=False):
    """(source, target, weight) of each row, None for a line that the kernel declines."""
    data, size = as_bytes(text), room(text)
    source, target = np.full((2, size), -9)
    weights = np.full(size, np.nan, np.float32)
    columns = (*ends, weight)
    rows, place, row = [], 0, 0
    while place < len(data):
        start, first = place, row
        place, row, _ = kernel.read_numbers(
            data,
            start,
            len(data),
            delimiter,
            ord("."),
            quotes,
            COMMENTS,
            columns,
            num_columns,
            strict,
            source,
            target,
            weights,
            row,
        )
        rows += list(
            zip(source[first:row].tolist(), target[first:row].tolist(), weights[first:row], strict=True)
        )
        if place < len(data):
            rows.append(None)
            place = (text.encode() + b"\n").index(b"\n", place) + 1
    return rows


def read_fields(text, delimiter, num_columns, ends, *, quotes):
    """(source, target) of each row as text, None for a line that the kernel declines."""
    data, size = as_bytes(text), room(text)
    begins, lengths = np.full((2, 2, size), -9)
    rows, place, row = [], 0, 0
    while place < len(data):
        first = row
        place, row, _ = kernel.read_fields(
            data,
            place,
            len(data),
            delimiter,
            ord("."),
            quotes,
            COMMENTS,
            (*ends, -1),
            num_columns,
            begins,
            lengths,
            np.empty(0, np.float32),
            row,
        )
        for at in range(first, row):
            spans = [(begins[side, at], begins[side, at] + lengths[side, at]) for side in (0, 1)]
            rows.append(tuple(data[begin:end].tobytes().decode() for begin, end in spans))
        if place < len(data):
            rows.append(None)
            place = (text.encode() + b"\n").index(b"\n", place) + 1
    return rows


@pytest.mark.parametrize("size", [0, 1, 2, 63, 64, 65, 1000])
def test_lines_are_counted(size):
    data = np.where(np.random.default_rng(size).random(size) < 0.3, 10, 65).astype(np.uint8)
    assert kernel.count_lines(data, 0, size) == data.tolist().count(10)


@SETTINGS
@given(ANY_TEXT, st.sampled_from(DELIMITERS), LAYOUTS)
@example("1 2\r\n-3\t4  \r\n\n # c\n5 6", 0, (2, (0, 1)))
@example("9223372036854775807 -9223372036854775807\n9223372036854775808 1\n", 0, (2, (0, 1)))
@example("1,2,\n,1,2\n 3 , 4 ,x y\n", ord(","), (3, (0, 1)))
@example("\t1\t2\n1\t2\t\n", ord("\t"), (2, (0, 1)))
@example("007 1\n-0 1\n0 0\n12a 3\n1 2 3\n1\n", 0, (2, (0, 1)))
def test_numbers_of_any_text_are_those_of_splitting(text, delimiter, layout):
    num_columns, ends = layout
    found = read_numbers(text, delimiter, num_columns, ends)
    expected = reference.number_rows(text, delimiter, "#%", *ends, num_columns)
    assert [row and row[:2] for row in found] == expected


@SETTINGS
@given(ANY_TEXT | st.text("ab é \t\n,", max_size=60), st.sampled_from(DELIMITERS), LAYOUTS, st.booleans())
@example('"a b",c\nd,"e"\n', ord(","), (2, (0, 1)), True)
@example('a"b c"\n', 0, (2, (0, 1)), True)
def test_fields_of_any_text_are_those_of_splitting(text, delimiter, layout, quotes):
    num_columns, ends = layout
    found = read_fields(text, delimiter, num_columns, ends, quotes=quotes)
    assert found == reference.field_rows(text, delimiter, "#%", *ends, num_columns, quotes=quotes)


def test_loose_reading_takes_numbers_with_zeros_in_front():
    assert [row[:2] for row in read_numbers("007 -0\n", 0, 2, (0, 1), strict=False)] == [(7, 0)]


def test_a_quoted_field_beside_the_ids_is_declined_only_where_quotes_count():
    text = '1,2,"a,b"\n1,2,"a"\n'
    assert read_numbers(text, ord(","), 3, (0, 1), quotes=True) == [None, None]
    assert [row and row[:2] for row in read_numbers(text, ord(","), 3, (0, 1))] == [None, (1, 2)]


DECIMALS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9).map(
        str
    ),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:.18e}"),
    st.floats(0, 1).map(lambda value: f"{value:.17g}"),
    st.from_regex(r"-?[0-9]{0,20}\.?[0-9]{0,20}([eE][-+]?[0-9]{1,4})?", fullmatch=True),
)


@SETTINGS
@given(DECIMALS)
@example("1e99999999999999999999")
@example("3.4028235677973366e38")
@example("1.17549435e-38")
@example("16777217.0000000001")
@example("1.00000005960464477539")
@example("9223372036854775807e0")
@example("135.2298812866210714")
@example("761.201507568359350")
def test_a_decimal_number_is_rounded_as_in_full_or_declined(text):
    row = read_numbers(f"1 2 {text}\n", 0, 3, (0, 1), weight=2)[0]
    if row is not None:
        with np.errstate(over="ignore"):
            assert row[2] == np.float32(float(text))


@SETTINGS
@given(st.integers(0, 10**15 - 1), st.integers(0, 22), st.booleans(), st.sampled_from(["", "e", "E+", "e-"]))
def test_plain_decimals_are_not_declined(digits, scale, negative, exponent):
    text = f"{digits:0{scale + 1}d}" if scale <= 3 else str(digits)
    text = f"{text[:-scale]}.{text[-scale:]}" if 0 < scale <= 3 else text
    text = f"{'-' if negative else ''}{text}{exponent + str(scale % 8) if exponent else ''}"
    row = read_numbers(f"1 2 {text}\n", 0, 3, (0, 1), weight=2)[0]
    assert row is not None
    assert row[2] == np.float32(float(text))


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "inf",
        "-",
        "",
        ".",
        "e5",
        "1e",
        "1e+",
        "1.2.3",
        "1,5",
        "0x10",
        "1_0",
        "+1",
        "1e-400",
        "1e400",
        "1e39",
    ],
)
def test_what_is_no_plain_decimal_is_declined(text):
    assert read_numbers(f"1\t2\t{text}\n", ord("\t"), 3, (0, 1), weight=2) == [None]


def test_the_weight_may_stand_anywhere():
    assert read_numbers("0.5;1;x;2\n", ord(";"), 4, (3, 1), weight=0) == [(2, 1, np.float32(0.5))]


@pytest.mark.parametrize("size", [0, 1, 2, 63, 64, 65, 1000])
def test_fields_are_gathered(size):
    rng = np.random.default_rng(size)
    data = rng.integers(0, 256, 5000).astype(np.uint8)
    begins, lengths = rng.integers(0, 4000, size), rng.integers(0, 20, size)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    fields = np.full(offsets[-1], 99, np.uint8)
    cut = size // 3
    kernel.gather_fields(data, begins, offsets, fields, 0, cut)
    kernel.gather_fields(data, begins, offsets, fields, cut, size)
    expected = b"".join(
        data[begin : begin + length].tobytes() for begin, length in zip(begins, lengths, strict=True)
    )
    assert fields.tobytes() == expected


@SETTINGS
@given(st.text("0123456789- \t\r\n#x", max_size=100), st.booleans())
@example("3 2\n\n1\r\n# c\n 2 ", True)
@example("1 007\n-0\n", True)
@example("1 007\n-0\n", False)
def test_lines_of_numbers_are_those_of_splitting(text, strict):
    data, size = as_bytes(text), room(text)
    values, ends = np.full(len(data) // 2 + 1, -9), np.full(size, -9)
    place, lines = kernel.number_lines(data, 0, len(data), COMMENTS, strict, values, ends)
    expected = reference.number_lines(text, "#%", strict=strict)
    known = expected.index(None) if None in expected else len(expected)
    bounds = [0, *ends[:lines].tolist()]
    assert [values[a:b].tolist() for a, b in pairwise(bounds)] == expected[:known]
    assert (place == len(data)) == (known == len(expected))
