"""Scores above 0 by personalised PageRank, by torch_geometric's forward push."""

from __future__ import annotations

import numpy as np
import torch
from first_rows import first_rows
from protocol import Request, serve, threads
from torch_geometric.utils import get_ppr

Graph = tuple[int, torch.Tensor]


def load(request: Request) -> Graph:
    torch.set_num_threads(threads())
    arrays = np.load(request["input"])
    num_nodes = len(arrays["indptr"]) - 1
    source = np.repeat(np.arange(num_nodes), np.diff(arrays["indptr"]))
    return num_nodes, torch.from_numpy(np.stack([source, arrays["indices"].astype(np.int64)]))


def scores(graph: Graph, request: Request) -> tuple[Request, torch.Tensor, torch.Tensor]:
    num_nodes, edge_index = graph
    alpha, eps = request["restart"], request["tolerance"]
    target = torch.tensor(request["sources"])
    return request, *get_ppr(edge_index, alpha, eps, target, num_nodes)


def save(result: tuple[Request, torch.Tensor, torch.Tensor], path: str) -> None:
    request, pairs, weights = result
    source, node = pairs.numpy()
    rows = [
        first_rows(node[source == one], weights.numpy()[source == one], request["k"])
        for one in request["sources"]
    ]
    np.save(path, np.stack(rows))


serve(scores, load=load, save=save, packages=["torch-geometric", "torch", "numba"])
