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


def _emit_prefetch(context, builder, array_type, array, indices, locality=_ALL_CACHES, write=0):
    """Emit LLVM's prefetch of the line of array[indices]."""
    view = context.make_array(array_type)(context, builder, array)
    address = cgutils.get_item_pointer(context, builder, array_type, view, indices, wraparound=False)
    pointer = builder.bitcast(address, ir.IntType(8).as_pointer())
    number = ir.IntType(32)
    function = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number]),
        "llvm.prefetch.p0",
    )
    builder.call(function, [pointer, number(write), number(locality), number(1)])
    return context.get_dummy_value()


@intrinsic
def _prefetch_cell(_typing_context, array, row, column):
    """Ask for the line of array[row, column]; both int64."""

    def generate(context, builder, signature, arguments):
        return _emit_prefetch(context, builder, signature.args[0], arguments[0], list(arguments[1:]))

    return types.void(array, row, column), generate


@intrinsic
def _prefetch_item(_typing_context, array, place):
    """Ask for the line of array[place]; int64."""

    def generate(context, builder, signature, arguments):
        return _emit_prefetch(context, builder, signature.args[0], arguments[0], list(arguments[1:]))

    return types.void(array, place), generate


@intrinsic
def _prefetch_cell_far(_typing_context, array, row, column):
    """Ask for the line of array[row, column] into the second cache; both int64."""

    def generate(context, builder, signature, arguments):
        indices = list(arguments[1:])
        return _emit_prefetch(context, builder, signature.args[0], arguments[0], indices, _SECOND_CACHE)

    return types.void(array, row, column), generate


@intrinsic
def _prefetch_item_far(_typing_context, array, place):
    """Ask for the line of array[place] into the second cache; int64."""

    def generate(context, builder, signature, arguments):
        indices = list(arguments[1:])
        return _emit_prefetch(context, builder, signature.args[0], arguments[0], indices, _SECOND_CACHE)

    return types.void(array, place), generate


@intrinsic
def _prefetch_written(_typing_context, array, row, column):
    """Ask for the line of array[row, column] to write to; both int64."""

    def generate(context, builder, signature, arguments):
        indices = list(arguments[1:])
        return _emit_prefetch(context, builder, signature.args[0], arguments[0], indices, write=1)

    return types.void(array, row, column), generate


@njit(inline="always")
def prefetch_row(block, row):
    """Ask for all cache lines of row `row` of `block`, float32 [num_rows, width]."""
    for column in range(0, block.shape[1], FLOATS_PER_LINE):
        _prefetch_cell(block, np.int64(row), np.int64(column))


@njit(inline="always")
def prefetch_start(block, row):
    """Ask for the first cache line of row `row` of `block`, two-dimensional."""
    _prefetch_cell(block, np.int64(row), np.int64(0))


@njit(inline="always")
def prefetch_item(array, place):
    """Ask for the cache line of array[place], one-dimensional."""
    _prefetch_item(array, np.int64(place))


@njit(inline="always")
def prefetch_start_far(block, row):
    """Ask for the first cache line of row `row` of `block`, two-dimensional, into the second cache."""
    _prefetch_cell_far(block, np.int64(row), np.int64(0))


@njit(inline="always")
def prefetch_item_far(array, place):
    """Ask for the cache line of array[place], one-dimensional, into the second cache."""
    _prefetch_item_far(array, np.int64(place))


@njit(inline="always")
def prefetch_written(block, row, column):
    """Ask for the cache line of block[row, column], to write to."""
    _prefetch_written(block, np.int64(row), np.int64(column))
