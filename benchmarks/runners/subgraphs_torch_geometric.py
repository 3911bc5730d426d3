"""Subgraphs of all nodes within two steps of some targets, by PyTorch Geometric."""

from __future__ import annotations

import numpy as np
import torch
from protocol import Request, serve, threads
from torch_geometric.utils import k_hop_subgraph

Graph = tuple[int, torch.Tensor]


def load(request: Request) -> Graph:
    torch.set_num_threads(threads())
    arrays = np.load(request["input"])
    num_nodes = len(arrays["indptr"]) - 1
    source = np.repeat(np.arange(num_nodes), np.diff(arrays["indptr"]))
    return num_nodes, torch.from_numpy(np.stack([source, arrays["indices"].astype(np.int64)]))


def extract(graph: Graph, request: Request) -> int:
    num_nodes, edge_index = graph
    total = 0
    for target in np.random.default_rng(1).choice(num_nodes, request["num_targets"], replace=False):
        nodes, edges, _, _ = k_hop_subgraph(
            int(target), 2, edge_index, relabel_nodes=True, num_nodes=num_nodes
        )
        total += len(nodes) + edges.shape[1]
    return total


serve(
    extract,
    load=load,
    describe=lambda total: {"total": total},
    packages=["torch-geometric", "torch", "numpy"],
)
