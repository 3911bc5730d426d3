"""Whether tables in parts are trained as if their copies were made in turn, and on the CPU's pairs."""

from __future__ import annotations

from typing import Any
from unittest import mock

import numpy as np
import torch

from graphkit import DeepWalk, Graph
from graphkit.distributed import fit_in_parts
from graphkit.gpu.backend import is_interpreted, usable_device
from graphkit.gpu.placement import Placement
from graphkit.gpu.streams import Mark, Streams
from graphkit.sgns.gpu import block_grid
from graphkit.sgns.gpu.grid_job import GridJob
from graphkit.sgns.trainer import VectorTables, initial_vectors
from graphkit.sgns.training_loop import run

NUM_PARTS = 3


class InTurn(Streams):
    """Streams of which the host waits for everything."""

    def _given(self, stream: Any, work: Any, after: Any) -> Mark:
        mark = super()._given(stream, work, after)
        if not is_interpreted():
            torch.cuda.synchronize()
        return mark


def vectors(graph: Graph, *, quick: bool) -> tuple[Any, Any]:
    """Both tables, copied beside training and in turn; they may differ by what atomics add in any order."""
    found = [_trained(graph, InTurn, quick=quick)[0], _trained(graph, Streams, quick=quick)[0]]
    return tuple(np.hstack([tables.centers, tables.contexts]) for tables in found)


def pairs(graph: Graph, *, quick: bool) -> tuple[Any, Any]:
    """How many pairs were trained, on the CPU and on the device."""
    on_cpu = fit_in_parts(_method(quick=quick), graph, num_parts=NUM_PARTS).pairs_
    return np.array([on_cpu]), np.array([sum(_trained(graph, Streams, quick=quick)[1])])


def _trained(graph: Graph, streams: Any, *, quick: bool) -> tuple[VectorTables, list[int]]:
    method = _method(quick=quick)
    centers = initial_vectors(graph.num_nodes, method.dim, 1)
    tables = VectorTables(centers, np.zeros_like(centers))
    placement = Placement(usable_device(), NUM_PARTS)
    job = GridJob(tables, *method.block_samples(graph, NUM_PARTS), placement, num_threads=2)
    with (
        mock.patch.object(block_grid, "Streams", streams),
        mock.patch.object(block_grid, "PIECE_SAMPLES", 5000),
    ):
        run([job])
    return tables, job.record.pairs


def _method(*, quick: bool) -> DeepWalk:
    # So slow that in which order sums are made does not grow into a difference.
    length = 4 if quick else 20
    return DeepWalk(dim=32, walks_per_node=1, walk_length=length, window=2, learning_rate=0.01, seed=1)
