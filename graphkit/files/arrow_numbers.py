"""Numbers between Arrow and NumPy, past PyArrow's own ways, which import pandas where it is installed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow


def from_arrow(column: pyarrow.Array | pyarrow.ChunkedArray) -> NDArray[Any]:
    """Return a column of numbers as an array; a missing one is NaN, and of whole numbers none may be missing.

    A column in one piece is not copied, and the array read-only. Booleans are no numbers.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from_arrow(pa.chunked_array([[1, 2], [3]])).tolist()
    [1, 2, 3]
    """
    if column.null_count:
        column = column.fill_null(math.nan)
    pieces = [np.from_dlpack(piece) for piece in getattr(column, "chunks", [column])]
    if not pieces:
        return np.from_dlpack(column.combine_chunks())
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def to_arrow(array: NDArray[Any]) -> pyarrow.Array:
    """Return numbers [n], no booleans, as an Arrow array; it shares the memory of those side by side.

    Examples
    --------
    >>> to_arrow(np.array([1.0, 2.0])).to_pylist()
    [1.0, 2.0]
    """
    import pyarrow as pa

    numbers = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(numbers.dtype), len(array), [None, pa.py_buffer(numbers)]
    )
