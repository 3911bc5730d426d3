"""Generators: shapes, counts, seeds, threads, and wrong parameters."""

from functools import partial

import networkx as nx
import numpy as np
import pytest

from graphkit.datasets import generators
from graphkit.errors import ParameterError


def edge_set(graph):
    source, target, _ = graph.edge_rows()
    return set(zip(source.tolist(), target.tolist()))


def test_rmat_edges_shape_and_dtype():
    assert generators.rmat_edges(10, 0).shape == (0, 2)
    assert generators.rmat_edges(31, 5).dtype == np.int32
    wide = generators.rmat_edges(40, 2000, a=0.25, b=0.25, c=0.25)
    assert wide.dtype == np.int64
    assert 2**39 < wide.max() < 2**40
    assert wide.min() >= 0


@pytest.mark.parametrize("num_threads", [2, 3, 7])
def test_threads_do_not_change_the_edges(num_threads):
    one = generators.rmat_edges(20, 10_001, seed=4, num_threads=1)
    assert np.array_equal(one, generators.rmat_edges(20, 10_001, seed=4, num_threads=num_threads))
    model = [300, 200], [[0.1, 0.01], [0.01, 0.2]]
    draw = partial(generators.stochastic_block_model, *model, seed=4)
    graphs = [draw(num_threads=number).graph for number in (1, num_threads)]
    assert np.array_equal(graphs[0].indices, graphs[1].indices)
    assert np.array_equal(graphs[0].indptr, graphs[1].indptr)


def test_seeds_give_known_edges():
    assert generators.rmat_edges(10, 3, seed=1).tolist() == [[32, 18], [134, 128], [128, 3]]
    assert edge_set(generators.erdos_renyi(5, 0.4, seed=1)) == {(0, 1), (0, 4), (1, 2), (1, 4), (2, 3)}
    assert edge_set(generators.barabasi_albert(6, 1, seed=1)) == {(0, 1), (0, 4), (1, 2), (1, 3), (2, 5)}


def test_other_seeds_give_other_edges():
    for make in (
        lambda seed: generators.rmat(8, 500, seed=seed),
        lambda seed: generators.erdos_renyi(100, 0.1, seed=seed),
        lambda seed: generators.barabasi_albert(100, 2, seed=seed),
    ):
        assert edge_set(make(1)) == edge_set(make(1))
        assert edge_set(make(1)) != edge_set(make(2))
        assert edge_set(make(1)) != edge_set(make(1 + 2**32))


@pytest.mark.parametrize("directed", [False, True])
def test_rmat_graph_holds_the_drawn_edges_once_and_no_self_loop(directed):
    drawn = generators.rmat_edges(6, 400, seed=2).tolist()
    graph = generators.rmat(6, 400, seed=2, directed=directed)
    wanted = {(u, v) if directed else (min(u, v), max(u, v)) for u, v in drawn if u != v}
    assert edge_set(graph) == wanted
    assert graph.num_nodes == 64
    assert graph.directed is directed
    assert not graph.is_weighted


def test_block_model_labels_are_the_blocks():
    data = generators.stochastic_block_model([3, 1, 2], np.full((3, 3), 0.5), seed=1)
    assert data.labels.toarray().tolist() == np.repeat(np.eye(3, dtype=bool), [3, 1, 2], axis=0).tolist()
    assert data.labels.dtype == np.bool_
    assert data.label_names == ("0", "1", "2")
    assert data.graph.node_ids.tolist() == list(range(6))


def test_block_model_of_probability_zero_and_one():
    data = generators.stochastic_block_model([3, 4], [[1.0, 0.0], [0.0, 1.0]])
    cliques = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(4))
    assert edge_set(data.graph) == {(min(edge), max(edge)) for edge in cliques.edges}


def test_directed_block_model_follows_its_rows():
    data = generators.stochastic_block_model([3, 4], [[0.0, 1.0], [0.0, 0.0]], directed=True)
    assert edge_set(data.graph) == {(u, v) for u in range(3) for v in range(3, 7)}
    assert data.graph.directed


@pytest.mark.parametrize("directed", [False, True])
def test_erdos_renyi_extremes(directed):
    full = generators.erdos_renyi(70, 1.0, directed=directed)
    assert full.num_edges == 70 * 69 // (1 if directed else 2)
    assert full.num_self_loops == 0
    assert generators.erdos_renyi(70, 0.0, directed=directed).num_edges == 0
    assert generators.erdos_renyi(1, 1.0, directed=directed).num_edges == 0


