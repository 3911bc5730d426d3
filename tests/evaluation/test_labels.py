"""Labels in all forms, and what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse

from graphkit.errors import GraphkitWarning, InputError
from graphkit.evaluation.labels import as_labels, warn_of_idle_labels

MATRIX = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0], [1, 0, 0]])

MATRICES = {
    "int": MATRIX,
    "bool": MATRIX.astype(bool),
    "float list": MATRIX.astype(float).tolist(),
    "csr_matrix": scipy.sparse.csr_matrix(MATRIX),
    "coo_array": scipy.sparse.coo_array(MATRIX.astype(np.uint8)),
    "stored zeros": scipy.sparse.csr_array((np.eye(4, 3).ravel()[:0], ([], [])), shape=(4, 3)) + MATRIX,
    "frame": pd.DataFrame(MATRIX),
}


@pytest.mark.parametrize("labels", MATRICES.values(), ids=MATRICES.keys())
def test_matrices(labels):
    read = as_labels(labels, 4)
    assert read.rows.tolist() == [0, 2, 3]
    assert read.matrix.toarray().tolist() == MATRIX[[0, 2, 3]].tolist()
    assert not read.is_multi_class


CLASSES = {
    "numbers": [7, -1, 3, 7],
    "floats": [7.0, np.nan, 3.0, 7.0],
    "strings": ["b", "", "a", "b"],
    "None": ["b", None, "a", "b"],
    "StringDType": np.array(["b", "", "a", "b"], dtype=np.dtypes.StringDType()),
    "polars": pl.Series(["b", None, "a", "b"]),
    "pandas categories": pd.Series(["b", None, "a", "b"], dtype="category"),
}


@pytest.mark.parametrize("labels", CLASSES.values(), ids=CLASSES.keys())
def test_classes(labels):
    read = as_labels(labels, 4)
    assert read.rows.tolist() == [0, 2, 3]
    assert read.matrix.toarray().tolist() == [[0, 1], [1, 0], [0, 1]]
    assert read.is_multi_class


def test_zero_is_a_class_and_so_is_false():
    assert as_labels([0, 1, 0], 3).rows.tolist() == [0, 1, 2]
    assert as_labels([False, True, False], 3).rows.tolist() == [0, 1, 2]
    assert as_labels(np.array([0, 1, 255], np.uint8), 3).matrix.shape == (3, 3)


REFUSED = {
    "wrong length": (["a", "b"], r"labels must be \[4\] or \[4, num_labels\].*got \[2\]"),
    "wrong rows": (np.eye(3), r"got \[3, 3\]"),
    "three axes": (np.ones((4, 2, 2)), r"got \[4, 2, 2\]"),
    "a two": (2 * MATRIX, "must hold 0 and 1, found 2"),
    "a NaN": (np.where(MATRIX, np.nan, 0.0), "must hold 0 and 1, found nan"),
    "text matrix": (MATRIX.astype(str), "must hold 0 and 1, got <U"),
    "nobody": (np.zeros((4, 3)), "at least 2 nodes must be labelled, found 0 of 4"),
    "one node": ([-1, -1, 3, -1], "at least 2 nodes must be labelled, found 1 of 4"),
    "one class": (["a", "a", "", "a"], "all labelled nodes bear the same label"),
    "one column": (np.ones((4, 1)), "all labelled nodes bear the same label"),
    "mixed objects": (np.array(["a", 1, 2, "b"], dtype=object), "all numbers or all strings"),
}


@pytest.mark.parametrize(("labels", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(labels, message):
    with pytest.raises(InputError, match=message):
        as_labels(labels, 4)


def test_warns_of_labels_without_nodes():
    with pytest.warns(GraphkitWarning, match="1 of 4 labels are borne by no node"):
        warn_of_idle_labels(as_labels(np.hstack([MATRIX, np.zeros((4, 1))]), 4))
