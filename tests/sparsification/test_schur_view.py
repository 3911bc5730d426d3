"""Schur complements as a transform of PyTorch Geometric."""

import numpy as np
import pytest
import torch
from support.graphs import random_graph
from torch_geometric.data import Batch, Data
from torch_geometric.transforms import Compose, ToUndirected

from graphkit import schur_complement
from graphkit.errors import InputError, ParameterError
from graphkit.pyg import RandomSchurComplement


def data_of(num_nodes=40, **attributes):
    data = random_graph(num_nodes, 200, weighted=True, seed=1).to_pyg()
    for name, value in attributes.items():
        data[name] = value
    return data


@pytest.mark.parametrize("nodes", ["random", "degree"])
@pytest.mark.parametrize("method", ["walks", "elimination"])
def test_a_view_has_all_nodes_and_edges_of_those_that_stay(nodes, method):
    data = data_of(x=torch.ones(40, 3), y=torch.arange(40))
    view = RandomSchurComplement(keep=0.3, nodes=nodes, method=method, seed=4)(data)
    assert view.num_nodes == 40
    assert view.x is data.x
    assert view.y is data.y
    assert len(view.edge_index.unique()) <= 12
    assert view.edge_weight.shape == (view.edge_index.shape[1],)
    assert (view.edge_weight > 0).all()
    assert view.is_undirected()
    assert data.edge_index.shape[1] == data_of().edge_index.shape[1]


def test_views_of_the_highest_degrees_are_schur_complements():
    data = data_of()
    view = RandomSchurComplement(keep=0.5, nodes="degree", method="elimination", seed=4)(data)
    graph = random_graph(40, 200, weighted=True, seed=1)
    kept = schur_complement(graph, 0.5, seed=4).node_ids
    # Of equal degrees at the border others may stay.
    assert set(view.edge_index.unique().tolist()) <= set(
        np.flatnonzero(graph.degree >= graph.degree[kept].min())
    )


def test_each_call_gives_another_view_and_a_seed_the_same_ones():
    data = data_of()
    one, other = (RandomSchurComplement(seed=2) for _ in range(2))
    first, second = one(data), one(data)
    assert first.edge_index.shape != second.edge_index.shape or (first.edge_index != second.edge_index).any()
    for view in (first, second):
        again = other(data)
        assert torch.equal(view.edge_index, again.edge_index)
        assert torch.equal(view.edge_weight, again.edge_weight)


def test_views_go_with_other_transforms_and_batches():
    directed = Data(edge_index=torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]]), num_nodes=4)
    view = Compose([ToUndirected(), RandomSchurComplement(method="elimination")])(directed)
    assert view.edge_index.shape[1] == 2
    batch = Batch.from_data_list([ToUndirected()(directed)] * 3)
    view = RandomSchurComplement(method="elimination")(batch)
    assert view.num_nodes == 12
    assert torch.equal(view.batch[view.edge_index[0]], view.batch[view.edge_index[1]])
    empty = Data(edge_index=torch.zeros(2, 0, dtype=torch.long), num_nodes=0)
    assert RandomSchurComplement()(empty).num_nodes == 0


def test_what_cannot_be_a_view_is_refused():
    with pytest.raises(InputError, match="edge_attr cannot be carried over"):
        RandomSchurComplement()(data_of(edge_attr=torch.ones(5)))
    arrows = Data(edge_index=torch.tensor([[0, 1], [1, 2]]), num_nodes=3)
    with pytest.raises(ParameterError, match="undirected"):
        RandomSchurComplement()(arrows)
    for options, message in (
        ({"keep": 1}, r"keep must lie in \(0, 1\), got 1"),
        ({"nodes": "all"}, "unknown nodes 'all'"),
        ({"method": "cut"}, "unknown method 'cut'"),
        ({"seed": 0.5}, "seed must be a whole number"),
    ):
        with pytest.raises(ParameterError, match=message):
            RandomSchurComplement(**options)
    assert repr(RandomSchurComplement(seed=3)) == (
        "RandomSchurComplement(keep=0.5, nodes='random', method='walks', seed=3)"
    )
