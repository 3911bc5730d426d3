"""One-vs-rest logistic regression against LIBLINEAR and its own objective."""

import numpy as np
import pytest
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from support.reference.logistic import objective

from graphkit.errors import GraphkitWarning
from graphkit.evaluation import fit_one_vs_rest, logistic


def problem(num_rows, dim, num_labels, seed=0, scale=1.0):
    """Correlated features of different sizes, and labels from rare to frequent that depend on them."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(num_rows, dim)) @ rng.normal(size=(dim, dim)) / np.sqrt(dim)
    scores = features @ rng.normal(size=(dim, num_labels)) + rng.logistic(size=(num_rows, num_labels))
    labels = scores > np.quantile(scores, np.linspace(0.98, 0.3, num_labels), axis=0).diagonal()
    return scale * features, scipy.sparse.csr_array(labels, dtype=np.float64)


def liblinear(features, labels, penalty):
    model = LogisticRegression(solver="liblinear", C=penalty, tol=1e-10, max_iter=10_000)
    fitted = OneVsRestClassifier(model).fit(features, labels.toarray())
    return (
        np.vstack([one.coef_ for one in fitted.estimators_]),
        np.hstack([one.intercept_ for one in fitted.estimators_]),
    )


@pytest.mark.parametrize("penalty", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("shape", [(300, 5, 4), (60, 90, 3), (5000, 8, 6), (300, 5, 20)], ids=str)
def test_agrees_with_liblinear(shape, penalty):
    features, labels = problem(*shape)
    model = fit_one_vs_rest(features, labels, C=penalty, tolerance=1e-6)
    coef, intercept = liblinear(features, labels, penalty)
    np.testing.assert_allclose(model.coef, coef, atol=2e-5)
    np.testing.assert_allclose(model.intercept, intercept, atol=2e-5)


@pytest.mark.parametrize("scale", [1e-6, 1e4, 1e12])
def test_any_size_of_features(scale):
    features, labels = problem(300, 5, 4, scale=scale)
    model = fit_one_vs_rest(features, labels, tolerance=1e-6)
    _, found = logistic.objective(np.vstack([model.coef.T, model.intercept]), features, labels.toarray(), 1.0)
    _, begun = logistic.objective(np.zeros((6, 4)), features, labels.toarray(), 1.0)
    assert np.abs(found).max() < 1e-5 * np.abs(begun).max()


def test_default_tolerance_is_near_the_optimum_in_float32():
    features, labels = problem(2000, 30, 10)
    near = fit_one_vs_rest(features.astype(np.float32), labels)
    exact = fit_one_vs_rest(features, labels, tolerance=1e-6)
    assert np.abs(near.coef - exact.coef).max() < 5e-3
    assert near.scores(features.astype(np.float32)).dtype == np.float32


def test_gradient_is_the_objectives_slope():
    features, labels = problem(40, 3, 2)
    truth = labels.toarray()
    weights = np.array([[0.3, 0.7], [-0.2, 0.1], [0.1, -0.4], [0.5, -30.0]])
    loss, gradient = logistic.objective(weights, features, truth, 2.5)

    def at(moved):
        return sum(objective(moved[:, label], features, truth[:, label], 2.5) for label in range(2))

    np.testing.assert_allclose(loss, at(weights))
    for row, label in np.ndindex(4, 2):
        step = np.zeros((4, 2))
        step[row, label] = 1e-5
        slope = (at(weights + step) - at(weights - step)) / 2e-5
        np.testing.assert_allclose(gradient[row, label], slope, rtol=1e-6)


def test_scores_that_overflow_the_exponential():
    truth = np.array([[1.0, 0.0], [0.0, 1.0]])
    loss, gradient = logistic.objective(np.array([[1e4, 1e4], [0, 0]]), np.array([[1.0], [-1.0]]), truth, 1.0)
    assert loss == 1e8 + 2e4
    np.testing.assert_array_equal(gradient, [[1e4, 1e4 + 2], [0, 0]])


@pytest.mark.parametrize("tolerance", [1e-1, 1e-2, 1e-4])
def test_every_label_reaches_the_tolerance(tolerance):
    """Labels that are rare, frequent, separable and random, fitted as one problem."""
    features, labels = problem(3000, 10, 6)
    rng = np.random.default_rng(1)
    others = [features[:, :2] > 0, rng.random((3000, 2)) < [0.5, 0.001]]
    truth = np.column_stack([labels.toarray(), *others]).astype(np.float64)
    model = fit_one_vs_rest(features, scipy.sparse.csr_array(truth), C=3.0, tolerance=tolerance)
    weights = np.vstack([model.coef.T, model.intercept])
    _, gradient = logistic.objective(weights, features, truth, 3.0)
    rows = np.column_stack([features, np.ones(3000)])
    for label, share in enumerate(truth.mean(axis=0)):
        hessian = np.eye(11) + 3.0 * share * (1 - share) * rows.T @ rows
        distance = np.sqrt(gradient[:, label] @ np.linalg.solve(hessian, gradient[:, label]) / 11)
        assert distance <= tolerance


def test_threads_are_not_part_of_the_result():
    features, labels = problem(20_000, 4, 3)
    one, two = (fit_one_vs_rest(features, labels, num_threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.coef, two.coef)


def test_labels_that_no_row_or_every_row_bears():
    features, labels = problem(50, 3, 1)
    labels = scipy.sparse.hstack([labels, np.zeros((50, 1)), np.ones((50, 1))], format="csr")
    model = fit_one_vs_rest(features, labels)
    assert model.intercept[1:].tolist() == [-np.inf, np.inf]
    assert np.isfinite(model.intercept[0])
    with pytest.warns(UserWarning, match="Label .* is present in"):
        peer = OneVsRestClassifier(LogisticRegression(solver="liblinear")).fit(features, labels.toarray())
    np.testing.assert_array_equal(model.scores(features) > 0, peer.predict(features) > 0)


@pytest.mark.parametrize("penalty", [1.0, 1e6])
def test_separable_labels(penalty):
    features = np.array([[2.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-2.0, 0.0]])
    labels = scipy.sparse.csr_array([[1.0], [1.0], [0.0], [0.0]])
    model = fit_one_vs_rest(features, labels, C=penalty)
    assert ((model.scores(features) > 0) == labels.toarray()).all()
    assert model.coef[0, 1] == 0


def test_features_that_say_nothing():
    labels = scipy.sparse.csr_array(np.arange(40)[:, None] % 4 == 0, dtype=np.float64)
    model = fit_one_vs_rest(np.zeros((40, 3)), labels, C=1e4)
    np.testing.assert_allclose(model.intercept, np.log(1 / 3), atol=1e-3)
    assert not model.coef.any()


def test_warns_of_the_labels_that_do_not_converge(monkeypatch):
    features, labels = problem(300, 5, 4)
    # A label that depends on nothing is fitted by its intercept, where the search starts.
    features[150:], easy = features[:150], np.arange(300)[:, None] < 150
    monkeypatch.setattr(logistic, "_MAX_STEPS", 3)
    monkeypatch.setattr(logistic, "_LABELS_AT_ONCE", 1)
    with pytest.warns(GraphkitWarning, match="4 of 5 labels not converged to a tolerance of 0.001"):
        fit_one_vs_rest(features, scipy.sparse.hstack([labels, easy], format="csr"))


def test_no_warning_where_rounding_hides_the_rest():
    features, labels = problem(5000, 8, 6)
    near, nearer = (fit_one_vs_rest(features, labels, C=1000.0, tolerance=one) for one in (1e-3, 1e-12))
    np.testing.assert_allclose(near.coef, nearer.coef, atol=1e-5)


@pytest.mark.parametrize("spread", [1, 1e3])
def test_few_gradients_are_needed(monkeypatch, spread):
    features, labels = problem(2000, 30, 10)
    gradients = []
    plain = logistic.objective
    monkeypatch.setattr(logistic, "objective", lambda *given: gradients.append(1) or plain(*given))
    fit_one_vs_rest(features * np.geomspace(1, spread, 30), labels)
    assert len(gradients) < 60
