"""Leading eigenvectors and singular vectors of matrices that are known by their products.

The iteration is `graphkit.propagation.block_krylov`. Its vectors are then multiplied by the operator once
more, the small problem is solved in float64, and the residual is that of these products, not an estimate.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.checks import check_between, check_choice, check_whole
from graphkit.errors import GraphkitWarning, InputError
from graphkit.parallel import resolve_threads
from graphkit.propagation.block_krylov import (
    BLOCK,
    Array,
    BlockKrylov,
    Goal,
    ordered_cholesky,
    upper_inverse,
)
from graphkit.propagation.operators import Normal, Operator, Transposed, as_operator
from graphkit.propagation.thin_products import Matrix, ThinProducts, single_threaded_blas
from graphkit.seeds import check_seed

if TYPE_CHECKING:
    from graphkit.progress import Progress

DOUBLE_BELOW = 1e-4
"""Tolerances below this want products in float64."""

MOST_RESTARTS = 100

SECONDS_PER_OPERATION = 2.5e-11
"""For estimates of time: a factor or an addition of products of dense matrices."""

# Likewise: seconds a value gathered, from the cache and from memory; the largest block that counts as cached.
_SECONDS_CACHED, _SECONDS_UNCACHED = 1e-10, 1e-9
_CACHE_BYTES = 16e6

_RANK_LEAST: dict[Any, float] = {np.float32: 3e-5, np.float64: 1e-7}
"""Singular values below this share of the largest are rounding."""

_DENSE_ROWS = 512
"""Matrices of no more rows are decomposed as they are, in float64."""


@dataclass(frozen=True)
class Eigenvectors:
    """Leading eigenpairs of a symmetric matrix A.

    Attributes
    ----------
    values
        Eigenvalues, leading ones first, float64 [count].
    vectors
        Orthonormal columns, float32 or float64 [num_rows, count]. The largest entry of each by absolute
        value, the first of equal ones, is positive.
    residual
        The largest |A x - theta x| over the largest |theta|, of products in the vectors' dtype.
    num_products
        Columns that A was multiplied by.
    """

    values: Array
    vectors: Matrix
    residual: float
    num_products: int


@dataclass(frozen=True)
class SingularVectors:
    """Leading singular triplets of a matrix M ~ left diag(values) rightᵀ.

    Attributes
    ----------
    left
        Orthonormal columns, float32 or float64 [num_rows, rank]. The largest entry of each by absolute
        value, the first of equal ones, is positive.
    values
        Singular values, descending, float64 [rank].
    right
        Orthonormal columns, [num_columns, rank].
    residual
        The largest |Mᵀ u - sigma v| and |M v - sigma u| over the largest sigma.
    num_products
        Columns that M or Mᵀ was multiplied by.
    rank
        The number of triplets that was asked for, or less: those above 3e-5 of the largest, or 1e-7 in
        float64.
    """

    left: Matrix
    values: Array
    right: Matrix
    residual: float
    num_products: int

    @property
    def rank(self) -> int:
        """The number of triplets."""
        return len(self.values)


def leading_eigenvectors(
    operator: Any,
    count: int,
    *,
    which: str = "largest",
    tolerance: float = 1e-3,
    most_columns: int | None = None,
    seed: int = 0,
    num_threads: int | None = None,
    on_products: Callable[[int], None] | None = None,
) -> Eigenvectors:
    """Return the leading eigenvalues and eigenvectors of a symmetric matrix.

    Parameters
    ----------
    operator
        A symmetric matrix, real: an `Operator` of ours, a SciPy sparse or dense array, or a
        `scipy.sparse.linalg.LinearOperator`. Symmetry is the caller's to see to.
    count
        Eigenpairs, from 1 to num_rows.
    which
        ``"largest"``: by value; ``"magnitude"``: by absolute value.
    tolerance
        Of `Eigenvectors.residual`, in (0, 1). Vectors and products are float32; below 1e-4 float64.
    most_columns
        Columns of the basis, whose memory is that of so many vectors; None for three times
        `count`, at least 128 more.
    seed
        Random seed of the first block.
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    on_products
        Called with the columns multiplied so far, as the work goes on.

    Returns
    -------
    Eigenvectors
        Values, vectors, and the residual that was reached.

    Raises
    ------
    ParameterError
        For a parameter outside its range.
    InputError
        For an operator that is not square, or of no known kind.

    Warns
    -----
    GraphkitWarning
        If the residual is above the tolerance after a hundred restarts.

    Notes
    -----
    An eigenvalue of a multiplicity above 32 may be found less often than it is there, since a Krylov space
    holds one vector of an eigenspace for each column of the first block.

    References
    ----------
    Musco, Musco, "Randomized Block Krylov Methods for Stronger and Faster Approximate Singular Value
    Decomposition", NIPS 2015.

    Examples
    --------
    >>> found = leading_eigenvectors(np.diag([1.0, 4.0, 3.0, 2.0]), 2)
    >>> found.values.round(6).tolist()
    [4.0, 3.0]
    """
    threads = resolve_threads(num_threads)
    matrix = as_operator(operator, symmetric=True, num_threads=threads)
    num_rows, num_columns = matrix.shape
    if num_rows != num_columns:
        raise InputError(f"operator must be square, got {num_rows} x {num_columns}; singular vectors fit any")
    check_whole("count", count, 1, num_rows)
    check_choice("which", which, ("largest", "magnitude"))
    goal = Goal(count, tolerance, by_magnitude=which == "magnitude")
    iteration = _Iteration(goal, most_columns, seed, threads)
    with single_threaded_blas():
        thin = ThinProducts(num_rows, threads)
        start, num_products = iteration.run(matrix, on_products)
        products = _product(matrix, start)
        values, small = _rayleigh_ritz(thin.gram(start, start), thin.gram(start, products), goal)
        vectors, products = _rotated(thin, start, small), _rotated(thin, products, small)
        _fix_signs(thin, vectors, products)
        residual = _largest_distance(thin, products, vectors, values)
    iteration.check(residual)
    return Eigenvectors(values, vectors.astype(iteration.dtype, copy=False), residual, num_products + count)


def leading_singular_vectors(
    operator: Any,
    count: int,
    *,
    tolerance: float = 1e-3,
    most_columns: int | None = None,
    seed: int = 0,
    num_threads: int | None = None,
    on_products: Callable[[int], None] | None = None,
) -> SingularVectors:
    """Return the leading singular values and vectors of a matrix.

    Parameters
    ----------
    operator
        A real matrix [num_rows, num_columns]: an `Operator` of ours, a SciPy sparse or dense array, or a
        `scipy.sparse.linalg.LinearOperator` with a transpose.
    count
        Triplets, from 1 to the smaller side.
    tolerance
        Of `SingularVectors.residual`, in (0, 1). Vectors and products are float32; below 1e-4 float64.
    most_columns
        Columns of the basis, whose memory is that of so many vectors; None for three times
        `count`, at least 128 more.
    seed
        Random seed of the first block.
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    on_products
        Called with the columns multiplied so far, as the work goes on.

    Returns
    -------
    SingularVectors
        Values and vectors, fewer than `count` where the rank is less; and the residual that was reached.

    Raises
    ------
    ParameterError
        For a parameter outside its range.
    InputError
        For an operator of no known kind.

    Warns
    -----
    GraphkitWarning
        If the residual is above the tolerance after a hundred restarts.

    Notes
    -----
    The iteration is that of MᵀM, or of MMᵀ where it is smaller, so what is below some 1e-4 of the largest
    singular value is not told from rounding in float32; the residual says so.

    References
    ----------
    Musco, Musco, "Randomized Block Krylov Methods for Stronger and Faster Approximate Singular Value
    Decomposition", NIPS 2015.

    Examples
    --------
    >>> leading_singular_vectors(np.array([[0.0, 2.0], [1.0, 0.0], [0.0, 0.0]]), 2).values.round(6).tolist()
    [2.0, 1.0]
    """
    threads = resolve_threads(num_threads)
    matrix = as_operator(operator, num_threads=threads)
    check_whole("count", count, 1, min(matrix.shape))
    iteration = _Iteration(
        Goal(count, tolerance, by_magnitude=False, of_normal=True), most_columns, seed, threads
    )
    wide = matrix.shape[0] < matrix.shape[1]
    if wide:
        matrix = Transposed(matrix)
    with single_threaded_blas():
        start, num_products = iteration.run(Normal(matrix), on_products)
        found = _triplets(matrix, start, threads)
    left, values, right, residual = found
    left, right = left.astype(iteration.dtype, copy=False), right.astype(iteration.dtype, copy=False)
    iteration.check(residual)
    if wide:
        left, right = right, left
    return SingularVectors(left, values, right, residual, 2 * num_products + 2 * count)


def expected_products(count: int) -> int:
    """Return about how many columns are multiplied to find so many vectors, to a residual of a hundredth."""
    return 8 * count + 4 * BLOCK


def reporter(
    progress: Progress | None, stage: str, count: int, *, each: int = 1
) -> Callable[[int], None] | None:
    """Return the `on_products` that passes on columns multiplied, `each` times each.

    How many columns there will be is known from other graphs only.
    """
    if progress is None:
        return None
    expected = each * expected_products(count)
    return lambda done: progress(stage, min(each * done, expected - 1), expected)


def factorization_bytes(num_rows: int, count: int) -> int:
    """Return the most memory that so many vectors of a square float32 operator take while they are found."""
    columns = _default_columns(count)
    if num_rows <= max(_DENSE_ROWS, columns):
        return 4 * 8 * num_rows**2
    return 4 * num_rows * max(columns + 3 * BLOCK + count, 4 * count)


def factorization_seconds(num_rows: int, num_entries: int, count: int, num_threads: int) -> float:
    """Return rough seconds for so many vectors of a sparse float32 operator."""
    columns = _default_columns(count)
    per_column = product_seconds(num_rows, num_entries)
    # Each column goes through the basis twice; a factor and an addition each, restarts as much again.
    per_column += num_rows * 4 * columns * SECONDS_PER_OPERATION
    return expected_products(count) * per_column / num_threads + 1e-10 * float(columns) ** 3


def product_seconds(num_rows: int, num_entries: int) -> float:
    """Return rough seconds for the product of a sparse float32 operator with one of many columns."""
    in_cache = 4 * num_rows * BLOCK <= _CACHE_BYTES
    return num_entries * (_SECONDS_CACHED if in_cache else _SECONDS_UNCACHED)


def _default_columns(count: int) -> int:
    return count + max(2 * count, 4 * BLOCK)


class _Iteration:
    """What to find, and with what."""

    def __init__(self, goal: Goal, most_columns: int | None, seed: int, num_threads: int):
        check_between("tolerance", goal.tolerance, "(0, 1)")
        self.goal = goal
        self.dtype = np.float64 if goal.tolerance < DOUBLE_BELOW else np.float32
        least = goal.count + 2 * BLOCK
        self.num_columns = _default_columns(goal.count)
        if most_columns is not None:
            self.num_columns = check_whole("most_columns", most_columns, least)
        self.seed = check_seed(seed)
        self.num_threads = num_threads

    def run(self, operator: Operator, on_products: Callable[[int], None] | None) -> tuple[Matrix, int]:
        """Return nearly orthonormal vectors of the leading eigenspace, and the products that it took.

        The vectors of a small matrix are float64 whatever the tolerance.
        """
        num_rows = operator.shape[0]
        if num_rows <= max(_DENSE_ROWS, self.num_columns):
            dense = np.empty((num_rows, num_rows))
            operator.times(np.eye(num_rows), dense)
            values, vectors = np.linalg.eigh((dense + dense.T) / 2)
            leading = vectors[:, self.goal.order(values)[: self.goal.count]]
            return np.ascontiguousarray(leading), num_rows
        krylov = BlockKrylov(
            operator, self.num_columns, self.dtype, seed=self.seed, num_threads=self.num_threads
        )
        _, vectors = krylov.solve(self.goal, MOST_RESTARTS, on_products)
        return vectors, krylov.num_products

    def check(self, residual: float) -> None:
        """Warn if the residual is above the tolerance."""
        if residual > self.goal.tolerance:
            warnings.warn(
                f"the factorisation reached a residual of {residual:.1e}, not {self.goal.tolerance:g}: "
                f"choose a larger tolerance, or most_columns above {self.num_columns}",
                GraphkitWarning,
                stacklevel=3,
            )


def _product(operator: Operator, block: Matrix) -> Matrix:
    out = np.empty((operator.shape[0], block.shape[1]), block.dtype)
    operator.times(block, out)
    return out


def _rayleigh_ritz(gram: Array, inner: Array, goal: Goal) -> tuple[Array, Array]:
    """Return values and coordinates in X of the Ritz pairs, of XᵀX and Xᵀ A X; the leading ones first."""
    upper, _ = ordered_cholesky(gram, np.zeros(len(gram)))
    inverse = upper_inverse(upper)
    values, small = np.linalg.eigh(inverse.T @ ((inner + inner.T) / 2) @ inverse)
    order = goal.order(values)
    return values[order], inverse @ small[:, order]


def _triplets(operator: Operator, start: Matrix, num_threads: int) -> tuple[Matrix, Array, Matrix, float]:
    """Return (left, values, right, residual) from nearly orthonormal vectors of the leading right space."""
    rows, columns = (ThinProducts(side, num_threads) for side in operator.shape)
    products = _product(operator, start)
    goal = Goal(start.shape[1], 1.0, by_magnitude=False)
    squares, small = _rayleigh_ritz(columns.gram(start, start), rows.gram(products, products), goal)
    values = np.sqrt(squares.clip(0))
    rank = int((values > _RANK_LEAST[start.dtype.type] * values[:1]).sum())
    values, small = values[:rank], small[:, :rank]
    right, left = _rotated(columns, start, small), _rotated(rows, products, small / values)
    _fix_signs(rows, left, right)
    back = np.empty_like(right)
    operator.times_transposed(left, back)
    residual = _largest_distance(columns, back, right, values)
    return left, values, right, residual


def _rotated(thin: ThinProducts, vectors: Matrix, small: Array) -> Matrix:
    out = np.empty((len(vectors), small.shape[1]), vectors.dtype)
    thin.times(vectors, small, out)
    return out


def _fix_signs(thin: ThinProducts, vectors: Matrix, others: Matrix) -> None:
    """Turn columns whose largest entry by absolute value is negative, and those of `others` with them."""
    signs = np.where(thin.largest_entries(vectors) < 0, -1, 1).astype(vectors.dtype)
    vectors *= signs
    others *= signs


def _largest_distance(thin: ThinProducts, products: Matrix, vectors: Matrix, values: Array) -> float:
    """The largest |product - value * vector| over the largest |value|."""
    largest = np.abs(values).max(initial=0.0)
    if largest == 0:
        return 0.0
    squares = thin.squares_of_differences(products, vectors, values)
    return float(np.sqrt(squares.max()) / largest)
