"""The layout on the device: the draws of the CPU, and steps that differ in their last bits at most."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import LargeVis
from graphkit.gpu.backend import usable_device
from graphkit.graph.graph import Graph
from graphkit.layout.earlier import held_arcs
from graphkit.layout.gpu import DeviceLayout, layout_bytes
from graphkit.layout.largevis import Layout, Objective, strength_of

SEED = (1 << 63) | 77


def both(graph, *, rounds, dim=2, rate=0.5, block=None, **objective):
    """Positions of the CPU and the GPU after some rounds, and where they began."""
    first = np.random.default_rng(0).normal(size=(graph.num_nodes, dim)).astype(np.float32)
    options = {
        "strength": strength_of(graph.indptr, graph.weights),
        "objective": Objective(**objective),
        "seed": SEED,
        "num_threads": 1,
    }
    arcs = graph.indptr, graph.indices, graph.weights
    layouts = Layout(*arcs, first, **options), DeviceLayout(*arcs, first, device=usable_device(), **options)
    if block:
        layouts[1]._block = block
    for layout in layouts:
        layout.run(rounds, rate)
    return [layout.positions for layout in layouts], first


def without_loops(num_nodes, num_edges, **options):
    edges = np.array(random_graph(num_nodes, num_edges, seed=1).edge_rows()[:2]).T
    edges = edges[edges[:, 0] != edges[:, 1]]
    weights = np.random.default_rng(1).uniform(0.1, 5, len(edges)) if options.pop("weighted", False) else None
    return Graph.from_edges(edges, weights, num_nodes=num_nodes)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "law",
    [
        {},
        {"dim": 3},
        {"shape": "logistic", "a": 0.3},
        {"shape": "logistic", "dim": 3, "gamma": 0.5},
        {"num_negatives": 0},
        {"num_negatives": 2, "a": 2.5, "noise_exponent": 0.0},
    ],
    ids=str,
)
def test_a_round_is_the_cpus(law, weighted):
    (on_cpu, on_gpu), first = both(without_loops(150, 600, weighted=weighted), rounds=1, **law)
    assert np.abs(on_cpu - first).max() > 0.1
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-4, atol=1e-5)


def test_rounds_follow_the_cpus():
    (on_cpu, on_gpu), _ = both(without_loops(70, 300), rounds=6, rate=0.1)
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("num_nodes", [2, 16, 17, 65])
def test_any_number_of_points(num_nodes):
    ring = Graph.from_edges([(i, (i + 1) % num_nodes) for i in range(num_nodes)])
    (on_cpu, on_gpu), _ = both(ring, rounds=1)
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-4, atol=1e-5)


def test_the_size_of_programs_changes_nothing():
    graph = without_loops(70, 300)
    found = [both(graph, rounds=2, block=block)[0][1] for block in (16, 64, 1024)]
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_points_without_arcs_stay():
    graph = Graph.from_edges([(0, 1), (1, 2)], num_nodes=5)
    (_, on_gpu), first = both(graph, rounds=2)
    assert np.array_equal(on_gpu[3:], first[3:])
    assert not np.array_equal(on_gpu[:3], first[:3])


def test_a_map_is_held_as_on_the_cpu():
    graph = without_loops(40, 120)
    first = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    *arcs, fixed = held_arcs(graph, np.where(np.arange(40)[:, None] % 3, first + 2, np.nan), 0.5)
    options = {
        "strength": graph.strength,
        "objective": Objective(),
        "seed": SEED,
        "num_threads": 1,
        "fixed": fixed,
    }
    layouts = Layout(*arcs, first, **options), DeviceLayout(*arcs, first, device=usable_device(), **options)
    for layout in layouts:
        layout.run(1, 0.5)
    assert layouts[1].positions.shape == (40, 2)
    assert np.abs(layouts[0].positions - first).max() > 0.1
    np.testing.assert_allclose(layouts[1].positions, layouts[0].positions, rtol=1e-4, atol=1e-5)


def test_largevis_lays_out_on_the_backend():
    graph = random_graph(30, 90, weighted=True, seed=2)
    reports = []
    maps = [
        LargeVis(samples_per_node=1, seed=SEED, backend=backend, learning_rate=0.1).fit(
            graph, snapshot=lambda positions, done, total: reports.append((len(positions), done, total))
        )
        for backend in ("cpu", "gpu")
    ]
    assert reports[-1] == (30, 4, 4)
    np.testing.assert_allclose(maps[1].embedding_, maps[0].embedding_, rtol=1e-2, atol=1e-2)


def test_the_plan_is_what_lies_on_the_device():
    graph = without_loops(40, 100)
    first = np.zeros((40, 3), np.float32)
    layout = DeviceLayout(
        graph.indptr, graph.indices, None, first, strength=np.ones(40), objective=Objective(), seed=1,
        num_threads=1, device=usable_device(),
    )  # fmt: skip
    held = layout._rows, layout._device_cells, layout._device_shares, layout._noise, layout._placed
    plan = sum(layout_bytes(40, graph.num_arcs, 3).values())
    # Beside them there is what is packed, as it came.
    assert plan - 12 * graph.num_arcs - 2 * 4 * 40 * 3 == sum(tensor.nbytes for tensor in held)
