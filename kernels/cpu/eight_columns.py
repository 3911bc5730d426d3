"""Vectors of 8 float64 inside Numba kernels: a row of a table with 8 columns, a cache line.

As `simd`, whose vectors are of float32. Each operation is rounded as IEEE 754 asks, and none is put together
with another, so that each column has the bits that it would have alone.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model

COLUMNS = 8

_VECTOR = ir.VectorType(ir.DoubleType(), COLUMNS)
_BITS = ir.IntType(COLUMNS)


class Float64x8(types.Type):  # type: ignore[misc]
    """Numba's type of a vector."""

    def __init__(self) -> None:
        super().__init__(name="float64x8")


float64x8 = Float64x8()


@register_model(Float64x8)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager, numba_type):
        super().__init__(manager, numba_type, _VECTOR)


@intrinsic
def load(_typing_context, table, row):
    """Return table[row], of a C-contiguous float64 table [num_rows, COLUMNS]."""

    def generate(context, builder, signature, arguments):
        address = _address(context, builder, signature.args[0], *arguments)
        return builder.load(address, align=8, typ=_VECTOR)

    return float64x8(table, types.int64), generate


@intrinsic
def store(_typing_context, table, row, vector):
    """Set table[row]."""

    def generate(context, builder, signature, arguments):
        table, row, vector = arguments
        builder.store(vector, _address(context, builder, signature.args[0], table, row), align=8)
        return context.get_dummy_value()

    return types.void(table, types.int64, float64x8), generate


@intrinsic
def splat(_typing_context, number):
    """Return a vector of 8 times the same number."""

    def generate(_context, builder, _signature, arguments):
        vector = ir.Constant(_VECTOR, ir.Undefined)
        for column in range(COLUMNS):
            vector = builder.insert_element(vector, arguments[0], ir.IntType(32)(column))
        return vector

    return float64x8(types.float64), generate


def _binary(operation, doc):
    """Return the intrinsic of a builder's operation on two vectors."""

    @intrinsic
    def function(_typing_context, a, b):
        def generate(_context, builder, _signature, arguments):
            return getattr(builder, operation)(*arguments)

        return float64x8(a, b), generate

    function.__doc__ = doc
    return function


add = _binary("fadd", "Return a + b.")
multiply = _binary("fmul", "Return a * b.")
divide = _binary("fdiv", "Return a / b.")


@intrinsic
def is_larger(_typing_context, vector, limit):
    """Return 1 where |vector| > limit, else 0."""

    def generate(_context, builder, _signature, arguments):
        return builder.uitofp(_are_larger(builder, *arguments), _VECTOR)

    return float64x8(vector, limit), generate


@intrinsic
def is_any_larger(_typing_context, vector, limit):
    """Whether |vector| > limit in any column."""

    def generate(_context, builder, _signature, arguments):
        bits = builder.bitcast(_are_larger(builder, *arguments), _BITS)
        return builder.icmp_unsigned("!=", bits, _BITS(0))

    return types.boolean(vector, limit), generate


@intrinsic
def choose(_typing_context, mask, a, b):
    """Return a where the mask is not 0, else b."""

    def generate(_context, builder, _signature, arguments):
        mask, a, b = arguments
        zero = ir.Constant(_VECTOR, [0.0] * COLUMNS)
        return builder.select(builder.fcmp_unordered("!=", mask, zero), a, b)

    return float64x8(mask, a, b), generate


def _are_larger(builder, vector, limit):
    zero = ir.Constant(_VECTOR, [0.0] * COLUMNS)
    turned = builder.fsub(ir.Constant(_VECTOR, [-0.0] * COLUMNS), vector)
    absolute = builder.select(builder.fcmp_ordered("<", vector, zero), turned, vector)
    return builder.fcmp_ordered(">", absolute, limit)


def _address(context, builder, table_type, table, row):
    view = context.make_array(table_type)(context, builder, table)
    place = cgutils.get_item_pointer(context, builder, table_type, view, [row, row.type(0)], wraparound=False)
    return builder.bitcast(place, _VECTOR.as_pointer())
