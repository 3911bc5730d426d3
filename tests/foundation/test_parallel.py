"""Ranges and threads."""

import _thread
import itertools
import os
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import ParameterError
from graphkit.parallel import balanced_bounds, even_bounds, resolve_threads, run_ranges


@given(st.integers(0, 200), st.integers(1, 50))
def test_even_bounds_cover_everything_evenly(num_items, num_ranges):
    bounds = even_bounds(num_items, num_ranges)
    sizes = np.diff(bounds)
    assert (bounds[0], bounds[-1]) == (0, num_items)
    assert len(sizes) <= num_ranges
    assert num_items == 0 or (sizes.min() > 0 and np.ptp(sizes) <= 1)


@given(st.lists(st.integers(0, 100)), st.integers(1, 50))
def test_balanced_bounds_cover_everything_once(degrees, num_ranges):
    indptr = np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64)
    bounds = balanced_bounds(indptr, num_ranges)
    assert (bounds[0], bounds[-1]) == (0, len(degrees))
    assert len(degrees) == 0 or bounds == sorted(set(bounds))
    heaviest = max((indptr[b] - indptr[a] + b - a for a, b in itertools.pairwise(bounds)), default=0)
    assert heaviest <= (indptr[-1] + len(degrees)) / num_ranges + max(degrees, default=0) + 2


def test_results_come_in_order():
    assert run_ranges(lambda start, stop: (start, stop), [0, 2, 5, 9], 3) == [(0, 2), (2, 5), (5, 9)]


def test_an_error_in_a_range_reaches_the_caller():
    def kernel(start, stop):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_ranges(kernel, [0, 1, 2], 2)


def test_an_interrupt_leaves_no_thread():
    main = threading.current_thread()

    def kernel(start, stop):
        if threading.current_thread() is not main:
            time.sleep(0.5)

    before, timer = threading.active_count(), threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_ranges(kernel, range(100), 2)
    timer.join()
    assert threading.active_count() == before


def test_threads_that_the_system_refuses_are_done_without(monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert run_ranges(lambda start, stop: stop, [0, 1, 2, 3], 3) == [1, 2, 3]


def test_threads_from_argument_environment_and_machine(monkeypatch):
    monkeypatch.delenv("GRAPHKIT_NUM_THREADS", raising=False)
    assert resolve_threads(3) == 3
    assert resolve_threads() == len(os.sched_getaffinity(0))
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", "5")
    assert resolve_threads() == 5
    assert resolve_threads(2) == 2


@pytest.mark.parametrize("value", ["0", "many", "-1", "1.5"])
def test_bad_numbers_of_threads(monkeypatch, value):
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", value)
    message = f"^GRAPHKIT_NUM_THREADS must be a whole number >= 1, got '?{value}'?$"
    with pytest.raises(ParameterError, match=message):
        resolve_threads()


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "2"])
def test_bad_numbers_of_threads_as_an_argument(value):
    with pytest.raises(ParameterError, match="num_threads must be a whole number >= 1, got"):
        resolve_threads(value)
