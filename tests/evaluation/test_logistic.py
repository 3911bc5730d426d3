"""One-vs-rest logistic regression against LIBLINEAR and its own objective."""

import numpy as np
import pytest
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from support.reference.logistic import objective

from graphkit.errors import GraphkitWarning
from graphkit.evaluation import fit_one_vs_rest, logistic
from graphkit.evaluation.logistic_problem import LogisticProblem


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
@pytest.mark.parametrize("shape", [(300, 5, 4), (60, 90, 3), (5000, 8, 6)], ids=str)
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
    problem_, all_labels = LogisticProblem(features, labels, 1.0, 1), np.arange(4)
    found = problem_.evaluate(np.vstack([model.coef.T, model.intercept]), all_labels)
    begun = problem_.evaluate(np.zeros((6, 4)), all_labels)
    assert np.abs(found.gradient).max() < 1e-5 * np.abs(begun.gradient).max()


def test_default_tolerance_is_near_the_optimum_in_float32():
    features, labels = problem(2000, 30, 10)
    near = fit_one_vs_rest(features.astype(np.float32), labels)
    exact = fit_one_vs_rest(features, labels, tolerance=1e-6)
    assert np.abs(near.coef - exact.coef).max() < 5e-3
    assert near.scores(features.astype(np.float32)).dtype == np.float32


def test_gradient_is_the_objectives_slope():
    features, labels = problem(40, 3, 2)
    column = np.array([1])
    weights = np.array([[0.3], [-0.2], [0.1], [0.5]])
    state = LogisticProblem(features, labels, 2.5, 1).evaluate(weights, column)
    truth = labels.toarray()[:, 1]

    def at(moved):
        return objective(moved, features, truth, 2.5)

    np.testing.assert_allclose(state.loss, at(weights[:, 0]))
    for row in range(4):
        step = 1e-5 * np.eye(4)[row]
        slope = (at(weights[:, 0] + step) - at(weights[:, 0] - step)) / 2e-5
        np.testing.assert_allclose(state.gradient[row, 0], slope, rtol=1e-6)


def test_hessian_product_is_the_gradients_slope():
    features, labels = problem(200, 3, 2)
    problem_ = LogisticProblem(features, labels, 2.5, 1)
    weights, direction = np.full((4, 2), 0.2), np.random.default_rng(1).normal(size=(4, 2))
    both = np.arange(2)
    above, below = (problem_.evaluate(weights + sign * 1e-5 * direction, both) for sign in (1, -1))
    product = problem_.hessian_product(problem_.evaluate(weights, both).curvature, direction)
    np.testing.assert_allclose(product, (above.gradient - below.gradient) / 2e-5, rtol=1e-4)


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


def test_warns_if_it_does_not_converge(monkeypatch):
    monkeypatch.setattr(logistic, "_MAX_STEPS", 1)
    with pytest.warns(GraphkitWarning, match="4 of 4 labels not converged after 1 Newton steps"):
        fit_one_vs_rest(*problem(300, 5, 4))


def test_few_products_are_needed(monkeypatch):
    features, labels = problem(2000, 30, 10)
    products = []
    product = LogisticProblem.hessian_product
    monkeypatch.setattr(
        LogisticProblem, "hessian_product", lambda *given: products.append(1) or product(*given)
    )
    fit_one_vs_rest(features, labels)
    assert len(products) < 40
