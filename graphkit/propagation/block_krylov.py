"""Leading eigenvectors of a symmetric operator by randomised block Krylov iteration with thick restarts.

C. Musco and C. Musco, "Randomized Block Krylov Methods for Stronger and Faster Approximate Singular Value
Decomposition", NIPS 2015; restarts after K. Wu and H. Simon, "Thick-Restart Lanczos Method for Large
Symmetric Eigenvalue Problems", SIAM J. Matrix Anal. Appl. 22 (2000), in blocks.

Where we differ, and why:

- Blocks are narrower than the number of vectors that is asked for. A Krylov space of a given number of
  columns then holds higher powers, and products are what costs (R. Meyer, C. Musco, C. Musco, "On the
  Unreasonable Effectiveness of Single Vector Krylov Methods for Low-Rank Approximation", SODA 2024); blocks
  of one would leave the sparse product without anything to do per gathered row.
- Each block is made orthogonal to all before it as soon as it is there, so H = Vᵀ A V is computed as it
  stands, not inferred from a recurrence. A block that lost rank gets new random columns: nothing else follows
  from the space being invariant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.propagation.operators import Operator
from graphkit.propagation.thin_products import Matrix, ThinProducts
from graphkit.seeds import Stream, generator

BLOCK = 32
"""Columns of a block: 128 bytes of float32 for each row that is gathered."""

_DEFECT = 16.0
"""Inner products of the basis' columns may be so many times rounding: a block that would have more is made
orthogonal again."""

_MOST_PASSES = 6

_KEPT = 0.3
"""Share of the basis beyond the wanted vectors that a restart keeps: on BlogCatalog .5 took 15 % longer."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Goal:
    """What the iteration is to find.

    Attributes
    ----------
    count
        Eigenpairs.
    tolerance
        Residual |A x - theta x| over the largest |theta| (with `of_normal`, over sqrt(theta_1 theta)).
    by_magnitude
        Whether the leading ones are those of largest |theta|, or of largest theta.
    of_normal
        Whether A is MᵀM, and the residual is M's.
    """

    count: int
    tolerance: float
    by_magnitude: bool
    of_normal: bool = False

    def order(self, values: Array) -> NDArray[np.intp]:
        """Return the places of the values, leading ones first."""
        return np.argsort(-np.abs(values) if self.by_magnitude else -values, kind="stable")

    def relative(self, residuals: Array, values: Array) -> Array:
        """Return residuals in the unit of `tolerance`."""
        largest = float(np.abs(values).max(initial=0.0))
        if self.of_normal:
            unit = np.sqrt(largest * np.maximum(np.abs(values), np.finfo(np.float32).eps * largest))
        else:
            unit = np.full(len(values), largest)
        return np.divide(residuals, unit, out=np.zeros_like(residuals), where=unit > 0)


