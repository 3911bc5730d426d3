"""Random walks by PecanPy, as the lists of names that it hands to gensim.

``mode`` is PecanPy's own: FirstOrderUnweighted for p = q = 1, SparseOTF elsewhere. Its walk_length counts
steps, ours nodes. Its ``simulate_walks`` compiles the walker anew in each call, for many seconds, since the
functions close over the graph; what follows does the same with the walker compiled beforehand, in `load`. It
starts from all nodes or from `num_starts` spread over the graph.
"""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np
from numba_progress import ProgressBar
from padded_walks import count_steps, padded
from pecanpy import pecanpy
from protocol import Request, serve, threads

Walker = Callable[[np.ndarray, int], list[list[str]]]


def load(request: Request) -> tuple[Walker, int]:
    """The compiled walker, and the number of nodes."""
    numba.set_num_threads(threads())
    arrays = np.load(request["input"])
    graph = getattr(pecanpy, request["mode"])(
        request["p"], request["q"], workers=threads(), random_state=request["seed"]
    )
    # The dtypes that the library works with; `read_npz` would read the same arrays.
    graph.indptr, graph.indices = arrays["indptr"].astype(np.uint32), arrays["indices"].astype(np.uint32)
    graph.data = np.ones(len(graph.indices), np.float32)
    graph.set_node_ids(None, implicit_ids=True, num_nodes=len(graph.indptr) - 1)
    graph.preprocess_transition_probs()
    has_nbrs, move_forward = graph.get_has_nbrs(), graph.get_move_forward()

    def walker(starts: np.ndarray, num_steps: int) -> list[list[str]]:
        starts = starts.astype(np.uint32)
        np.random.default_rng(graph.random_state).shuffle(starts)
        with ProgressBar(total=len(starts), disable=True) as progress:
            walks = graph._random_walks(
                len(starts), num_steps, graph.random_state, starts, has_nbrs, move_forward, progress
            )
        return [graph._map_walk(walk) for walk in walks]

    walker(np.arange(1), 3)
    return walker, graph.num_nodes


def walk(data: tuple[Walker, int], request: Request) -> list[list[str]]:
    walker, num_nodes = data
    starts = np.linspace(0, num_nodes - 1, request.get("num_starts", num_nodes)).astype(np.int64)
    return walker(np.tile(starts, request["walks_per_node"]), request["walk_length"] - 1)


serve(
    walk,
    load=load,
    save=lambda walks, path: np.save(path, padded(walks)),
    amount=("step", count_steps),
    packages=["pecanpy", "numba", "numpy"],
)
