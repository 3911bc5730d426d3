"""A budget of time: how much of it is left."""

from __future__ import annotations

import time


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
