"""Eigenvectors of Laplacians against dense ones of the definition; bases that move with the nodes."""

import networkx
import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import walk_series as reference

from graphkit.encodings import laplacian
from graphkit.encodings.canonical_basis import canonical_basis
from graphkit.encodings.degrees import degree_profile
from graphkit.encodings.edge_rows import edge_rows
from graphkit.encodings.laplacian import laplacian_eigenvectors


def dense_laplacian(edges, weights, num_nodes):
    """I - D^-1/2 A D^-1/2 without self-loops, 0 on the diagonal of nodes without edges."""
    matrix = reference.dense(edges, weights, num_nodes)
    np.fill_diagonal(matrix, 0)
    degrees = matrix.sum(axis=1)
    root = np.where(degrees > 0, 1 / np.sqrt(np.where(degrees > 0, degrees, 1)), 0)
    return np.diag((degrees > 0).astype(float)) - root[:, None] * matrix * root


def edges_of(graph):
    source = np.repeat(np.arange(graph.num_nodes), np.diff(graph.indptr))
    return np.stack([source, graph.indices.astype(np.int64)]), graph.weights


def of_networkx(graph):
    graph = networkx.convert_node_labels_to_integers(graph)
    ends = np.array(graph.edges, np.int64).reshape(-1, 2).T
    return np.concatenate([ends, ends[::-1]], axis=1), graph.number_of_nodes()


def vectors_of(edges, weights, num_nodes, count):
    rows = edge_rows(edges, weights, num_nodes)
    return laplacian_eigenvectors(rows, np.zeros(num_nodes, np.int64), 1, count)


def check(edges, weights, num_nodes, count, tolerance):
    found = vectors_of(edges, weights, num_nodes, count)
    matrix = dense_laplacian(edges, weights, num_nodes)
    wanted = np.linalg.eigvalsh(matrix)
    wanted = wanted[wanted > 1e-10][:count]
    rank = len(wanted)
    np.testing.assert_allclose(found.values[0, :rank], wanted, atol=tolerance)
    assert not found.values[0, rank:].any()
    assert not found.vectors[:, rank:].any()
    vectors = found.vectors[:, :rank].astype(float)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(rank), atol=tolerance)
    np.testing.assert_allclose(matrix @ vectors, vectors * wanted, atol=tolerance)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("num_nodes", [1, 2, 5, 40, 120])
def test_dense_ones_are_those_of_the_definition(num_nodes, weighted):
    graph = random_graph(num_nodes, 3 * num_nodes, weighted=weighted, seed=num_nodes)
    check(*edges_of(graph), num_nodes, 9, 1e-5)


def test_iterated_ones_are_those_of_the_definition(monkeypatch):
    monkeypatch.setattr(laplacian, "DENSE", 10)
    graph = random_graph(150, 400, weighted=True, seed=1)
    check(*edges_of(graph), 150, 6, 1e-4)
    check(np.empty((2, 0), np.int64), None, 20, 3, 0)
    # Connected, and dense enough that the iteration works; eigenvalues at 1 and above it alone.
    for graph in (networkx.gnm_random_graph(300, 3000, seed=1), networkx.star_graph(30)):
        check(*of_networkx(graph)[:1], None, graph.number_of_nodes(), 6, 1e-4)
    check(*of_networkx(networkx.complete_graph(15))[:1], None, 15, 5, 1e-4)
    check(*edges_of(random_graph(12, 5, seed=1)), 12, 20, 1e-4)


def test_graphs_side_by_side_are_each_for_itself():
    parts = [edges_of(random_graph(size, 3 * size, seed=size))[0] for size in (7, 12, 30)]
    nodes = np.concatenate([np.arange(7), 7 + np.arange(12), 19 + np.arange(30)])
    whole = np.concatenate([parts[0], parts[1] + 7, parts[2] + 19], axis=1)
    # In an order in which no graph's nodes follow one another.
    order = np.random.default_rng(0).permutation(49)
    graph_of = np.repeat([0, 1, 2], [7, 12, 30])
    mixed = np.empty(49, np.int64)
    mixed[order] = graph_of
    found = laplacian_eigenvectors(edge_rows(order[whole], None, 49), mixed, 3, 4)
    for graph, (edges, size) in enumerate(zip(parts, (7, 12, 30))):
        alone = vectors_of(edges, None, size, 4)
        np.testing.assert_allclose(found.values[graph], alone.values[0], atol=1e-6)
        np.testing.assert_allclose(found.vectors[order[nodes[graph_of == graph]]], alone.vectors, atol=1e-5)


CANONICAL = {
    "random": networkx.gnm_random_graph(25, 50, seed=3),
    "lollipop": networkx.lollipop_graph(5, 4),
    "tree": networkx.full_rary_tree(3, 13),
    "star": networkx.star_graph(9),
    "components": networkx.disjoint_union_all(
        [networkx.gnm_random_graph(9, 14, seed=1), networkx.lollipop_graph(4, 3), networkx.star_graph(4)]
    ),
}


@pytest.mark.parametrize("name", CANONICAL)
def test_bases_move_with_the_nodes(name):
    """All vectors of single eigenvalues; of others all whose choice is not the order's."""
    edges, size = of_networkx(CANONICAL[name])
    first = vectors_of(edges, None, size, size)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(size)
        again = vectors_of(order[edges], None, size, size)
        same = np.abs(again.vectors[order] - first.vectors).max(axis=0) < 1e-4
        symmetric = [
            column
            for column in range(size)
            if np.allclose(np.sort(first.vectors[:, column]), np.sort(-first.vectors[:, column]), atol=1e-4)
        ]
        single = np.abs(np.diff(np.pad(first.values[0], 1, constant_values=-9))) > 1e-5
        decided = [k for k in range(size) if single[k] and single[k + 1] and k not in symmetric]
        assert same[decided].all()
        assert name in ("star", "tree") or len(decided) > 3


def test_a_basis_does_not_depend_on_the_one_given():
    rng = np.random.default_rng(1)
    basis = np.linalg.qr(rng.normal(size=(20, 4)))[0]
    turned = basis @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
    found = canonical_basis(basis, 4)
    np.testing.assert_allclose(canonical_basis(turned, 4), found, atol=1e-10)
    np.testing.assert_allclose(canonical_basis(turned, 2), found[:, :2], atol=1e-10)
    np.testing.assert_allclose(found @ found.T, basis @ basis.T, atol=1e-12)
    order = rng.permutation(20)
    np.testing.assert_allclose(canonical_basis(turned[order], 4), found[order], atol=1e-10)


def test_where_symmetry_leaves_no_choice_vectors_are_right():
    edges, size = of_networkx(networkx.cycle_graph(12))
    check(edges, None, size, 8, 1e-5)


@pytest.mark.parametrize("weighted", [False, True])
def test_degrees_are_those_of_loops(weighted):
    graph = random_graph(30, 50, directed=True, weighted=weighted, seed=2)
    edges, weights = edges_of(graph)
    matrix = reference.dense(edges, weights, 30)
    found = degree_profile(edge_rows(edges, weights, 30))
    for node, row in enumerate(matrix):
        others = [matrix[other].sum() for other in np.flatnonzero(row)]
        wanted = [row.sum(), min(others), max(others), np.mean(others), np.std(others)] if others else [0] * 5
        np.testing.assert_allclose(found[node], wanted, rtol=1e-5, atol=1e-6)
