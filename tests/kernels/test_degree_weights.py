"""A sweep over the weights of nodes against the paper's formula, dense in float64."""

import numpy as np
import pytest
from support.reference import degree_weights as reference

from graphkit.kernels.cpu.degree_weights import sweep_weights


@pytest.mark.parametrize("num_nodes", [1, 2, 40])
@pytest.mark.parametrize("penalty", [0.0, 0.5, 10.0])
def test_a_sweep_is_the_papers(num_nodes, penalty):
    rng = np.random.default_rng(num_nodes)
    vectors, others = (rng.normal(0.3, 0.3, (num_nodes, 6)).astype(np.float32) for _ in range(2))
    # A node without any product, and weights that reach the least.
    vectors[num_nodes // 2] = 0
    degrees, other_degrees = rng.integers(0, 9, (2, num_nodes)).astype(np.float64)
    weights, other_weights = rng.uniform(0.5, 2, (2, num_nodes))
    wanted = weights.copy()
    x, y = vectors.astype(np.float64), others.astype(np.float64)
    reference.sweep(x, y, wanted, other_weights, degrees, other_degrees, penalty)
    scaled = y * other_weights[:, None]
    sweep_weights(
        *(vectors, others, x @ (scaled.T @ scaled), degrees, other_degrees, other_weights),
        *(penalty, 1 / num_nodes, weights),
    )
    np.testing.assert_allclose(weights, wanted, rtol=1e-9)
