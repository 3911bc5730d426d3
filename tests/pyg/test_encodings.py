"""Encodings as transforms: equal to PyTorch Geometric's, to dense float64, of all kinds of data."""

import networkx
import pytest
import torch
from support.graphs import random_graph
from support.reference import walk_series as reference
from torch_geometric.data import Batch, Data, HeteroData
from torch_geometric.transforms import AddLaplacianEigenvectorPE, AddRandomWalkPE, Compose, LocalDegreeProfile
from torch_geometric.utils import from_networkx

from graphkit.errors import InputError, ParameterError
from graphkit.pyg import (
    AddDegrees,
    AddHeatKernel,
    AddLaplacianEigenvectors,
    AddPageRank,
    AddReturnProbabilities,
    AddRRWP,
)

ALL = [
    AddReturnProbabilities(num_steps=4, errors=True),
    AddRRWP(num_steps=3, errors=True),
    AddHeatKernel((0.5, 2.0), pairs=True, errors=True),
    AddPageRank([0.2, 0.5], pairs=True),
    AddLaplacianEigenvectors(3),
    AddDegrees(profile=True),
]

KARATE = from_networkx(networkx.karate_club_graph()).edge_index


def small_graphs():
    """Some of them with isolated nodes, one without edges."""
    graphs = [random_graph(size, 2 * size, seed=size).to_pyg() for size in (3, 17, 30)]
    graphs.insert(2, Data(edge_index=torch.empty((2, 0), dtype=torch.long), num_nodes=4))
    return graphs


def added(before, after):
    return {key: after[key] for key in after.keys() if key not in before.keys()}  # noqa: SIM118


def test_steps_are_pygs():
    for data in [Data(edge_index=KARATE, num_nodes=36), *small_graphs()]:
        found = AddReturnProbabilities(num_steps=7, attr_name="ours")(data)
        wanted = AddRandomWalkPE(7)(data).random_walk_pe
        torch.testing.assert_close(found.ours, wanted, rtol=1e-5, atol=1e-6)


def test_eigenvectors_are_pygs_up_to_sign():
    data = Data(edge_index=KARATE, num_nodes=34)
    found = AddLaplacianEigenvectors(9)(data)
    wanted = AddLaplacianEigenvectorPE(9, is_undirected=True)(data).laplacian_eigenvector_pe
    signs = (found.laplacian_eigenvectors * wanted).sum(0).sign()
    torch.testing.assert_close(found.laplacian_eigenvectors * signs, wanted.float(), rtol=1e-4, atol=1e-5)


def test_degrees_are_pygs():
    data = Data(edge_index=KARATE, num_nodes=34)
    found = AddDegrees(profile=True, attr_name=None)(data).x
    torch.testing.assert_close(found, LocalDegreeProfile()(data).x, rtol=1e-4, atol=1e-4)
    assert torch.equal(AddDegrees()(data).degree, found[:, :1])


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: type(transform).__name__)
def test_a_batch_is_its_graphs_one_by_one(transform):
    graphs = small_graphs()
    batch = transform(Batch.from_data_list(graphs))
    again = batch.to_data_list()
    assert batch.num_graphs == len(again) == len(graphs)
    for before, found in zip(graphs, again):
        wanted = added(before, transform(before))
        assert set(wanted) == set(added(before, found))
        for key, value in wanted.items():
            torch.testing.assert_close(found[key], value, rtol=1e-5, atol=1e-6)
    # What is collated from graphs that were transformed is the same.
    whole = Batch.from_data_list([transform(graph) for graph in graphs])
    for key, value in added(Batch.from_data_list(graphs), batch).items():
        torch.testing.assert_close(value, whole[key], rtol=1e-5, atol=1e-6)


