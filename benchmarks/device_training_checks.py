"""Whether what compiled kernels train is what the CPU trains, and whether nothing is lost where many meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import device_parts_checks
import numpy as np
from device_graphs import rmat

from graphkit import Graph
from graphkit.gpu.backend import usable_device
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.layout.gpu import DeviceLayout
from graphkit.layout.largevis import Layout, Objective, strength_of
from graphkit.methods.deepwalk import DeepWalk
from graphkit.neighbors import nearest
from graphkit.sgns.corpus import Corpus
from graphkit.sgns.gpu.arcs import device_arcs
from graphkit.sgns.gpu.corpus import DeviceCorpus
from graphkit.sgns.gpu.training import DeviceTrainer
from graphkit.sgns.trainer import VectorTables
from graphkit.walks.walker import Walker

SEED = (1 << 63) | 12345

Found = tuple[int, int, float]
"""Entries that are wrong, entries, and the largest difference of one."""


def check(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield a row a check: entries that differ from what is wanted, which must be 0, of how many."""
    size = (6, 300) if quick else (16, 400_000)
    graph = rmat(*size)
    samples, rounds = (1 << 8, 2) if quick else (1 << 20, 40)
    checks: dict[str, Callable[[], Found]] = {
        "frequencies of walks": lambda: _frequencies(graph),
        "pairs that are trained": lambda: _pairs(graph),
        "sums of atomics on one row": lambda: _contention("_train_arc_pairs", samples),
        "sums of tiles on one row": lambda: _contention("_train_arc_tiles", samples),
        "pairs that are trained in parts": lambda: _compared(
            *device_parts_checks.pairs(graph, quick=quick), 0.0
        ),
        "vectors in parts": lambda: _compared(*device_parts_checks.vectors(graph, quick=quick), 1e-3),
        "neighbours": lambda: _neighbors(200 if quick else 20_000),
        "finite vectors of a star": lambda: _star(20 if quick else 2000),
        "layout, student": lambda: _layout(graph, "student", rounds),
        "layout, logistic": lambda: _layout(graph, "logistic", rounds),
    }
    for name, check_one in checks.items():
        differing, entries, largest = check_one()
        print(
            f"{name:>60}: {differing} of {entries:,} entries differ too much, at most by {largest:g}",
            flush=True,
        )
        yield {"law": name, "differing": differing, "entries": entries, "largest": largest}


def _frequencies(graph: Graph) -> Found:
    starts = np.flatnonzero(graph.degree > 0).astype(np.int32)
    counts = [
        kind(
            Walker(graph, walk_length=20, seed=SEED, backend=backend),
            starts,
            walks_per_start=2,
            epochs=1,
            seed=SEED,
        ).frequencies()
        for kind, backend in ((Corpus, "cpu"), (DeviceCorpus, "gpu"))
    ]
    return _compared(*counts, 0.0)


def _pairs(graph: Graph) -> Found:
    options = {"dim": 32, "walks_per_node": 1, "walk_length": 20, "window": 5, "seed": SEED}
    found = [DeepWalk(**options, backend=backend).fit(graph).pairs_ for backend in ("cpu", "gpu")]
    return _compared(*(np.array([pairs]) for pairs in found), 0.0)


def _contention(way: str, num_samples: int) -> Found:
    """All samples pull one centre to one context, so slowly that each takes the same step."""
    rate, dim, x = 1e-3 / num_samples, 128, 0.2
    tables = VectorTables(np.zeros((2, dim), np.float32), np.full((2, dim), x, np.float32))
    trainer = DeviceTrainer(tables, np.array([1.0, 0.0]), device=usable_device(), num_negatives=1e-6)
    # As many at a time as there is room for.
    trainer._contention.weights[:] = 0
    nothing = np.zeros(1, np.int32)
    arcs = device_arcs(Arcs(nothing, nothing, np.zeros((0, 2), np.uint32)), trainer.device)
    getattr(trainer, way)(arcs, 0, num_samples, (rate, rate))
    trainer.finish()
    return _compared(tables.centers[0] / (num_samples * rate * x / 2), np.ones(dim), 0.02)


def _neighbors(num_points: int) -> Found:
    points = np.random.default_rng(0).normal(size=(num_points, 96)).astype(np.float32)
    on_cpu, on_gpu = (
        nearest(points, points[:500], 20, metric="euclidean", backend=where) for where in ("cpu", "gpu")
    )
    return _compared(on_gpu.scores, on_cpu.scores, 1e-4)


def _star(num_leaves: int) -> Found:
    star = Graph.from_edges([(0, leaf) for leaf in range(1, num_leaves + 1)])
    vectors = DeepWalk(dim=32, walks_per_node=4, learning_rate=0.5, seed=1, backend="gpu").fit_transform(star)
    return _compared(np.isfinite(vectors).astype(int), np.ones(vectors.shape), 0.0)


def _layout(graph: Graph, shape: str, rounds: int) -> Found:
    """Of Student's shape the operations are the CPU's, so the largest difference should be 0.

    At larger rates the last bit of a position grows into a difference of several units within these rounds.
    """
    first = np.random.default_rng(0).normal(size=(graph.num_nodes, 2)).astype(np.float32)
    rows, columns = graph.edge_rows()[:2]
    graph = Graph.from_edges((rows, columns), num_nodes=graph.num_nodes, self_loops="drop")
    arcs = graph.indptr, graph.indices, graph.weights
    options: dict[str, Any] = {
        "strength": strength_of(*arcs[::2]),
        "objective": Objective(shape=shape),
        "seed": SEED,
        "num_threads": 1,
    }
    layouts = [Layout(*arcs, first, **options)]
    layouts.append(DeviceLayout(*arcs, first, device=usable_device(), **options))
    for layout in layouts:
        layout.run(rounds, 0.01)
    return _compared(layouts[1].positions, layouts[0].positions, 0.05)


def _compared(found: Any, wanted: Any, tolerance: float) -> Found:
    apart = np.abs(np.asarray(found, np.float64) - np.asarray(wanted, np.float64))
    return int((apart > tolerance).sum()), apart.size, float(apart.max())