def test_barabasi_albert_is_simple_connected_and_counts_its_edges():
    graph = generators.barabasi_albert(500, 4, seed=3)
    assert graph.num_edges == 4 * 496
    assert graph.num_self_loops == 0
    assert graph.connected_components().max() == 0
    assert edge_set(generators.barabasi_albert(5, 4)) == {(0, leaf) for leaf in range(1, 5)}


@pytest.mark.parametrize("n", [3, 4, 65])
def test_path_ring_star_equal_networkx(n):
    for ours, theirs in (
        (generators.path(n), nx.path_graph(n)),
        (generators.ring(n), nx.cycle_graph(n)),
        (generators.star(n), nx.star_graph(n - 1)),
    ):
        assert edge_set(ours) == {(min(edge), max(edge)) for edge in theirs.edges}
        assert ours.num_nodes == n


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (2, 2), (7, 9)])
def test_grid_equals_networkx(shape):
    lattice = nx.convert_node_labels_to_integers(nx.grid_2d_graph(*shape), ordering="sorted")
    assert edge_set(generators.grid(*shape)) == {(min(edge), max(edge)) for edge in lattice.edges}
    assert generators.grid(*shape).num_nodes == shape[0] * shape[1]


def test_one_node():
    assert generators.path(1).num_edges == generators.star(1).num_edges == 0


HALF = np.full((2, 2), 0.5)

WRONG = {
    "scale must be a whole number from 1 to 62, got 63": lambda: generators.rmat_edges(63, 1),
    "scale must be a whole number from 1 to 30, got 31": lambda: generators.rmat(31, 1),
    "num_edges must be a whole number from 0 to 4611686018427387904, got -1": lambda: generators.rmat(5, -1),
    "b must lie in [0, 1], got -0.1": lambda: generators.rmat_edges(5, 1, b=-0.1),
    "a must lie in [0, 1], got nan": lambda: generators.rmat_edges(5, 1, a=float("nan")),
    "a + b + c must be <= 1, got 0.9 + 0.19 + 0.19 = 1.28": lambda: generators.rmat_edges(5, 1, a=0.9),
    "seed must lie in [0, 2**64), got -1": lambda: generators.rmat_edges(5, 1, seed=-1),
    "num_threads must be a whole number >= 1, got 0": lambda: generators.rmat_edges(5, 1, num_threads=0),
    "sizes must name at least one block": lambda: generators.stochastic_block_model([], []),
    "sizes must be a whole number from 1 to 2147483647, got 0": lambda: generators.stochastic_block_model(
        [3, 0], HALF
    ),
    "sizes must add up to at most 2,147,483,647 nodes": lambda: generators.stochastic_block_model(
        [2**30, 2**30], HALF
    ),
    "probabilities must be [2, 2] for 2 sizes, got [1, 1]": lambda: generators.stochastic_block_model(
        [3, 3], [[0.5]]
    ),
    "probabilities must lie in [0, 1], got 1.5": lambda: generators.stochastic_block_model([3], [[1.5]]),
    "probabilities must lie in [0, 1], got nan": lambda: generators.stochastic_block_model([3], [[np.nan]]),
    "symmetric unless directed=True, got [0, 1] = 0.2 and [1, 0] = 0.3": lambda: (
        generators.stochastic_block_model([3, 3], [[0.5, 0.2], [0.3, 0.5]])
    ),
    "probability must lie in [0, 1], got 2.0": lambda: generators.erdos_renyi(5, 2.0),
    "num_nodes must be a whole number from 1 to 2147483647, got 0": lambda: generators.erdos_renyi(0, 0.5),
    "num_new must be a whole number": lambda: generators.barabasi_albert(5, 0),
    "num_nodes must be a whole number from 6 to 2147483647, got 5": lambda: generators.barabasi_albert(5, 5),
    "num_new (num_nodes - num_new) must be < 2**31 edges": lambda: generators.barabasi_albert(2**30, 5),
    "num_nodes must be a whole number from 3 to 2147483647, got 2": lambda: generators.ring(2),
    "num_nodes must be a whole number from 1 to 2147483647, got 2.5": lambda: generators.path(2.5),
    "num_rows * num_columns must be <= 2,147,483,647 nodes": lambda: generators.grid(2**20, 2**20),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_parameters_are_named(message):
    with pytest.raises(ParameterError) as error:
        WRONG[message]()
    assert message in str(error.value)
