"""Temporal walks by graphkit, on a graph in memory; the tables of the walks are built within the time."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.TemporalGraph:
    events = np.load(request["input"])
    return graphkit.TemporalGraph.from_events((events["source"], events["target"]), events["time"])


def walk(graph: graphkit.TemporalGraph, request: Request) -> np.ndarray:
    return graphkit.temporal_walks(
        graph,
        walk_length=request["walk_length"],
        walks_per_node=request["walks_per_node"],
        step_choice=request["choice"],
        seed=request["seed"],
    )


serve(
    walk,
    load=load,
    save=lambda walks, path: np.save(path, walks),
    amount=("walk", len),
    packages=["graphkit", "numpy", "numba"],
)
