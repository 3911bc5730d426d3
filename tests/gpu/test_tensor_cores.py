"""Core numbers of a graph of tensors are those of the definition, found where it lies."""

import numpy as np
import pytest
import torch
from support.reference import cores as reference

from graphkit import CoreWalk, Graph, core_numbers
from graphkit.cores.gpu import core_bytes, total_core_numbers
from graphkit.gpu.backend import usable_device
from graphkit.graph.gpu.tensor_graph import TensorGraph

DEVICE = usable_device()


def tensors_of(edges, num_nodes, directed):
    edge_index = torch.tensor(np.reshape(edges, (-1, 2)).T.copy(), dtype=torch.int64, device=DEVICE)
    return TensorGraph.from_edges(edge_index, None, num_nodes, directed=directed)


def some_edges(kind):
    """Edges, loops among them, and a number of nodes."""
    rng = np.random.default_rng(3)
    if kind == "none":
        return [], 3
    if kind == "chain":
        return [(node, node + 1) for node in range(20)], 22
    if kind == "star":
        return [(0, node) for node in range(15)], 15
    if kind == "loops":
        return [(node, node) for node in range(5)] + [(0, 1), (1, 2), (2, 0), (3, 4)], 6
    if kind == "cliques":
        return [(u, v) for u in range(20) for v in range(u) if u // 7 == v // 7] + [(0, 8), (9, 19)], 20
    # Shells from the outside to the inside.
    return np.minimum(*(rng.integers(0, 40, (2, 250, 2)))), 42


KINDS = ["none", "chain", "star", "loops", "cliques", "random"]


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_those_of_the_definition(kind, directed):
    edges, num_nodes = some_edges(kind)
    found = total_core_numbers(tensors_of(edges, num_nodes, directed))
    matrix = np.zeros((num_nodes, num_nodes), int)
    for u, v in edges:
        matrix[u, v] = 1
        if not directed:
            matrix[v, u] = 1
    wanted = reference.core_numbers(matrix.tolist(), "total" if directed else "out")
    assert found.device == DEVICE
    assert found.tolist() == wanted


@pytest.mark.parametrize("directed", [False, True])
def test_numbers_are_the_cpus(directed):
    edges = np.minimum(*np.random.default_rng(1).integers(0, 2000, (2, 30_000, 2)))
    graph = Graph.from_edges(edges, num_nodes=2000, directed=directed)
    found = total_core_numbers(tensors_of(edges, 2000, directed))
    assert len(found.unique()) > 20
    assert found.tolist() == core_numbers(graph).tolist()


def test_nothing_but_levels_and_numbers_is_waited_for(crossings):
    edges, num_nodes = some_edges("random")
    graph = tensors_of(edges, num_nodes, directed=True)
    crossings.clear()
    total_core_numbers(graph)
    assert not crossings


def test_the_plan_counts_cores():
    edges, num_nodes = some_edges("random")
    for directed in (False, True):
        graph = tensors_of(edges, num_nodes, directed)
        ((_, needed),) = CoreWalk(backend="gpu")._plans(graph)
        assert needed["cores"] == core_bytes(graph) > 64 * graph.num_arcs * (1 + directed)
    on_host = Graph.from_edges(edges, num_nodes=num_nodes)
    assert not any("cores" in needed for _, needed in CoreWalk(backend="gpu")._plans(on_host))
