"""From the vectors of two nodes to the features of their pair, or to a score.

References
----------
Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016, table 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.checks import as_array, check_choice
from graphkit.errors import InputError
from graphkit.evaluation.vectors import as_vectors, unit_rows

Array = NDArray[Any]
Operator = Callable[[Array, Array], Array]

FEATURES: dict[str, Operator] = {
    "hadamard": lambda u, v: u * v,
    "average": lambda u, v: (u + v) / 2,
    "l1": lambda u, v: np.abs(u - v),
    "l2": lambda u, v: (u - v) ** 2,
    "concat": lambda u, v: np.hstack([u, v]),
}
"""Features of a pair, for a classifier."""

SCORES: dict[str, Operator] = {
    "inner": lambda u, v: np.vecdot(u, v),
    "cosine": lambda u, v: np.vecdot(unit_rows(u), unit_rows(v)),
}
"""Scores of a pair, without a classifier."""

_BLOCK_PAIRS = 65_536


def edge_features(vectors: Any, pairs: ArrayLike, operator: str = "hadamard") -> Array:
    """Compute the features of the given pairs of nodes, and of no others.

    Parameters
    ----------
    vectors
        An `Embedding`, or an array [num_nodes, dim] of finite numbers.
    pairs
        Rows of two nodes each, whole numbers [num_pairs, 2]; `Graph.rows` finds the rows of ids.
    operator
        ``"hadamard"`` u·v, ``"average"`` (u + v) / 2, ``"l1"`` ``|u - v|``, ``"l2"`` (u - v)², each
        element by element, or ``"concat"``, u then v.

    Returns
    -------
    float32 or float64, as the vectors, [num_pairs, dim]; [num_pairs, 2 dim] for "concat"

    Raises
    ------
    InputError
        For a row outside 0 .. num_nodes - 1, or vectors that are not finite.
    ParameterError
        For an unknown operator.

    References
    ----------
    Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016.

    Examples
    --------
    >>> edge_features([[1.0, 2.0], [3.0, 5.0]], [(0, 1)], "l1")
    array([[2., 3.]])
    """
    check_choice("operator", operator, FEATURES)
    matrix = as_vectors(vectors)
    return apply_operator(FEATURES[operator], matrix, as_pairs(pairs, len(matrix)))


def pair_scores(vectors: Array, pairs: NDArray[np.integer], operator: str) -> NDArray[np.float64]:
    """Score pairs by ``"inner"`` product or ``"cosine"``, float64 [num_pairs]; `vectors` as checked."""
    return apply_operator(SCORES[operator], vectors, pairs).astype(np.float64, copy=False)


def apply_operator(operator: Operator, vectors: Array, pairs: NDArray[np.integer]) -> Array:
    """Apply an operator in blocks of pairs, so that little but the result takes memory."""
    u, v = pairs.T
    result = np.empty((len(pairs), *operator(vectors[:0], vectors[:0]).shape[1:]), vectors.dtype)
    for start in range(0, len(pairs), _BLOCK_PAIRS):
        block = slice(start, start + _BLOCK_PAIRS)
        result[block] = operator(vectors[u[block]], vectors[v[block]])
    return result


def as_pairs(pairs: ArrayLike, num_nodes: int, name: str = "pairs") -> NDArray[np.integer]:
    """Return pairs of rows as whole numbers [num_pairs, 2], all within 0 .. num_nodes - 1."""
    array = as_array(name, pairs)
    if array.size == 0:
        return np.empty((0, 2), np.int32)
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "iu":
        raise InputError(
            f"{name} must be rows, whole numbers [num_pairs, 2], got {array.dtype} {list(array.shape)}"
        )
    outside = np.flatnonzero(((array < 0) | (array >= num_nodes)).any(axis=1))
    if len(outside):
        raise InputError(
            f"{name}: {array[outside[0]].tolist()} is not a pair of rows in 0 .. {num_nodes - 1}"
        )
    return array
