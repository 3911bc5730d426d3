"""FastRP's powers on the YouTube-like graph: the product beside torch's sparse one, and the whole method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import device_graphs
import numpy as np
import torch
from device_timing import seconds_of

from graphkit import FastRP, Graph
from graphkit.gpu.backend import usable_device
from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.propagation.gpu.powers import DevicePropagation

DIM = 128
POWERS = 4
PREDICTED_MS, BAR_MS, AIM_MS = 8.0, 12.0, 6.0
"""Of four powers on an H100; the prediction was written down before the first run."""


def measure(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of the rates, printed as well; fails if a product is not torch's."""
    graph = device_graphs.like_youtube(quick=quick, weighted=False)
    for measured in (_powers, _method):
        row = measured(graph)
        print(json_line(row), flush=True)
        yield row


def json_line(row: dict[str, Any]) -> str:
    values = (
        f"{name} {value:.4g}" if isinstance(value, float) else str(value) for name, value in row.items()
    )
    return ", ".join(values)


def _powers(graph: Graph) -> dict[str, Any]:
    device = usable_device()
    operator = DevicePropagation(DeviceGraph(graph, device, 1), transition=False)
    start = torch.randn((graph.num_nodes, DIM), device=device)
    out = torch.empty_like(start)
    matrix = _torch_matrix(graph, device)
    worst = float((operator._product(start, out) - matrix @ start).abs().max() / out.abs().max())
    if not worst < 1e-5:
        raise RuntimeError(f"a product differs from torch's by {worst:.2g} of its largest entry")
    ours = POWERS * 1e3 * seconds_of(lambda: operator._product(start, out))
    theirs = POWERS * 1e3 * seconds_of(lambda: matrix @ start)
    gathered = 4 * DIM * (graph.num_arcs + graph.num_nodes) + 4 * graph.num_arcs
    return {
        "what": f"{POWERS} powers, {graph.num_nodes:,} nodes, {graph.num_arcs:,} arcs, {DIM} columns",
        "ms": ours,
        "ms_of_torch_sparse": theirs,
        "gb_per_s": POWERS * gathered / ours / 1e6,
        "predicted_ms": PREDICTED_MS,
        "bar_ms": BAR_MS,
        "aim_ms": AIM_MS,
    }


def _method(graph: Graph) -> dict[str, Any]:
    model = FastRP(dim=DIM, weights=(0, 0, 1, 6.67), seed=1, backend="gpu")
    seconds = seconds_of(lambda: model.fit(graph), repeats=3)
    wanted = FastRP(dim=DIM, weights=(0, 0, 1, 6.67), seed=1).fit_transform(graph)
    worst = float(np.abs(model.embedding_ - wanted).max() / np.abs(wanted).max())
    return {"what": "FastRP, from host to host", "seconds": seconds, "largest_difference_to_cpu": worst}


def _torch_matrix(graph: Graph, device: torch.device) -> torch.Tensor:
    parts = (torch.tensor(part, device=device) for part in (graph.indptr, graph.indices.astype(np.int64)))
    return torch.sparse_csr_tensor(
        *parts, torch.ones(graph.num_arcs, device=device), (graph.num_nodes, graph.num_nodes)
    )
