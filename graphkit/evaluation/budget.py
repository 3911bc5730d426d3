"""A budget of time: how much of it is left."""

from __future__ import annotations

import math
import time
from typing import Any

from graphkit.checks import shown
from graphkit.errors import ParameterError

_UNITS = {"s": 1, "m": 60, "h": 3600}


class Budget:
    """Seconds that may pass from now on.

    Parameters
    ----------
    seconds
        How many; infinity for no bound.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, negative once the budget is spent."""
        return self._end - time.monotonic()


def as_seconds(name: str, value: Any) -> float:
    """Return a time as seconds: a number > 0, or text such as ``"90"``, ``"10s"``, ``"2m"``, ``"1.5h"``.

    None is no bound, infinity.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> as_seconds("budget", "2m"), as_seconds("budget", 0.5), as_seconds("budget", None)
    (120.0, 0.5, inf)
    """
    if value is None:
        return math.inf
    text = str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    unit = _UNITS.get(text[-1:])
    try:
        seconds = float(text[:-1] if unit else text) * (unit or 1)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ParameterError(
            f"{name} must be a number of seconds > 0, or a time such as 10s, 2m or 1h; got {shown(value)}"
        )
    return seconds
