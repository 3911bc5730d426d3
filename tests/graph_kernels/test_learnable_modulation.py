"""The learnable modulation: against dense products, its gradients, and whether it finds a kernel's."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from support.graphs import random_graph
from support.reference import graph_kernels as twin

from graphkit.datasets import load
from graphkit.errors import ParameterError
from graphkit.graph_kernels.learnable_modulation import learnable_modulation
from graphkit.graph_kernels.modulation import kernel_series


def random_matrices(num_nodes, count, seed=0):
    """Sparse matrices that are not symmetric, as sampled features are not; one of them empty."""
    rng = np.random.default_rng(seed)
    matrices = [sp.random_array((num_nodes, num_nodes), density=0.3, rng=rng) for _ in range(count)]
    return [sp.csr_array(matrix) for matrix in [*matrices[:-1], sp.csr_array((num_nodes, num_nodes))]]


@pytest.mark.parametrize("num_columns", [0, 1, 3])
def test_the_product_is_the_dense_one(num_columns):
    matrices, f = random_matrices(17, 4), np.array([1.0, -0.5, 0.25, 2.0])
    x = np.random.default_rng(1).normal(size=(17, num_columns))
    features = sum(factor * matrix.toarray() for factor, matrix in zip(f, matrices))
    product = learnable_modulation(matrices, f).double()(torch.as_tensor(x))
    np.testing.assert_allclose(product.detach().numpy(), features @ features.T @ x, rtol=1e-6, atol=1e-7)


def test_the_gradients_are_those_of_differences():
    module = learnable_modulation(random_matrices(6, 3), [1.0, 0.5, -0.3]).double()

    def product(f, x):
        """The module's product, as a function of its parameter too."""
        return torch.func.functional_call(module, {"modulation": f}, (x,))

    f = module.modulation.detach().clone().requires_grad_()
    x = torch.randn(6, 2, dtype=torch.float64, generator=torch.manual_seed(1)).requires_grad_()
    assert torch.autograd.gradcheck(product, (f, x))


@pytest.mark.parametrize("graph", ["karate club", "weighted"])
def test_a_kernels_modulation_is_found_from_its_products(graph):
    graph = (
        load("karate_club").graph if graph == "karate club" else random_graph(30, 60, weighted=True, seed=3)
    )
    weights = graph.to_scipy().toarray().astype(np.float64)
    series = kernel_series("regularized-laplacian", 4, sigma=1.0, power=2)
    operator = series.scale * twin.normalized(weights)
    powers = [sp.csr_array(np.linalg.matrix_power(operator, length)) for length in range(5)]
    root = twin.polynomial(operator, series.modulation)
    x = torch.as_tensor(np.random.default_rng(2).normal(size=(len(weights), 20)))
    wanted = torch.as_tensor(root @ root) @ x

    module = learnable_modulation(powers, [1.0, 0.0, 0.0, 0.0, 0.0]).double()
    found = trained(module, x, wanted).modulation.detach().numpy()
    np.testing.assert_allclose(found, series.modulation, rtol=0.02)


def trained(module, x, wanted):
    """Least squares of the products."""
    optimizer = torch.optim.LBFGS(
        module.parameters(),
        max_iter=2000,
        tolerance_grad=0,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def loss():
        optimizer.zero_grad()
        error = (module(x) - wanted).square().mean()
        error.backward()
        return error

    optimizer.step(loss)
    return module


def test_only_the_modulation_is_trained_and_stored():
    module = learnable_modulation(random_matrices(5, 3), [1.0, 0.5, 0.25])
    assert [name for name, _ in module.named_parameters()] == ["modulation"]
    assert list(module.state_dict()) == ["modulation"]


@pytest.mark.parametrize(
    ("shapes", "f", "message"),
    [
        ([], [], r"length_matrices must be square and of one shape, got \[\]"),
        ([(3, 3), (4, 4)], [1, 1], r"square and of one shape, got \[\(3, 3\), \(4, 4\)\]"),
        ([(3, 4)], [1], r"square and of one shape, got \[\(3, 4\)\]"),
        ([(3, 3)], [1, 2], r"modulation must be 1 finite numbers, one a matrix, got \[1, 2\]"),
        ([(3, 3)], [np.nan], "modulation must be 1 finite numbers"),
    ],
)
def test_what_does_not_fit_is_refused(shapes, f, message):
    with pytest.raises(ParameterError, match=message):
        learnable_modulation([sp.csr_array(shape) for shape in shapes], f)
