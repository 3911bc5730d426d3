"""Edges on the device to vectors on the device: whether they are the host path's, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import device_graphs
import numpy as np
import torch
from device_timing import seconds_of

from graphkit import DeepWalk, FastRP, Graph
from graphkit.gpu.backend import usable_device
from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.walks.gpu.tables import tables_on

PREDICTED_BUILD_S, PREDICTED_FASTRP_S = 0.05, 0.05
"""For the graph like YouTube on an H100; written down before the first run."""

_LAW = {"second_order": True, "asks": True, "gamma": None, "num_threads": 16, "progress": None}
_TRAINING: dict[str, Any] = {"dim": 128, "walk_length": 40, "walks_per_node": 1, "seed": 1, "backend": "gpu"}


def measure(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of checks, whose `differing` must be 0, and of rates; printed as well."""
    for weighted in (False, True):
        graph = device_graphs.like_youtube(quick=quick, weighted=weighted)
        edges, weights = _edges_of(graph)
        tensors = TensorGraph.from_edges(edges, weights, graph.num_nodes)
        kind = "weighted" if weighted else "unweighted"
        yield _show(_check(kind, graph, tensors))
        yield _show(_rates(kind, graph, edges, weights))


def _show(row: dict[str, Any]) -> dict[str, Any]:
    print(", ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    return row


def _edges_of(graph: Graph) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Both directions of each edge, as PyTorch Geometric has them, in disorder."""
    arcs = np.stack([graph._arc_sources(), graph.indices]).astype(np.int64)
    order = np.random.default_rng(1).permutation(graph.num_arcs)
    weights = None if graph.weights is None else torch.tensor(graph.weights[order], device=usable_device())
    return torch.tensor(np.ascontiguousarray(arcs[:, order]), device=usable_device()), weights


def _check(kind: str, graph: Graph, tensors: TensorGraph) -> dict[str, Any]:
    """Entries of rows, arcs, tables and FastRP's vectors that are not the host path's."""
    uploaded = DeviceGraph(graph, tensors.device, 16)
    pairs = [(getattr(tensors, name), getattr(uploaded, name)) for name in ("rows", "indices", "weights")]
    pairs += zip(tables_on(tensors, _LAW), tables_on(uploaded, _LAW), strict=True)
    model = FastRP(dim=64, seed=1, backend="gpu")
    vectors = torch.tensor(model.fit_transform(graph), device=tensors.device)
    pairs.append((model.fit_transform(tensors), vectors))
    compared = [(one, other) for one, other in pairs if other is not None]
    return {
        "law": f"a graph of tensors ({kind})",
        "differing": sum(int((one != other).sum()) for one, other in compared),
        "entries": sum(other.numel() for _, other in compared),
    }


def _rates(kind: str, graph: Graph, edges: torch.Tensor, weights: torch.Tensor | None) -> dict[str, Any]:
    fastrp, deepwalk = FastRP(dim=128, seed=1, backend="gpu"), DeepWalk(**_TRAINING)
    tensors = TensorGraph.from_edges(edges, weights, graph.num_nodes)
    return {
        "what": f"edges to vectors, {kind}, {graph.num_nodes:,} nodes, {graph.num_arcs:,} arcs",
        "build_s": seconds_of(lambda: TensorGraph.from_edges(edges, weights, graph.num_nodes)),
        "predicted_build_s": PREDICTED_BUILD_S,
        "fastrp_s": seconds_of(lambda: fastrp.fit(tensors)),
        "predicted_fastrp_s": PREDICTED_FASTRP_S,
        "fastrp_by_the_host_s": seconds_of(lambda: fastrp.fit(graph), repeats=3),
        "deepwalk_s": seconds_of(lambda: deepwalk.fit(tensors), repeats=1),
        "deepwalk_by_the_host_s": seconds_of(lambda: deepwalk.fit(graph), repeats=1),
    }
