"""Tasks in order for any number of threads inside one kernel call.

The tasks of a run are numbered; a phase is a range of numbers whose tasks may run side by side, and a task
may start when all those before its phase are done. Threads take numbers from a counter, so one thread alone
works through everything, a late one joins in, and none is waited for that never came. `counters` is int64
[>= 9]: the next number stands at 0, the number of finished tasks a cache line further on.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os

from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

NUM_COUNTERS = 16
_NEXT, _DONE = 0, 8
_SPINS = 20_000
"""Looks at the counter before a thread sleeps: some tens of microseconds, less than a task takes."""

# The name by which compiled kernels, those read from the cache too, find the system's call.
_SLEEP = "graphkit_sleep"
_PAUSE = 1 if os.name == "nt" else 50
"""Of a sleep: milliseconds of Windows, else microseconds."""


def _address_of_sleep() -> int:
    library = ctypes.CDLL("kernel32" if os.name == "nt" else None)
    function = library.Sleep if os.name == "nt" else library.usleep
    return ctypes.cast(function, ctypes.c_void_p).value or 0


binding.add_symbol(_SLEEP, _address_of_sleep())
_sleep = types.ExternalFunction(_SLEEP, types.int32(types.uint32))


@intrinsic
def _fetch_add(_typing_context, counters, place, amount):
    """Add to counters[place], atomically, and return what stood there."""

    def generate(context, builder, signature, arguments):
        address = _address(context, builder, signature, arguments)
        return builder.atomic_rmw("add", address, arguments[2], "seq_cst")

    return types.int64(counters, types.int64, types.int64), generate


@intrinsic
def _read(_typing_context, counters, place):
    """Return counters[place], and see all that was written before it was set."""

    def generate(context, builder, signature, arguments):
        return builder.load_atomic(
            _address(context, builder, signature, arguments), "acquire", 8, typ=ir.IntType(64)
        )

    return types.int64(counters, types.int64), generate


def _address(context, builder, signature, arguments):
    array_type = signature.args[0]
    view = context.make_array(array_type)(context, builder, arguments[0])
    return cgutils.get_item_pointer(context, builder, array_type, view, [arguments[1]], wraparound=False)


@njit(inline="always")
def take(counters):
    """Return the number of the next task; no other thread gets it."""
    return _fetch_add(counters, _NEXT, 1)


@njit(inline="always")
def finish(counters):
    """Count a task as done, with all that it wrote."""
    _fetch_add(counters, _DONE, 1)


@njit(inline="always")
def wait_for(counters, number):
    """Return when tasks 0 .. number - 1 are done.

    A thread that waits for long sleeps: what it waits for may be a thread that has no core. If it only
    offered its core (``sched_yield``), a busy machine would give it the core again, at the cost of the one
    waited for.
    """
    spins = 0
    while _read(counters, _DONE) < number:
        spins += 1
        if spins > _SPINS:
            _sleep(_PAUSE)
