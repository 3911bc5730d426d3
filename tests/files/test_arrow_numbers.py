"""Numbers between Arrow and NumPy."""

import numpy as np
import pyarrow as pa
import pytest

from graphkit.files.arrow_numbers import from_arrow, to_arrow


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("num_pieces", [0, 1, 3])
def test_columns_come_as_they_are(dtype, num_pieces):
    pieces = [np.arange(5 * place, 5 * place + 5).astype(dtype) for place in range(num_pieces)]
    column = pa.chunked_array([pa.array(piece) for piece in pieces], pa.from_numpy_dtype(dtype))
    found = from_arrow(column)
    assert found.dtype == dtype
    assert found.tolist() == list(range(5 * num_pieces))


def test_slices_and_missing_numbers():
    column = pa.chunked_array([pa.array([1.0, None, 3.0]), pa.array([4.0])])
    assert np.array_equal(from_arrow(column.slice(1)), [np.nan, 3, 4], equal_nan=True)
    assert from_arrow(pa.array([7, 8, 9]).slice(1, 1)).tolist() == [8]


def test_one_piece_is_not_copied():
    column = pa.chunked_array([pa.array([1, 2, 3])])
    assert from_arrow(column).ctypes.data == column.chunk(0).buffers()[1].address


def test_arrays_go_there_without_a_copy_if_their_numbers_lie_side_by_side():
    numbers = np.arange(6, dtype=np.float32)
    assert to_arrow(numbers).buffers()[1].address == numbers.ctypes.data
    assert to_arrow(numbers[::2]).to_pylist() == [0, 2, 4]
    assert to_arrow(np.arange(3)[1:]).to_pylist() == [1, 2]
    assert to_arrow(np.empty(0, np.int64)).type == pa.int64()
    assert to_arrow(np.array([1, 2], ">i4")).to_pylist() == [1, 2]


def test_arrow_keeps_the_memory_alive():
    column = to_arrow(np.arange(100_000))
    assert int(pa.compute.sum(column).as_py()) == sum(range(100_000))
