"""A SciPy CSR matrix times dense rows, on threads, the same bits for any number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu import spmm
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, run_ranges

if TYPE_CHECKING:
    import scipy.sparse


def multiply(
    matrix: scipy.sparse.csr_array, dense: NDArray[Any], num_threads: int, out: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Return ``matrix @ dense``.

    Parameters
    ----------
    matrix
        float32 [num_rows, num_columns].
    dense
        float32 or float64 [num_columns, width], contiguous.
    num_threads
        Threads to use.
    out
        Where to, of dense's type [num_rows, width]; None for a new array.

    Examples
    --------
    >>> import scipy.sparse
    >>> multiply(scipy.sparse.csr_array(np.float32([[1, 2], [0, 3]])), np.array([[1.0], [1.0]]), 1)
    array([[3.],
           [3.]])
    """
    product = np.empty((matrix.shape[0], dense.shape[1]), dense.dtype) if out is None else out
    indptr = matrix.indptr.astype(np.int64)

    def kernel(start: int, stop: int) -> None:
        """The rows of a range."""
        spmm.multiply(indptr, matrix.indices, matrix.data, None, dense, product, start, stop)

    run_ranges(kernel, balanced_bounds(indptr, num_threads * RANGES_PER_THREAD), num_threads)
    return product
