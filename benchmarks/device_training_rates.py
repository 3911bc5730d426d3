"""Positives a second of each way to train, beside what rows can be read and added to, and beside torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import device_eager
import device_graphs
import numpy as np
import torch
from device_ceilings import row_rate
from device_timing import seconds_of

from graphkit import DeepWalk, Graph
from graphkit.gpu.backend import is_interpreted, usable_device
from graphkit.graph.gpu.graph import upload
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.sgns.gpu.arcs import DeviceArcs, device_arcs
from graphkit.sgns.gpu.training import DeviceTrainer, tile_shape
from graphkit.sgns.trainer import VectorTables
from graphkit.walks.walker import Walker

DIM, RATE = 128, 0.025
WALK_LENGTH, WINDOW = 40, 5
PREDICTED = {
    "arcs, 1 negative": 1.1e9,
    "arcs, 5 negatives": 0.46e9,
    "arcs in tiles": 0.9e9,
    "pairs of walks, 1 negative": 1.2e9,
    "tiles": 2.5e9,
}
BARS = {"arcs, 1 negative": 0.7e9, "arcs, 5 negatives": 0.28e9}
AIMS = {"arcs, 1 negative": 1.0e9, "arcs, 5 negatives": 0.40e9}
"""Positives a second on an H100; the predictions were written down before the first run."""

TILE_OPTIONS: list[dict[str, int]] = [
    {"COLUMNS": 32, "num_warps": 8, "num_stages": 1},
    {"COLUMNS": 32, "num_warps": 8, "num_stages": 1, "maxnreg": 128},
    {"COLUMNS": 32, "num_warps": 4, "num_stages": 1},
    {"COLUMNS": 64, "num_warps": 8, "num_stages": 1},
    {"COLUMNS": 64, "num_warps": 4, "num_stages": 1},
    {"COLUMNS": 128, "num_warps": 8, "num_stages": 1},
]
"""How the tiles' kernel may be compiled; the first is what the package does."""

JOB_POSITIVES = 19.8e9
"""GraphVite's job on YouTube: 4000 times its 4,945,382 edges, in 70 s on four V100."""

JOB_BAR_S, JOB_AIM_S, JOB_PREDICTED_S = 25.0, 5.0, 9.0
JOB_SECONDS = 60.0
"""A longer run is stopped short, and its time counted from the share that was done."""


