"""A map that begins at an earlier one: who begins where, who stays and who leaves, what is refused."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import earlier as reference
from support.reference import layout as layout_reference

from graphkit import TSNE, Embedding, LargeVis
from graphkit.datasets.generators import stochastic_block_model
from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import Graph
from graphkit.layout.earlier import beginnings, held_arcs, places_on
from graphkit.layout.largevis import Layout, Objective
from graphkit.maps import MapFrame


def graph_and_places(*, weighted, seed=0):
    """A graph of several parts, one of them without places, and places of about half of the nodes."""
    drawn = random_graph(60, 70, weighted=weighted, seed=seed)
    source, target, weights = drawn.edge_rows()
    graph = Graph.from_edges((source, target), weights, num_nodes=64, self_loops="drop")
    places = np.random.default_rng(seed).normal(0, 4, (64, 2))
    places[np.random.default_rng(seed + 1).random(64) < 0.5] = np.nan
    return graph, places


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("hold", [0.0, 0.1, 2.0])
def test_nodes_begin_where_the_reference_does(weighted, hold):
    graph, places = graph_and_places(weighted=weighted)
    matrix = graph.to_scipy().toarray().astype(float)
    adjacency = {
        node: {other: row[other] for other in np.flatnonzero(row)} for node, row in enumerate(matrix)
    }
    known = {node: tuple(place) for node, place in enumerate(places) if not np.isnan(place).any()}
    wanted = reference.beginnings(adjacency, known, hold)
    found = beginnings(graph, places, hold)
    assert set(np.flatnonzero(~np.isnan(found[:, 0]))) == set(wanted)
    assert len(known) < len(wanted) < 64
    for node, place in wanted.items():
        assert found[node] == pytest.approx(place, rel=1e-12)
    moved = [node for node in known if wanted[node] != known[node]]
    assert moved if hold < 1 else len(moved) < len(known) / 4


def test_an_old_place_is_one_more_neighbour():
    graph, places = graph_and_places(weighted=True)
    indptr, indices, weights, fixed = held_arcs(graph, places, 0.5)
    degree = np.diff(graph.indptr)
    held = ~np.isnan(places[:, 0]) & (degree > 0)
    assert 0 < held.sum() < (degree > 0).sum()
    assert np.array_equal(np.diff(indptr), degree + held)
    assert np.array_equal(fixed, places[held].astype(np.float32))
    olds = iter(range(64, 64 + held.sum()))
    for node in range(64):
        own = slice(graph.indptr[node], graph.indptr[node + 1])
        row = slice(indptr[node], indptr[node] + degree[node])
        assert np.array_equal(indices[row], graph.indices[own])
        assert np.array_equal(weights[row], graph.weights[own])
        if held[node]:
            assert indices[indptr[node + 1] - 1] == next(olds)
            assert weights[indptr[node + 1] - 1] == pytest.approx(graph.weights[own].sum() / 2, rel=1e-6)


def test_the_mean_step_is_the_gradient_with_old_places_among_the_neighbours():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)], [1, 2, 1, 3, 1, 2.0])
    random = np.random.default_rng(1)
    positions, places = random.normal(0, 3, (5, 2)).astype(np.float32), random.normal(0, 3, (5, 2))
    places[2] = np.nan
    *arcs, fixed = held_arcs(graph, places, 0.5)
    objective, strength, steps = Objective(), graph.strength, []
    for seed in range(3000):
        layout = Layout(
            *arcs, positions, strength=strength, objective=objective, seed=seed, num_threads=1, fixed=fixed
        )
        layout.run(1, 1.0)
        steps.append(layout.positions - positions)
    matrix = np.zeros((9, 9))
    matrix[:5, :5] = graph.to_scipy().toarray()
    for old, node in enumerate((0, 1, 3, 4)):
        matrix[node, 5 + old] = strength[node] / 2
    noise = np.pad(strength**objective.noise_exponent, (0, 4))
    with np.errstate(invalid="ignore"):  # Old places have no row of their own, and do not move.
        wanted = layout_reference.expected_step(
            matrix, np.concatenate([positions, fixed]), noise / noise.sum(), objective
        )[:5]
    steps = np.array(steps, np.float64)
    error = steps.std(axis=0) / np.sqrt(len(steps))
    assert steps.shape == (3000, 5, 2)
    assert (np.abs(steps.mean(axis=0) - wanted) <= 4.5 * error + 1e-6).all()


@pytest.fixture(scope="module")
def days():
    """Four groups of 60, their map, and the graph of the next day.

    A tenth of the edges is new; node 0 has gone to another group; node 240 is new, node 5 gone.
    """
    graph = stochastic_block_model([60] * 4, np.eye(4) * 0.24 + 0.01, seed=1).graph
    groups = np.repeat(np.arange(4), 60)
    first = LargeVis(samples_per_node=300, seed=1).embed(graph)
    source, target, _ = graph.edge_rows()
    random = np.random.default_rng(2)
    kept = (random.random(len(source)) > 0.1) & (source != 0) & (target != 0) & (source != 5) & (target != 5)
    others = np.flatnonzero(groups == groups[0] + 1)[:12]
    friends = np.flatnonzero(groups == 2)[:12]
    edges = [
        *zip(source[kept].tolist(), target[kept].tolist(), strict=True),
        *((0, other) for other in others.tolist()),
        *((240, friend) for friend in friends.tolist()),
    ]
    return first, groups, Graph.from_edges(edges)


def test_who_did_not_change_stays_and_who_did_moves(days):
    first, groups, graph = days
    places = {node: first[node] for node in first}
    second = LargeVis(samples_per_node=300, seed=9).embed(graph, previous=first)
    free = LargeVis(samples_per_node=300, seed=9).embed(graph)
    width = first.vectors.std(axis=0).max()
    stayed = [node for node in second if node not in (0, 240)]
    assert 5 not in second
    moved = {
        name: np.median([np.linalg.norm(map_[node] - places[node]) for node in stayed]) / width
        for name, map_ in (("held", second), ("free", free))
    }
    assert moved["held"] < 0.2
    assert moved["free"] > 0.5
    middle = {
        group: np.median([second[node] for node in stayed if groups[node] == group], axis=0)
        for group in range(4)
    }
    for node, group in ((0, groups[0] + 1), (240, 2)):
        nearest = min(middle, key=lambda one: np.linalg.norm(second[node] - middle[one]))
        assert nearest == group


def test_the_seed_decides_every_bit_of_a_held_map(days):
    first, _, graph = days
    runs = [
        LargeVis(samples_per_node=20, seed=3, num_threads=threads).fit_transform(graph, previous=first)
        for threads in (1, 3)
    ]
    assert np.array_equal(*runs)


def test_a_frame_an_embedding_and_places_are_the_same(days):
    first, _, graph = days
    places = np.full((graph.num_nodes, 2), np.nan)
    rows = [node in first for node in graph.node_ids]
    places[rows] = first[graph.node_ids[rows]]
    model = LargeVis(samples_per_node=10, seed=3)
    found = [
        model.fit_transform(graph, previous=one)
        for one in (first, MapFrame(first.node_ids, first.vectors), places)
    ]
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_vectors_are_found_by_their_ids(days):
    first, *_ = days
    ids = np.random.default_rng(0).permutation(240)[:200]
    vectors = Embedding(ids, np.random.default_rng(1).normal(size=(200, 5)))
    found = LargeVis(samples_per_node=1, hold=1000.0, seed=1).embed_vectors(vectors, previous=first)
    assert found.node_ids.tolist() == ids.tolist()
    near = np.linalg.norm(found.vectors - first[ids], axis=1) < 3
    assert near.mean() > 0.8


def test_what_has_no_place_begins_as_without_an_earlier_map():
    graph = Graph.from_edges([(0, 1), (1, 2), *((i, j) for i in range(10, 22) for j in range(10, i))])
    earlier = Embedding([0, 1, 2, 99], [[0, 0], [1, 0], [2, 0], [9.0, 9]])
    for method in (LargeVis(samples_per_node=5, seed=1), TSNE(steps=20, early_steps=5, seed=1)):
        positions = method.fit_transform(graph, previous=earlier)
        assert np.isfinite(positions).all()
        assert len(np.unique(positions, axis=0)) == len(positions)


@pytest.mark.parametrize(
    ("earlier", "message"),
    [
        (np.zeros((2, 2)), r"previous must have shape \[3, 2\], got \[2, 2\]"),
        (np.full((3, 2), np.inf), "the earlier map has places that are infinite"),
        (np.full((3, 2), np.nan), "the earlier map has none of the nodes"),
        (
            Embedding(["a", "b"], np.eye(2)),
            "the earlier map has none of the nodes; give one of the same ids, which are compared as they are",
        ),
        (Embedding([0, 1], np.eye(2, 3)), "the earlier map has 3 dimensions, and this one 2; give one of 2"),
    ],
)
def test_an_earlier_map_that_does_not_fit_is_refused(earlier, message):
    graph = Graph.from_edges([(0, 1), (1, 2)])
    with pytest.raises(InputError, match=message):
        LargeVis().fit(graph, previous=earlier)


def test_what_contradicts_is_refused():
    graph = Graph.from_edges([(0, 1), (1, 2)])
    with pytest.raises(
        ParameterError, match="init and previous both say where nodes begin; give one of them"
    ):
        LargeVis().fit(graph, init=np.zeros((3, 2)), previous=np.zeros((3, 2)))
    with pytest.raises(ParameterError, match=r"hold must be >= 0 and finite, got -0.1"):
        LargeVis(hold=-0.1).fit(graph)
    assert places_on(np.array([[0, np.nan], [1, 2], [3, 4.0]]), graph.node_ids, 2)[0].tolist() != [0, 0]
