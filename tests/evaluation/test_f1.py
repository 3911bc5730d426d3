"""F1 and the top-k rule against their definitions and scikit-learn."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score
from support.reference import f1 as reference

from graphkit.evaluation.f1 import highest_scores, micro_macro_f1

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 5))


@settings(deadline=None, derandomize=True)
@given(st.data())
def test_f1(data):
    shape = data.draw(SHAPES)
    truth, predicted = (data.draw(arrays(np.bool_, shape)) for _ in range(2))
    found = micro_macro_f1(truth, predicted)
    np.testing.assert_allclose(found, reference.micro_macro_f1(truth.tolist(), predicted.tolist()))
    if shape[1] > 1:
        peer = [f1_score(truth, predicted, average=kind, zero_division=0) for kind in ("micro", "macro")]
        np.testing.assert_allclose(found, peer)


@settings(deadline=None, derandomize=True)
@given(st.data())
def test_highest_scores(data):
    shape = data.draw(SHAPES)
    scores = data.draw(arrays(np.float64, shape, elements=st.sampled_from([-np.inf, -1.0, 0.0, 2.5, np.inf])))
    counts = data.draw(arrays(np.int64, shape[0], elements=st.integers(0, shape[1])))
    expected = reference.highest_scores(scores.tolist(), counts.tolist())
    assert highest_scores(scores, counts).tolist() == expected
