"""The product P X of FastRP by graphkit's kernel, `products` times."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit
from graphkit.parallel import resolve_threads
from graphkit.propagation.powers import Propagation
from graphkit.propagation.projection import allocate_blocks


def load(request: Request) -> tuple[Propagation, np.ndarray, np.ndarray]:
    arrays = np.load(request["input"])
    graph = graphkit.Graph(arrays["indptr"], arrays["indices"])
    blocks = allocate_blocks(graph.num_nodes, request["dim"])
    dense = np.random.default_rng(1).random((graph.num_nodes, request["dim"]), np.float32)
    blocks[:] = dense.reshape(len(dense), *blocks.shape[::2]).transpose(1, 0, 2)
    operator = Propagation(graph, transition=True, num_threads=resolve_threads())
    return operator, blocks, np.empty_like(blocks)


def multiply(data: tuple[Propagation, np.ndarray, np.ndarray], request: Request) -> np.ndarray:
    operator, blocks, out = data
    for _ in range(request["products"]):
        operator.multiply(blocks, out)
    return out


def save(out: np.ndarray, path: str) -> None:
    np.save(path, out.transpose(1, 0, 2).reshape(out.shape[1], -1))


serve(multiply, load=load, save=save, packages=["graphkit", "numba"])
