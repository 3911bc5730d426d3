"""Peeling by strength against the definition, where nodes that cannot keep up fall out again and again."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.cores import core_numbers

from graphkit.kernels.cpu.strength_cores import peel_strengths


def triple(matrix):
    """A dense matrix as CSR."""
    rows, columns = np.nonzero(matrix)
    counts = np.bincount(rows, minlength=len(matrix))
    indptr = np.concatenate([[0], np.cumsum(counts)])
    return indptr, columns.astype(np.int32), matrix[rows, columns].astype(np.float32)


@pytest.mark.parametrize("num_nodes", [1, 2, 40, 64, 65])
@pytest.mark.parametrize("degree", ["total", "out", "in"])
def test_numbers_are_those_of_the_definition(num_nodes, degree):
    graph = random_graph(num_nodes, 4 * num_nodes, weighted=True, directed=True, seed=num_nodes)
    # Multiples of a quarter: sums are exact in any order.
    weights = np.round(4 * graph.to_scipy().toarray().astype(np.float64)) / 4
    loopless = weights - np.diag(np.diag(weights))
    # Whoever goes lowers the strengths of those that its weights count for.
    lowered = {"out": [weights.T], "in": [weights], "total": [weights, weights.T]}[degree]
    strengths = sum(matrix - np.diag(np.diag(matrix)) for matrix in lowered).sum(axis=0)
    heap, places = np.arange(num_nodes, dtype=np.int32), np.full(num_nodes, -9, np.int32)
    numbers = np.full(num_nodes, np.nan)
    peel_strengths(tuple(triple(matrix) for matrix in lowered), strengths, heap, places, numbers)
    assert numbers.tolist() == core_numbers(loopless.tolist(), degree)
