"""Ask for memory ahead of its use.

A row gathered at random misses every cache on a large graph; asked for some rows early, it arrives while
the rows before it are summed. Measured on an R-MAT graph of 2**21 nodes and 20 M edges, 128 columns:
twice the rows a second.

The nearest cache has few places for what is on its way. What is far, and needed only after dozens of others
have been asked for, is asked into the second one: a seventh of the time of a random walk beyond the caches. A
line that will be written is asked for as well: else each first write to it waits, which was a third of the
time of a random walk within the caches.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

FLOATS_PER_LINE = 16

_ALL_CACHES, _SECOND_CACHE = 3, 2
"""LLVM's degrees of locality."""


def _asking(locality, *, write=False):
    """Return a function of (array, place) that asks for the line of array[place]; places are tuples."""

    @intrinsic
    def ask(_typing_context, array, place):
        def generate(context, builder, signature, arguments):
            array_type, place_type = signature.args
            view = context.make_array(array_type)(context, builder, arguments[0])
            indices = cgutils.unpack_tuple(builder, arguments[1], place_type.count)
            address = cgutils.get_item_pointer(context, builder, array_type, view, indices, wraparound=False)
            pointer = builder.bitcast(address, ir.IntType(8).as_pointer())
            number = ir.IntType(32)
            function = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number]),
                "llvm.prefetch.p0",
            )
            builder.call(function, [pointer, number(int(write)), number(locality), number(1)])
            return context.get_dummy_value()

        return types.void(array, place), generate

    return ask


_ask, _ask_far, _ask_to_write = _asking(_ALL_CACHES), _asking(_SECOND_CACHE), _asking(_ALL_CACHES, write=True)


@njit(inline="always")
def prefetch_row(block, row):
    """Ask for all cache lines of row `row` of `block`, float32 [num_rows, width]."""
    for column in range(0, block.shape[1], FLOATS_PER_LINE):
        _ask(block, (np.int64(row), np.int64(column)))


@njit(inline="always")
def prefetch_start(block, row):
    """Ask for the first cache line of row `row` of `block`, two-dimensional."""
    _ask(block, (np.int64(row), np.int64(0)))


@njit(inline="always")
def prefetch_item(array, place):
    """Ask for the cache line of array[place], one-dimensional."""
    _ask(array, (np.int64(place),))


@njit(inline="always")
def prefetch_start_far(block, row):
    """Ask for the first cache line of row `row` of `block`, two-dimensional, into the second cache."""
    _ask_far(block, (np.int64(row), np.int64(0)))


@njit(inline="always")
def prefetch_item_far(array, place):
    """Ask for the cache line of array[place], one-dimensional, into the second cache."""
    _ask_far(array, (np.int64(place),))


@njit(inline="always")
def prefetch_written(block, row, column):
    """Ask for the cache line of block[row, column], to write to."""
    _ask_to_write(block, (np.int64(row), np.int64(column)))
