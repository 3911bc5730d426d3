"""How much work forward push of PageRank is at most, and a refusal where that takes too long."""

from __future__ import annotations

import math

from graphkit.errors import ParameterError

_MOST_SECONDS, _MOST_SECONDS_NEAR_0 = 3600.0, 20.0

_NEAR_0 = 1e-4
"""A restart below: scores are then the degrees, whatever the source, and most likely a slip."""


def most_pushed_arcs(restart: float, tolerance: float, num_arcs: int) -> float:
    """Return how many arcs are read at most from one source.

    Each push of a node leaves `restart` of at least tolerance times its arcs; and where pushes go beyond the
    graph, a sweep over all arcs leaves 1 - restart of the residual.

    Examples
    --------
    >>> round(most_pushed_arcs(0.1, 1e-2, 10**9)), round(most_pushed_arcs(0.1, 1e-2, 10))
    (1000, 447)
    """
    sweeps = 1 + math.log(tolerance) / math.log1p(-restart)
    return min(1 / restart / tolerance, num_arcs * sweeps)


def check_push_time(restart: float, tolerance: float, num_arcs: int, seconds_per_arc: float) -> None:
    """Raise `ParameterError` if a source may take more than an hour; with a restart near 0, 20 seconds.

    Examples
    --------
    >>> check_push_time(1e-12, 1e-5, 1000, 1e-8)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    graphkit.errors.ParameterError: restart=1e-12 with tolerance=1e-05 may take ... s on this graph; take ...
    """
    seconds = seconds_per_arc * most_pushed_arcs(restart, tolerance, num_arcs)
    if seconds > (_MOST_SECONDS if restart >= _NEAR_0 else _MOST_SECONDS_NEAR_0):
        raise ParameterError(
            f"restart={restart:g} with tolerance={tolerance:g} may take {seconds:,.3g} s on this graph; take "
            "a larger restart or tolerance"
        )
