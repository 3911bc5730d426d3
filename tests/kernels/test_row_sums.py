"""Row sums of powers against exact fractions."""

import numpy as np
import pytest
from support.row_sums import GRAPHS, assert_exact

from graphkit.propagation import row_sums


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
def test_sums_and_scaled_arcs(graph):
    assert_exact(graph, *on_cpu(graph, 3))


def on_cpu(graph, num_powers):
    arcs = row_sums.Arcs(graph.indptr, graph.indices, graph.weights, 1)
    found = [row_sums.of_identity(graph.num_nodes)]
    scaled = []
    for _ in range(num_powers):
        found.append(arcs.row_sums(found[-1]))
        before, after = found[-2].exponents, found[-1].exponents
        scaled.append(arcs.scaled(before, after, np.full(graph.num_arcs, np.nan, np.float32)))
    return [(sums.sizes, sums.exponents, sums.factors()) for sums in found], scaled