class BlockKrylov:
    """A basis of a Krylov space of a symmetric operator, and the operator within it.

    Parameters
    ----------
    operator
        Symmetric, [num_rows, num_rows].
    num_columns
        Most columns of the basis, below num_rows.
    dtype
        float32 or float64, of the basis and of products; everything small is float64.
    seed
        Random seed.
    num_threads
        Threads to use.
    """

    def __init__(
        self, operator: Operator, num_columns: int, dtype: Any, *, seed: int, num_threads: int
    ) -> None:
        num_rows = operator.shape[0]
        self.operator = operator
        self.thin = ThinProducts(num_rows, num_threads)
        self.num_products = 0
        self._width = min(BLOCK, num_columns)
        self._basis: Matrix = np.empty((num_rows, num_columns), dtype)
        self._block: Matrix = np.empty((num_rows, self._width), dtype)
        self._spare = np.empty_like(self._block)
        self._inner = np.zeros((num_columns, num_columns))
        self._random = generator(seed, Stream.KRYLOV)
        # The squared length that a column must keep to be more than rounding.
        self._rounding = (64 * float(np.finfo(dtype).eps)) ** 2
        self._size = 0
        self._defect = 1.0

    def solve(
        self, goal: Goal, most_restarts: int, on_products: Callable[[int], None] | None = None
    ) -> tuple[Array, Matrix]:
        """Return (values [count], vectors [num_rows, count]), leading ones first, as good as they became.

        `on_products` is called with the columns multiplied so far.
        """
        self._fill_random(self._block, np.arange(self._width))
        self._rest = self.thin.gram(self._block, self._block)
        self._before = np.diag(self._rest).copy()
        most = self._basis.shape[1]
        limits = self._first_limits(goal.count)
        for restart in range(most_restarts + 1):
            for limit in limits:
                while self._size + self._width <= limit:
                    self._append()
                    self._step()
                    if on_products is not None:
                        on_products(self.num_products)
                values, small, residuals = self._ritz(goal)
                if (residuals[: goal.count] <= goal.tolerance).all():
                    return values[: goal.count], self._combined(small[:, : goal.count])
            if restart < most_restarts:
                self._restart(values, small, goal.count + int(_KEPT * (most - goal.count)))
            limits = [most]
        return values[: goal.count], self._combined(small[:, : goal.count])

    def _first_limits(self, count: int) -> list[int]:
        """Sizes at which the first basis is looked at; few, for the small problem costs as much as a step."""
        most = self._basis.shape[1]
        return sorted({min(most, count + 2 * self._width), count + (most - count) // 2, most})

    def _append(self) -> None:
        """Make the block orthonormal, also to the basis, and put it there."""
        loss = self._orthonormalize(self._before, self._rest)
        for _ in range(_MOST_PASSES):
            # A block has the basis' own defect, and more where little was left of it: where each one loses
            # much, as with an operator near a multiple of the identity, the defect would grow without end.
            defect = 1 + self._defect * np.sqrt(max(loss**2 - 1, 0.0))
            if defect <= _DEFECT:
                self._defect = max(self._defect, float(defect))
                break
            before = self.thin.squares(self._block)
            self._project(self._block)
            loss = self._orthonormalize(before, self.thin.gram(self._block, self._block))
        columns = slice(self._size, self._size + self._width)
        block, basis = self._block, self._basis
        self.thin.each_block(lambda rows: np.copyto(basis[rows, columns], block[rows]))
        self._size += self._width

    def _step(self) -> None:
        """Multiply the last block, write what of the product is in the basis into H, keep the rest."""
        self.operator.times(self._block, self._spare)
        self.num_products += self._width
        self._block, self._spare = self._spare, self._block
        inner = self._project(self._block)
        columns = slice(self._size - self._width, self._size)
        self._inner[: self._size, columns] = inner
        self._inner[columns, : self._size] = inner.T
        self._inner[columns, columns] = (inner[columns] + inner[columns].T) / 2
        self._rest = self.thin.gram(self._block, self._block)
        self._before = np.diag(self._rest) + (inner**2).sum(axis=0)

    def _project(self, block: Matrix) -> Array:
        """Take from `block` what lies in the basis; return its coordinates there."""
        basis = self._basis[:, : self._size]
        inner = self.thin.gram(basis, block)
        self.thin.subtract(block, basis, inner)
        return inner

    def _orthonormalize(self, before: Array, gram: Array) -> float:
        """Make the block's columns orthonormal in their order; return by how much one became shorter.

        `before` are their squared lengths before the basis was taken out, `gram` what their products are now.
        Columns of which nothing but rounding is left are drawn anew, and count as lost.
        """
        upper, lost = ordered_cholesky(gram, self._rounding * before)
        self.thin.times(self._block, upper_inverse(upper), self._block)
        if len(lost):
            self._fill_random(self._block, lost)
            return np.inf
        # In float32 the first factor is right to rounding times its condition, the second to rounding.
        again, _ = ordered_cholesky(self.thin.gram(self._block, self._block), np.zeros(self._width))
        self.thin.times(self._block, upper_inverse(again), self._block)
        return float(np.sqrt((before / np.diag(upper) ** 2).max()))

    def _ritz(self, goal: Goal) -> tuple[Array, Array, Array]:
        """Return values, coordinates in the basis and relative residuals of Ritz pairs, leading first."""
        values, small = np.linalg.eigh(self._inner[: self._size, : self._size])
        order = goal.order(values)
        values, small = values[order], small[:, order]
        last = small[-self._width :]
        residuals = np.sqrt(np.einsum("ij,ij->j", last, self._rest @ last).clip(0))
        return values, small, goal.relative(residuals, values)

    def _restart(self, values: Array, small: Array, kept: int) -> None:
        """Keep so many leading Ritz vectors in place of the basis."""
        self.thin.times(self._basis[:, : self._size], small[:, :kept], self._basis[:, :kept])
        self._inner[:] = 0
        self._inner[range(kept), range(kept)] = values[:kept]
        self._size = kept

    def _combined(self, small: Array) -> Matrix:
        vectors = np.empty((len(self._basis), small.shape[1]), self._basis.dtype)
        self.thin.times(self._basis[:, : self._size], small, vectors)
        return vectors

    def _fill_random(self, block: Matrix, columns: NDArray[np.intp]) -> None:
        for column in columns:
            block[:, column] = self._random.standard_normal(len(block))


def ordered_cholesky(gram: Array, least: Array) -> tuple[Array, NDArray[np.intp]]:
    """Return (R, lost): RᵀR = gram, R upper triangular, as Gram and Schmidt go, column by column.

    A column of which no more than `least`, squared, is left beside those before it is lost: its row of R is
    that of the identity, so it has no part in those behind it.

    Examples
    --------
    >>> gram = np.array([[4.0, 2.0, 2.0], [2.0, 1.0, 1.0], [2.0, 1.0, 5.0]])
    >>> upper, lost = ordered_cholesky(gram, np.full(3, 1e-9))
    >>> upper.tolist(), lost.tolist()
    ([[2.0, 1.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], [1])
    """
    left = gram.copy()
    upper = np.zeros_like(gram)
    lost = []
    for column in range(len(gram)):
        if not left[column, column] > least[column]:
            lost.append(column)
            upper[column, column] = 1
            continue
        row = left[column, column:] / np.sqrt(left[column, column])
        upper[column, column:] = row
        left[column:, column:] -= np.outer(row, row)
    return upper, np.array(lost, np.intp)


def upper_inverse(upper: Array) -> Array:
    """Return the inverse of an upper triangular matrix, upper triangular to the bit."""
    inverse: Array = np.triu(np.linalg.inv(upper))
    return inverse
