"""A graph built from tensors is the host's, bit for bit, and methods run on it without a copy to the host."""

import numpy as np
import pytest
import torch
from support.graphs import AWKWARD, random_edges, random_graph
from torch_geometric.data import Data

from graphkit import FastRP, Graph, InputError, ParameterError, RunError
from graphkit.errors import GraphkitWarning
from graphkit.gpu.backend import backend_of, usable_device
from graphkit.graph.gpu import tensor_graph
from graphkit.graph.gpu.edges import building_bytes
from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.io import as_graph
from graphkit.pyg import AddEmbedding

DEVICE = usable_device()


def lists_of_edges():
    """Edges [num_edges, 2], weights or None, number of nodes."""
    for name, arguments in AWKWARD.items():
        edges = np.array(arguments["edges"]).reshape(-1, 2)
        if edges.dtype.kind in "if" and (not edges.size or 0 <= edges.min() <= edges.max() < 2**31):
            num_nodes = arguments.get("num_nodes", int(edges.max(initial=-1)) + 1)
            weights = arguments.get("weights")
            yield pytest.param(edges.astype(int), weights, num_nodes, id=name)
    rng = np.random.default_rng(5)
    for weighted in (False, True):
        edges, weights = random_edges(40, 400, weighted=weighted, seed=1)
        yield pytest.param(edges, weights, 45, id=f"random, weighted {weighted}")
        twice = np.concatenate([edges, edges[:, ::-1]])
        doubled = None if weights is None else np.concatenate([weights, weights])
        yield pytest.param(twice, doubled, 40, id=f"both directions, weighted {weighted}")
    # Sums of these depend on their order, in doubles too.
    for name, some in (("", twice), (", one direction", edges)):
        spread = 10.0 ** rng.integers(-25, 25, len(some))
        yield pytest.param(some, spread, 40, id=f"sums in order{name}")
    doubled[7] *= 2
    yield pytest.param(twice, doubled, 40, id="both directions, one weight differs")
    unequal = np.array([(0, 1), (1, 0), (0, 1)])
    yield pytest.param(unequal, [1.0, 2.0, 1.0], 2, id="equal sums, unequal numbers")


def tensors_of(edges, weights):
    edge_index = torch.tensor(np.ascontiguousarray(edges.T), device=DEVICE)
    return edge_index, None if weights is None else torch.tensor(weights, device=DEVICE)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize(("edges", "weights", "num_nodes"), list(lists_of_edges()))
def test_a_graph_of_tensors_is_the_hosts(edges, weights, num_nodes, directed):
    wanted = Graph.from_edges(edges, weights, num_nodes=num_nodes, directed=directed)
    found = TensorGraph.from_edges(*tensors_of(edges, weights), num_nodes, directed=directed)
    uploaded = DeviceGraph(wanted, DEVICE, 1)
    for name in ("rows", "indices", "weights"):
        one, other = getattr(found, name), getattr(uploaded, name)
        assert (one is None) == (other is None)
        assert one is None or (one.dtype == other.dtype and torch.equal(one, other)), name
    for name in ("degree", "strength", "in_strength", "node_ids"):
        one, other = getattr(found, name), getattr(wanted, name)
        assert one.dtype == other.dtype
        assert np.array_equal(one, other), name
    sizes = ("num_nodes", "num_arcs", "num_edges", "directed", "is_weighted")
    assert [getattr(found, name) for name in sizes] == [getattr(wanted, name) for name in sizes]
    assert found.sources.tolist() == wanted._arc_sources().tolist()


class SpeaksDlpack:
    """What another library hands over."""

    def __init__(self, tensor):
        self.__dlpack__, self.__dlpack_device__ = tensor.__dlpack__, tensor.__dlpack_device__


