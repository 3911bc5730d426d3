"""Row sums of powers and scaled arcs, compared with exact fractions."""

from fractions import Fraction

import numpy as np
import pytest

from graphkit.graph.graph import Graph
from graphkit.kernels.cpu.row_sums import EMPTY
from support.graphs import random_graph
from support.reference.row_sums import row_sums


def twelve_orders(num_nodes, num_edges):
    rng = np.random.default_rng(4)
    weights = 10.0 ** rng.uniform(-30, 30, num_edges)
    return Graph.from_edges(rng.integers(0, num_nodes, (num_edges, 2)), weights, num_nodes=num_nodes)


GRAPHS = {
    "plain": random_graph(33, 200),
    "directed, with sinks": random_graph(64, 90, directed=True, weighted=True, seed=2),
    "sixty orders of weights": twelve_orders(63, 120),
    "a star beside a pair": Graph.from_edges([*((0, leaf) for leaf in range(1, 50)), (50, 51)]),
    "no edges": Graph.from_edges([], num_nodes=3),
    "empty": Graph.from_edges([], num_nodes=0),
}


def rows_of(graph):
    weights = np.ones(graph.num_arcs, np.float32) if graph.weights is None else graph.weights
    bounds = zip(graph.indptr[:-1], graph.indptr[1:])
    return [list(zip(graph.indices[a:b].tolist(), weights[a:b].tolist())) for a, b in bounds]


def assert_exact(graph, found, scaled):
    """Check (sizes, exponents, factors) of A^0 … A^3, and the scaled arcs of the three products."""
    exact = row_sums(rows_of(graph), 3)
    for (sizes, exponents, factors), sums in zip(found, exact):
        largest = max(sums, default=0)
        for size, exponent, factor, exactly in zip(sizes, exponents, factors, sums):
            if exactly == 0:
                assert (size, exponent) == (0, EMPTY)
                continue
            assert 0.5 <= size <= 1
            assert float(Fraction(float(size)) * Fraction(2) ** int(exponent) / exactly) == pytest.approx(1)
            relative = Fraction(2) ** int(exponent) / largest
            assert float(factor) == pytest.approx(float(relative), rel=1e-6, abs=1e-37)
    arcs = [(row, *arc) for row, row_arcs in enumerate(rows_of(graph)) for arc in row_arcs]
    for power, weights in enumerate(scaled if graph.num_nodes else []):
        before, after = found[power][1], found[power + 1][1]
        for (row, column, weight), of_arc in zip(arcs, weights):
            if before[column] != EMPTY:
                wanted = Fraction(weight) * Fraction(2) ** int(before[column] - after[row])
                assert float(of_arc) == pytest.approx(float(wanted), rel=1e-6, abs=1e-37)
                assert of_arc < 2
