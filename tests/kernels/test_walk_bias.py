"""The bias of second-order walks: thresholds and exact draws, against formulas of node2vec and node2vec+."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.walks import law, noise_of

from graphkit.kernels.cpu.walk_bias import ONE, bias_of, draw_exactly, share_of


def test_thresholds_saturate():
    always, never = 2**31, 0
    assert bias_of(1, 1)[:5] == (0, always, always, always, always)
    assert bias_of(0.01, 1)[:5] == (99, always, always, always, always)
    excess, back, low, common, far = bias_of(100, 1e-12)[:5]
    assert (excess, back, low, common, far) == (0, never, never, never, always)
    assert bias_of(1e-300, 1e300).excess == pytest.approx(1e300)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("gamma", [None, 0.0, 0.7])
@pytest.mark.parametrize(("p", "q"), [(0.25, 4.0), (3.0, 0.5)])
def test_draws_are_the_inverse_of_the_distribution(p, q, gamma, directed):
    """The share of (0, 1) that leads to an arc is its probability: ends of shares by bisection."""
    graph = random_graph(12, 50, weighted=True, directed=directed and gamma is None, seed=4)
    weights = graph.to_scipy().toarray().astype(np.float64).tolist()
    noise = None if gamma is None else np.array(noise_of(weights, gamma), np.float32)
    arrays = graph.indptr, graph.indices, graph.weights, noise, graph.directed, bias_of(p, q)
    for previous in range(12):
        for place in range(*graph.indptr[previous : previous + 2]):
            node = int(graph.indices[place])
            first, end = graph.indptr[node : node + 2].tolist()
            if first == end:
                continue
            wanted = law(weights, previous, node, p, q, None if noise is None else noise.tolist())
            ends = np.cumsum([wanted[other] for other in graph.indices[first:end]])
            for slot, share in enumerate(ends):
                below, above = share - 1e-6, share + 1e-6
                assert draw_exactly(*arrays, node, previous, below) == first + slot
                assert draw_exactly(*arrays, node, previous, min(above, 1 - 1e-9)) == min(
                    first + slot + 1, end - 1
                )


def test_shares_of_spans():
    assert share_of(1 << ONE, 2**32) == 2**32
    assert share_of(1 << (ONE - 2), 1000) == 250
    assert share_of(0, 2**32) == 0