def test_edges_on_the_cpu_are_for_a_graph_of_the_host(monkeypatch):
    monkeypatch.setattr(tensor_graph, "is_interpreted", lambda: False)
    edges = torch.tensor([[0, 1], [1, 2]])
    for weights in (None, torch.ones(2)):
        with pytest.raises(InputError, match=r"edges lie on the CPU: .*; take Graph\.from_edges"):
            TensorGraph.from_edges(edges, weights)


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.int64])
def test_edges_come_from_any_library_that_speaks_dlpack(dtype):
    edges, weights = torch.tensor([[0, 1, 4], [1, 2, 0]], dtype=dtype), torch.tensor([1, 2, 3])
    graph = TensorGraph.from_edges(*(SpeaksDlpack(tensor.to(DEVICE)) for tensor in (edges, weights)))
    assert (graph.num_nodes, graph.num_arcs) == (5, 6)
    assert graph.weights.tolist() == [1, 3, 1, 2, 2, 3]
    assert str(graph) == f"TensorGraph(5 nodes, 3 edges, undirected, weighted, on {DEVICE})"


def test_what_is_refused(monkeypatch):
    edges, ones = torch.tensor([[0, 1], [1, 2]], device=DEVICE), torch.ones(2, device=DEVICE)
    build = TensorGraph.from_edges
    for wrong in (edges.float(), edges[0], edges.T.repeat(2, 1), edges > 0):
        with pytest.raises(
            InputError, match=r"expected an edge_index of whole numbers \[2, num_edges\], got"
        ):
            build(wrong)
    with pytest.raises(InputError, match="edge_index must be a tensor, of torch or through DLPack, got list"):
        build([[0], [1]])
    with pytest.raises(InputError, match="edge 1 names the node 2, which is not in the list of nodes"):
        build(edges, num_nodes=2)
    with pytest.raises(InputError, match="edge 0 names the node -1"):
        build(edges - 1)
    with pytest.raises(InputError, match="at most 2,147,483,647 nodes for now, found 2,147,483,649"):
        build(edges + 2**31 - 2)
    with pytest.raises(ParameterError, match="num_nodes must be >= 0 and"):
        build(edges, num_nodes=-1)
    with pytest.raises(InputError, match=r"2 edges but 3 weights of type torch\.float32"):
        build(edges, torch.ones(3, device=DEVICE))
    message = "edge 1: a weight must be a finite float32 number > 0, got"
    for bad, shown in ((0, "0"), (-1, "-1"), (float("nan"), "nan"), (1e60, r"1e\+60"), (1e-60, "1e-60")):
        weights = torch.tensor([1, bad], dtype=torch.float64, device=DEVICE)
        with pytest.raises(InputError, match=f"{message} {shown}$"):
            build(edges, weights)

    asked = []
    monkeypatch.setattr(tensor_graph, "check_memory", lambda *given: asked.append(given))
    build(edges, ones)
    needed = {"arcs as they are sorted": building_bytes(2, weighted=True)}
    assert asked == [(DEVICE, needed, backend_of(DEVICE))]

    def fail(*_, **__):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(tensor_graph, "merged_arcs", fail)
    with pytest.raises(RunError, match="the device has no memory left for a graph of 2 edges"):
        build(edges, ones)


def test_what_only_a_graph_of_the_host_has():
    graph = TensorGraph.from_edges(torch.tensor([[0], [1]], device=DEVICE))
    with pytest.raises(ParameterError, match="a TensorGraph has no indptr: here only a Graph, on the host"):
        _ = graph.indptr
    with pytest.raises(ParameterError, match="a TensorGraph has no to_scipy"):
        graph.to_scipy()
    assert not hasattr(graph, "nothing")


def test_a_backend_that_is_another_device():
    graph = TensorGraph.from_edges(torch.tensor([[0], [1]], device=DEVICE))
    with pytest.raises(ParameterError, match="backend 'cpu' is the CPU here, but the graph lies on"):
        FastRP(dim=2).fit(graph)
    graph.device = torch.device("cuda", 1)
    with pytest.raises(ParameterError, match=r"here, but the graph lies on cuda:1; take 'gpu:1'$"):
        FastRP(dim=2, backend="gpu").fit(graph)