def measure(*, quick: bool, sweep: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of the rates, printed as well."""
    graph = device_graphs.sparse_like_youtube(quick=quick)
    for drawn in (1, 5):
        yield _arcs(graph, drawn, quick=quick)
    yield _arc_tiles(graph, quick=quick, sweep=sweep)
    yield from _walks(graph, quick=quick, sweep=sweep)
    yield _job(graph, quick=quick)


def _show(row: dict[str, Any]) -> dict[str, Any]:
    print(", ".join(f"{name} {_short(value)}" for name, value in row.items()), flush=True)
    return row


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _tables(num_nodes: int) -> VectorTables:
    rng = np.random.default_rng(0)
    return VectorTables(
        *(rng.random((num_nodes, DIM), np.float32) / DIM - np.float32(0.5 / DIM) for _ in range(2))
    )


def _trainer(graph: Graph, num_negatives: float) -> DeviceTrainer:
    return DeviceTrainer(
        _tables(graph.num_nodes),
        graph.degree,
        device=usable_device(),
        window=WINDOW,
        num_negatives=num_negatives,
        seed=1,
    )


def _arcs(graph: Graph, drawn: int, *, quick: bool) -> dict[str, Any]:
    """LINE's step, on arcs that weigh alike, each with negatives of its own."""
    trainer = _trainer(graph, float(drawn))
    arcs, count = _arcs_of(graph, trainer), 2048 if quick else 1 << 26
    rate = count / seconds_of(lambda: trainer._train_arc_pairs(arcs, 0, count, (RATE, RATE / 2)), repeats=3)
    programs, factors = trainer._contended(RATE, trainer._pair_shape["BLOCK"], 16)
    eager = _eager_arcs(trainer, arcs, drawn, quick=quick)
    return _rated(
        f"arcs, {drawn} negative{'s' if drawn > 1 else ''}", rate, 2 + drawn, graph,
        {"torch_eager": eager, "programs": programs, "damped": factors is not None},
    )  # fmt: skip


def _arcs_of(graph: Graph, trainer: DeviceTrainer) -> DeviceArcs:
    sources = np.repeat(np.arange(graph.num_nodes, dtype=np.int32), graph.degree)
    return device_arcs(Arcs(sources, graph.indices, np.zeros((0, 2), np.uint32)), trainer.device)


def _arc_tiles(graph: Graph, *, quick: bool, sweep: bool) -> dict[str, Any]:
    """What `LINE` does: the samples of a tile share negatives."""
    trainer, count = _trainer(graph, 5.0), 2048 if quick else 1 << 26
    arcs = _arcs_of(graph, trainer)
    train = partial(trainer._train_arc_tiles, arcs, 0, count, (RATE, RATE / 2))
    rate = count / seconds_of(train, repeats=3)
    programs, factors = trainer._contended(RATE, 64, 2)
    more: dict[str, Any] = {
        "programs": programs,
        "damped": factors is not None,
        "torch_eager": _eager_arcs(trainer, arcs, 5, quick=quick),
    }
    trainer._contention.weights[:] = 0
    more["without_the_rule"] = count / seconds_of(train, repeats=3)
    more["options"] = _swept(trainer, train, count) if sweep else {}
    return _rated("arcs in tiles", rate, 2 + 32 / 64, graph, more)


def _rated(kind: str, rate: float, rows: float, graph: Graph, more: dict[str, Any]) -> dict[str, Any]:
    """A row: what was reached of the rows that can be read and added to, at the size of this table."""
    ceiling = row_rate(graph.num_nodes, read=True)
    return _show(
        {
            "what": kind,
            "positives_per_s": rate,
            "rows_of_a_positive": rows,
            "gb_per_s": rate * rows * 8 * DIM / 1e9,
            "rows_per_s": ceiling,
            "share_of_ceiling": rate * rows / ceiling,
            "predicted": PREDICTED.get(kind),
            "bar": BARS.get(kind),
            "aim": AIMS.get(kind),
            **more,
        }
    )


def _eager_arcs(trainer: DeviceTrainer, arcs: DeviceArcs, drawn: int, *, quick: bool) -> float:
    """Positives a second in torch, samples and negatives drawn there too, uniformly."""
    batch, device = 256 if quick else 1 << 18, trainer.device
    num_nodes = len(trainer.centers)

    def step() -> None:
        ends = arcs.ends[torch.randint(len(arcs.ends), (batch,), device=device)]
        negatives = torch.randint(num_nodes, (batch, drawn), device=device)
        device_eager.train_pairs(
            trainer.centers, trainer.contexts, ends & 0xFFFFFFFF, ends >> 32, negatives, RATE, 1.0
        )

    return batch / seconds_of(step)


def _walks(graph: Graph, *, quick: bool, sweep: bool) -> Iterator[dict[str, Any]]:
    """Walks, as pairs and as tiles, under the rule for hubs and without it."""
    walker = Walker(graph, walk_length=WALK_LENGTH, seed=1, backend="gpu")
    assert walker.device_walker is not None
    starts = np.flatnonzero(graph.degree > 0).astype(np.int32)
    starts = np.resize(starts, 8 if quick else 1 << 18)
    numbers = upload(np.arange(len(starts)), usable_device())
    walks = walker.device_walker.walk(upload(starts, usable_device()), numbers)
    yield _walk_pairs(graph, _trainer(graph, 1.0), walks, numbers)
    yield _walk_tiles(graph, _trainer(graph, 5.0), walks, numbers, quick=quick, sweep=sweep)


def _walk_pairs(
    graph: Graph, trainer: DeviceTrainer, walks: torch.Tensor, numbers: torch.Tensor
) -> dict[str, Any]:
    """Pair by pair, a centre's row for all its contexts."""
    tokens = trainer.tokens_of(walks, numbers)
    train = partial(trainer._train_pairs, tokens, numbers, (RATE, RATE / 2))
    positives, rate = _rate(trainer, train)
    samples = trainer._samples(trainer._pair_shape["BLOCK"])
    programs, factors = trainer._contended(RATE, samples, 16)
    more = {
        "programs": programs,
        "damped": factors is not None,
        "seconds_to_keep_tokens": seconds_of(lambda: trainer.tokens_of(walks, numbers)),
    }
    return _rated("pairs of walks, 1 negative", rate, float(tokens[2].sum()) / positives + 2.0, graph, more)


def _walk_tiles(
    graph: Graph,
    trainer: DeviceTrainer,
    walks: torch.Tensor,
    numbers: torch.Tensor,
    *,
    quick: bool,
    sweep: bool,
) -> dict[str, Any]:
    """Whole walks, with the rule for hubs and without it."""
    tokens, shape = trainer.tokens_of(walks, numbers), tile_shape(WALK_LENGTH, WINDOW)
    assert shape is not None
    train = partial(trainer._train_tiles, tokens, numbers, shape, (RATE, RATE / 2))
    positives, rate = _rate(trainer, train)
    programs, factors = trainer._contended(RATE, trainer._samples(WALK_LENGTH), 2)
    more: dict[str, Any] = {
        "programs": programs,
        "damped": factors is not None,
        "torch_eager": _eager_tiles(trainer, tokens, positives, quick=quick),
    }
    trainer._contention.weights[:] = 0
    more["without_the_rule"] = positives / seconds_of(train, repeats=3)
    more["options"] = _swept(trainer, train, positives) if sweep else {}
    touched = (2 * float(tokens[2].sum()) + trainer.num_shared * len(numbers)) / positives
    return _rated("tiles", rate, touched, graph, more)


def _rate(trainer: DeviceTrainer, train: Callable[[], None]) -> tuple[int, float]:
    """Positives of one time, and a second."""
    train()
    positives = trainer.record.pairs[-1]
    return positives, positives / seconds_of(train, repeats=3)


def _swept(trainer: DeviceTrainer, train: Callable[[], None], positives: int) -> dict[str, float]:
    """Positives a second by how a tile kernel is compiled; without the rule for hubs."""
    rates = {}
    for options in TILE_OPTIONS[:1] if is_interpreted() else TILE_OPTIONS:
        trainer.tile_options = options
        try:
            rates[str(options)] = positives / seconds_of(train, repeats=3)
        except Exception as error:  # a shape that the device has no room for
            print(f"{options}: {error}", flush=True)
            continue
        print(f"{options}: {rates[str(options)] / 1e9:.2f} G positives/s", flush=True)
    return rates


def _eager_tiles(trainer: DeviceTrainer, tokens: Any, positives: int, *, quick: bool) -> float:
    """Positives a second in torch, a thousand walks at a time."""
    count = min(len(tokens[0]), 8 if quick else 1024)
    parts = [part[:count].long() for part in tokens]
    negatives = torch.randint(len(trainer.centers), (count, trainer.num_shared), device=trainer.device)
    seconds = seconds_of(
        lambda: device_eager.train_tiles(trainer.centers, trainer.contexts, *parts, negatives, RATE, 5.0)
    )
    return positives * count / len(tokens[0]) / seconds


def _job(graph: Graph, *, quick: bool) -> dict[str, Any]:
    """GraphVite's YouTube job from host to host: as many positives, or a share of them."""
    options: dict[str, Any] = {
        "dim": DIM,
        "walk_length": WALK_LENGTH if not quick else 4,
        "window": WINDOW if not quick else 1,
        "learning_rate": RATE,
        "subsample": 0.0,
        "seed": 1,
        "backend": "gpu",
    }
    _timed(graph, 1, options)  # compiles
    few, once = _timed(graph, 1, options)
    _, five = _timed(graph, 5, options)
    a_round = max((five - once) / 4, 1e-3)
    rounds = 1 if quick else round(JOB_POSITIVES / few)
    share = min(1.0, max(0.0, JOB_SECONDS - once) / (a_round * rounds))
    positives, seconds = _timed(graph, max(1, round(share * rounds)), options)
    beside = once - a_round
    return _show(
        {
            "what": "GraphVite's YouTube job",
            "nodes": graph.num_nodes,
            "edges": graph.num_edges,
            "positives": positives,
            "seconds": seconds,
            "share_of_the_job": positives / JOB_POSITIVES,
            "seconds_of_the_whole_job": beside + (seconds - beside) * JOB_POSITIVES / positives,
            "seconds_of_one_round": a_round,
            "seconds_beside_the_rounds": beside,
            "predicted_s": JOB_PREDICTED_S,
            "bar_s": JOB_BAR_S,
            "aim_s": JOB_AIM_S,
        }
    )


def _timed(graph: Graph, rounds: int, options: dict[str, Any]) -> tuple[int, float]:
    began = time.perf_counter()
    model = DeepWalk(walks_per_node=rounds, **options).fit(graph)
    return model.pairs_, time.perf_counter() - began
