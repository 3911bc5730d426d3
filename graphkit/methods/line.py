"""LINE: large-scale information network embedding.

J. Tang, M. Qu, M. Wang, M. Zhang, J. Yan, Q. Mei, "LINE: large-scale information network embedding", WWW
2015, arXiv:1503.03578.

First order: neighbours have similar vectors, p(i, j) = s(u_i . u_j), one table. Second order: nodes with
the same neighbours have, p(j | i) ~ exp(u'_j . u_i), a second table for contexts. Both by negative sampling
on arcs drawn in proportion to their weights.

Where we differ, and why:

- Negatives are shared by the samples of a tile, steps are taken for sixteen samples at a time, and threads
  never race: see `graphkit/sgns/trainer.py`. The authors' threads race and share one random generator.
- Noise: degree ** 0.75, the degree being the weight of a node's arcs in both directions, as in the authors'
  code.
- Directed graphs have no first order in the paper; here, as in the authors' code, each arc counts as an
  edge for it.
- "both" has `dim` columns in all, half of each order, each half's rows normalised as the authors do.
- The number of samples counts from the graph's size, unless it is given: the authors' default, a million,
  fits none.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import MOST, check_whole
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.gpu.backend import Backend
from graphkit.gpu.placement import Placement
from graphkit.graph.gpu.graph import MAX_ARCS, DeviceGraph, placement_for
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.methods.base import embedder
from graphkit.methods.order_tables import order_tables
from graphkit.methods.skipgram_method import SkipGramMethod
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, Finite, Positive
from graphkit.resources import Estimate
from graphkit.seeds import Seed
from graphkit.sgns.block_grid import Objective as BlockObjective
from graphkit.sgns.block_samples import EPISODE_SAMPLES, ArcSamples
from graphkit.sgns.gpu.arcs import arcs_bytes, device_arcs, tensor_arcs, tensor_arcs_bytes
from graphkit.sgns.gpu.grid_job import GridJob, episode_samples, plans_in_parts
from graphkit.sgns.gpu.training import DeviceTrainer, training_bytes
from graphkit.sgns.jobs import DrawnArcs, KeptJob, RangeJob, TableTrainer
from graphkit.sgns.reconstruction import expand_low_degrees
from graphkit.sgns.trainer import (
    TILE_SAMPLES,
    Trainer,
    VectorTables,
    contention_at,
    trainer_bytes,
)

if TYPE_CHECKING:
    import torch

    from graphkit.arrays import Rows, Weights
    from graphkit.graph.graph import Graph

SAMPLES_PER_EDGE, SAMPLES_PER_NODE = 100.0, 1000.0
"""Of each order, whichever are more: small sparse graphs need as many for a node as others."""

DEPTH = 2

NUM_SHARED = 16
"""Negatives that the samples of a tile share, at least."""

ORDERS = ("first", "second", "both")

_RESULT_COLUMNS = 3
"""For each of those of "both": two results, and the halves of one as they are normalised."""

# For the estimate of time, on one thread: seconds a sample and dimension, and a sample beside.
_SECONDS_PER_CELL, _SECONDS_PER_SAMPLE = 3e-9, 1e-7


@embedder
class LINE(SkipGramMethod):
    """Node vectors that keep first- and second-order proximity, by sampling edges.

    Parameters
    ----------
    dim
        Columns of the result, >= 1; of "both", half belong to each order.
    order
        ``"first"``, ``"second"`` or ``"both"``.
    samples
        Edges to draw for each order, > 0; None for `samples_per_edge` times the number of edges.
    samples_per_edge
        Edges to draw for each order and edge, > 0; None for 100, or as many as make 1,000 a node if those are
        more, unless `samples` is given.
    num_negatives
        Negatives for each sample, > 0; need not be whole.
    learning_rate
        At the beginning, > 0; it falls linearly to 1e-4 of it.
    noise_exponent
        Negatives are drawn in proportion to a node's degree to this power.
    threshold
        Nodes of no more neighbours get their neighbours' neighbours too, up to so many; None for none. The
        paper's for sparse graphs is 1000.
    depth
        How far, in edges, `threshold` looks for neighbours, in [1, 100]; None for 2.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    backend
        Where to sample and train: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which
        takes a GPU where there is one, and room on it. A GPU trains the same samples, but adds steps as they
        come: its vectors differ from run to run.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes.
    context_embedding_ : float32 [num_nodes, dim]
        The vectors that nodes have as targets; in the first order they are the same. ``embedding_[u] @
        context_embedding_[v]`` scores an arc from u to v.
    node_ids_ : [num_nodes]
        The graph's node ids.
    loss_ : float
        Mean of the sampled objective for a sample with its negatives, over the last tenth of the (last)
        order.
    pairs_ : int
        Samples that were trained.
    parts_ : int
        Parts that the tables were trained in: 1, or more where they were too large for a GPU's memory.

    Notes
    -----
    Time is O(samples * num_negatives * dim). Peak memory is the graph, for each order two tables [num_nodes,
    dim of the order] (one for the first), and 4 bytes an arc, 12 with weights. Nodes without edges keep small
    random vectors.

    References
    ----------
    Tang, Qu, Wang, Zhang, Yan, Mei, "LINE: large-scale information network embedding", WWW 2015.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
    >>> LINE(dim=4, seed=1).fit_transform(graph).shape
    (4, 4)
    """

    name = "line"

    dim: Count = 128
    order: Literal["first", "second", "both"] = "both"
    samples: Positive | None = None
    samples_per_edge: Positive | None = None
    num_negatives: Positive = 5.0
    learning_rate: Positive = 0.025
    noise_exponent: Finite = 0.75
    threshold: int | None = None
    depth: int | None = None
    seed: Seed = 0
    backend: Backend = "cpu"
    num_threads: Count | None = None

    def check_given(self, graph: Any) -> None:
        """Raise `ParameterError` for what is no graph, or a parameter without effect on this one."""
        super().check_given(graph)
        if isinstance(graph, TensorGraph) and self.threshold is not None:
            raise ParameterError("threshold has no effect on a TensorGraph; take a Graph")

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size."""
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        tables = sum((1 if order == "first" else 2) * dim for order, dim in self._parts())
        result = _RESULT_COLUMNS * self.dim if self.order == "both" else 0
        memory = {
            "graph": csr_bytes(size),
            "arcs": (12 if size.is_weighted else 4) * num_arcs,
            "vectors": 4 * num_nodes * (tables + result),
            "training": len(self._parts()) * trainer_bytes(num_nodes, 2 * TILE_SAMPLES, self.dim),
        }
        pace = _SECONDS_PER_CELL * self.dim / len(self._parts()) + _SECONDS_PER_SAMPLE
        samples = self._num_samples(num_arcs / 2, num_nodes) * len(self._parts())
        return Estimate(memory, samples * pace / resolve_threads(self.num_threads))

    def block_samples(self, graph: Graph, num_parts: int) -> tuple[ArcSamples, BlockObjective]:
        """Return what `graphkit.distributed.fit_in_parts` trains, and to what; of the second order only."""
        self.check_parameters()
        if self.order != "second":
            raise ParameterError(f"order must be 'second' for training in parts, got {self.order!r}")
        return self._samples_in_parts(graph, num_parts)

    def _samples_in_parts(
        self,
        graph: Graph,
        num_parts: int,
        *,
        order: int = 0,
        episode_samples: int = EPISODE_SAMPLES,
        wanted: NDArray[np.bool_] | None = None,
    ) -> tuple[ArcSamples, BlockObjective]:
        """Samples of an order by its number, and what they are trained to."""
        sources, targets, weights, degrees = self._ends(graph, wanted)
        each = self._num_samples(*_trained(graph, wanted)) if len(targets) else 0
        samples = ArcSamples(
            sources,
            targets,
            weights,
            num_samples=each,
            learning_rate=self.learning_rate,
            num_parts=num_parts,
            episode_samples=episode_samples,
            first=order * each,
        )
        return samples, BlockObjective(degrees, degrees, self.num_negatives, self.noise_exponent, self.seed)

    def _first_tables(self, graph: Graph | TensorGraph, init: Any) -> list[VectorTables]:
        return order_tables(graph, self._parts(), self.seed, init)

    def _jobs(
        self, graph: Any, tables: list[VectorTables], wanted: NDArray[np.bool_] | None = None
    ) -> Sequence[KeptJob]:
        """Each order's tables, trained on edges of the nodes `wanted`."""
        placement, source, degrees = self._sampled(graph, wanted)
        if placement.num_parts > 1:
            return self._grid_jobs(graph, tables, placement, wanted)
        num_edges, num_nodes = _trained(graph, wanted)
        each = self._num_samples(num_edges, num_nodes) if num_edges else 0
        return [
            RangeJob(
                self._trainer(placement.device, table, degrees),
                DrawnArcs(source, each, order * each),
                self.learning_rate,
            )
            for order, table in enumerate(tables)
        ]

    def _grid_jobs(
        self, graph: Graph, tables: list[VectorTables], placement: Placement, wanted: NDArray[np.bool_] | None
    ) -> list[GridJob]:
        """The same on a GPU that does not hold the tables, on samples drawn here."""
        most, threads = episode_samples(graph.num_nodes), resolve_threads(self.num_threads)
        each: dict[str, Any] = {"episode_samples": most, "wanted": wanted}
        return [
            GridJob(
                table,
                *self._samples_in_parts(graph, placement.num_parts, order=order, **each),
                placement,
                threads,
            )
            for order, table in enumerate(tables)
        ]

    def _fitted(self, *run: Any) -> Self:
        super()._fitted(*run)
        self._order = self.order
        return self

    def _warn_of(self, graph: Graph) -> None:
        if not graph.num_arcs and graph.num_nodes:
            warnings.warn("the graph has no edges: the vectors stay random", GraphkitWarning, stacklevel=4)

    def _check_same_model(self) -> None:
        super()._check_same_model()
        # Vectors that were set by hand, as by KCoreEmbedding, have none.
        if self.order != (order := getattr(self, "_order", self.order)):
            raise ParameterError(
                f"order must stay {order!r}, that of the present vectors, got {self.order!r}"
            )

    def _trainer(
        self, device: torch.device | None, table: VectorTables, degrees: NDArray[np.float64]
    ) -> TableTrainer:
        law: dict[str, Any] = {
            "num_negatives": self.num_negatives,
            "noise_exponent": self.noise_exponent,
            "seed": self.seed,
        }
        if device is not None:
            return DeviceTrainer(table, degrees, device=device, **law)
        return Trainer(
            table,
            degrees,
            tile_size=2 * TILE_SAMPLES,
            contention=contention_at(self.learning_rate),
            num_shared=NUM_SHARED,
            num_threads=resolve_threads(self.num_threads),
            **law,
        )

    def device_for_tensors(self, sizes: Sizes) -> torch.device | None:
        """Return the GPU that `fit` would run on; None if it does not hold the tables, or for `threshold`.

        Neighbours' neighbours are found on the host.
        """
        if self.threshold is not None:
            return None
        placement = self._placement(sizes, tensor_arcs_bytes(sizes))
        return placement.device if placement.num_parts == 1 else None

    def _placement(self, sizes: Sizes, arcs: dict[str, int]) -> Placement:
        """Where to sample and to train: on a GPU with room for all, or for parts of the tables, or here."""
        return placement_for(sizes, self.backend, lambda: self._plans(sizes, arcs))

    def _plans(self, sizes: Sizes, arcs: dict[str, int]) -> Iterator[tuple[int, dict[str, int]]]:
        """What a GPU needs for the arcs and whole tables, and for tables in parts, the fewest first."""
        on_device = isinstance(sizes, DeviceGraph)
        if sizes.num_arcs < MAX_ARCS:
            dims = [dim for order, dim in self._parts() for _ in range(1 if order == "first" else 2)]
            needed = arcs | training_bytes(sizes, dims)
            if on_device and self.order == "both":
                needed["result"] = 4 * sizes.num_nodes * _RESULT_COLUMNS * self.dim
            yield 1, needed
        if not on_device:
            yield from plans_in_parts(sizes.num_nodes, max(dim for _, dim in self._parts()))

    def _sampled(
        self, graph: Any, wanted: NDArray[np.bool_] | None
    ) -> tuple[Placement, Any, NDArray[np.float64]]:
        """Where to train, what is sampled, there, and the degrees in both directions together."""
        if isinstance(graph, TensorGraph):
            placement = self._placement(graph, tensor_arcs_bytes(graph))
            return placement, tensor_arcs(graph), graph.strength + graph.in_strength
        arcs, degrees = self._arcs(graph, wanted)
        placement = self._placement(graph, arcs_bytes(arcs))
        if placement.device is None or placement.num_parts > 1:
            return placement, arcs, degrees
        return placement, device_arcs(arcs, placement.device), degrees

    def _arcs(
        self, graph: Graph, wanted: NDArray[np.bool_] | None = None
    ) -> tuple[Arcs, NDArray[np.float64]]:
        """What is sampled, and the degrees in both directions together."""
        sources, targets, weights, degrees = self._ends(graph, wanted)
        table = np.zeros((0 if weights is None else len(targets), 2), np.uint32)
        if len(table):
            build_row_alias(np.array([0, len(targets)]), weights, table, 0, 1)
        return Arcs(sources, targets, table), degrees

    def _ends(
        self, graph: Graph, wanted: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, Rows, Weights | None, NDArray[np.float64]]:
        """Sources, targets and weights of what is sampled, and the degrees in both directions together.

        What is sampled touches one of the nodes `wanted`; degrees, of the noise, are the whole graph's.
        """
        indptr, indices, weights = graph.indptr, graph.indices, graph.weights
        if self.threshold is not None:
            depth = DEPTH if self.depth is None else self.depth
            expanded = expand_low_degrees(graph, threshold=self.threshold, depth=depth)
            indptr, indices, weights = expanded.indptr, expanded.indices.astype(np.int32), expanded.data
        sources = np.repeat(np.arange(graph.num_nodes, dtype=np.int32), np.diff(indptr))
        degrees = sum(np.bincount(ends, weights, graph.num_nodes) for ends in (sources, indices))
        if wanted is not None:
            kept = wanted[sources] | wanted[indices]
            sources, indices = sources[kept], indices[kept]
            weights = None if weights is None else weights[kept]
        return sources, indices, weights, np.asarray(degrees, np.float64)

    def _parts(self) -> list[tuple[str, int]]:
        """Each order, and the columns that belong to it."""
        if self.order != "both":
            return [(self.order, self.dim)]
        return [("first", self.dim - self.dim // 2), ("second", self.dim // 2)]

    def _num_samples(self, num_edges: float, num_nodes: int) -> int:
        """Samples of each order."""
        wanted = max(SAMPLES_PER_EDGE * num_edges, SAMPLES_PER_NODE * num_nodes)
        if self.samples_per_edge is not None:
            wanted = self.samples_per_edge * num_edges
        if self.samples is not None:
            wanted = self.samples
        if wanted > MOST:
            raise ParameterError(f"{wanted:.3g} samples are too many to be counted; ask for fewer")
        return math.ceil(wanted)

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        if self.order == "both":
            check_whole("dim", self.dim, 2)
        if self.samples is not None and self.samples_per_edge is not None:
            raise ParameterError("samples_per_edge has no effect where samples is given")
        if self.depth is not None and self.threshold is None:
            raise ParameterError("depth has no effect without threshold")


def _trained(graph: Any, wanted: NDArray[np.bool_] | None) -> tuple[float, int]:
    """The edges that touch one of the nodes `wanted`, and how many these are; or all."""
    if wanted is None:
        return float(graph.num_edges), graph.num_nodes
    sources = np.repeat(np.arange(graph.num_nodes), graph.degree)
    touching = np.count_nonzero(wanted[sources] | wanted[graph.indices])
    return float(graph.num_edges * touching / max(1, graph.num_arcs)), int(wanted.sum())