FASTRP = {
    "default": {},
    "dense signs": {"sparsity": 1.0},
    "gaussian": {"projection": "gaussian"},
    "adjacency": {"matrix": "adjacency", "normalize": False},
    "concatenated": {"concatenate": True},
}


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("options", FASTRP.values(), ids=FASTRP.keys())
def test_fastrp_has_the_bits_of_the_host_path(options, directed):
    edges, weights = random_edges(30, 600, weighted=True, seed=3)
    graph = Graph.from_edges(edges, weights, num_nodes=31, directed=directed)
    tensors = TensorGraph.from_edges(*tensors_of(edges, weights), 31, directed=directed)
    model = FastRP(**{"dim": 7, "weights": (0.5, 0, -2.0), "seed": 1, "backend": "gpu"} | options)
    wanted = model.fit_transform(graph)
    found = model.fit_transform(tensors)
    assert isinstance(found, torch.Tensor)
    assert np.array_equal(found.cpu().numpy(), wanted)


def data_of(graph):
    """A ``Data`` on the device: arcs of all nodes are far more than nodes."""
    return graph.to_pyg().to(DEVICE)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_transform_copies_neither_edges_nor_vectors(crossings, weighted):
    graph = random_graph(40, 2000, weighted=weighted, seed=1)
    data = data_of(graph)
    crossings.clear()
    found = AddEmbedding("fastrp", dim=30, seed=2, backend="gpu", attr_name="place")(data).place
    assert found.device == data.edge_index.device
    # A number a node, a word a column of the projection, and segments of long rows.
    assert 0 < max(crossings) <= graph.num_nodes < min(graph.num_arcs, found.numel())
    wanted = FastRP(dim=30, seed=2, backend="gpu").fit_transform(graph)
    assert np.array_equal(found.cpu().numpy(), wanted)


def test_counting_sees_the_host_path(crossings):
    graph = random_graph(40, 2000, seed=1)
    FastRP(dim=30, seed=2, backend="gpu").fit_transform(graph)
    assert {graph.num_arcs, 40 * 30} <= set(crossings)


@pytest.mark.parametrize("edge_index", [[[0, 1, 2], [1, 2, 3]], [[0, 1, 2, 1], [1, 0, 1, 2]]])
def test_a_transform_takes_a_data_for_what_the_host_takes_it_for(edge_index):
    data = Data(edge_index=torch.tensor(edge_index, device=DEVICE))
    model = FastRP(dim=4, seed=2, backend="gpu")
    wanted = model.fit_transform(as_graph(data))
    assert np.array_equal(AddEmbedding(model)(data).x.cpu().numpy(), wanted)


def test_auto_without_a_gpu_takes_the_host(monkeypatch):
    monkeypatch.setattr("graphkit.gpu.placement.seems_to_be_there", lambda: False)
    monkeypatch.setattr(TensorGraph, "from_edges", lambda *_, **__: pytest.fail("built on a device"))
    data = data_of(random_graph(10, 30))
    assert AddEmbedding("fastrp", dim=4, backend="auto")(data).x.shape == (10, 4)


def test_two_weights_of_an_edge_are_their_mean():
    edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    data = Data(edge_index=edges, edge_weight=torch.tensor([4.0, 6.0, 5.0, 5.0]), num_nodes=3)
    model = FastRP(dim=4, backend="gpu", sparsity=1.0)
    with pytest.warns(GraphkitWarning, match=r"diagonal: 2, by up to 33.3 %"):
        found = AddEmbedding(model)(data).x
    even = Data(edge_index=edges, edge_weight=torch.full((4,), 5.0), num_nodes=3)
    assert torch.equal(found, AddEmbedding(model)(even).x)


def test_weights_of_an_edge_that_add_up_beyond_float32_are_refused():
    edges, weights = torch.tensor([[0, 0], [1, 1]]), torch.tensor([3e38, 1e38])
    with pytest.raises(InputError, match="between 0 and 1 add up to more than float32 holds"):
        TensorGraph.from_edges(edges, weights)
