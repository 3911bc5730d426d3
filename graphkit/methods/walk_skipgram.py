"""What DeepWalk and node2vec share: walks, and skip-gram with negative sampling on them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import aligned_zeros
from graphkit.checks import MOST, as_array
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.gpu.backend import Backend, backend_of
from graphkit.gpu.placement import Placement
from graphkit.graph.gpu.graph import MAX_ARCS, DeviceGraph, placement_for
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.methods.base import Embedder
from graphkit.methods.skipgram_method import SkipGramMethod
from graphkit.parallel import resolve_threads
from graphkit.resources import Estimate
from graphkit.sgns.block_grid import Objective
from graphkit.sgns.block_samples import EPISODE_SAMPLES, WalkPairs
from graphkit.sgns.corpus import SAMPLE_TOKENS, Corpus
from graphkit.sgns.gpu.corpus import DeviceCorpus
from graphkit.sgns.gpu.first_vectors import tensor_tables
from graphkit.sgns.gpu.grid_job import GridJob, episode_samples, plans_in_parts
from graphkit.sgns.gpu.training import DeviceTrainer, training_bytes
from graphkit.sgns.jobs import KeptJob, RangeJob, TableTrainer, WalkSamples
from graphkit.sgns.trainer import (
    Trainer,
    VectorTables,
    checked_vectors,
    contention_at,
    initial_vectors,
    keep_thresholds,
    trainer_bytes,
    walks_per_tile,
)
from graphkit.walks.gpu.walks import device_bytes
from graphkit.walks.host_walker import HostWalker
from graphkit.walks.walker import Walker, is_second_order, walker_bytes

if TYPE_CHECKING:
    import torch

    from graphkit.graph.graph import Graph

# For the estimate of time, on one thread: seconds a token and dimension, a token beside, a step of a walk.
_SECONDS_PER_CELL, _SECONDS_PER_TOKEN, _SECONDS_PER_STEP = 6e-9, 1.9e-7, 6e-8


class WalkSkipGram(SkipGramMethod):
    """Base of the methods that train skip-gram on walks; they say how to walk."""

    walk_length: int
    walks_per_node: int
    window: int
    num_negatives: float
    epochs: int
    learning_rate: float
    noise_exponent: float
    subsample: float
    backend: Backend
    num_threads: int | None

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size."""
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        tokens = num_nodes * self.walks_per_node * self.walk_length * self.epochs
        if tokens > MOST:
            raise ParameterError(f"{tokens:.3g} nodes of walks are too many to be counted; ask for fewer")
        walker = self._walker_bytes(num_nodes, num_arcs, weighted=size.is_weighted)
        memory = {
            "graph": csr_bytes(size),
            "walks": 4 * min(tokens, SAMPLE_TOKENS) + 8 * num_nodes + 16 * self.walks_per_node,
            "walk tables": int(walker),
            "vectors": 2 * 4 * num_nodes * self.dim,
            "training": int(trainer_bytes(num_nodes, self._tile_size(), self.dim, self.window)),
        }
        pace = _SECONDS_PER_CELL * self.dim + _SECONDS_PER_TOKEN + _SECONDS_PER_STEP * self._plain_steps()
        return Estimate(memory, tokens * pace / resolve_threads(self.num_threads))

    def block_samples(
        self,
        graph: Graph,
        num_parts: int,
        *,
        wanted: NDArray[np.bool_] | None = None,
        episode_samples: int = EPISODE_SAMPLES,
    ) -> tuple[WalkPairs, Objective]:
        """Return what is trained in a grid of parts, and to what: pairs of walks from the nodes wanted."""
        self.check_parameters()
        threads = resolve_threads(self.num_threads)
        corpus, frequencies = self._corpora(self._walker(graph, "cpu", threads), graph, wanted)
        pairs = WalkPairs(
            corpus,
            frequencies,
            window=self.window,
            subsample=self.subsample,
            learning_rate=self.learning_rate,
            seed=self.seed,
            num_parts=num_parts,
            num_threads=threads,
            episode_samples=episode_samples,
        )
        kept = frequencies * (keep_thresholds(frequencies, self.subsample) / 2.0**32)
        return pairs, Objective(frequencies, kept, self.num_negatives, self.noise_exponent, self.seed)

    def sampling_bytes(self, num_nodes: int, num_arcs: int, *, weighted: bool = False) -> int:
        """Return the memory that `block_samples` and the noise of all parts take, in bytes.

        Degrees, numbers of walks, frequencies before and after sub-sampling: 8 bytes a node each; starts and
        their order, thresholds twice: 4 each; 8 of noise; and the walks that frequencies are counted in.
        """
        tables = self._walker_bytes(num_nodes, num_arcs, weighted=weighted)
        tokens = num_nodes * self.walks_per_node * self.walk_length * self.epochs
        return 56 * num_nodes + 4 * min(tokens, SAMPLE_TOKENS) + tables

    def walk_job(
        self,
        graph: Graph,
        tables: VectorTables,
        wanted: NDArray[np.bool_] | None = None,
        backend: Backend = "cpu",
    ) -> RangeJob:
        """Return whole tables to be trained on walks from the nodes `wanted`, None for all."""
        walker = self._walker(graph, backend, resolve_threads(self.num_threads))
        corpus, frequencies = self._corpora(walker, graph, wanted)
        return RangeJob(self._trainer(walker, tables, frequencies), WalkSamples(corpus), self.learning_rate)

    def _jobs(
        self, graph: Any, tables: list[VectorTables], wanted: NDArray[np.bool_] | None = None
    ) -> Sequence[KeptJob]:
        placement = self._placement(graph)
        if placement.num_parts == 1:
            return [self.walk_job(graph, tables[0], wanted, backend_of(placement.device))]
        most = episode_samples(graph.num_nodes)
        pairs, objective = self.block_samples(graph, placement.num_parts, wanted=wanted, episode_samples=most)
        return [GridJob(tables[0], pairs, objective, placement, resolve_threads(self.num_threads))]

    def _warn_of(self, graph: Graph) -> None:
        if graph.num_arcs == 0 and graph.num_nodes:
            warnings.warn("the graph has no edges: the vectors stay random", GraphkitWarning, stacklevel=4)
        elif self.walk_length == 1:
            warnings.warn(
                "walk_length 1 makes no pairs: the vectors stay random", GraphkitWarning, stacklevel=4
            )
        if 1 < self.walk_length <= self.window:
            warnings.warn(
                f"window {self.window} is not below walk_length {self.walk_length}: "
                "a node sees its whole walk at most",
                GraphkitWarning,
                stacklevel=4,
            )

    def _corpora(
        self, walker: HostWalker, graph: Graph, wanted: NDArray[np.bool_] | None
    ) -> tuple[Corpus, NDArray[np.int64]]:
        """Walks from the nodes that are wanted, and how often each node occurs in those from all nodes."""
        # A walk that cannot leave its start trains nothing.
        counts, leaving = self._walk_counts(graph), walker.leaving
        # Negatives come from the whole graph, wherever the walks start.
        whole = self._corpus(walker, counts, leaving)
        corpus = whole if wanted is None else self._corpus(walker, counts, wanted & leaving)
        return corpus, whole.frequencies()

    def _first_tables(self, graph: Graph | TensorGraph, init: Any) -> list[VectorTables]:
        if isinstance(graph, TensorGraph):
            return [tensor_tables(graph.num_nodes, self.dim, self.seed, init, graph.device)]
        vectors = (
            initial_vectors(graph.num_nodes, self.dim, self.seed)
            if init is None
            else checked_vectors(as_array("init", init, np.float32), graph.num_nodes, self.dim)
        )
        return [VectorTables(vectors, aligned_zeros(*vectors.shape))]

    def device_for_tensors(self, sizes: Sizes) -> torch.device | None:
        """Return the GPU that `fit` would run on; None if it does not hold the tables."""
        placement = self._placement(sizes)
        return placement.device if placement.num_parts == 1 else None

    def _placement(self, sizes: Sizes) -> Placement:
        """Where to walk and to train: on a GPU with room for both, or for parts of the tables, or here."""
        return placement_for(sizes, self.backend, lambda: self._plans(sizes))

    def _plans(self, sizes: Sizes) -> Iterator[tuple[int, dict[str, int]]]:
        """What a GPU needs for the graph and whole tables, and for the tables in parts, the fewest first."""
        p, q = self._bias()
        if sizes.num_arcs < MAX_ARCS:
            walks = device_bytes(
                sizes,
                walk_length=self.walk_length,
                second_order=is_second_order(p, q),
                extended=self._is_extended(sizes),
                asks=q != 1,
            )
            yield 1, walks | training_bytes(sizes, [self.dim, self.dim])
        if not isinstance(sizes, DeviceGraph):
            yield from plans_in_parts(sizes.num_nodes, self.dim)

    def _trainer(self, walker: HostWalker, tables: VectorTables, frequencies: NDArray[Any]) -> TableTrainer:
        law: dict[str, Any] = {
            "window": self.window,
            "num_negatives": self.num_negatives,
            "noise_exponent": self.noise_exponent,
            "subsample": self.subsample,
            "seed": self.seed,
        }
        if walker.device_walker is not None:
            return DeviceTrainer(tables, frequencies, device=walker.device_walker.graph.device, **law)
        return Trainer(
            tables,
            frequencies,
            tile_size=self._tile_size(),
            num_threads=walker.num_threads,
            contention=contention_at(self.learning_rate),
            **law,
        )

    def _corpus(self, walker: HostWalker, counts: NDArray[np.integer], starting: NDArray[np.bool_]) -> Corpus:
        """The walks from the nodes that are starting."""
        starts = np.flatnonzero(starting).astype(np.int32)
        kind = Corpus if walker.device_walker is None else DeviceCorpus
        return kind(walker, starts, walks_per_start=counts[starts], epochs=self.epochs, seed=self.seed)

    def _walk_counts(self, graph: Graph) -> NDArray[np.integer]:
        """Return the walks from each node, int [num_nodes]."""
        return np.broadcast_to(self.walks_per_node, graph.num_nodes)

    def _walker_bytes(self, num_nodes: int, num_arcs: int, *, weighted: bool) -> int:
        """Return the most that the walker's tables take."""
        second = is_second_order(*self._bias())
        return walker_bytes(num_nodes, num_arcs, weighted=weighted, second_order=second)

    def _plain_steps(self) -> float:
        """Return how many steps of a first-order walk a step costs."""
        return 2 if is_second_order(*self._bias()) else 1

    def _walker(self, graph: Graph, backend: Backend, num_threads: int) -> HostWalker:
        """Return the walker of the method."""
        return Walker(
            graph, walk_length=self.walk_length, seed=self.seed, backend=backend, num_threads=num_threads
        )

    def _is_extended(self, graph: Sizes) -> bool:  # noqa: ARG002 - node2vec asks for the weights
        """Whether walks are node2vec+'s."""
        return False

    def _bias(self) -> tuple[float, float]:
        """Return p and q."""
        return 1.0, 1.0

    def _tile_size(self) -> int:
        return walks_per_tile(self.walk_length) * self.walk_length


class HostWalkSkipGram(WalkSkipGram):
    """Base of those among them that walk, and train, on the CPU alone."""

    backend: Backend = "cpu"

    # Not `WalkSkipGram`'s: a `TensorGraph` is refused.
    device_for_tensors = Embedder.device_for_tensors
