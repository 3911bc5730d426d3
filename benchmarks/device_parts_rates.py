"""Positives a second where the tables lie in the host's memory and are trained in parts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import device_graphs
import numpy as np
from device_timing import wait

from graphkit import DeepWalk, Graph
from graphkit.gpu.backend import usable_device
from graphkit.parallel import resolve_threads
from graphkit.sgns.block_grid import Episode, Objective, Samples
from graphkit.sgns.gpu import block_grid
from graphkit.sgns.gpu.block_grid import DeviceBlockTrainer
from graphkit.sgns.gpu.grid_job import episode_samples
from graphkit.sgns.trainer import VectorTables, initial_vectors

DIM, NUM_PARTS, EPISODES = 128, (2, 4), 3
PREDICTED = {2: 0.25e9, 4: 0.25e9}
PREDICTED_MADE_BEFORE = {2: 0.8e9, 4: 0.5e9}
"""Positives a second on an H100 with 16 cores, written down before the first run: the host makes 15 million
pairs a second and core; with two parts copies hide behind training, with four they take twice as long."""


class MadeBefore:
    """Episodes that were made before, as often as is asked for."""

    def __init__(self, episodes: list[Episode], num_parts: int):
        self.num_parts, self.num_episodes, self._episodes = num_parts, len(episodes), episodes

    def episodes(self, held: Any, begin: int = 0) -> Iterator[Episode]:  # noqa: ARG002
        """Yield them."""
        yield from self._episodes[begin:]


def measure(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of the rates, printed as well."""
    graph = device_graphs.sparse_like_youtube(quick=quick)
    if quick:
        block_grid.PIECE_SAMPLES = 1 << 10
    for num_parts in NUM_PARTS:
        yield _row(graph, num_parts, quick=quick)


def _row(graph: Graph, num_parts: int, *, quick: bool) -> dict[str, Any]:
    """Some episodes of DeepWalk: made while they are trained, and made before."""
    length, window = (4, 1) if quick else (40, 5)
    method = DeepWalk(dim=DIM, walk_length=length, window=window, learning_rate=0.025, subsample=0.0, seed=1)
    most = 1 << 9 if quick else episode_samples(graph.num_nodes)
    samples, objective = method.block_samples(graph, num_parts, episode_samples=most)
    everywhere = range(num_parts)
    began = time.perf_counter()
    episodes = list(islice(samples.episodes(everywhere), EPISODES))
    making = time.perf_counter() - began
    positives = sum(int(episode.counts.sum()) for episode in episodes)
    _seconds(graph, MadeBefore(episodes[:1], num_parts), objective)  # compiles
    made_before = _seconds(graph, MadeBefore(episodes, num_parts), objective)
    first = episodes[0]
    del episodes
    together = _seconds(graph, samples, objective, EPISODES)
    copied = 2 * 4 * DIM * -(-graph.num_nodes // num_parts) * (num_parts**2 - 1) * EPISODES
    row = {
        "what": f"in {num_parts} parts of the tables",
        "nodes": graph.num_nodes,
        "positives": positives,
        "positives_of_an_episode": int(first.counts.sum()),
        "positives_per_s": positives / together,
        "positives_per_s_made_before": positives / made_before,
        "positives_per_s_of_making": positives / making,
        "threads": resolve_threads(),
        "gb_copied_each_second_made_before": copied / made_before / 1e9,
        "predicted": PREDICTED[num_parts],
        "predicted_made_before": PREDICTED_MADE_BEFORE[num_parts],
    }
    print(", ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    return row


def _seconds(graph: Graph, samples: Samples, objective: Objective, episodes: int | None = None) -> float:
    """Time of some episodes, without what comes before and behind them."""
    centers = initial_vectors(graph.num_nodes, DIM, 1)
    trainer = DeviceBlockTrainer(
        VectorTables(centers, np.zeros_like(centers)),
        objective,
        samples.num_parts,
        device=usable_device(),
        num_threads=resolve_threads(),
    )
    wait()
    began = time.perf_counter()
    running = trainer.train(samples)
    for _ in islice(running, episodes):
        pass
    wait()
    seconds = time.perf_counter() - began
    # An episode that is being made ahead is waited for here.
    running.close()
    trainer.finish()
    return seconds
