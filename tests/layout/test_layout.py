"""Layouts: rounds against the plain reference, the mean step against the gradient, first positions, rings."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import layout as reference

from graphkit.errors import ParameterError, RunError
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.layout.largevis import (
    Layout,
    Objective,
    first_positions,
    place_among,
    principal_components,
)
from graphkit.seeds import Stream
from graphkit.sgns.trainer import noise_table

OBJECTIVES = {
    "student": Objective(),
    "narrow student": Objective(a=3.0, gamma=2.0, num_negatives=2, noise_exponent=0.0),
    "logistic": Objective(shape="logistic", a=0.5, gamma=1.0, num_negatives=3),
    "no negatives": Objective(num_negatives=0),
}
EVERY_OBJECTIVE = pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())


def held_graph(num_nodes, num_edges, *, weighted, seed=0):
    """A random graph without self-loops; hubs and isolated nodes stay."""
    drawn = random_graph(num_nodes, num_edges, weighted=weighted, seed=seed)
    source, target, weights = drawn.edge_rows()
    return Graph.from_edges((source, target), weights, num_nodes=num_nodes, self_loops="drop")


def layout_of(graph, positions, objective=OBJECTIVES["student"], *, seed=1, num_threads=1):
    strength = graph.strength if graph.is_weighted else graph.degree.astype(float)
    arrays = graph.indptr, graph.indices, graph.weights
    return Layout(
        *arrays, positions, strength=strength, objective=objective, seed=seed, num_threads=num_threads
    )


def some_positions(num_points, dim, seed=0):
    return np.random.default_rng(seed).normal(0, 3, (num_points, dim)).astype(np.float32)


@EVERY_OBJECTIVE
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dim", [2, 3])
def test_rounds_are_the_references(objective, weighted, dim):
    graph = held_graph(150, 900, weighted=weighted)
    positions = some_positions(150, dim)
    layout = layout_of(graph, positions, objective, seed=2**40 + 7)
    layout.run(4, 0.5)
    weights = graph.weights if weighted else np.ones(graph.num_arcs)
    strength = graph.strength if weighted else graph.degree.astype(float)
    arc_table = np.empty((graph.num_arcs, 2), np.uint32)
    build_row_alias(graph.indptr, weights, arc_table, 0, 150)
    order = np.argsort(-np.ceil(reference.shares(strength).astype(np.float32)), kind="stable")
    tables = arc_table, noise_table(strength[order], objective.noise_exponent)
    streams = Stream.LAYOUT, Stream.LAYOUT_NOISE
    rates = 0.5 * (1 - np.arange(4) / 4 * (1 - 1e-4))
    wanted = reference.run(graph, tables, positions, rates, objective, 2**40 + 7, streams)
    assert not np.allclose(wanted, positions, atol=0.1)
    assert np.allclose(layout.positions, wanted, rtol=2e-5, atol=2e-4)


@EVERY_OBJECTIVE
@pytest.mark.parametrize("dim", [2, 3])
def test_new_points_go_where_the_reference_does(objective, dim):
    random, num_new = np.random.default_rng(4), 67
    fixed, first = some_positions(90, dim), some_positions(num_new, dim, seed=1)
    rows = np.array([random.permutation(90)[:6] for _ in range(num_new)], np.int32)
    weights, strength = random.random((num_new, 6)).astype(np.float32), random.random(90) + 0.1
    rates = np.array([0.5, 0.4, 0.2, 0.1, 0.1], np.float32)
    options = {"strength": strength, "objective": objective, "rates": rates, "seed": 2**40 + 7}
    placed = place_among(fixed, rows, weights, first, num_threads=1, **options)
    noise, table = noise_table(strength, objective.noise_exponent), np.empty((6, 2), np.uint32)
    for new in (0, 1, 15, 16, 63, 64, 66):
        build_row_alias(np.array([0, 6]), weights[new], table, 0, 1)
        wanted = reference.place(
            fixed,
            rows[new],
            (table, noise),
            first[new],
            rates,
            objective,
            2**40 + 7,
            (Stream.LAYOUT, Stream.LAYOUT_NOISE),
        )
        assert np.allclose(placed[new], wanted, rtol=2e-5, atol=2e-4)
        assert not np.allclose(placed[new], first[new], atol=0.01)


@pytest.mark.parametrize("shape", ["student", "logistic"])
@pytest.mark.parametrize("a", [0.3, 1.0, 2.0])
def test_the_reference_is_the_gradient(shape, a):
    apart, tiny = np.array([2.0, -1.5]), 1e-6
    for function, found in (
        (lambda x: np.log(reference.probability(shape, a, x)), reference.pull(shape, a, apart)),
        (lambda x: 7 * np.log(1 - reference.probability(shape, a, x)), reference.push(shape, a, 7, apart)),
    ):
        slope = [
            (function(np.hypot(*(apart + step))) - function(np.hypot(*(apart - step)))) / (2 * tiny)
            for step in np.eye(2) * tiny
        ]
        softened = (apart @ apart) / (apart @ apart + reference.SOFTENING) if shape == "student" else 1.0
        wanted = np.array(slope) * (softened if found @ apart > 0 else 1)
        assert found == pytest.approx(np.clip(wanted, -reference.MOST, reference.MOST), 1e-5)


@EVERY_OBJECTIVE
def test_the_mean_step_is_the_objectives_gradient(objective):
    edges, weights = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)], [1, 2, 1, 3, 1, 2.0]
    graph = Graph.from_edges(edges, weights)
    positions, steps = some_positions(5, 2), []
    for seed in range(4000):
        layout = layout_of(graph, positions, objective, seed=seed)
        layout.run(1, 1.0)
        steps.append(layout.positions - positions)
    steps = np.array(steps, np.float64)
    noise = graph.strength**objective.noise_exponent
    wanted = reference.expected_step(graph.to_scipy().toarray(), positions, noise / noise.sum(), objective)
    error = steps.std(axis=0) / np.sqrt(len(steps))
    # Ten numbers, each beyond 4.5 standard errors once in 150,000.
    assert (np.abs(steps.mean(axis=0) - wanted) <= 4.5 * error + 1e-6).all()


@pytest.mark.parametrize("num_threads", [2, 4])
def test_threads_change_no_bit(num_threads):
    graph = held_graph(3000, 20_000, weighted=True)
    found = []
    for threads in (1, num_threads):
        layout = layout_of(graph, some_positions(3000, 2), num_threads=threads)
        layout.run(60, 1.0)
        found.append(layout.positions)
    assert np.array_equal(*found)


def test_chunks_change_no_bit(monkeypatch):
    graph = held_graph(300, 2000, weighted=False)
    whole, parts, told = (
        layout_of(graph, some_positions(300, 2)),
        layout_of(graph, some_positions(300, 2)),
        [],
    )
    whole.run(40, 1.0)
    monkeypatch.setattr("graphkit.layout.largevis._MOVES_PER_CHUNK", 300 * 7)
    parts.run(40, 1.0, lambda done, total: told.append((done, total)))
    assert np.allclose(whole.positions, parts.positions, atol=1e-3)
    assert told == [(7, 40), (14, 40), (21, 40), (28, 40), (35, 40), (40, 40)]


def test_points_without_arcs_stay_and_are_pushed_from():
    positions = some_positions(40, 2)
    graph = Graph.from_edges([(0, 1)], num_nodes=40)
    layout = Layout(
        graph.indptr,
        graph.indices,
        None,
        positions,
        strength=np.ones(40),
        objective=Objective(),
        seed=1,
        num_threads=1,
    )
    layout.run(10, 1.0)
    assert np.array_equal(layout.positions[2:], positions[2:])
    assert not np.isclose(layout.positions[:2], positions[:2]).any()


def test_a_layout_that_diverges_is_said():
    graph = held_graph(50, 300, weighted=False)
    with pytest.raises(RunError, match="the layout diverged"):
        layout_of(graph, some_positions(50, 2)).run(30, 1e38)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shape": "studen"}, "did you mean 'student'"),
        ({"a": 0.0}, "a must be > 0 and finite, got 0.0"),
        ({"gamma": -1.0}, "gamma must be >= 0 and finite, got -1.0"),
        ({"num_negatives": -1}, "num_negatives must be a whole number from 0 to 65536, got -1"),
        ({"noise_exponent": np.nan}, "noise_exponent must be finite, got nan"),
    ],
)
def test_bad_objectives_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        Objective(**arguments)


def test_principal_components_are_numpys():
    vectors = np.random.default_rng(0).normal(2, [5, 3, 1, 0.1], (200, 4)).astype(np.float32)
    found = principal_components(vectors, 2)
    centered = vectors - vectors.mean(axis=0, dtype=np.float64)
    _, _, axes = np.linalg.svd(centered, full_matrices=False)
    wanted = centered @ axes[:2].T
    signs = np.sign((found * wanted).sum(axis=0))
    assert np.allclose(found, wanted * signs, atol=1e-3)
    assert np.allclose(principal_components(vectors[:, :1], 2)[:, 1], 0)


def test_first_positions():
    vectors = np.random.default_rng(0).normal(0, [5, 3, 1], (500, 3)).astype(np.float32)
    positions = first_positions(vectors, 500, 2, seed=1)
    assert positions.std(axis=0)[0] == pytest.approx(10, rel=1e-3)
    assert positions.std(axis=0)[1] == pytest.approx(6, rel=0.1)
    for constant in (None, np.ones((500, 3), np.float32)):
        scattered = first_positions(constant, 500, 2, seed=1)
        assert len(np.unique(scattered, axis=0)) == 500
        assert np.abs(scattered).max() < 1e-4


def test_no_point_begins_far_out():
    vectors = np.random.default_rng(0).normal(0, [5, 3], (500, 2)).astype(np.float32)
    vectors[0] *= 1e4
    positions = first_positions(vectors, 500, 2, seed=1)
    assert np.abs(positions).max() <= 300
    assert np.abs(positions[1:]).max() > 0.001
