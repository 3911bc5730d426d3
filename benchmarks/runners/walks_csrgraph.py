"""Random walks by csrgraph, nodevectors' walker, from all nodes or from `num_starts` spread over the graph.

Its ``neighbor_weight`` weighs the common neighbours, against 1 for the far ones: q, and 1/p becomes q/p. Its
second-order walks need an arc at every node: without, they read another row. It has no seed.
"""

from __future__ import annotations

import csrgraph
import numpy as np
from protocol import Request, serve, threads
from scipy import sparse


def load(request: Request) -> csrgraph.csrgraph:
    arrays = np.load(request["input"])
    values = np.ones(len(arrays["indices"]), np.float32)
    return csrgraph.csrgraph(
        sparse.csr_matrix((values, arrays["indices"], arrays["indptr"])), copy=False, threads=threads()
    )


def walk(graph: csrgraph.csrgraph, request: Request) -> tuple[np.ndarray, np.ndarray]:
    """The walks, and the number of arcs of each node."""
    starts = np.linspace(0, graph.nnodes - 1, request.get("num_starts", graph.nnodes)).astype(np.int64)
    walks = graph.random_walks(
        walklen=request["walk_length"],
        epochs=request["walks_per_node"],
        start_nodes=starts,
        return_weight=request["q"] / request["p"],
        neighbor_weight=request["q"],
    )
    return walks, np.diff(graph.src)


def count_steps(result: tuple[np.ndarray, np.ndarray]) -> int:
    walks, degree = result
    return int(np.count_nonzero(degree[walks[:, 0]])) * (walks.shape[1] - 1)


def save(result: tuple[np.ndarray, np.ndarray], path: str) -> None:
    """A walk from a node without arcs repeats it; save that it ends."""
    walks, degree = result
    walks = walks.astype(np.int32)
    walks[degree[walks[:, 0]] == 0, 1:] = -1
    np.save(path, walks)


serve(
    walk,
    load=load,
    save=save,
    amount=("step", count_steps),
    packages=["csrgraph", "numba", "numpy", "scipy"],
)
