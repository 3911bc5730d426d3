"""Subgraphs of all nodes within two steps of some targets, by PyTorch Geometric's sampler of them."""

from __future__ import annotations

import numpy as np
import torch
from protocol import Request, serve, threads
from torch_geometric.data import Data
from torch_geometric.loader import ShaDowKHopSampler

ALL = 1_000_000
"""Neighbours, more than any node has."""


def load(request: Request) -> ShaDowKHopSampler:
    torch.set_num_threads(threads())
    arrays = np.load(request["input"])
    num_nodes = len(arrays["indptr"]) - 1
    source = np.repeat(np.arange(num_nodes), np.diff(arrays["indptr"]))
    edges = torch.from_numpy(np.stack([source, arrays["indices"].astype(np.int64)]))
    data = Data(edge_index=edges, num_nodes=num_nodes)
    drawn = np.random.default_rng(1).choice(num_nodes, request["num_targets"], replace=False)
    return ShaDowKHopSampler(data, 2, ALL, node_idx=torch.from_numpy(drawn), batch_size=64)


def extract(loader: ShaDowKHopSampler, request: Request) -> int:  # noqa: ARG001
    return sum(batch.num_nodes + batch.edge_index.shape[1] for batch in loader)


serve(
    extract,
    load=load,
    describe=lambda total: {"total": total},
    packages=["torch-geometric", "torch-sparse", "torch", "numpy"],
)
