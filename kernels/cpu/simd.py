"""Vectors of 16 float32 inside Numba kernels, for sums in an order that no compiler and no machine changes.

Left to itself LLVM vectorises a loop as the machine at hand has it best: sums are then taken in another
order on another machine, or not in vectors at all. Here the order is written down: LLVM maps a vector of 16
onto what the machine has (one register of AVX-512, two of AVX2, four of NEON), and each operation is
rounded as IEEE 754 asks. Equal bits everywhere, at the speed of the hardware.

A kernel reads ``total = fma(load(block, row, column), splat(scale), total)``, `block` being a C-contiguous
float32 array [num_rows, width] whose width is a multiple of `LANES`.
"""

from __future__ import annotations

import math

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model

LANES = 16

_FLOAT = ir.FloatType()
_INT = ir.IntType(32)
_VECTOR = ir.VectorType(_FLOAT, LANES)
_INTEGERS = ir.VectorType(_INT, LANES)


class Float32x16(types.Type):  # type: ignore[misc]
    """Numba's type of a vector."""

    def __init__(self) -> None:
        super().__init__(name="float32x16")


float32x16 = Float32x16()


@register_model(Float32x16)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager, numba_type):
        super().__init__(manager, numba_type, _VECTOR)


def padded(width: int) -> int:
    """Return the smallest multiple of `LANES` that is >= width.

    Examples
    --------
    >>> padded(100), padded(128)
    (112, 128)
    """
    return -(-width // LANES) * LANES


@intrinsic
def load(_typing_context, block, row, column):
    """Return block[row, column : column + 16]."""

    def generate(context, builder, signature, arguments):
        return _load(builder, _address(context, builder, signature.args[0], *arguments))

    return float32x16(block, types.int64, types.int64), generate


@intrinsic
def store(_typing_context, block, row, column, vector):
    """Set block[row, column : column + 16]."""

    def generate(context, builder, signature, arguments):
        array, row, column, vector = arguments
        _store(builder, vector, _address(context, builder, signature.args[0], array, row, column))
        return context.get_dummy_value()

    return types.void(block, types.int64, types.int64, float32x16), generate


@intrinsic
def splat(_typing_context, number):
    """Return a vector of 16 times the same float32."""

    def generate(_context, builder, _signature, arguments):
        return _splat(builder, arguments[0])

    return float32x16(types.float32), generate


@intrinsic
def broadcast(_typing_context, block, row, column):
    """Return a vector of 16 times block[row, column]."""

    def generate(context, builder, signature, arguments):
        return _splat(builder, builder.load(_address(context, builder, signature.args[0], *arguments)))

    return float32x16(block, types.int64, types.int64), generate


@intrinsic
def fma(_typing_context, a, b, c):
    """Return a * b + c, rounded once."""

    def generate(_context, builder, _signature, arguments):
        return _fma(builder, *arguments)

    return float32x16(a, b, c), generate


def _binary(operation, doc):
    """Return the intrinsic of a builder's operation on two vectors."""

    @intrinsic
    def function(_typing_context, a, b):
        def generate(_context, builder, _signature, arguments):
            return getattr(builder, operation)(*arguments)

        return float32x16(a, b), generate

    function.__doc__ = doc
    return function


add = _binary("fadd", "Return a + b.")
subtract = _binary("fsub", "Return a - b.")
multiply = _binary("fmul", "Return a * b.")
divide = _binary("fdiv", "Return a / b.")


def _extreme(comparison, doc):
    """Return the intrinsic of the smaller or the larger of two numbers, place by place."""

    @intrinsic
    def function(_typing_context, a, b):
        def generate(_context, builder, _signature, arguments):
            a, b = arguments
            return builder.select(builder.fcmp_ordered(comparison, a, b), a, b)

        return float32x16(a, b), generate

    function.__doc__ = doc
    return function


minimum = _extreme("<", "Return the smaller of a and b, place by place; b where one is not a number.")
maximum = _extreme(">", "Return the larger of a and b, place by place; b where one is not a number.")


@intrinsic
def total(_typing_context, vector):
    """Return the sum of the 16 numbers, halves added to halves."""

    def generate(_context, builder, _signature, arguments):
        vector, width = arguments[0], LANES
        while width > 1:
            width //= 2
            low, high = (_shuffle(builder, vector, vector, range(at, at + width)) for at in (0, width))
            vector = builder.fadd(low, high)
        return builder.extract_element(vector, _INT(0))

    return types.float32(vector), generate


@intrinsic
def exp(_typing_context, vector):
    """Return e ** vector; relative error below 2.5e-7, the exponent limited to -87 .. 88."""

    def generate(_context, builder, _signature, arguments):
        def constant(value):
            return ir.Constant(_VECTOR, [value] * LANES)

        def limited(vector, bound, comparison):
            bound = constant(bound)
            return builder.select(builder.fcmp_ordered(comparison, vector, bound), vector, bound)

        x = limited(limited(arguments[0], 88.0, "<"), -87.0, ">")
        # e**x = 2**n * e**r, n whole and |r| <= log(2) / 2; adding 1.5 * 2**23 rounds to whole numbers.
        shift = constant(1.5 * 2**23)
        shifted = _fma(builder, x, constant(_single(1 / math.log(2))), shift)
        n = builder.fsub(shifted, shift)
        high = 0.693359375
        r = _fma(builder, n, constant(-high), x)
        r = _fma(builder, n, constant(_single(high - math.log(2))), r)
        power = constant(_single(1 / 720))
        for factorial in (120, 24, 6, 2, 1, 1):
            power = _fma(builder, power, r, constant(_single(1 / factorial)))
        whole = builder.sub(builder.bitcast(shifted, _INTEGERS), builder.bitcast(shift, _INTEGERS))
        bits = builder.shl(whole, ir.Constant(_INTEGERS, [23] * LANES))
        return builder.bitcast(builder.add(builder.bitcast(power, _INTEGERS), bits), _VECTOR)

    return float32x16(vector), generate


@intrinsic
def transpose(_typing_context, block, rows, column, out):
    """Set out[column + c, lane] = block[rows[lane], column + c] for 16 lanes and 16 columns.

    `rows` int32 [16]; `out` float32 [>= column + 16, 16], **written**.
    """

    def generate(context, builder, signature, arguments):
        array, rows, column, out = arguments
        word = column.type
        vectors = []
        for lane in range(LANES):
            place = _address(context, builder, signature.args[1], rows, word(lane))
            row = builder.sext(builder.load(place), word)
            vectors.append(_load(builder, _address(context, builder, signature.args[0], array, row, column)))
        for _ in range(int(math.log2(LANES))):
            pairs = zip(vectors[: LANES // 2], vectors[LANES // 2 :], strict=True)
            vectors = [mixed for low, high in pairs for mixed in _interleaved(builder, low, high)]
        for number, vector in enumerate(vectors):
            row = builder.add(column, word(number))
            _store(builder, vector, _address(context, builder, signature.args[3], out, row, word(0)))
        return context.get_dummy_value()

    return types.void(block, rows, types.int64, out), generate


def _fma(builder, a, b, c):
    # llvmlite's own `fma` takes single numbers only.
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f32")
    return builder.call(function, [a, b, c])


def _address(context, builder, array_type, array, *places):
    view = context.make_array(array_type)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, array_type, view, list(places), wraparound=False)


def _load(builder, address):
    return builder.load(builder.bitcast(address, _VECTOR.as_pointer()), align=4, typ=_VECTOR)


def _store(builder, vector, address):
    builder.store(vector, builder.bitcast(address, _VECTOR.as_pointer()), align=4)


def _splat(builder, number):
    single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, _INT(0))
    return _shuffle(builder, single, single, [0] * LANES)


def _shuffle(builder, a, b, lanes):
    mask = ir.Constant(ir.VectorType(_INT, len(lanes)), list(lanes))
    return builder.shuffle_vector(a, b, mask)


def _interleaved(builder, a, b):
    """(a0, b0, a1, b1, ...), in two halves."""
    halves = (range(LANES // 2), range(LANES // 2, LANES))
    return [_shuffle(builder, a, b, [x for i in half for x in (i, i + LANES)]) for half in halves]


def _single(value):
    """The float32 nearest to `value`: llvmlite writes a float constant only if it is one."""
    import struct

    return struct.unpack("f", struct.pack("f", value))[0]
