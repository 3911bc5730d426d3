"""Walks, and training on them, of a graph of tensors: the bits of the host path, and no copy to the host."""

import numpy as np
import pytest
import torch
from support.graphs import random_edges, random_graph

from graphkit import (
    LINE,
    CoreWalk,
    DeepWalk,
    Graph,
    InputError,
    Node2Vec,
    ParameterError,
    random_walks,
)
from graphkit.gpu.backend import usable_device
from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.methods.registry import MAPS, METHODS, find_method
from graphkit.pyg import AddEmbedding, AddReturnProbabilities
from graphkit.sgns.gpu import training
from graphkit.sgns.gpu.first_vectors import first_vectors, with_contexts
from graphkit.sgns.trainer import initial_vectors
from graphkit.walks.gpu import alias_cells
from graphkit.walks.gpu.tables import DeviceTables, tables_on
from graphkit.walks.gpu.walks import device_bytes
from graphkit.walks.random_walks import iter_walks
from graphkit.walks.walker import Walker

DEVICE = usable_device()


def both(num_nodes, num_edges, *, directed=False, weights=None, seed=1):
    """A graph on the host and its like on the device; `weights` makes them from a generator and a size."""
    edges, _ = random_edges(num_nodes, num_edges, seed=seed)
    values = None if weights is None else weights(np.random.default_rng(seed), num_edges)
    graph = Graph.from_edges(edges, values, num_nodes=num_nodes + 1, directed=directed)
    tensors = torch.tensor(np.ascontiguousarray(edges.T), device=DEVICE)
    values = None if values is None else torch.tensor(values, device=DEVICE)
    return graph, TensorGraph.from_edges(tensors, values, num_nodes + 1, directed=directed)


WEIGHTS = {
    "none": None,
    "uniform": lambda rng, size: rng.uniform(0.1, 5, size),
    "over fifty orders": lambda rng, size: 10.0 ** rng.integers(-25, 25, size),
    "equal": lambda _, size: np.full(size, 2.0),
    "one or two": lambda rng, size: rng.integers(1, 3, size),
}


@pytest.mark.parametrize("gamma", [None, 0.5])
@pytest.mark.parametrize("chunk", [1 << 22, 40])
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS.keys())
def test_tables_are_the_hosts(weights, directed, chunk, gamma, monkeypatch):
    monkeypatch.setattr(alias_cells, "_CHUNK_ARCS", chunk)
    graph, tensors = both(60, 700, directed=directed, weights=weights)
    # On a graph without weights node2vec+ is node2vec.
    gamma = gamma if weights else None
    law = {"second_order": True, "asks": True, "gamma": gamma, "num_threads": 1, "progress": None}
    wanted, found = tables_on(DeviceGraph(graph, DEVICE, 1), law), tables_on(tensors, law)
    for name in DeviceTables._fields:
        one, other = getattr(found, name), getattr(wanted, name)
        assert (one is None) == (other is None)
        assert one is None or (one.dtype == other.dtype and torch.equal(one, other)), name


@pytest.mark.parametrize("item", [0, 1])
@pytest.mark.parametrize(("num_nodes", "dim", "seed"), [(0, 4, 1), (1, 1, 0), (3, 5, 2**63 + 5), (40, 33, 7)])
def test_first_vectors_are_the_hosts(num_nodes, dim, seed, item):
    for width in (None, 1 / dim):
        found = first_vectors(num_nodes, dim, seed, DEVICE, item, width=width)
        wanted = initial_vectors(num_nodes, dim, seed, item, width=width)
        assert np.array_equal(found.cpu().numpy(), wanted)


LAWS = [{}, {"restart": 0.2, "stop": 0.1}, {"p": 0.5}, {"p": 0.5, "q": 2.0}]


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weights", [None, WEIGHTS["uniform"]], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("law", LAWS, ids=str)
def test_walks_are_the_cpus(law, weights, directed):
    compare_walks(*both(30, 120, directed=directed, weights=weights), law)


def test_walks_of_node2vec_plus_are_the_cpus():
    law = {"p": 0.5, "q": 2.0, "extend": True, "gamma": 0.5}
    compare_walks(*both(30, 120, weights=WEIGHTS["uniform"]), law)


