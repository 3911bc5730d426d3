"""Leading singular vectors by subspace iteration: a few products, all columns at a time, no residual.

N. Halko, P.-G. Martinsson, J. Tropp, "Finding Structure with Randomness", SIAM Review 53 (2011), algorithm
4.4. For vectors whose use asks for no small residual; `graphkit.propagation.factorization` states one.

Where we differ, and why:

- Columns are made orthonormal by the Cholesky factor of their products in place of QR or LU: two products of
  dense matrices, the same bits on any number of threads. Between the steps once, the diagonal raised by
  rounding, so that what is nearly dependent becomes shorter and breaks nothing (T. Fukaya, R. Kannan,
  Y. Nakatsukasa, Y. Yamamoto, Y. Yanagisawa, "Shifted Cholesky QR", SIAM J. Sci. Comput. 42 (2020)); before
  the last products twice, dependent columns left out.
- Vectors and products are float32, all that is small is float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors, aligned_zeros
from graphkit.kernels.cpu import simd
from graphkit.propagation.block_krylov import ordered_cholesky, upper_inverse
from graphkit.propagation.factorization import SECONDS_PER_OPERATION, product_seconds
from graphkit.propagation.operators import COLUMNS, Operator
from graphkit.propagation.thin_products import Matrix, ThinProducts, single_threaded_blas
from graphkit.seeds import Stream, generator

Array = NDArray[np.float64]

_OVERSAMPLES = 10
"""Columns beyond those that are wanted, at least."""

_SHIFT = 1e-6
"""What the diagonal is raised by, over the sum of all squared lengths: what is wrong in float32, and more."""

_LOST = 1e-10
"""Share of a column's squared length that must be left beside the others for it to be more than rounding."""

_RANK_LEAST = 3e-5
"""Singular values below this share of the largest are rounding."""


def randomized_singular_vectors(
    operator: Operator, count: int, *, power_iterations: int, seed: int, num_threads: int
) -> tuple[Matrix, Array, Matrix]:
    """Return (left, values, right) of M, nearly its leading ones.

    Parameters
    ----------
    operator
        M, [num_rows, num_columns].
    count
        Triplets, at most the smaller side; fewer are returned where the rank is less.
    power_iterations
        Products by M Mᵀ, >= 0: the columns span (M Mᵀ)^power_iterations M times random signs.
    seed
        Random seed.
    num_threads
        Threads to use. The bits are the same for any number.

    Returns
    -------
    tuple
        float32 [num_rows, rank], float64 [rank] descending, float32 [num_columns, rank]; the largest entry of
        each of `left` by absolute value, the first of equal ones, is positive.
    """
    num_rows, num_columns = operator.shape
    width = min(simd.padded(count + _OVERSAMPLES), num_rows, num_columns)
    start, space = _random_signs(num_columns, width, seed), aligned_zeros(num_rows, width)
    with single_threaded_blas():
        rows = ThinProducts(num_rows, num_threads)
        operator.times(start, space)
        turned, back = aligned_zeros(num_rows, width), start
        for _ in range(power_iterations):
            rows.times(space, upper_inverse(_shifted_factor(rows, space)), turned)
            operator.times_transposed(turned, back)
            operator.times(back, space)
        return _triplets(operator, space, count, num_threads)


def randomized_bytes(num_rows: int, count: int) -> int:
    """Return the most memory that so many vectors of a square operator take while they are found."""
    return 4 * num_rows * (3 * simd.padded(count + _OVERSAMPLES) + COLUMNS + count)


def randomized_seconds(
    num_rows: int, num_entries: int, count: int, power_iterations: int, num_threads: int
) -> float:
    """Return rough seconds for so many vectors of a square sparse operator."""
    width = simd.padded(count + _OVERSAMPLES)
    products = 2 * (power_iterations + 1) * width * product_seconds(num_rows, num_entries)
    # Each orthonormalisation is a product with the columns and one with a small matrix.
    dense = num_rows * 4 * (power_iterations + 3) * width**2 * SECONDS_PER_OPERATION
    return (products + dense) / num_threads + 1e-9 * float(width) ** 3


