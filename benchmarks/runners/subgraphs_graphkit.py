"""Subgraphs of all nodes within two steps of some targets, by graphkit's loader."""

from __future__ import annotations

import numpy as np
import torch
from protocol import Request, serve, threads

import graphkit
from graphkit.pyg import ShaDowLoader


def load(request: Request) -> ShaDowLoader:
    torch.set_num_threads(threads())
    arrays = np.load(request["input"])
    data = graphkit.Graph(arrays["indptr"], arrays["indices"]).to_pyg()
    drawn = np.random.default_rng(1).choice(data.num_nodes, request["num_targets"], replace=False)
    return ShaDowLoader(data, drawn, scope="k-hop", depth=2, batch_size=64)


def extract(loader: ShaDowLoader, request: Request) -> int:  # noqa: ARG001
    return sum(len(batch.n_id) + batch.edge_index.shape[1] for batch in loader)


serve(
    extract,
    load=load,
    describe=lambda total: {"total": total},
    packages=["graphkit", "torch-geometric", "torch", "numba"],
)
