"""Rounds of a layout and nearest neighbours on the device, beside torch and the CPU."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from device_timing import seconds_of

from graphkit import Graph, LargeVis
from graphkit.gpu.backend import usable_device
from graphkit.layout.gpu import DeviceLayout
from graphkit.layout.largevis import Objective, strength_of
from graphkit.neighbors import nearest

PREDICTED_MOVES = {70_000: 3e9, 1_000_000: 6e9}
"""Moves of a point a second on an H100, each a pull and five pushes; written down before the first run."""

PREDICTED_KNN_S = 0.5
_NEIGHBORS, _ROUNDS = 15, 200


def measure(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of the rates, printed as well."""
    for row in _measured(quick=quick):
        shown = (
            f"{name} {value:.4g}" if isinstance(value, float) else str(value) for name, value in row.items()
        )
        print(", ".join(shown), flush=True)
        yield row


def _measured(*, quick: bool) -> Iterator[dict[str, Any]]:
    for size in (300,) if quick else (70_000, 1_000_000):
        yield _layout(size)
    yield _neighbors(*((300, 16) if quick else (70_000, 784)))
    yield _map(*((60, 8) if quick else (70_000, 784)), quick=quick)


def _layout(num_points: int) -> dict[str, Any]:
    """A graph of neighbours at random, the worst order that there is."""
    rng = np.random.default_rng(1)
    ends = (
        np.repeat(np.arange(num_points), _NEIGHBORS),
        rng.integers(num_points, size=_NEIGHBORS * num_points),
    )
    graph = Graph.from_edges(ends, num_nodes=num_points, self_loops="drop")
    first = rng.normal(size=(num_points, 2)).astype(np.float32)
    layout = DeviceLayout(
        graph.indptr, graph.indices, None, first, strength=strength_of(graph.indptr, None),
        objective=Objective(), seed=1, num_threads=1, device=usable_device(),
    )  # fmt: skip
    rounds = 2 if num_points < 1000 else _ROUNDS
    rates = np.full(rounds, 0.1, np.float32)
    moves = num_points * rounds / seconds_of(lambda: layout._move(rates), repeats=3)
    return {
        "what": f"layout of {num_points:,} points, {graph.num_arcs:,} arcs",
        "moves_per_s": moves,
        "rounds_per_s": moves / num_points,
        "torch_eager_moves_per_s": _eager_layout(graph, first),
        "predicted": PREDICTED_MOVES.get(num_points),
    }


def _eager_layout(graph: Graph, first: np.ndarray) -> float:
    """A round in torch, arcs and negatives drawn uniformly."""
    device, num_points = usable_device(), len(first)
    positions = torch.tensor(first, device=device)
    starts, degree = (torch.tensor(part, device=device) for part in (graph.indptr[:-1], graph.degree))
    others = torch.tensor(graph.indices, device=device)

    def step() -> None:
        drawn = starts + (torch.rand(num_points, device=device) * degree).long()
        apart = positions - positions[others[drawn.clamp(max=len(others) - 1)]]
        move = (-2 / (1 + (apart * apart).sum(1, keepdim=True)) * apart).clamp(-5, 5)
        for _ in range(5):
            apart = positions - positions[torch.randint(num_points, (num_points,), device=device)]
            square = (apart * apart).sum(1, keepdim=True)
            move += (14 / ((0.1 + square) * (1 + square)) * apart).clamp(-5, 5)
        positions.add_(move, alpha=0.1)

    return num_points / seconds_of(step)


def _neighbors(num_points: int, dim: int) -> dict[str, Any]:
    points = _points(num_points, dim)
    own = np.arange(num_points)

    def search() -> None:
        nearest(points, points, 30, metric="euclidean", exclude=own, backend="gpu")

    return {
        "what": f"30 nearest of {num_points:,} points, {dim} columns, from host to host",
        "seconds": seconds_of(search, repeats=3),
        "seconds_of_torch_eager": seconds_of(lambda: _eager_neighbors(points), repeats=3),
        "predicted_s": PREDICTED_KNN_S,
    }


def _eager_neighbors(points: np.ndarray) -> list[torch.Tensor]:
    """Whole rows of distances at a time, on the device."""
    rows = torch.tensor(points, device=usable_device())
    return [torch.cdist(part, rows).topk(31, dim=1, largest=False).indices.cpu() for part in rows.split(4096)]


def _map(num_points: int, dim: int, *, quick: bool) -> dict[str, Any]:
    """LargeVis from vectors to positions, all defaults."""
    points, options = _points(num_points, dim), {"samples_per_node": 1} if quick else {}
    began = time.perf_counter()
    LargeVis(seed=1, backend="gpu", **options).fit(points)
    seconds = time.perf_counter() - began
    return {"what": f"LargeVis of {num_points:,} vectors, {dim} columns", "seconds": seconds}


def _points(num_points: int, dim: int) -> np.ndarray:
    """Ten clusters."""
    rng = np.random.default_rng(0)
    middles = rng.normal(size=(10, dim)) * 2
    return (middles[rng.integers(10, size=num_points)] + rng.normal(size=(num_points, dim))).astype(
        np.float32
    )
