"""Walks on the device have the bits of the CPU's, whatever the law, the graph and the launch."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit import TypedGraph, metapath_walks, random_walks
from graphkit.graph.graph import Graph
from graphkit.walks.random_walks import iter_walks
from graphkit.walks.walker import Walker

SEED = (1 << 63) | 77
FIRST_ORDER = {"uniform": {}, "stop": {"stop": 0.2}, "restart": {"restart": 0.3, "stop": 0.1}}
SECOND_ORDER = {
    "return arc above the envelope": {"p": 0.2, "q": 0.5},
    "return arc below it": {"p": 2, "q": 0.5},
    "outwards": {"p": 0.5, "q": 2},
    "q = 1": {"p": 0.25},
    "non-backtracking": {"p": float("inf")},
    "restart": {"p": 0.2, "q": 0.5, "restart": 0.3, "stop": 0.1},
}
EXTENDED = {
    "node2vec+": {"p": 0.5, "q": 2, "extend": True, "gamma": 0.3},
    "node2vec+, inwards": {"p": 2, "q": 0.5, "extend": True},
}
KINDS = [(False, False), (False, True), (True, False), (True, True)]


def both(graph, num_walks=130, walk_length=5, **law):
    """The walks of the GPU and the CPU; the arrays come poisoned."""
    starts = (np.arange(num_walks) * 7 % max(1, graph.num_nodes)).astype(np.int32)
    # Beyond 2**32, so that the high half of a number counts.
    numbers = np.arange(num_walks) * 5 + 2**33
    results = [np.full((num_walks, walk_length), -9, np.int32) for _ in range(2)]
    for backend, out in zip(("gpu", "cpu"), results, strict=True):
        Walker(graph, walk_length=walk_length, seed=SEED, backend=backend, **law).walk(starts, numbers, out)
    return results


@pytest.mark.parametrize(("weighted", "directed"), KINDS)
@pytest.mark.parametrize("law", FIRST_ORDER | SECOND_ORDER)
def test_the_bits_of_the_cpu(law, weighted, directed):
    graph = random_graph(40, 200, weighted=weighted, directed=directed, seed=2)
    on_gpu, on_cpu = both(graph, **(FIRST_ORDER | SECOND_ORDER)[law])
    assert np.array_equal(on_gpu, on_cpu)
    assert (on_cpu[:, 1] >= 0).any()


@pytest.mark.parametrize("law", EXTENDED)
def test_the_bits_of_node2vec_plus(law):
    on_gpu, on_cpu = both(random_graph(40, 200, weighted=True, seed=2), **EXTENDED[law])
    assert np.array_equal(on_gpu, on_cpu)


@pytest.mark.parametrize(("weighted", "directed"), KINDS)
def test_steps_that_look_at_their_whole_row(weighted, directed):
    """Almost every trial is refused, so that nearly every step but the first ends in a look."""
    graph = random_graph(9, 24, weighted=weighted, directed=directed, seed=5)
    on_gpu, on_cpu = both(graph, num_walks=40, walk_length=4, p=1e3, q=1e3)
    assert np.array_equal(on_gpu, on_cpu)


def test_node2vec_plus_looks_at_rows_too():
    on_gpu, on_cpu = both(random_graph(9, 24, weighted=True, seed=5), 40, 4, p=1e3, q=1e3, extend=True)
    assert np.array_equal(on_gpu, on_cpu)


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("law", [{}, {"p": 0.5, "q": 0.5}], ids=["first order", "second order"])
def test_awkward_graphs(name, law):
    graph = Graph.from_edges(**AWKWARD[name])
    on_gpu, on_cpu = both(graph, min(70, 3 * graph.num_nodes), 4, **law)
    assert np.array_equal(on_gpu, on_cpu)


@pytest.mark.parametrize("q", [1.0, 0.5])
@pytest.mark.parametrize("num_walks", [0, 1, 2, 63, 64, 65])
def test_any_number_of_walks(num_walks, q):
    on_gpu, on_cpu = both(random_graph(30, 90, seed=1), num_walks, 3, q=q)
    assert np.array_equal(on_gpu, on_cpu)


@pytest.mark.parametrize("q", [1.0, 0.5])
@pytest.mark.parametrize("walk_length", [1, 2, 6])
def test_any_length(walk_length, q):
    on_gpu, on_cpu = both(random_graph(30, 90, seed=1), 20, walk_length, q=q)
    assert np.array_equal(on_gpu, on_cpu)


@pytest.mark.parametrize("q", [1.0, 0.5])
@pytest.mark.parametrize("lanes", [4, 16, 64])
def test_the_size_of_programs_and_launches_changes_nothing(lanes, q):
    graph = random_graph(30, 90, seed=1)
    walker = Walker(graph, walk_length=4, q=q, seed=SEED, backend="gpu")
    starts, numbers = np.arange(30, dtype=np.int32), np.arange(30)
    whole = walker.walk(starts, numbers)
    walker.device_walker.shape = lanes, 1
    walker.device_walker.launch_walks = 17
    assert np.array_equal(walker.walk(starts, numbers), whole)


def test_random_walks_and_chunks_go_to_the_backend():
    graph = random_graph(30, 90, weighted=True, seed=1)
    options = {"walks_per_node": 2, "walk_length": 4, "seed": SEED}
    on_cpu = random_walks(graph, backend="cpu", **options)
    assert np.array_equal(random_walks(graph, backend="gpu", **options), on_cpu)
    chunks = list(iter_walks(graph, chunk_walks=37, backend="gpu", **options))
    assert np.array_equal(np.concatenate(chunks), on_cpu)


@pytest.mark.parametrize("weighted", [False, True])
def test_typed_walks_have_the_bits_of_the_cpu(weighted):
    """Along a metapath that has a type twice, from nodes of all its types."""
    graph = TypedGraph(random_graph(42, 260, weighted=weighted, seed=3), np.repeat(["a", "b", "c"], 14))
    law = {"metapath": ["a", "b", "c", "b", "a"], "walk_length": 6, "walks_per_node": 3, "seed": SEED}
    on_gpu, on_cpu = (metapath_walks(graph, backend=backend, **law) for backend in ("gpu", "cpu"))
    assert np.array_equal(on_gpu, on_cpu)
    assert (on_cpu[:, -1] >= 0).any()
