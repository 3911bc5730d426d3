"""Threads: a kernel is called for ranges of rows, side by side.

Kernels are nopython functions that release the GIL and work on rows ``start`` to ``stop``. Which
thread runs which range never changes a result, so the number of threads is a matter of speed alone.
There is no global state: no thread count to set, and nothing that breaks after a fork.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from graphkit.arrays import Indptr
from graphkit.checks import check_whole

Result = TypeVar("Result")

_MOST_THREADS = 256
"""Each takes 8 MB of addresses for its stack; results do not depend on their number."""

RANGES_PER_THREAD = 8
"""More ranges than threads, so that a thread which meets heavy rows is not waited for."""


checks: list[Callable[[], None]] = []
"""Called whenever ranges have been worked on; they raise if what was read was not whole."""


def resolve_threads(num_threads: int | None = None) -> int:
    """Return the number of threads to use.

    Parameters
    ----------
    num_threads
        >= 1, or None for the environment variable ``GRAPHKIT_NUM_THREADS``, else every core that
        this process may use.

    Raises
    ------
    ParameterError
        If the number is below 1 or not whole.
    """
    if num_threads is not None:
        return min(check_whole("num_threads", num_threads, 1), _MOST_THREADS)
    given = os.environ.get("GRAPHKIT_NUM_THREADS")
    if given is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return check_whole("GRAPHKIT_NUM_THREADS", int(given) if given.isdigit() else given, 1)


def even_bounds(num_items: int, num_ranges: int) -> list[int]:
    """Cut 0 .. num_items into at most `num_ranges` ranges of nearly equal length.

    Examples
    --------
    >>> even_bounds(10, 3)
    [0, 3, 6, 10]
    """
    parts = max(1, min(num_ranges, num_items))
    return [num_items * part // parts for part in range(parts + 1)]


def balanced_bounds(indptr: Indptr, num_ranges: int) -> list[int]:
    """Cut the rows of a CSR matrix into ranges of nearly equal work (arcs plus rows).

    Examples
    --------
    >>> balanced_bounds(np.array([0, 90, 91, 92, 93]), 2)
    [0, 1, 4]
    """
    work = indptr + np.arange(len(indptr))
    marks = np.linspace(0, work[-1], num_ranges + 1)[1:-1]
    cuts = np.searchsorted(work, marks)
    return [0, *sorted({int(cut) for cut in cuts} - {0, len(indptr) - 1}), len(indptr) - 1]


def run_ranges(kernel: Callable[[int, int], Result], bounds: Sequence[int], num_threads: int) -> list[Result]:
    """Call ``kernel(start, stop)`` for every two consecutive bounds; return the results in order.

    Parameters
    ----------
    kernel
        Releases the GIL while it works; the ranges must not write to the same memory.
    bounds
        Ascending row numbers, at least two.
    num_threads
        >= 1, the calling thread among them.
    """
    results: list[Any] = [None] * (len(bounds) - 1)
    errors: list[BaseException] = []
    upcoming = itertools.count()

    def work() -> None:
        """Take the next range until there is none, or one has failed."""
        try:
            while not errors and (place := next(upcoming)) < len(results):
                results[place] = kernel(bounds[place], bounds[place + 1])
        except BaseException as error:
            errors.append(error)

    helpers = _started(work, min(num_threads, len(results)) - 1, errors)
    work()
    for helper in helpers:
        # No thread stays behind, however many signals come: each ends with the range that it is at.
        while helper.is_alive():
            try:
                helper.join()
            except BaseException as error:
                errors.append(error)
    for check in checks:
        try:
            check()
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return results


def _started(work: Callable[[], None], count: int, errors: list[BaseException]) -> list[threading.Thread]:
    """Return so many threads at work, or as many as the system gives.

    They are started anew at each call, which costs 50 microseconds: no pool that a fork would break. A signal
    that comes meanwhile is added to `errors`, and its thread is one of those returned.
    """
    helpers: list[threading.Thread] = []
    for _ in range(count):
        helper = threading.Thread(target=work)
        try:
            helper.start()
        except RuntimeError:
            break
        except BaseException as error:
            errors.append(error)
            _wait_for_start(helper)
        helpers.append(helper)
    return helpers


def _wait_for_start(helper: threading.Thread) -> None:
    """Wait until a thread whose start was interrupted is at work, if it has been made at all."""
    deadline = time.monotonic() + 1
    while helper.ident is None and time.monotonic() < deadline:
        time.sleep(0.001)
