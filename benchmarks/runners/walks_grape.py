"""Random walks by GRAPE (ensmallen), exact: every neighbour is considered. They start at nodes with edges."""

from __future__ import annotations

import numpy as np
from ensmallen import Graph
from grape_graph import load
from protocol import Request, serve


def walk(graph: Graph, request: Request) -> np.ndarray:
    return graph.complete_walks(
        walk_length=request["walk_length"],
        iterations=request["walks_per_node"],
        return_weight=1 / request["p"],
        explore_weight=1 / request["q"],
        max_neighbours=None,
        random_state=request["seed"],
    )


serve(
    walk,
    load=load,
    save=lambda walks, path: np.save(path, walks.astype(np.int32)),
    amount=("step", lambda walks: walks.shape[0] * (walks.shape[1] - 1)),
    packages=["ensmallen", "numpy"],
)
