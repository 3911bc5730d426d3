"""The kernel of graph random features as a linear operator: K ~ Phi Phi^T, never formed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.linalg import LinearOperator, cg

from graphkit.checks import check_positive, check_whole
from graphkit.errors import ParameterError, RunError
from graphkit.graph_kernels.sparse_product import multiply
from graphkit.parallel import resolve_threads

if TYPE_CHECKING:
    import scipy.sparse

Signals = NDArray[np.float64]
"""One number a node, ``[num_nodes]``, or several, ``[num_nodes, num_signals]``."""


class KernelOperator(LinearOperator):
    """K = left right^T for sparse features, as SciPy's `LinearOperator`; float64, products on threads.

    Parameters
    ----------
    left
        Features of the rows, SciPy CSR [num_rows, num_features].
    right
        Features of the columns, SciPy CSR [num_columns, num_features]; None for `left`: K is then symmetric
        and positive semidefinite.
    num_threads
        Threads to use, >= 1; None for all cores. Results do not depend on it.

    Notes
    -----
    A product with a signal is two sparse products, O(num_entries). The transposed features are made at the
    first one and kept.

    Examples
    --------
    >>> import scipy.sparse
    >>> kernel = KernelOperator(scipy.sparse.csr_array([[1.0, 0.5], [0.0, 2.0]]))
    >>> kernel.to_dense()
    array([[1.25, 1.  ],
           [1.  , 4.  ]])
    >>> kernel @ np.array([1.0, 0.0])
    array([1.25, 1.  ])
    """

    def __init__(
        self,
        left: scipy.sparse.csr_array,
        right: scipy.sparse.csr_array | None = None,
        *,
        num_threads: int | None = None,
    ):
        self.left = left
        self.right = left if right is None else right
        if left.shape[1] != self.right.shape[1]:
            raise ParameterError(f"left has {left.shape[1]} features, right has {self.right.shape[1]}")
        self.num_threads = resolve_threads(num_threads)
        shape = left.shape[0], self.right.shape[0]
        super().__init__(np.float64, shape)  # type: ignore[call-arg]

    @property
    def is_symmetric(self) -> bool:
        """Whether rows and columns have the same features, so that K is positive semidefinite."""
        return self.left is self.right

    def diagonal(self) -> Signals:
        """Return K(i, i), float64 [num_nodes]; only where K is square."""
        if self.shape[0] != self.shape[1]:
            raise ParameterError(f"a kernel of shape {list(self.shape)} has no diagonal")
        products = self.left.astype(np.float64).multiply(self.right)
        return np.asarray(products.sum(axis=1), np.float64).ravel()

    def to_dense(self) -> Signals:
        """Return K, float64 [num_rows, num_columns]: for small graphs."""
        dense: Signals = (self.left.astype(np.float64) @ self.right.T).toarray()
        return dense

    def block(self, rows: ArrayLike | None = None, columns: ArrayLike | None = None) -> KernelOperator:
        """Return K restricted to rows and columns, such as K(all, observed) for predictions.

        Parameters
        ----------
        rows, columns
            Row numbers of the graph, ints; None for all.

        Examples
        --------
        >>> import scipy.sparse
        >>> kernel = KernelOperator(scipy.sparse.csr_array([[1.0, 0.5], [0.0, 2.0]]))
        >>> kernel.block(columns=[1]).to_dense()
        array([[1.],
               [4.]])
        """
        left = self.left if rows is None else self.left[_numbers("rows", rows, self.shape[0])]
        if self.is_symmetric and _are_same(rows, columns):
            return KernelOperator(left, num_threads=self.num_threads)
        right = self.right if columns is None else self.right[_numbers("columns", columns, self.shape[1])]
        return KernelOperator(left, right, num_threads=self.num_threads)

    def solve(
        self, b: ArrayLike, *, noise: float, rtol: float = 1e-6, max_iterations: int | None = None
    ) -> Signals:
        """Solve (K + noise I) x = b by conjugate gradients.

        Parameters
        ----------
        b
            Right-hand side, [num_nodes], or several, [num_nodes, num_signals], solved together.
        noise
            > 0; the smaller, the more iterations.
        rtol
            Each residual is at most this times its right-hand side, > 0.
        max_iterations
            >= 1; None for ten times the number of unknowns.

        Returns
        -------
        float64
            x, of b's shape.

        Raises
        ------
        ParameterError
            For a parameter outside its range, or a kernel that is not symmetric.
        RunError
            If `rtol` is not reached.

        Examples
        --------
        >>> import scipy.sparse
        >>> KernelOperator(scipy.sparse.csr_array([[1.0, 0.0], [0.0, 3.0]])).solve([2.0, 5.0], noise=1.0)
        array([1. , 0.5])
        """
        given = np.asarray(b, np.float64)
        self._check_solve(given, noise, rtol)
        limit = None if max_iterations is None else check_whole("max_iterations", max_iterations, 1)
        columns = given.reshape(len(given), -1)
        sizes = np.linalg.norm(columns, axis=0)
        units = np.divide(columns, sizes, out=np.zeros_like(columns), where=sizes > 0)
        shape, count = units.shape, max(1, int(np.count_nonzero(sizes)))

        def shifted(flat: Signals) -> Signals:
            """(K + noise I) for all right-hand sides, side by side in one vector."""
            signals = flat.reshape(shape)
            return (self.matmat(signals) + noise * signals).ravel()

        system = LinearOperator((units.size, units.size), shifted, dtype=np.float64)
        # The residuals together are at most what each of them may be.
        found, iterations = cg(system, units.ravel(), rtol=rtol / count, maxiter=limit)
        if iterations:
            raise RunError(
                f"no solution to rtol={rtol:g} in {iterations} iterations; more noise, or a larger "
                "max_iterations, helps"
            )
        solution: Signals = (found.reshape(shape) * sizes).reshape(given.shape)
        return solution

    def matvec(self, x: ArrayLike) -> Signals:  # type: ignore[override]
        """Return K x for a signal, [num_columns] or [num_columns, 1]."""
        product: Signals = super().matvec(self._checked(x))
        return product

    def matmat(self, x: ArrayLike) -> Signals:  # type: ignore[override]
        """Return K X for signals side by side, [num_columns, num_signals]."""
        product: Signals = super().matmat(self._checked(x))
        return product

    def _checked(self, x: ArrayLike) -> NDArray[np.number]:
        signal: NDArray[np.number] = np.asarray(x)
        if signal.ndim not in (1, 2) or len(signal) != self.shape[1]:
            raise ParameterError(
                f"the signal must have {self.shape[1]} rows, one a column of the kernel, "
                f"got shape {list(signal.shape)}"
            )
        return signal

    def _check_solve(self, b: Signals, noise: float, rtol: float) -> None:
        if not self.is_symmetric:
            raise ParameterError("solve needs a symmetric kernel: one set of features for rows and columns")
        if not np.isfinite(self._checked(b)).all():
            raise ParameterError("b must be finite")
        check_positive("noise", noise)
        check_positive("rtol", rtol)

    def _matvec(self, x: NDArray[np.number]) -> Signals:
        return self._matmat(x.reshape(-1, 1)).ravel()

    def _matmat(self, x: NDArray[np.number]) -> Signals:
        signals = np.ascontiguousarray(x, np.float64)
        return multiply(self.left, multiply(self._transposed, signals, self.num_threads), self.num_threads)

    def _adjoint(self) -> KernelOperator:
        return (
            self if self.is_symmetric else KernelOperator(self.right, self.left, num_threads=self.num_threads)
        )

    _transpose = _adjoint

    @cached_property
    def _transposed(self) -> scipy.sparse.csr_array:
        return self.right.T.tocsr()


def _numbers(name: str, numbers: ArrayLike, count: int) -> NDArray[np.integer[Any]]:
    """Row numbers, checked."""
    given = np.asarray(numbers)
    if (
        given.ndim != 1
        or given.dtype.kind not in "iu"
        or (len(given) and not 0 <= given.min() <= given.max() < count)
    ):
        raise ParameterError(f"{name} must be whole numbers in [0, {count}), got {numbers!r}")
    return given


def _are_same(rows: ArrayLike | None, columns: ArrayLike | None) -> bool:
    if rows is None or columns is None:
        return rows is columns
    return np.array_equal(rows, columns)
