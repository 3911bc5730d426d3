"""The kernel as an operator: products, blocks and solutions are those of the dense matrix."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import aslinearoperator, eigsh

from graphkit.errors import ParameterError, RunError
from graphkit.graph_kernels.kernel_operator import KernelOperator

RNG = np.random.default_rng(3)


def features(num_rows, num_features=40, seed=0):
    return sp.random_array(
        (num_rows, num_features), density=0.2, dtype=np.float32, rng=np.random.default_rng(seed), format="csr"
    )


LEFT, RIGHT = features(30, seed=1), features(50, seed=2)
ONE, TWO = KernelOperator(LEFT, num_threads=2), KernelOperator(LEFT, RIGHT, num_threads=2)
DENSE_LEFT, DENSE_RIGHT = (matrix.toarray().astype(np.float64) for matrix in (LEFT, RIGHT))
EXACT = {ONE: DENSE_LEFT @ DENSE_LEFT.T, TWO: DENSE_LEFT @ DENSE_RIGHT.T}
BOTH = pytest.mark.parametrize("kernel", [ONE, TWO], ids=["one set", "two sets"])


@BOTH
@pytest.mark.parametrize("width", [None, 1, 2, 9])
def test_products(kernel, width):
    exact = EXACT[kernel]
    for operator, matrix in ((kernel, exact), (kernel.T, exact.T), (kernel.H, exact.T)):
        signal = RNG.normal(size=matrix.shape[1:] if width is None else (matrix.shape[1], width))
        np.testing.assert_allclose(operator @ signal, matrix @ signal, rtol=1e-12, atol=1e-12)
    signal = RNG.normal(size=exact.shape[0])
    np.testing.assert_allclose(kernel.rmatvec(signal), exact.T @ signal, rtol=1e-12, atol=1e-12)


@BOTH
def test_whole_numbers_and_strided_signals(kernel):
    exact = EXACT[kernel]
    whole = np.arange(exact.shape[1])
    np.testing.assert_allclose(kernel @ whole, exact @ whole, rtol=1e-12)
    strided = np.asfortranarray(RNG.normal(size=(exact.shape[1], 4)))[:, ::2]
    np.testing.assert_allclose(kernel @ strided, exact @ strided, rtol=1e-12, atol=1e-12)


@BOTH
def test_dense_and_blocks(kernel):
    exact = EXACT[kernel]
    np.testing.assert_allclose(kernel.to_dense(), exact, rtol=1e-12)
    rows, columns = [3, 0, 7], [5, 29]
    for chosen, wanted in (
        (kernel.block(rows), exact[rows]),
        (kernel.block(columns=columns), exact[:, columns]),
        (kernel.block(rows, columns), exact[rows][:, columns]),
        (kernel.block(rows, rows), exact[rows][:, rows]),
        (kernel.block(), exact),
    ):
        np.testing.assert_allclose(chosen.to_dense(), wanted, rtol=1e-12)
    assert kernel.block(rows, rows).is_symmetric == kernel.is_symmetric
    assert not kernel.block(rows, columns).is_symmetric


def test_diagonal():
    np.testing.assert_allclose(ONE.diagonal(), np.diag(EXACT[ONE]), rtol=1e-12)
    square = KernelOperator(RIGHT, features(50, seed=4))
    np.testing.assert_allclose(square.diagonal(), np.diag(square.to_dense()), rtol=1e-12)
    with pytest.raises(ParameterError, match=r"a kernel of shape \[30, 50\] has no diagonal"):
        TWO.diagonal()


def test_scipy_takes_it():
    values = eigsh(ONE, k=3, return_eigenvectors=False, v0=np.ones(30))
    np.testing.assert_allclose(values, np.linalg.eigvalsh(EXACT[ONE])[-3:], rtol=1e-9)
    assert aslinearoperator(ONE) is ONE


@pytest.mark.parametrize("noise", [10.0, 0.1, 1e-3])
def test_solve(noise):
    shifted = EXACT[ONE] + noise * np.eye(30)
    for b in (RNG.normal(size=30), RNG.normal(size=(30, 5)) * 10.0 ** np.arange(-6, 4, 2)):
        found = ONE.solve(b, noise=noise, rtol=1e-8)
        assert found.shape == b.shape
        residual = np.linalg.norm(shifted @ found - b, axis=0)
        assert (residual <= 1e-8 * np.linalg.norm(b, axis=0) * (1 + 1e-6)).all()


def test_solve_of_zeros_is_zeros():
    b = np.zeros((30, 3))
    b[:, 1] = 1
    found = ONE.solve(b, noise=1.0)
    assert not found[:, [0, 2]].any()
    assert not ONE.solve(np.zeros(30), noise=1.0).any()


def test_what_is_refused():
    with pytest.raises(ParameterError, match=r"the signal must have 50 rows.* got shape \[30\]"):
        TWO @ np.ones(30)
    with pytest.raises(ParameterError, match=r"the signal must have 30 rows.* got shape \[31, 2\]"):
        ONE @ np.ones((31, 2))
    with pytest.raises(ParameterError, match=r"got shape \[29\]"):
        ONE.solve(np.ones(29), noise=1.0)
    with pytest.raises(ParameterError, match="solve needs a symmetric kernel"):
        TWO.solve(np.ones(50), noise=1.0)
    with pytest.raises(ParameterError, match="noise must be > 0 and finite, got 0"):
        ONE.solve(np.ones(30), noise=0)
    with pytest.raises(ParameterError, match="rtol must be > 0 and finite, got -1"):
        ONE.solve(np.ones(30), noise=1, rtol=-1)
    with pytest.raises(ParameterError, match="b must be finite"):
        ONE.solve(np.full(30, np.nan), noise=1)
    with pytest.raises(ParameterError, match="max_iterations must be a whole number >= 1, got 0"):
        ONE.solve(np.ones(30), noise=1, max_iterations=0)
    with pytest.raises(ParameterError, match=r"rows must be whole numbers in \[0, 30\), got \[30\]"):
        ONE.block([30])
    with pytest.raises(ParameterError, match=r"columns must be whole numbers in \[0, 50\), got \[0.5\]"):
        TWO.block(columns=[0.5])
    with pytest.raises(ParameterError, match="left has 40 features, right has 39"):
        KernelOperator(LEFT, features(5, 39))


def test_too_few_iterations():
    with pytest.raises(RunError, match="no solution to rtol=1e-12 in 2 iterations; more noise"):
        ONE.solve(np.arange(30.0), noise=1e-6, rtol=1e-12, max_iterations=2)
