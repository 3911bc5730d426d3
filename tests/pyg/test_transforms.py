"""Transforms of PyTorch Geometric: what they add, where, and that walks estimate the powers' diagonals."""

import numpy as np
import pytest
import torch
from support.graphs import random_graph
from torch_geometric.data import Data, HeteroData
from torch_geometric.datasets import FakeDataset
from torch_geometric.transforms import Compose, ToUndirected

from graphkit import DeepWalk, FastRP
from graphkit.errors import InputError, ParameterError
from graphkit.pyg import AddEmbedding, AddReturnProbabilities


def data_of(graph, **attributes):
    data = graph.to_pyg()
    for name, value in attributes.items():
        data[name] = value
    return data


@pytest.mark.parametrize("method", ["fastrp", FastRP(dim=6, seed=2)], ids=["name", "method"])
def test_vectors_are_those_of_the_method(method):
    graph = random_graph(40, 100, weighted=True)
    params = {"dim": 6, "seed": 2} if method == "fastrp" else {}
    data = data_of(graph)
    found = AddEmbedding(method, attr_name="place", **params)(data)
    assert np.array_equal(found.place.numpy(), FastRP(dim=6, seed=2).fit_transform(graph))
    assert "place" not in data


@pytest.mark.parametrize("x", [None, torch.ones(40), torch.ones(40, 3, dtype=torch.float64)])
def test_without_a_name_they_are_columns_of_x(x):
    graph = random_graph(40, 100)
    found = AddEmbedding("fastrp", dim=5)(data_of(graph, x=x))
    before = 0 if x is None else x.view(40, -1).shape[1]
    assert found.x.shape == (40, before + 5)
    assert found.x.dtype == (torch.float32 if x is None else x.dtype)
    if x is not None:
        assert torch.equal(found.x[:, :before], x.view(40, -1))


def test_in_a_chain_of_transforms():
    data = Data(edge_index=torch.tensor([[0, 1, 2], [1, 2, 3]]), num_nodes=5)
    chain = Compose(
        [ToUndirected(), AddEmbedding(DeepWalk(dim=4, seed=1)), AddReturnProbabilities(num_steps=3)]
    )
    found = chain(data)
    assert found.x.shape == (5, 4)
    assert found.random_walk_pe.shape == (5, 3)
    assert found.random_walk_pe[4].tolist() == [0, 0, 0]


def test_as_the_transform_of_a_dataset():
    dataset = FakeDataset(
        num_graphs=2, avg_num_nodes=20, transform=AddEmbedding("fastrp", dim=4, attr_name="place")
    )
    for data in dataset:
        assert data.place.shape == (data.num_nodes, 4)


@pytest.mark.parametrize("weighted", [False, True])
def test_walks_estimate_the_diagonals_of_the_powers(weighted):
    graph = random_graph(30, 60, weighted=weighted)
    matrix = graph.to_scipy().toarray().astype(float)
    step = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1e-300)
    wanted = np.stack([np.diag(np.linalg.matrix_power(step, k)) for k in range(1, 7)], axis=1)
    count = 4000
    found = AddReturnProbabilities(num_steps=6, walks_per_node=count, seed=3)(data_of(graph)).random_walk_pe
    error = np.sqrt(wanted * (1 - wanted) / count)
    # 180 probabilities: the largest of their deviations is hardly beyond four standard errors.
    assert (np.abs(found.numpy() - wanted) <= 4.5 * error + 1e-6).all()


def test_their_text_tells_their_parameters():
    texts = {repr(AddReturnProbabilities(num_steps=steps)) for steps in (3, 4)}
    texts |= {repr(AddEmbedding("fastrp", dim=dim)) for dim in (3, 4)}
    assert len(texts) == 4


def test_what_is_refused():
    with pytest.raises(ParameterError, match="unknown method 'fastpr'"):
        AddEmbedding("fastpr")
    with pytest.raises(ParameterError, match="dim must be"):
        AddEmbedding("fastrp", dim=0)
    with pytest.raises(ParameterError, match="dim has no effect beside a method"):
        AddEmbedding(FastRP(), dim=3)
    with pytest.raises(ParameterError, match="num_steps must be a whole number from 1 to 1000, got 0"):
        AddReturnProbabilities(num_steps=0)
    with pytest.raises(InputError, match="expected a torch_geometric Data with edge_index, got HeteroData"):
        AddEmbedding("fastrp")(HeteroData())
    with pytest.raises(InputError, match="expected a torch_geometric Data with edge_index, got Data"):
        AddReturnProbabilities()(Data(x=torch.ones(3)))
