"""Packed rows and cells hold what they are made of."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit.graph.graph import Graph
from graphkit.kernels.cpu.device_layout import pack_cells, pack_rows

GRAPHS = {name: Graph.from_edges(**arguments) for name, arguments in AWKWARD.items()} | {
    "random": random_graph(70, 400, directed=True, seed=3)
}


@pytest.mark.parametrize("name", GRAPHS)
def test_rows(name):
    graph = GRAPHS[name]
    rows = np.full(graph.num_nodes + 1, -9, np.int64)
    pack_rows(graph.indptr, rows, 0, graph.num_nodes)
    wanted = list(zip(graph.indptr.tolist(), graph.degree.tolist()))
    assert [(row % 2**32, row >> 32) for row in rows[:-1].tolist()] == wanted
    assert rows[-1] == -9


def test_a_place_that_needs_all_32_bits():
    rows = np.empty(1, np.int64)
    pack_rows(np.array([2**32 - 5, 2**32 - 1]), rows, 0, 1)
    assert (rows[0] % 2**32, rows[0] >> 32) == (2**32 - 5, 4)


@pytest.mark.parametrize("name", GRAPHS)
def test_cells(name):
    graph = GRAPHS[name]
    rng = np.random.default_rng(1)
    degrees = np.repeat(graph.degree, graph.degree)
    table = np.stack([rng.integers(2**32, size=graph.num_arcs), rng.integers(np.maximum(degrees, 1))], axis=1)
    cells = np.full((graph.num_arcs + 1, 2), -9, np.int64)
    pack_cells(graph.indptr, graph.indices, table.astype(np.uint32), cells, 0, graph.num_nodes)
    firsts = np.repeat(graph.indptr[:-1], graph.degree)
    for place, (own, alias) in enumerate(cells[:-1].tolist()):
        threshold, slot = table[place].tolist()
        assert (own % 2**32, own >> 32) == (threshold, graph.indices[place])
        assert (alias % 2**32, alias >> 32) == (slot, graph.indices[firsts[place] + slot])
    assert (cells[-1] == -9).all()
