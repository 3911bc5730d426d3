"""LINE on a graph of tensors: the samples of the host path, and no copy of arcs or vectors to the host."""

import itertools

import numpy as np
import pytest
import torch
from support.graphs import random_edges, random_graph

from graphkit import LINE, Graph, GraphkitWarning, InputError, ParameterError
from graphkit.gpu.backend import usable_device
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.pyg import AddEmbedding
from graphkit.sgns.gpu import training
from graphkit.sgns.gpu.arcs import device_arcs, tensor_arcs, tensor_arcs_bytes
from graphkit.walks.gpu.alias_cells import alias_table

DEVICE = usable_device()
OPTIONS = {"dim": 21, "samples": 128, "seed": 3, "backend": "gpu"}


@pytest.fixture(autouse=True)
def few_episodes(monkeypatch):
    """The interpreter takes as long for a short episode as for a long one."""
    monkeypatch.setattr(training, "_EPISODES", 2)


def both(*, weighted, directed, num_edges=300):
    """A graph on the host and its like on the device; weights are spread over fifty orders of magnitude."""
    edges, _ = random_edges(40, num_edges, seed=1)
    weights = 10.0 ** np.random.default_rng(2).integers(-25, 25, num_edges) if weighted else None
    graph = Graph.from_edges(edges, weights, num_nodes=42, directed=directed)
    tensors = torch.tensor(np.ascontiguousarray(edges.T), device=DEVICE)
    values = None if weights is None else torch.tensor(weights, device=DEVICE)
    return graph, TensorGraph.from_edges(tensors, values, 42, directed=directed)


KINDS = [
    pytest.param({"weighted": weighted, "directed": directed}, id=f"weighted {weighted}, directed {directed}")
    for weighted, directed in itertools.product((False, True), repeat=2)
]


ROWS = {
    "one": [3.0],
    "equal": [2.0] * 7,
    "two largest": [1.0, 5.0, 0.5, 5.0, 1.0],
    "one has nearly all": [1e-30, 1e30, 1e-30, 1.0],
    "growing": list(range(1, 70)),
    "falling": list(range(70, 1, -1)),
}


@pytest.mark.parametrize("weights", ROWS.values(), ids=ROWS.keys())
def test_a_table_of_one_row_is_the_hosts(weights):
    weights = np.array(weights, np.float32)
    wanted = np.zeros((len(weights), 2), np.uint32)
    build_row_alias(np.array([0, len(weights)]), weights, wanted, 0, 1)
    found = alias_table(torch.tensor(weights, device=DEVICE))
    assert found.cpu().numpy().view(np.uint32).reshape(-1, 2).tolist() == wanted.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sampled_is_the_hosts(kind):
    graph, tensors = both(**kind)
    arcs, degrees = LINE()._arcs(graph)
    wanted, found = device_arcs(arcs, DEVICE), tensor_arcs(tensors)
    assert torch.equal(found.ends, wanted.ends)
    assert (found.table is None) == (wanted.table is None) != kind["weighted"]
    assert found.table is None or torch.equal(found.table, wanted.table)
    assert np.array_equal(tensors.strength + tensors.in_strength, degrees)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["first", "second", "both"])
def test_a_model_is_that_of_the_host_path(order, kind):
    graph, tensors = both(**kind)
    wanted, found = (LINE(order=order, **OPTIONS).fit(each) for each in (graph, tensors))
    for name in ("embedding_", "context_embedding_"):
        assert_alike(getattr(found, name), getattr(wanted, name), order)
    assert (found.embedding_ is found.context_embedding_) == (order == "first")
    assert found.pairs_ == wanted.pairs_ > 0
    assert found.loss_ == pytest.approx(wanted.loss_, rel=1e-3)
    assert found.node_ids_.tolist() == wanted.node_ids_.tolist()


def assert_alike(found, wanted, order):
    """Equal where programs run one after another, but for rows' lengths; on a GPU sums have no order."""
    assert found.device == DEVICE
    assert found.shape == wanted.shape
    tolerance = (1e-6 if order == "both" else 0) if DEVICE.type == "cpu" else 1e-3
    np.testing.assert_allclose(found.cpu().numpy(), wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("order", ["first", "both"])
def test_a_transform_copies_neither_arcs_nor_vectors(order, weighted, crossings):
    graph = random_graph(40, 2000, weighted=weighted, seed=1)
    data = graph.to_pyg().to(DEVICE)
    model = LINE(order=order, **OPTIONS)
    crossings.clear()
    found = AddEmbedding(model)(data).x
    # A table of noise has two words a node.
    assert 0 < max(crossings) <= 2 * graph.num_nodes < min(graph.num_arcs, found.numel())
    wanted = model.fit_transform(graph)
    assert {graph.num_arcs, 40 * (21 if order == "first" else 10)} <= set(crossings)
    assert_alike(found, wanted, order)


def test_training_starts_from_own_vectors():
    _, tensors = both(weighted=False, directed=False)
    init = torch.arange(42 * 21, device=DEVICE).view(42, 21) / 1e3
    found = LINE(order="second", **OPTIONS).fit_transform(tensors, init=init)
    # The last nodes have no edge, so no sample trains them.
    assert torch.equal(found[41], init[41])
    assert not torch.equal(found[:10], init[:10])
    found = LINE(**OPTIONS).fit_transform(tensors, init=init)
    halves = [torch.nn.functional.normalize(part, dim=0) for part in (init[41, :11], init[41, 11:])]
    assert torch.allclose(found[41], torch.cat(halves))
    with pytest.raises(InputError, match=r"init must have shape \[42, 21\], got \[42, 20\]"):
        LINE(**OPTIONS).fit(tensors, init=init[:, :20])


def test_without_edges_the_vectors_stay_random():
    none = torch.empty((2, 0), dtype=torch.int64, device=DEVICE)
    tensors = TensorGraph.from_edges(none, torch.empty(0, device=DEVICE), 3)
    with pytest.warns(GraphkitWarning, match="the graph has no edges"):
        found = LINE(order="second", **OPTIONS).fit_transform(tensors)
    graph = Graph.from_edges(np.empty((0, 2), int), num_nodes=3)
    with pytest.warns(GraphkitWarning, match="the graph has no edges"):
        wanted = LINE(order="second", **OPTIONS).fit_transform(graph)
    assert_alike(found, wanted, "second")


def test_what_takes_a_graph_of_the_host_only(tmp_path):
    _, tensors = both(weighted=False, directed=False)
    with pytest.raises(ParameterError, match="checkpoint has no effect on a TensorGraph; take a Graph"):
        LINE(**OPTIONS).fit(tensors, checkpoint=tmp_path / "kept")
    with pytest.raises(ParameterError, match="threshold has no effect on a TensorGraph; take a Graph"):
        LINE(threshold=5, **OPTIONS).fit(tensors)
    with pytest.raises(ParameterError, match="backend 'cpu' is the CPU here, but the graph lies on"):
        LINE(**OPTIONS | {"backend": "cpu"}).fit(tensors)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_plan_counts_what_is_made_on_the_device(weighted):
    graph, tensors = both(weighted=weighted, directed=False)
    model = LINE(**OPTIONS)
    arcs = tensor_arcs_bytes(tensors)
    assert arcs["arcs"] > (16 if weighted else 8) * graph.num_arcs
    ((_, on_device),) = model._plans(tensors, arcs)
    (_, on_host), *parts = model._plans(graph, arcs)
    assert parts
    # Tables that are handed over, and two results and the halves of one.
    assert sum(on_device.values()) - sum(on_host.values()) == 4 * 42 * (11 + 10 + 10 + 3 * 21)
