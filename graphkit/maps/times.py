"""Columns of dates: words of ISO 8601, such as 2011-05-17 or 2011-05-17T08:30Z, as moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def moments_of(names: list[str]) -> NDArray[np.float64] | None:
    """Return milliseconds since 1970 for each name, or None unless all are dates.

    Those without a time zone are taken for UTC.

    Examples
    --------
    >>> moments_of(["1970-01-02", "1970-01-01T01:00+01:00"]).tolist()
    [86400000.0, 0.0]
    >>> moments_of(["1970-01-02", "later"]) is None
    True
    """
    if not names or not all(map(_DATE.fullmatch, names)):
        return None
    try:
        dates = [datetime.fromisoformat(name) for name in names]
    except ValueError:
        return None
    aware = (date if date.tzinfo else date.replace(tzinfo=UTC) for date in dates)
    return np.array([(date - _START) / _MILLISECOND for date in aware])


def as_dates(values: NDArray[np.datetime64]) -> list[str]:
    """Return dates as words, "" for what is missing: days if all are, else seconds or what they need."""
    for unit in ("D", "s"):
        coarse = values.astype(f"datetime64[{unit}]")
        if np.array_equal(coarse[~np.isnat(values)], values[~np.isnat(values)]):
            values = coarse
            break
    return ["" if word == "NaT" else word for word in np.datetime_as_string(values).tolist()]
