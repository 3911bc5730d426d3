"""Row sums of powers on the device against exact fractions."""

import pytest
from support.row_sums import GRAPHS, assert_exact

from graphkit.gpu.backend import usable_device
from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.propagation.gpu import row_sums


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
def test_sums_and_scaled_arcs(graph):
    assert_exact(graph, *on_device(graph, 3))


def on_device(graph, num_powers):
    held = DeviceGraph(graph, usable_device(), 1)
    found = [row_sums.of_identity(held)]
    scaled = []
    for _ in range(num_powers):
        found.append(row_sums.next_row_sums(held, found[-1]))
        scaled.append(row_sums.scaled_arcs(held, found[-2].exponents, found[-1].exponents))
    tensors = [(sums.sizes, sums.exponents, sums.factors()) for sums in found] if graph.num_nodes else []
    return [[t.cpu().numpy() for t in one] for one in tensors], [one.cpu().numpy() for one in scaled]
