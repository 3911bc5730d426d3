"""Times of edges: numbers, or dates as text or as columns of Arrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import shown
from graphkit.errors import InputError, ParameterError
from graphkit.files.arrow_numbers import from_arrow
from graphkit.io.decimals import is_missing

if TYPE_CHECKING:
    import pyarrow

Fault = Callable[[int, str], InputError]

_MISSING = "the time is missing; leave such rows out"


def read_times(
    column: pyarrow.ChunkedArray, time_zone: str | None, time_format: str | None, fault: Fault
) -> tuple[NDArray[Any], str]:
    """Return times as numbers, and in words what they are.

    Parameters
    ----------
    column
        Numbers, dates, timestamps or text, [num_edges].
    time_zone
        Of dates without an offset, such as ``"Europe/Berlin"``; None for UTC.
    time_format
        Of text, as ``strptime`` has it; None for numbers and ISO 8601.
    fault
        Makes the error for the edge at a position.

    Returns
    -------
    times
        int64 or float64 [num_edges]; of dates microseconds since 1970, UTC.
    words
        What they were taken for.

    Raises
    ------
    InputError
        For the first time that is missing or none.
    ParameterError
        For a zone that is unknown or without effect, or a format without effect.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if time_zone is not None:
        _check_zone(time_zone)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.null_count:
        raise fault(int(pc.index(column.is_null(), True).as_py()), _MISSING)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        if time_format is not None:
            raise ParameterError(f"time_format has no effect on times of type {column.type}; leave it out")
        return _of_type(column, time_zone, fault)
    return _of_text(column, time_zone, time_format, fault)


def _of_type(column: pyarrow.ChunkedArray, zone: str | None, fault: Fault) -> tuple[NDArray[Any], str]:
    """Times of a column that is no text."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        has_zone = pa.types.is_timestamp(kind) and kind.tz is not None
        if has_zone and zone is not None:
            raise ParameterError(
                f"time_zone has no effect on times that are stored in {kind.tz}; leave it out"
            )
        moments = column.cast(pa.timestamp("us", kind.tz if has_zone else None), safe=False)
        return _microseconds(moments, zone), f"dates in {kind.tz if has_zone else zone or 'UTC'}"
    if pa.types.is_integer(kind):
        return _numbers(column.cast(pa.int64()), zone, fault)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(column.cast(pa.float64()), zone, fault)
    raise fault(0, f"times must be numbers, dates or text, found {kind}")


def _of_text(
    column: pyarrow.ChunkedArray, zone: str | None, time_format: str | None, fault: Fault
) -> tuple[NDArray[Any], str]:
    """Times of text, all of the kind of the first."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ways: dict[str, Callable[[Any], Any]] = {
        "a whole number": lambda texts: pc.cast(texts, pa.int64()),
        "a number": lambda texts: pc.cast(texts, pa.float64()),
        "a date": lambda texts: pc.cast(texts, pa.timestamp("us")),
        "a date with an offset": lambda texts: pc.cast(texts, pa.timestamp("us", "UTC")),
    }
    if time_format is not None:
        # pyarrow crashes at an empty one.
        if "%" not in time_format:
            raise ParameterError(
                f"time_format must name the parts of a date, such as '%d/%m/%Y', got {shown(time_format)}"
            )
        ways = {f"a date as {time_format!r}": lambda texts: pc.strptime(texts, time_format, "us")}
    if not len(column):
        return np.empty(0, np.int64), "none"
    words = next((words for words, way in ways.items() if _is_read(way, column[:1])), None)
    first = column[0].as_py()
    if words is None:
        expected = f"{next(iter(ways))}" if time_format else "a number or a date such as 2020-12-31T23:59:59"
        raise fault(
            0,
            _MISSING
            if is_missing(first)
            else f"expected {expected} as the time, got {shown(first)}; pass time_format, such as "
            "'%d/%m/%Y', for dates of another form",
        )
    way = ways[words]
    if words == "a whole number" and not _is_read(way, column):
        # 1 may be followed by 1.5.
        words, way = "a number", ways["a number"]
    if not _is_read(way, column):
        place = _first_unread(way, column)
        text = column[place].as_py()
        raise fault(
            place,
            _MISSING
            if is_missing(text)
            else f"expected {words} as the time, as in the first row ({first}), got {shown(text)}",
        )
    found = way(column)
    if words in ("a whole number", "a number"):
        return _numbers(found, zone, fault)
    if words == "a date with an offset":
        if zone is not None:
            raise ParameterError("time_zone has no effect on dates that have an offset; leave it out")
        return _microseconds(found, None), "dates with an offset"
    return _microseconds(found, zone), f"dates in {zone or 'UTC'}"


def _numbers(column: pyarrow.ChunkedArray, zone: str | None, fault: Fault) -> tuple[NDArray[Any], str]:
    if zone is not None:
        raise ParameterError("time_zone has no effect on times that are numbers; leave it out")
    numbers: NDArray[Any] = from_arrow(column)
    if numbers.dtype == np.float64 and not np.isfinite(numbers).all():
        place = int(np.argmin(np.isfinite(numbers)))
        raise fault(place, f"the time is missing or infinite ({numbers[place]}); leave such rows out")
    return numbers, "numbers"


def _microseconds(column: Any, zone: str | None) -> NDArray[np.int64]:
    """Timestamps as numbers; those without a zone are of `zone`, or UTC."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.type.tz is None:
        # Of an hour that comes twice, or not at all, the earlier moment.
        column = pc.assume_timezone(column, zone or "UTC", ambiguous="earliest", nonexistent="earliest")
    found: NDArray[np.int64] = from_arrow(pc.cast(column, pa.int64()))
    return found


def _is_read(way: Callable[[Any], Any], texts: Any) -> bool:
    import pyarrow as pa

    try:
        way(texts)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _first_unread(way: Callable[[Any], Any], column: pyarrow.ChunkedArray) -> int:
    """The place of the first text that is no time, by halves."""
    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        if _is_read(way, column[low:middle]):
            low = middle
        else:
            high = middle
    return low


def _check_zone(zone: str) -> None:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ParameterError(
            f"time_zone must be a name such as UTC or Europe/Berlin, got {shown(zone)}"
        ) from None
