"""Labels as evaluation takes them: a 0/1 matrix, or one class a node."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask
from graphkit.checks import as_array
from graphkit.errors import GraphkitWarning, InputError


class Labels(NamedTuple):
    """Which labels the labelled nodes bear."""

    rows: NDArray[np.int64]
    """Rows of the nodes with at least one label, ascending, [num_labelled]."""

    matrix: Any
    """SciPy CSR of ones, float64 [num_labelled, num_labels]."""

    names: list[Any]
    """The classes, or the numbers of the columns of a matrix."""

    @property
    def is_multi_class(self) -> bool:
        """Whether each labelled node bears exactly one label."""
        return bool(self.matrix.nnz == self.matrix.shape[0])


def as_labels(labels: Any, num_nodes: int) -> Labels:
    """Read labels in any of the forms that `node_classification` takes.

    Raises
    ------
    InputError
        If there are not `num_nodes` of them, a matrix holds anything but 0 and 1, fewer than two nodes
        are labelled, or all bear the same label.
    """
    import scipy.sparse

    if not scipy.sparse.issparse(labels):
        labels = as_array("labels", labels)
    if labels.ndim not in (1, 2) or labels.shape[0] != num_nodes:
        raise InputError(
            f"labels must be [{num_nodes}] or [{num_nodes}, num_labels], one row a vector, "
            f"got {list(labels.shape)}"
        )
    matrix, names = _from_classes(labels) if labels.ndim == 1 else _from_matrix(labels)
    rows = np.flatnonzero(np.diff(matrix.indptr))
    if len(rows) < 2:
        raise InputError(f"at least 2 nodes must be labelled, found {len(rows)} of {num_nodes}")
    found = Labels(rows, matrix[rows], names)
    if found.is_multi_class and np.count_nonzero(found.matrix.sum(axis=0)) < 2:
        raise InputError("all labelled nodes bear the same label (-1 stands for none): nothing to classify")
    return found


def warn_of_idle_labels(labels: Labels) -> None:
    """Warn of labels that no node bears, which lower macro-F1."""
    counts = labels.matrix.sum(axis=0)
    empty = np.count_nonzero(counts == 0)
    if empty:
        warnings.warn(
            f"{empty} of {len(counts)} labels are borne by no node and count 0 in macro-F1: drop them",
            GraphkitWarning,
            stacklevel=3,
        )


def _from_matrix(labels: Any) -> tuple[Any, list[Any]]:
    """A 0/1 matrix, sparse or dense, as CSR without stored zeros."""
    import scipy.sparse

    if not np.issubdtype(labels.dtype, np.number) and labels.dtype != np.bool_:
        raise InputError(f"a matrix of labels must hold 0 and 1, got {labels.dtype}")
    matrix = scipy.sparse.csr_array(labels, dtype=np.float64)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    odd = np.flatnonzero(matrix.data != 1)
    if len(odd):
        raise InputError(f"a matrix of labels must hold 0 and 1, found {matrix.data[odd[0]]:g}")
    return matrix, list(range(matrix.shape[1]))


def _from_classes(labels: NDArray[Any]) -> tuple[Any, list[Any]]:
    """One class a node as a 0/1 matrix, classes in sorted order."""
    import scipy.sparse

    known = np.flatnonzero(~_is_missing(labels))
    try:
        classes, codes = np.unique(labels[known], return_inverse=True)
    except TypeError:
        raise InputError("labels must be all numbers or all strings, found both") from None
    ones = np.ones(len(known))
    matrix = scipy.sparse.csr_array((ones, (known, codes)), shape=(len(labels), len(classes)))
    return matrix, classes.tolist()


def _is_missing(labels: NDArray[Any]) -> Mask:
    """Where a node has no class: -1, NaN, None or an empty string."""
    if labels.dtype.kind in "biuf":
        missing: Mask = np.isnan(labels) | (labels == -1)
        return missing
    # NaN is the one value that differs from itself.
    return np.array([label is None or label == "" or label != label for label in labels.tolist()], np.bool_)
