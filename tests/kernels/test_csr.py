"""Questions to sorted arcs, against dictionaries; balances that tell whether all arcs have reverses."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.repeated_edges import mirrored

from graphkit.graph.sorting import sort_edges
from graphkit.kernels.cpu import bucket_sort, csr


def pairs_of(graph):
    rows = np.repeat(np.arange(graph.num_nodes), np.diff(graph.indptr))
    return list(zip(rows.tolist(), graph.indices.tolist(), strict=True))


@pytest.mark.parametrize("directed", [False, True])
def test_arcs_are_found_where_they_stand(directed):
    graph = random_graph(40, 150, directed=directed, seed=1)
    pairs = pairs_of(graph)
    place_of = {pair: place for place, pair in enumerate(pairs)}
    asked = [(u, v) for u in range(40) for v in range(40)]
    places = [csr.find_arc(graph.indptr, graph.indices, u, v) for u, v in asked]
    assert places == [place_of.get(pair, -1) for pair in asked]
    source, target = np.array(asked, np.int32).T
    found = np.ones(len(asked), bool)
    csr.contains_arcs(graph.indptr, graph.indices, source, target, found, 100, len(asked))
    assert found[:100].all()
    assert found[100:].tolist() == [pair in place_of for pair in asked[100:]]
    mirror = np.full(len(pairs), -9)
    csr.find_mirrors(graph.indptr, graph.indices, mirror, 1, 40)
    first = int(graph.indptr[1])
    assert (mirror[:first] == -9).all()
    assert mirror[first:].tolist() == [place_of.get((v, u), -1) for u, v in pairs[first:]]
    assert (-1 in mirror) == directed


@pytest.mark.parametrize(
    ("indices", "weights", "fault"),
    [
        ([1, 2, 0, 3], None, -1),
        ([2, 1, 0, 3], None, 0),
        ([1, 1, 0, 3], None, 0),
        ([-1, 2, 0, 3], None, 0),
        ([1, 2, 0, 4], None, 2),
        ([1, 2, 0, 3], [1, 2, 3, 4], -1),
        ([1, 2, 0, 3], [1, 2, 0, 4], 2),
        ([1, 2, 0, 3], [1, np.nan, 3, 4], 0),
        ([1, 2, 0, 3], [1, 2, -1, 4], 2),
        ([1, 2, 0, 3], [1, 2, 3, np.inf], 2),
    ],
)
def test_the_first_row_that_is_none_of_a_graph(indices, weights, fault):
    indptr, indices = np.array([0, 2, 2, 4]), np.array(indices, np.int32)
    weights = None if weights is None else np.array(weights, np.float32)
    assert csr.find_fault(indptr, indices, weights, 0, 3, 4) == fault
    assert csr.find_fault(indptr, indices, weights, 1, 2, 4) == -1


def total(balances):
    return sum(map(int, balances)) % 2**64


def test_balance_of_edges():
    def balance(source, target):
        return total(csr.edge_balance(source, target, *part) for part in ((0, 99), (99, len(source))))

    source, target, _ = mirrored(30, 500)
    assert balance(source, target) == 0
    assert balance(np.append(source, [7, 7]), np.append(target, [7, 7])) == 0
    one = int(np.flatnonzero(source != target)[0])
    assert balance(np.append(source, source[one]), np.append(target, target[one])) != 0
    assert balance(np.delete(source, one), np.delete(target, one)) != 0


def test_balance_of_arcs():
    def balance(indptr, indices, weights):
        bits = weights.view(np.uint32)
        return total(csr.arc_balance(indptr, indices, bits, 0, *part) for part in ((0, 11), (11, 30)))

    arcs, _ = sort_edges(*mirrored(30, 500), 30, symmetric=False, rule=bucket_sort.SUM)
    assert balance(*arcs) == 0
    indptr, indices, weights = arcs
    one = int(np.flatnonzero(np.repeat(np.arange(30), np.diff(indptr)) != indices)[0])
    weights[one] *= 2
    assert balance(*arcs) != 0
    weights[one] /= 2
    indices[one] = 29 - indices[one]
    assert balance(*arcs) != 0


def test_count_loops():
    indptr, indices = np.array([0, 2, 3, 3, 5]), np.array([0, 3, 2, 0, 3], np.int32)
    assert csr.count_loops(indptr, indices, 0, 4) == 2
    assert csr.count_loops(indptr, indices, 1, 3) == 0
