"""From scores to predicted labels, and their F1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask


def highest_scores(scores: NDArray[Any], counts: NDArray[np.integer]) -> Mask:
    """Predict for row i the ``counts[i]`` labels of highest score, bool [num_rows, num_labels].

    Of equal scores the lower label number comes first.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    predicted = np.zeros(scores.shape, np.bool_)
    first = np.arange(scores.shape[1]) < counts[:, None]
    np.put_along_axis(predicted, order, first, axis=1)
    return predicted


def micro_macro_f1(truth: Mask, predicted: Mask) -> tuple[float, float]:
    """Return micro- and macro-F1, ``F1 = 2 TP / (2 TP + FP + FN)``.

    Micro takes the counts of all labels together; macro is the mean of the labels' F1, which is 0 for
    a label that is neither borne nor predicted.

    Parameters
    ----------
    truth, predicted
        bool [num_rows, num_labels].

    Examples
    --------
    >>> truth = np.array([[True, False], [True, True]])
    >>> micro_macro_f1(truth, np.array([[True, False], [True, False]]))
    (0.8, 0.5)
    """
    hits = 2 * np.count_nonzero(truth & predicted, axis=0)
    # 2 TP + FP + FN: all that is true and all that is predicted.
    total = np.count_nonzero(truth, axis=0) + np.count_nonzero(predicted, axis=0)
    return float(hits.sum() / max(total.sum(), 1)), float(np.mean(hits / np.maximum(total, 1)))