def compare_walks(graph, tensors, law):
    starts = np.arange(graph.num_nodes, dtype=np.int32)
    on_cpu, on_gpu = (
        Walker(each, walk_length=6, seed=9, backend=backend, **law)
        for each, backend in ((graph, "cpu"), (tensors, "gpu"))
    )
    wanted, found = (walker.walk(starts, np.arange(len(starts)) + 2**33) for walker in (on_cpu, on_gpu))
    assert found.device == DEVICE
    assert np.array_equal(found.cpu().numpy(), wanted)


@pytest.mark.parametrize("options", [{}, {"starts": [3, 5], "p": 0.5}, {"start_at_arcs": True}], ids=str)
def test_random_walks_are_a_tensor(options, crossings):
    graph, tensors = both(30, 500, directed=True)
    crossings.clear()
    options = {"walk_length": 9, "walks_per_node": 2, "seed": 4} | options
    found = random_walks(tensors, backend="gpu", **options)
    # Where walks start, and their numbers.
    assert crossings
    assert max(crossings) <= 2 * graph.num_nodes < graph.num_arcs
    wanted = random_walks(graph, backend="cpu", **options)
    assert isinstance(found, torch.Tensor)
    assert np.array_equal(found.cpu().numpy(), wanted)
    chunks = iter_walks(tensors, chunk_walks=7, backend="gpu", **options)
    assert torch.equal(torch.cat(list(chunks)), found)


@pytest.mark.parametrize("weighted", [False, True])
def test_return_probabilities_are_the_cpus(weighted, crossings):
    graph = random_graph(40, 2000, weighted=weighted, seed=1)
    data = graph.to_pyg().to(DEVICE)
    options = {"num_steps": 5, "walks_per_node": 3, "seed": 1}
    wanted = AddReturnProbabilities(**options)(data).random_walk_pe
    crossings.clear()
    found = AddReturnProbabilities(backend="gpu", **options)(data).random_walk_pe
    assert 0 < max(crossings) <= graph.num_nodes < min(graph.num_arcs, found.numel())
    assert torch.equal(found, wanted)


MODELS = {
    "deepwalk": DeepWalk,
    "node2vec": lambda **options: Node2Vec(p=0.5, q=2.0, **options),
    "node2vec+": lambda **options: Node2Vec(p=0.5, q=2.0, extend=True, **options),
    "corewalk": lambda **options: CoreWalk(scaling="power", exponent=4.0, **options | {"walks_per_node": 2}),
}
SIZES = {"dim": 20, "walk_length": 4, "walks_per_node": 1, "window": 2, "seed": 3, "backend": "gpu"}
SIZES["subsample"] = 0.0


@pytest.fixture
def few_episodes(monkeypatch):
    """The interpreter takes as long for a short episode as for a long one."""
    monkeypatch.setattr(training, "_EPISODES", 2)


@pytest.mark.usefixtures("few_episodes")
@pytest.mark.parametrize(("name", "weighted"), [("deepwalk", False), ("node2vec", True), ("corewalk", False)])
def test_a_transform_trains_without_a_copy_of_arcs_walks_or_vectors(name, weighted, crossings):
    graph = random_graph(40, 2000, weighted=weighted, seed=1)
    data = graph.to_pyg().to(DEVICE)
    crossings.clear()
    found = AddEmbedding(MODELS[name](**SIZES))(data).x
    # As many walks as nodes, or nearly twice as many, of 4 each.
    most = graph.num_nodes * (2 if name == "corewalk" else 1)
    assert 0 < max(crossings) <= most < min(graph.num_arcs, 4 * most, found.numel())
    wanted = MODELS[name](**SIZES).fit_transform(graph)
    assert crossings.count(wanted.size) >= 2
    assert_alike(found, wanted)


@pytest.mark.usefixtures("few_episodes")
@pytest.mark.parametrize("name", ["deepwalk", "node2vec+", "corewalk"])
def test_a_model_is_that_of_the_host_path(name):
    graph, tensors = both(30, 200, weights=WEIGHTS["uniform"])
    wanted, found = (MODELS[name](**SIZES).fit(each) for each in (graph, tensors))
    assert_alike(found.embedding_, wanted.embedding_)
    assert_alike(found.context_embedding_, wanted.context_embedding_)
    assert found.pairs_ == wanted.pairs_ > 0
    assert found.loss_ == pytest.approx(wanted.loss_, rel=1e-3)
    assert found.node_ids_.tolist() == wanted.node_ids_.tolist()


