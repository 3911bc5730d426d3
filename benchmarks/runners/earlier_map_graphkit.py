"""A map of a graph that has changed: free, begun at the earlier map, or held there, which is not timed."""

from __future__ import annotations

from typing import Any

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> dict[str, Any]:
    arrays = np.load(request["input"])
    later = graphkit.Graph(arrays["indptr"], arrays["indices"])
    source, target, _ = later.edge_rows()
    random = np.random.default_rng(0)
    stays = random.random(later.num_nodes) >= 0.02
    kept = (random.random(len(source)) >= 0.05) & stays[source] & stays[target]
    earlier = graphkit.Graph.from_edges(np.column_stack([source[kept], target[kept]])).largest_component()
    return {"later": later, "map": graphkit.LargeVis(seed=1).embed(earlier)}


def positions(data: dict[str, Any], request: Request) -> tuple[dict[str, Any], np.ndarray]:
    earlier, later, begin = data["map"], data["later"], request["begin"]
    model = graphkit.LargeVis(seed=2)
    if begin == "free":
        return data, model.fit_transform(later)
    if begin == "previous":
        return data, model.fit_transform(later, previous=earlier)
    first = np.tile(earlier.vectors.mean(axis=0), (later.num_nodes, 1))
    first[earlier.node_ids] = earlier.vectors
    return data, model.fit_transform(later, init=first)


def save(result: tuple[dict[str, Any], np.ndarray], path: str) -> None:
    data, found = result
    np.savez(path, earlier=data["map"].vectors, rows=data["map"].node_ids, later=found)


serve(positions, load=load, save=save, packages=["graphkit", "numpy", "numba"])
