"""Steps a second of each kind of walk, on the device and into the host's memory, beside the ceiling."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import device_graphs
import numpy as np
import torch
from device_ceilings import sector_rate
from device_timing import seconds_of

from graphkit import Graph
from graphkit.graph.gpu.graph import upload
from graphkit.walks.walker import Walker

WALK_LENGTH = 80
PREDICTED = {"uniform": 10.0, "weighted": 8.0, "node2vec": 1.5}
"""G steps a second on an H100 and the YouTube-like graph, written down before the first run."""

BARS = {"uniform": 3.0, "weighted": 2.0, "node2vec": 0.5}
AIMS = {"uniform": 5.0, "weighted": 4.0, "node2vec": 0.8}

SECTORS = {"uniform": 2, "weighted": 2, "node2vec": 3}
"""Random sectors that a step reads at least: row and arc; for node2vec a filter's word too."""

LAWS: dict[str, dict[str, float]] = {"uniform": {}, "weighted": {}, "node2vec": {"p": 0.25, "q": 0.25}}
SHAPES = [(32, 1), (64, 1), (64, 2), (128, 2), (128, 4), (256, 4), (256, 8)]


def measure(*, quick: bool, sweep: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of the rates, printed as well."""
    for graph_name, kinds in (("YouTube-like", LAWS), ("BlogCatalog-like", ("uniform", "node2vec"))):
        for kind in kinds:
            if graph_name == "YouTube-like":
                graph = device_graphs.like_youtube(quick=quick, weighted=kind == "weighted")
            else:
                graph = device_graphs.like_blogcatalog(quick=quick)
            row = {"graph": graph_name, "walks": kind} | rate(graph, kind, quick=quick, sweep=sweep)
            _show(row)
            yield row


def rate(graph: Graph, kind: str, *, quick: bool, sweep: bool) -> dict[str, Any]:
    """One row: steps a second, and what they are to be judged by."""
    began = time.perf_counter()
    walker = Walker(graph, walk_length=6 if quick else WALK_LENGTH, seed=1, backend="gpu", **LAWS[kind])
    ready = time.perf_counter() - began
    device_walker = walker.device_walker
    starts, numbers = _starts(graph, 64 if quick else device_walker.launch_walks)
    on_device = [upload(part, device_walker.graph.device) for part in (starts, numbers)]
    walks = device_walker.walk(*on_device)
    num_steps = int(torch.count_nonzero(walks[1:] >= 0))
    on_gpu = num_steps / seconds_of(lambda: device_walker.walk(*on_device))
    out = np.empty((len(starts), walker.walk_length), np.int32)
    to_host = num_steps / seconds_of(lambda: walker.walk(starts, numbers, out), repeats=3)
    ceiling = sector_rate(max(32 << 10, _bytes_read(graph, kind)))
    row = {
        "nodes": graph.num_nodes,
        "arcs": graph.num_arcs,
        "steps": num_steps,
        "steps_per_s": on_gpu,
        "steps_per_s_to_host": to_host,
        "sectors_per_s": ceiling,
        "share_of_ceiling": on_gpu * SECTORS[kind] / ceiling,
        "seconds_to_build_and_upload": ready,
        "predicted": PREDICTED[kind] * 1e9,
        "bar": BARS[kind] * 1e9,
        "aim": AIMS[kind] * 1e9,
    }
    return row | ({"shapes": _sweep(device_walker, on_device, num_steps)} if sweep else {})


def _sweep(device_walker: Any, on_device: list[torch.Tensor], num_steps: int) -> dict[str, float]:
    """Steps a second by walks and warps of a program."""
    rates = {}
    usual = device_walker.shape
    for shape in SHAPES:
        device_walker.shape = shape
        rates["{} walks, {} warps".format(*shape)] = num_steps / seconds_of(
            lambda: device_walker.walk(*on_device), repeats=3
        )
    device_walker.shape = usual
    return rates


def _starts(graph: Graph, num_walks: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes with neighbours, in turn, and the walks' numbers."""
    rows = np.flatnonzero(graph.degree > 0).astype(np.int32)
    return np.resize(rows, num_walks), np.arange(num_walks)


def _bytes_read(graph: Graph, kind: str) -> int:
    """What the steps' random reads range over."""
    per_arc = {"uniform": 4, "weighted": 16, "node2vec": 5}[kind]
    return 8 * graph.num_nodes + per_arc * graph.num_arcs


def _show(row: dict[str, Any]) -> None:
    print(
        f"{row['graph']:>18}, {row['walks']:>9}: {row['steps_per_s'] / 1e9:7.2f} G steps/s on the device, "
        f"{row['steps_per_s_to_host'] / 1e9:.2f} to the host; {row['share_of_ceiling']:.0%} of "
        f"{row['sectors_per_s'] / 1e9:.0f} G sectors/s; bar {row['bar'] / 1e9:g}, aim {row['aim'] / 1e9:g}, "
        f"predicted {row['predicted'] / 1e9:g}",
        flush=True,
    )
    for shape, steps in row.get("shapes", {}).items():
        print(f"{shape:>50}: {steps / 1e9:7.2f} G steps/s", flush=True)