def typed(graph):
    """The same graph, its nodes of two types and its edges of four, or fewer where there are none."""
    data, first = HeteroData(), graph.num_nodes // 3
    data["a"].num_nodes, data["b"].x = first, torch.zeros(graph.num_nodes - first, 1)
    is_b = graph.edge_index >= first
    for source, target in ((0, 0), (0, 1), (1, 0), (1, 1)):
        chosen = (is_b[0] == source) & (is_b[1] == target)
        key = "ab"[source], "to", "ab"[target]
        data[key].edge_index = graph.edge_index[:, chosen] - torch.tensor(
            [[source * first], [target * first]]
        )
        if "edge_weight" in graph:
            data[key].edge_weight = graph.edge_weight[chosen]
    return data


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("transform", ALL, ids=lambda transform: type(transform).__name__)
def test_types_are_one_graph(transform, weighted):
    graph = random_graph(20, 45, weighted=weighted, seed=2).to_pyg()
    whole, found = transform(graph), transform(typed(graph))
    first = found["a"].num_nodes
    for key in set(added(graph, whole)) & set(found["b"].keys()):
        torch.testing.assert_close(torch.cat([found["a"][key], found["b"][key]]), whole[key])
    name = getattr(transform, "attr_name", None)
    if f"{name}_index" not in whole:
        return
    dense, wanted = torch.zeros(2, 20, 20, whole[f"{name}_val"].shape[1])
    wanted[tuple(whole[f"{name}_index"])] = whole[f"{name}_val"]
    for source, target in (("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")):
        store = found[source, name, target]
        offsets = torch.tensor([[first * (source == "b")], [first * (target == "b")]])
        dense[tuple(store.edge_index + offsets)] = store.edge_attr
    torch.testing.assert_close(dense, wanted)


def test_batches_of_types_stay_apart():
    graphs = [typed(random_graph(size, 2 * size, seed=size).to_pyg()) for size in (9, 14)]
    for transform in ALL:
        batch = transform(Batch.from_data_list(graphs))
        for place, graph in enumerate(graphs):
            alone = transform(graph)
            for kind in "ab":
                for key in added(graph[kind], alone[kind]):
                    rows = batch[kind][key][batch[kind].batch == place]
                    torch.testing.assert_close(rows, alone[kind][key], rtol=1e-5, atol=1e-6)


def test_relative_probabilities_are_dense_powers():
    graph = random_graph(25, 60, directed=True, weighted=True, seed=8)
    data = graph.to_pyg()
    found = AddRRWP(num_steps=5)(data)
    step = reference.transition(reference.dense(data.edge_index.numpy(), data.edge_weight.numpy(), 25))
    wanted = torch.from_numpy(reference.powers(step, 4)).permute(1, 2, 0).float()
    torch.testing.assert_close(found.rrwp, wanted[torch.arange(25), torch.arange(25)])
    dense = torch.zeros(25, 25, 5)
    target, source = found.rrwp_index[1], found.rrwp_index[0]
    dense[target, source] = found.rrwp_val
    torch.testing.assert_close(dense, wanted)


@pytest.mark.parametrize("make", [AddReturnProbabilities, AddRRWP, AddHeatKernel, AddPageRank])
def test_walks_estimate_what_is_exact(make):
    data = random_graph(30, 80, weighted=True, seed=1).to_pyg()
    exact, count = make(exact=True)(data), 300
    found = make(walks_per_node=count, errors=True, seed=2)(data)
    for key in added(data, exact):
        if not key.endswith(("_index", "_val")):
            deviation = (found[key] - exact[key]).abs()
            assert (deviation <= 5 * found[f"{key}_error"] + 8 / count).all()
            assert float(found[f"{key}_error"].max()) <= 0.5 / count**0.5 + 1e-6
    assert torch.equal(make(walks_per_node=count, errors=True, seed=2)(data)[key], found[key])


def test_large_graphs_are_estimated_and_say_so(monkeypatch):
    monkeypatch.setattr("graphkit.pyg.walk_encoding.EXACT_WORK", 0)
    monkeypatch.setattr("graphkit.pyg.walk_encoding._ARCS_A_STEP", 0)
    data = random_graph(30, 80, seed=1).to_pyg()
    found = AddReturnProbabilities(num_steps=3, errors=True)(data)
    probability, error = found.random_walk_pe, found.random_walk_pe_error
    torch.testing.assert_close(error, (probability * (1 - probability) / 200).sqrt())
    assert not AddReturnProbabilities(num_steps=3, errors=True, exact=True)(data).random_walk_pe_error.any()
    monkeypatch.setattr("graphkit.pyg.walk_encoding.EXACT_WORK", 10**9)
    monkeypatch.setattr("graphkit.pyg.walk_encoding._MOST_PAIR_BYTES", 0)
    found = AddRRWP(num_steps=3, errors=True)(data)
    assert not found.rrwp_error.any()
    assert found.rrwp_val_error.any()