def _shifted_factor(rows: ThinProducts, space: Matrix) -> Array:
    """Return upper triangular R, RᵀR the columns' products with a diagonal raised by rounding."""
    try:
        return _raised(rows.gram(space, space))
    except np.linalg.LinAlgError:
        # Sums of many equal numbers are off by more than rounding in float32.
        return _raised(rows.gram(space, space, exact=True))


def _raised(gram: Array) -> Array:
    shift = _SHIFT * float(np.trace(gram)) or 1.0
    return np.asarray(np.linalg.cholesky(gram + shift * np.eye(len(gram))).T, np.float64)


def _random_signs(num_rows: int, num_columns: int, seed: int) -> Vectors:
    """Return float32 1 and -1, each with probability 1/2."""
    random = generator(seed, Stream.KRYLOV)
    bits = np.frombuffer(random.bytes(-(-num_rows * num_columns // 8)), np.uint8)
    signs = aligned_zeros(num_rows, num_columns)
    flat = np.unpackbits(bits, count=num_rows * num_columns).reshape(signs.shape)
    np.subtract(1, 2 * flat.view(np.int8), out=signs)
    return signs


def improved_singular_vectors(
    operator: Operator, start: Matrix, count: int, *, num_threads: int
) -> tuple[Matrix, Array, Matrix]:
    """Return (left, values, right) of M from one step of subspace iteration: M start, then Mᵀ of that.

    For an operator whose products are dear, and vectors that lead nearly where its own leading ones do.

    Parameters
    ----------
    operator
        M, [num_rows, num_columns].
    start
        Linearly independent columns, float32 [num_columns, count or more]; the others sharpen the result.
    count
        Triplets, at most; fewer where the rank of what is found is less.
    num_threads
        Threads to use.

    Returns
    -------
    tuple
        float32 [num_rows, rank], float64 [rank] descending, float32 [num_columns, rank]; signs as those of
        `randomized_singular_vectors`.
    """
    space = np.empty((operator.shape[0], start.shape[1]), start.dtype)
    with single_threaded_blas():
        operator.times(start, space)
        return _triplets(operator, space, count, num_threads)


def _triplets(
    operator: Operator, space: Matrix, count: int, num_threads: int
) -> tuple[Matrix, Array, Matrix]:
    """Return (left, values, right) of M within the columns of `space`, which is written to."""
    rows, columns = (ThinProducts(side, num_threads) for side in operator.shape)
    for _ in range(2):
        # In float32 the first factor is right to rounding times its condition.
        upper, lost = _cholesky(rows.gram(space, space), _LOST * rows.squares(space))
        space = _rotated(rows, space, np.delete(upper_inverse(upper), lost, axis=1))
    back = np.empty((operator.shape[1], space.shape[1]), space.dtype)
    operator.times_transposed(space, back)
    squares, small = np.linalg.eigh(columns.gram(back, back))
    values, small = np.sqrt(squares[::-1][:count].clip(0)), small[:, ::-1][:, :count]
    rank = int((values > _RANK_LEAST * values[:1]).sum())
    values, small = values[:rank], small[:, :rank]
    left, right = _rotated(rows, space, small), _rotated(columns, back, small / values)
    signs = np.where(rows.largest_entries(left) < 0, -1, 1).astype(left.dtype)
    left *= signs
    right *= signs
    return left, values, right


def _cholesky(gram: Array, least: Array) -> tuple[Array, NDArray[np.intp]]:
    """Return `ordered_cholesky`'s factor: LAPACK's own where no column is lost."""
    try:
        upper = np.asarray(np.linalg.cholesky(gram).T, np.float64)
    except np.linalg.LinAlgError:
        return ordered_cholesky(gram, least)
    if (np.diag(upper) ** 2 > least).all():
        return upper, np.empty(0, np.intp)
    return ordered_cholesky(gram, least)


def _rotated(thin: ThinProducts, vectors: Matrix, small: Array) -> Matrix:
    out = np.empty((len(vectors), small.shape[1]), vectors.dtype)
    thin.times(vectors, small, out)
    return out
