"""Encodings of small graphs, by PyTorch Geometric."""

from __future__ import annotations

from functools import cache

import torch
from protocol import Request, serve, threads
from small_graphs import small_graphs
from torch_geometric.data import Data
from torch_geometric.transforms import AddLaplacianEigenvectorPE, AddRandomWalkPE

ENCODINGS = {
    "returns": (AddRandomWalkPE(16), "random_walk_pe"),
    "laplacian": (AddLaplacianEigenvectorPE(8, is_undirected=True), "laplacian_eigenvector_pe"),
}


@cache
def graphs(count: int) -> list[Data]:
    torch.set_num_threads(threads())
    return small_graphs(count)


def encode(_: None, request: Request) -> list[torch.Tensor]:
    transform, name = ENCODINGS[request["encoding"]]
    return [transform(data)[name] for data in graphs(request["num_graphs"])]


def describe(found: list[torch.Tensor]) -> Request:
    return {"total": float(sum((rows.double() ** 2).sum() for rows in found))}


graphs(200)
serve(encode, describe=describe, packages=["torch-geometric", "torch", "numpy"])
