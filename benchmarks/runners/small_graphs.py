"""Random connected graphs of 15 to 40 nodes, as PyTorch Geometric has them."""

from __future__ import annotations

import numpy as np
import torch
from torch_geometric.data import Data


def small_graphs(count: int) -> list[Data]:
    """A path through all nodes, and a tenth more edges."""
    rng = np.random.default_rng(1)
    graphs = []
    for size in rng.integers(15, 40, count):
        path = np.stack([np.arange(size - 1), np.arange(1, size)])
        more = rng.integers(0, size, (2, size // 10))
        edges = np.concatenate([path, more[:, more[0] != more[1]]], axis=1)
        edges = np.unique(np.concatenate([edges, edges[::-1]], axis=1), axis=1)
        graphs.append(Data(edge_index=torch.from_numpy(edges), num_nodes=int(size)))
    return graphs