def test_columns_of_x_and_chains():
    data = Data(x=torch.ones(34), edge_index=KARATE)
    chain = Compose(
        [AddPageRank(attr_name=None), AddHeatKernel(1.0, attr_name=None), AddLaplacianEigenvectors(2)]
    )
    found = chain(data)
    assert found.x.shape == (34, 3)
    assert data.x.shape == (34,)
    assert "laplacian_eigenvectors" not in data
    batch = chain(Batch.from_data_list([data, data]))
    assert torch.equal(batch[1].x, batch.x[34:])


def test_more_vectors_than_nodes_are_zeros():
    data = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=3)
    found = AddLaplacianEigenvectors(5)(data)
    assert found.laplacian_eigenvalues.tolist() == [[2, 0, 0, 0, 0]]
    assert not found.laplacian_eigenvectors[2].any()
    assert not found.laplacian_eigenvectors[:, 1:].any()


def test_bits_are_those_of_one_thread(monkeypatch):
    monkeypatch.setattr("graphkit.encodings.walk_powers._FEW_ARCS", 0)
    data = random_graph(60, 200, weighted=True, seed=3).to_pyg()
    for make in (AddReturnProbabilities, AddRRWP, AddHeatKernel):
        one = added(data, make(num_threads=1)(data))
        for threads in (2, 4):
            assert all(torch.equal(make(num_threads=threads)(data)[key], one[key]) for key in one)


def test_their_text_tells_their_parameters():
    texts = {repr(transform) for transform in ALL} | {repr(AddRRWP(num_steps=4)), repr(AddDegrees())}
    assert len(texts) == len(ALL) + 2
    assert repr(AddDegrees()) == "AddDegrees(profile=False, attr_name='degree')"
    assert "times=(0.5, 2.0)" in repr(ALL[2])


def test_what_is_refused():
    for make, message in (
        (
            lambda: AddReturnProbabilities(num_steps=0),
            "num_steps must be a whole number from 1 to 1000, got 0",
        ),
        (lambda: AddRRWP(walks_per_node=0), "walks_per_node must be a whole number from 1 to 65536, got 0"),
        (lambda: AddRRWP(walks_per_node=9, exact=True), "walks_per_node has no effect with exact=True"),
        (lambda: AddRRWP(attr_name=None), "pairs need a name: give attr_name"),
        (lambda: AddPageRank(attr_name=None, errors=True), "errors need a name: give attr_name"),
        (lambda: AddHeatKernel(exact="yes"), "exact must be True, False or None, got 'yes'"),
        (lambda: AddHeatKernel(-1), "times must be > 0"),
        (lambda: AddPageRank(0), "restarts must lie in"),
        (lambda: AddLaplacianEigenvectors(0), "count must be a whole number from 1 to 10000, got 0"),
        (lambda: AddDegrees(profile=1), "profile must be True or False, got 1"),
        (lambda: AddPageRank(seed=-1), "seed must lie in"),
    ):
        with pytest.raises(ParameterError, match=message):
            make()
    directed = Data(edge_index=torch.tensor([[0], [1]]), num_nodes=2)
    with pytest.raises(InputError, match=r"need each edge in both directions, .*ToUndirected"):
        AddLaplacianEigenvectors()(directed)
    data = typed(random_graph(20, 45, weighted=True, seed=2).to_pyg())
    del data["a", "to", "b"].edge_weight
    with pytest.raises(InputError, match="some types of edges have edge_weight and some have not"):
        AddDegrees()(data)
    data = typed(random_graph(20, 45, seed=2).to_pyg())
    data["a", "to", "b"].edge_index[1, 0] = 99
    with pytest.raises(InputError, match="has the node 99 of type 'b', which has 14"):
        AddRRWP()(data)
    for transform in ALL:
        with pytest.raises(InputError, match="expected a torch_geometric Data with edge_index, got Data"):
            transform(Data(x=torch.ones(3)))
        with pytest.raises(InputError, match="edge 0 leads from 0 to 5, but nodes are 0 to 1"):
            transform(Data(edge_index=torch.tensor([[0], [5]]), num_nodes=2))
