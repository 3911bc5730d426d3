"""A term of a Chebyshev series in one pass, against SciPy's product in float64."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit.kernels.cpu import chebyshev


def operands(num_nodes, width, *, weighted):
    rng = np.random.default_rng(num_nodes)
    graph = random_graph(num_nodes, 9 * num_nodes, directed=True, weighted=weighted, seed=num_nodes)
    scale, stay = rng.uniform(0.5, 2, (2, num_nodes)).astype(np.float32)
    block, term, total = rng.normal(size=(3, num_nodes, width)).astype(np.float32)
    return graph, scale, stay, block, term, total


@pytest.mark.parametrize("num_nodes", [1, 2, 63, 64, 65, 1000])
@pytest.mark.parametrize("width", [16, 32, 80])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_term_and_the_sum(num_nodes, width, weighted):
    graph, scale, stay, block, term, total = operands(num_nodes, width, weighted=weighted)
    own = block + 1
    product = graph.to_scipy().astype(np.float64) @ block.astype(np.float64)
    wanted = -2 * (scale[:, None] * product + stay[:, None] * own) - term
    wanted_total = total + np.float32(0.3) * wanted
    arcs, numbers = (graph.indptr, graph.indices, graph.weights), np.float32([-2, -1, 0.3])
    first = num_nodes // 3
    before = term.copy(), total.copy()
    chebyshev.add_term(
        *(*arcs, scale, stay, block, own, numbers[0], numbers[1], term, numbers[2], total, first, num_nodes)
    )
    np.testing.assert_allclose(term[first:], wanted[first:], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(total[first:], wanted_total[first:], rtol=1e-4, atol=1e-4)
    assert np.array_equal(term[:first], before[0][:first])
    assert np.array_equal(total[:first], before[1][:first])


def test_the_first_term_reads_nothing():
    graph, scale, stay, block, term, total = operands(40, 48, weighted=True)
    found = np.full_like(term, np.nan)
    arcs, zero = (graph.indptr, graph.indices, graph.weights), np.float32(0)
    chebyshev.add_term(*arcs, scale, stay, block, block, np.float32(-1), zero, found, zero, total, 0, 40)
    wanted = -(scale[:, None] * (graph.to_scipy().astype(np.float64) @ block) + stay[:, None] * block)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_column_has_the_same_bits_beside_any_others(weighted):
    graph, scale, stay, block, term, total = operands(60, 48, weighted=weighted)
    arcs, numbers = (graph.indptr, graph.indices, graph.weights), np.float32([-2, -1, 0.3])
    found = []
    for width in (48, 16):
        parts = []
        for left in range(0, 48, width):
            pieces = [matrix[:, left : left + width].copy() for matrix in (block, term, total)]
            chebyshev.add_term(
                *(*arcs, scale, stay, pieces[0], pieces[0], numbers[0], numbers[1], pieces[1], numbers[2]),
                *(pieces[2], 0, 60),
            )
            parts.append(np.hstack(pieces[1:]).reshape(60, 2, width))
        found.append(np.concatenate(parts, axis=2))
    assert found[0].tobytes() == found[1].tobytes()