def assert_alike(found, wanted):
    """Equal where programs run one after another; on a GPU sums are in no order."""
    assert found.device == DEVICE
    assert found.shape == wanted.shape
    tolerance = 0 if DEVICE.type == "cpu" else 1e-3
    np.testing.assert_allclose(found.cpu().numpy(), wanted, rtol=tolerance, atol=tolerance)


def test_numbers_are_looked_at_in_all_parts(monkeypatch):
    monkeypatch.setattr("graphkit.sgns.gpu.first_vectors._ROWS_CHECKED", 4)
    centers = torch.zeros((11, 3), device=DEVICE)
    tables = with_contexts(centers)
    assert tables.are_finite()
    tables.contexts[10, 2] = float("inf")
    assert not tables.are_finite()
    assert with_contexts(centers[:0]).are_finite()


@pytest.mark.usefixtures("few_episodes")
def test_training_starts_from_own_vectors():
    _, tensors = both(10, 30)
    init = torch.full((11, 20), 0.25, device=DEVICE)
    found = DeepWalk(**SIZES).fit_transform(tensors, init=init)
    assert bool((init == 0.25).all())
    # The last node has no edge, so no walk trains it.
    assert bool((found[10] == 0.25).all())
    assert not bool((found[:10] == 0.25).all())
    with pytest.raises(InputError, match=r"init must have shape \[11, 20\], got \[11, 3\]"):
        DeepWalk(**SIZES).fit(tensors, init=init[:, :3])
    with pytest.raises(InputError, match="init holds numbers that are not finite"):
        DeepWalk(**SIZES).fit(tensors, init=init / 0)


@pytest.mark.usefixtures("few_episodes")
def test_what_takes_a_graph_of_the_host_only(tmp_path):
    graph, tensors = both(10, 30)
    with pytest.raises(ParameterError, match="an Embedding is on the host: fit_transform"):
        DeepWalk(**SIZES).embed(tensors)
    with pytest.raises(ParameterError, match="checkpoint has no effect on a TensorGraph"):
        DeepWalk(**SIZES).fit(tensors, checkpoint=tmp_path / "kept")
    model = DeepWalk(**SIZES).fit(tensors)
    for given in (graph, tensors):
        with pytest.raises(ParameterError, match="training goes on with a Graph and a model fitted to one"):
            model.partial_fit(given)
    with pytest.raises(ParameterError, match="training goes on with a Graph and a model fitted to one"):
        DeepWalk(**SIZES).fit(graph).partial_fit(tensors)


@pytest.mark.parametrize("name", [*METHODS, *MAPS])
def test_a_method_takes_a_graph_of_tensors_or_says_that_it_does_not(name):
    _, tensors = both(10, 30)
    method = find_method(name, METHODS | MAPS)
    model = method(**({"backend": "gpu"} if "backend" in method.parameters() else {}))
    if model.device_for_tensors(tensors) is not None:
        assert name in {"fastrp", "deepwalk", "node2vec", "corewalk", "line"}
    else:
        with pytest.raises(ParameterError, match="TensorGraph"):
            model.fit(tensors)


@pytest.mark.parametrize(
    "model",
    [
        LINE(dim=4, samples=200, threshold=3, seed=1, backend="gpu"),
        DeepWalk(dim=4, walks_per_node=2, walk_length=5, window=2, subsample=0),
    ],
    ids=["line with a threshold", "deepwalk on the cpu"],
)
@pytest.mark.usefixtures("few_episodes")
def test_other_methods_take_the_host_path_of_a_transform(model, monkeypatch):
    graph = random_graph(20, 60, seed=1)
    monkeypatch.setattr(TensorGraph, "from_edges", lambda *_, **__: pytest.fail("built on a device"))
    found = AddEmbedding(model)(graph.to_pyg().to(DEVICE)).x
    assert_alike(found, model.fit_transform(graph))
    assert getattr(model, "pairs_", 1) > 0


@pytest.mark.parametrize("weights", [None, WEIGHTS["uniform"]], ids=["unweighted", "weighted"])
def test_the_plan_counts_what_is_not_there_yet(weights):
    graph, tensors = both(30, 120, weights=weights)
    law = {"walk_length": 3, "second_order": True, "extended": False, "asks": True}
    on_host, on_device = (device_bytes(each, **law) for each in (graph, tensors))
    assert on_device["graph"] == 8 * graph.num_nodes
    assert on_host["graph"] == 8 * graph.num_nodes + (4 if weights is None else 8) * graph.num_arcs
    assert (on_device["tables"] > on_host["tables"]) == (weights is not None)
