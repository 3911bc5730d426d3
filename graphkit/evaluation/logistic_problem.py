"""The objective of one-vs-rest logistic regression, its gradient and curvature, for all labels at once.

Label l has the weights w_l (the last is the intercept: the weight of a constant feature 1) and the
objective ``½ |w_l|² + C Σ_i [log(1 + exp(z_il)) - y_il z_il]``, ``z = X W``. One product of matrices
serves all labels. Rows are taken in blocks that fit a core's cache, and the blocks' sums are added in
order, so that the result does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.parallel import run_ranges

Matrix = NDArray[np.float64]

_BLOCK_ROWS = 4096


class Evaluation(NamedTuple):
    """Objective and derivatives of some labels at their weights."""

    loss: NDArray[np.float64]
    """The objective, [num_labels]."""

    gradient: Matrix
    """[dim + 1, num_labels]."""

    curvature: NDArray[np.float32]
    """``C p (1 - p)``, the weight of each row in the Hessian, [num_rows, num_labels]."""

    def take(self, labels: NDArray[np.int64]) -> Evaluation:
        """The same for some of the labels."""
        return Evaluation(self.loss[labels], self.gradient[:, labels], self.curvature[:, labels])


class LogisticProblem:
    """The objectives of all labels over the same rows.

    Parameters
    ----------
    features
        float32 or float64 [num_rows, dim].
    labels
        SciPy CSR of ones, [num_rows, num_labels].
    penalty
        C, the weight of the log-likelihood, > 0.
    num_threads
        Blocks that are worked on side by side.
    """

    def __init__(self, features: NDArray[Any], labels: Any, penalty: float, num_threads: int) -> None:
        self.features = features
        self.penalty = penalty
        self._num_threads = num_threads
        self._bounds = [*range(0, max(len(features), 1), _BLOCK_ROWS), len(features)]
        self.moment = self._sum(lambda start, stop: _moment(self._rows(start, stop), labels[start:stop]))

    def gram(self) -> Matrix:
        """Products of all pairs of features, the constant one included, [dim + 1, dim + 1]."""

        def block(start: int, stop: int) -> Matrix:
            rows = np.column_stack([self._rows(start, stop), np.ones(stop - start)])
            return rows.T @ rows

        total: Matrix = self._sum(block)
        return total

    def evaluate(self, weights: Matrix, labels: NDArray[np.int64]) -> Evaluation:
        """Objective, gradient and curvature of `labels` at `weights` [dim + 1, len(labels)]; in float64."""
        curvature = np.empty((len(self.features), len(labels)), np.float32)

        def block(start: int, stop: int) -> Matrix:
            rows = self._rows(start, stop)
            softplus, probability = _softplus_and_sigmoid(_product(rows, weights))
            np.multiply(
                probability, self.penalty * (1 - probability), out=curvature[start:stop], casting="same_kind"
            )
            return np.vstack([_transposed_product(rows, probability), softplus.sum(axis=0)])

        total = self._sum(block)
        moment = self.moment[:, labels]
        likelihood = total[-1] - (weights * moment).sum(axis=0)
        loss = (weights**2).sum(axis=0) / 2 + self.penalty * likelihood
        return Evaluation(loss, weights + self.penalty * (total[:-1] - moment), curvature)

    def hessian_product(self, curvature: NDArray[np.float32], directions: Matrix) -> Matrix:
        """The Hessians' products with one direction a label, [dim + 1, num_labels]; summed in float32."""
        narrow = directions.astype(np.float32)

        def block(start: int, stop: int) -> NDArray[np.float32]:
            rows = self.features[start:stop].astype(np.float32, copy=False)
            products = _product(rows, narrow)
            products *= curvature[start:stop]
            return _transposed_product(rows, products)

        products: Matrix = directions + self._sum(block)
        return products

    def _rows(self, start: int, stop: int) -> Matrix:
        return self.features[start:stop].astype(np.float64, copy=False)

    def _sum(self, block: Callable[[int, int], Any]) -> Any:
        """The sum of `block` over the blocks of rows, in their order."""
        first, *others = run_ranges(block, self._bounds, self._num_threads)
        for other in others:
            first += other
        return first


def _product(rows: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """Features times weights, the constant feature included, [num_rows, num_labels]."""
    product: NDArray[Any] = rows @ weights[:-1]
    product += weights[-1]
    return product


def _transposed_product(rows: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Features, the constant one included, times one value a row and label, [dim + 1, num_labels]."""
    return np.vstack([rows.T @ values, values.sum(axis=0)])


def _moment(rows: Matrix, labels: Any) -> Matrix:
    """Sums of the features over the rows that bear each label, [dim + 1, num_labels]."""
    return np.vstack([(labels.T @ rows).T, labels.sum(axis=0)[None]])


def _softplus_and_sigmoid(z: Matrix) -> tuple[Matrix, Matrix]:
    """``log(1 + exp(z))`` and ``1 / (1 + exp(-z))``, neither of which overflows this way."""
    small = np.exp(-np.abs(z))
    whole = 1 + small
    return np.log(whole) + np.maximum(z, 0), np.where(z > 0, 1, small) / whole
