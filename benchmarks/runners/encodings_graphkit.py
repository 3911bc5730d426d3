"""Encodings of small graphs, by graphkit: one by one, or as one batch."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from protocol import Request, serve, threads
from small_graphs import small_graphs
from torch_geometric.data import Batch, Data

from graphkit.pyg import AddLaplacianEigenvectors, AddReturnProbabilities

ENCODINGS = {
    "returns": (AddReturnProbabilities(num_steps=16), "random_walk_pe"),
    "laplacian": (AddLaplacianEigenvectors(8), "laplacian_eigenvectors"),
}


@cache
def graphs(count: int) -> tuple[list[Data], Any]:
    torch.set_num_threads(threads())
    made = small_graphs(count)
    return made, Batch.from_data_list(made)


def encode(_: None, request: Request) -> list[torch.Tensor]:
    transform, name = ENCODINGS[request["encoding"]]
    single, batch = graphs(request["num_graphs"])
    return [transform(data)[name] for data in ([batch] if request.get("batched") else single)]


def describe(found: list[torch.Tensor]) -> Request:
    return {"total": float(sum((rows.double() ** 2).sum() for rows in found))}


graphs(200)
serve(encode, describe=describe, packages=["graphkit", "torch-geometric", "torch", "numba"])
