"""Batches of subgraphs: those of PyTorch Geometric's functions, with its attributes, the same again."""

import pytest
import torch
from support.graphs import random_graph
from torch_geometric.data import Data, HeteroData
from torch_geometric.utils import k_hop_subgraph

from graphkit.errors import InputError, ParameterError
from graphkit.pyg import ShaDowLoader


def data_of(num_nodes=60, num_edges=110, **options):
    data = random_graph(num_nodes, num_edges, seed=1, **options).to_pyg()
    data.x = torch.arange(3.0 * num_nodes).view(num_nodes, 3)
    data.y = torch.arange(num_nodes)
    data.edge_attr = torch.arange(data.num_edges)
    data.train_mask = torch.arange(num_nodes) % 3 == 0
    data.name = "a graph"
    return data


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("depth", [1, 3])
def test_hops_are_pygs(depth, directed):
    data = data_of(directed=directed)
    loader = ShaDowLoader(data, scope="k-hop", depth=depth, batch_size=7)
    assert len(loader) == 9
    target = 0
    for batch in loader:
        assert batch.y.tolist() == list(range(target, target + batch.num_graphs))
        assert torch.equal(batch.x, data.x[batch.n_id])
        assert torch.equal(batch.train_mask, data.train_mask[batch.n_id])
        assert torch.equal(batch.edge_attr, batch.e_id)
        assert torch.equal(batch.n_id[batch.edge_index], data.edge_index[:, batch.e_id])
        assert batch.name == "a graph"
        for k in range(batch.num_graphs):
            nodes, edges, place, chosen = k_hop_subgraph(
                target, depth, data.edge_index, relabel_nodes=True, num_nodes=60
            )
            here = slice(batch.ptr[k], batch.ptr[k + 1])
            assert torch.equal(batch.n_id[here], nodes)
            assert (batch.batch[here] == k).all()
            assert batch.root_n_id[k] - batch.ptr[k] == place.item()
            of_edges = batch.batch[batch.edge_index[0]] == k
            # The edges of a Data made of a graph are sorted already.
            assert torch.equal(batch.edge_index[:, of_edges] - batch.ptr[k], edges)
            assert torch.equal(batch.e_id[of_edges], chosen.nonzero().view(-1))
            target += 1


def test_pagerank_scopes_are_bounded():
    data = data_of(weighted=True)
    whole = list(ShaDowLoader(data, size=5, batch_size=32, num_threads=2))
    assert all(batch.ptr.diff().max() <= 5 for batch in whole)
    assert torch.equal(torch.cat([batch.n_id[batch.root_n_id] for batch in whole]), torch.arange(60))


def test_epochs_are_the_seeds():
    data, options = data_of(), {"scope": "k-hop", "num_neighbors": 2, "shuffle": True, "batch_size": 25}
    targets = torch.arange(60) < 55

    def epochs(seed, **more):
        loader = ShaDowLoader(data, targets, seed=seed, **options, **more)
        return [[(batch.y.tolist(), batch.n_id.tolist()) for batch in loader] for _ in range(2)]

    first = epochs(1)
    assert first == epochs(1, num_threads=3)
    assert first != epochs(2)
    assert first[0] != first[1]
    for epoch in first:
        assert [len(targets) for targets, _ in epoch] == [25, 25, 5]
        assert sorted(target for targets, _ in epoch for target in targets) == list(range(55))
    assert [len(epoch) for epoch in epochs(1, drop_last=True)] == [2, 2]


def test_workers_make_the_same_batches():
    data, options = (
        data_of(),
        {"scope": "k-hop", "num_neighbors": 2, "batch_size": 30, "shuffle": True, "seed": 4},
    )
    here = ShaDowLoader(data, **options)
    there = ShaDowLoader(data, num_workers=1, **options)
    for _ in range(2):
        assert [batch.n_id.tolist() for batch in there] == [batch.n_id.tolist() for batch in here]


def test_a_graph_without_edges():
    data = Data(x=torch.ones(3, 1), edge_index=torch.empty((2, 0), dtype=torch.long))
    for scope in ("ppr", "k-hop"):
        (batch,) = ShaDowLoader(data, scope=scope)
        assert batch.n_id.tolist() == [0, 1, 2]
        assert batch.edge_index.shape == (2, 0)


def test_what_is_refused():
    data = data_of()
    for options, error, message in (
        ({"scope": "hops"}, ParameterError, "unknown scope 'hops'"),
        ({"size": 0}, ParameterError, "size must be a whole number >= 1, got 0"),
        ({"scope": "k-hop", "depth": 0}, ParameterError, "depth must be a whole number >= 1, got 0"),
        ({"depth": 2}, ParameterError, "depth has no effect with scope='ppr'; leave it out"),
        ({"scope": "k-hop", "restart": 0.2}, ParameterError, "restart has no effect with scope='k-hop'"),
        ({"batch_size": 0}, ParameterError, "batch_size must be a whole number >= 1, got 0"),
        ({"num_threads": 0}, ParameterError, "num_threads must be a whole number >= 1"),
        ({"collate_fn": len}, ParameterError, "collate_fn has no effect"),
        ({"targets": []}, InputError, r"targets name no node, got \[\]; give one at least"),
        ({"targets": torch.zeros(60, dtype=torch.bool)}, InputError, "targets name no node"),
        ({"targets": [0, 60]}, InputError, "target 60 is no node: nodes are 0 to 59"),
        ({"targets": [-1]}, InputError, "target -1 is no node"),
        ({"targets": [0.5]}, InputError, "targets must be nodes, .* or a mask of the 60 nodes; got float64"),
        ({"targets": torch.ones(5, dtype=torch.bool)}, InputError, r"a mask of the 60 nodes; got bool \[5\]"),
    ):
        with pytest.raises(error, match=message):
            ShaDowLoader(data, **options)
    with pytest.raises(
        InputError, match=r"got torch_geometric.HeteroData; a HeteroData has to_homogeneous\(\)"
    ):
        ShaDowLoader(HeteroData())
    with pytest.raises(InputError, match="expected a torch_geometric Data with edge_index"):
        ShaDowLoader(Data(x=torch.ones(3)))
