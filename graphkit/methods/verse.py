"""VERSE: versatile graph embeddings from similarity measures, here personalised PageRank.

A. Tsitsulin, D. Mottin, P. Karras, E. Müller, "VERSE: Versatile Graph Embeddings from Similarity Measures",
WWW 2018, arXiv:1803.04742.

A node u is drawn uniformly, v by its personalised PageRank pi_u, which is where a walk from u stops that goes
on with probability alpha in front of each step. With one table w of vectors and `num_negatives` nodes k drawn
uniformly,

    log s(w_u . w_v) + sum_k log s(-w_u . w_k),        s(z) = 1 / (1 + e**-z),

is climbed: noise-contrastive estimation of the similarity.

Where we differ, and why:

- The objective is the paper's. The authors' code subtracts log n from positives' scores and
  log(n / num_negatives) from negatives': then vectors of nodes that have nothing to do with each other may be
  orthogonal, where here they point apart.
- 2,000 samples a node at a rate that falls from 0.05. The authors' default is 100,000 a node at a constant
  0.0025.
- Negatives are shared by the samples of a tile, steps are taken for sixteen samples at a time and damped
  where they would overshoot, and threads never race: see `graphkit/sgns/trainer.py`.
- Vectors start as short as LINE's, which share the one table, and not uniform in (-0.5, 0.5).
- Weights count: a step follows an arc in proportion to its weight. A walk stops where no arc leaves, as in
  the authors' code.
- Nodes without an edge, in either direction, are neither drawn nor noise, and have zeros.
- Of the paper's similarities only personalised PageRank, its default, is here. SimRank is not, and adjacency
  is `LINE` of first order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import MOST, as_array
from graphkit.errors import ParameterError
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.kernels.cpu.restart_ends import walk_to_ends
from graphkit.kernels.cpu.row_alias import draw_starts
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.kernels.cpu.walks_first_order import halt_threshold
from graphkit.methods.base import embedder
from graphkit.methods.order_tables import start_of_line
from graphkit.methods.skipgram_method import SkipGramMethod
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.parameters import Count, Positive, real
from graphkit.resources import SECONDS_TO_BEGIN, Estimate
from graphkit.seeds import Seed, Stream
from graphkit.sgns.jobs import KeptJob, RangeJob, TableTrainer
from graphkit.sgns.trainer import (
    CHUNK_TILES,
    TILE_SAMPLES,
    Chunks,
    Trainer,
    VectorTables,
    checked_vectors,
    contention_at,
    noise_table,
    trainer_bytes,
)
from graphkit.walks.tables import build_tables

if TYPE_CHECKING:
    from graphkit.arrays import Rows
    from graphkit.graph.gpu.tensor_graph import TensorGraph
    from graphkit.graph.graph import Graph

# For the estimate of time, on one thread: seconds a sample and dimension, a sample, a step of a walk.
_SECONDS_PER_CELL, _SECONDS_PER_SAMPLE, _SECONDS_PER_STEP = 3.5e-9, 1e-7, 1e-8


@embedder
class VERSE(SkipGramMethod):
    """Node vectors whose products tell personalised PageRank, by noise-contrastive estimation on walks.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    alpha
        Probability, in [0, 1), that a walk goes on in front of each step: 1 - restart.
    samples_per_node
        Samples from each node on average, > 0. Dense graphs with hubs (BlogCatalog) want several times as
        many as sparse ones.
    num_negatives
        Negatives for each sample, > 0; need not be whole.
    learning_rate
        At the beginning, > 0; it falls linearly to 1e-4 of it.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes; zeros for nodes without edges.
    node_ids_ : [num_nodes]
        The graph's node ids.
    loss_ : float
        Mean of the sampled objective for a sample with its negatives, over the last tenth of the training.
    pairs_ : int
        Samples that were trained.

    Notes
    -----
    O(num_nodes * samples_per_node * (dim + 1 / (1 - alpha))) time; memory is the graph, its walk tables, and
    the vectors. In memory and on the CPU only. Products of vectors are symmetric, so of a directed graph they
    do not tell a link's direction.

    References
    ----------
    Tsitsulin, Mottin, Karras, Müller, "VERSE: Versatile Graph Embeddings from Similarity Measures", WWW 2018.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)])
    >>> VERSE(dim=4, samples_per_node=100, seed=1).fit_transform(graph).shape
    (5, 4)
    """

    name = "verse"
    memory_remedy = "choose a smaller dim"

    dim: Count = 128
    alpha: Annotated[float, real("[0, 1)")] = 0.85
    samples_per_node: Positive = 2000.0
    num_negatives: Positive = 3.0
    learning_rate: Positive = 0.05
    seed: Seed = 0
    num_threads: Count | None = None

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size.

        Examples
        --------
        >>> VERSE(dim=128).estimate(1_000_000, 20_000_000).bytes // 10**6
        668
        """
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        samples = self._num_samples(num_nodes)
        memory = {
            "graph": csr_bytes(size),
            "walk tables": 16 * num_nodes + (8 * num_arcs if size.is_weighted else 0),
            "samples": 16 * min(samples, CHUNK_TILES * TILE_SAMPLES),
            "noise": 8 * num_nodes,
            "training": trainer_bytes(num_nodes, 2 * TILE_SAMPLES, self.dim),
            "vectors": 4 * num_nodes * self.dim,
        }
        pace = (
            _SECONDS_PER_CELL * self.dim
            + _SECONDS_PER_SAMPLE
            + _SECONDS_PER_STEP / (1 - min(self.alpha, 0.99))
        )
        return Estimate(memory, SECONDS_TO_BEGIN + samples * pace / resolve_threads(self.num_threads))

    def _num_samples(self, num_nodes: int) -> int:
        wanted = self.samples_per_node * num_nodes
        if wanted > MOST:
            raise ParameterError(f"{wanted:.3g} samples are too many to be counted; ask for fewer")
        return math.ceil(wanted)

    def _first_tables(self, graph: Graph | TensorGraph, init: Any) -> list[VectorTables]:
        vectors = (
            start_of_line(graph.num_nodes, self.dim, self.seed)
            if init is None
            else checked_vectors(as_array("init", init, np.float32), graph.num_nodes, self.dim)
        )
        vectors[_degrees(graph) == 0] = 0
        return [VectorTables(vectors, vectors)]

    def _jobs(
        self, graph: Any, tables: list[VectorTables], wanted: NDArray[np.bool_] | None = None
    ) -> Sequence[KeptJob]:
        degrees, threads = _degrees(graph), resolve_threads(self.num_threads)
        trainer = Trainer(
            tables[0],
            degrees,
            tile_size=2 * TILE_SAMPLES,
            num_negatives=self.num_negatives,
            noise_exponent=0.0,
            contention=contention_at(self.learning_rate),
            seed=self.seed,
            num_threads=threads,
        )
        drawn = degrees if wanted is None else np.where(wanted, degrees, 0.0)
        pairs = RestartPairs(graph, drawn, self.alpha, self.seed, threads)
        samples = DrawnPairs(pairs, self._num_samples(pairs.num_nodes))
        return [RangeJob(trainer, samples, self.learning_rate)]

    def _warn_of(self, graph: Graph) -> None:
        """Nodes without edges have zeros, as the documentation says."""


class RestartPairs:
    """Pairs (u, v): u uniform among the nodes with edges, v where a walk from u stops.

    Parameters
    ----------
    graph
        Any graph.
    degrees
        0 for the nodes that are left out, float64 [num_nodes].
    alpha
        Probability that a walk goes on.
    seed
        Random seed.
    num_threads
        Threads to use.

    Attributes
    ----------
    num_nodes : int
        Nodes that are drawn.
    """

    def __init__(self, graph: Graph, degrees: NDArray[np.float64], alpha: float, seed: int, num_threads: int):
        self.num_nodes = int((degrees > 0).sum())
        self._starts = noise_table(degrees, 0.0)
        tables = build_tables(graph, second_order=False, asks=False, gamma=None, num_threads=num_threads)
        self._walks = graph.indptr, graph.indices, tables.alias, np.uint64(halt_threshold(alpha))
        self._seed = np.uint64(seed)
        self._num_threads = num_threads

    def arcs(self, first: int, last: int) -> Arcs:
        """Return samples number `first` to `last`, each to be taken once."""
        return Arcs(*self.pairs(first, last), np.zeros((0, 2), np.uint32), 1, first)

    def pairs(self, first: int, last: int) -> tuple[Rows, Rows]:
        """Return (starts, ends) of samples number `first` to `last`, int32 [last - first] each."""
        numbers = np.arange(first, last)
        starts, ends = np.empty(len(numbers), np.int32), np.empty(len(numbers), np.int32)
        key = self._seed, int(Stream.RESTART)

        def walk(start: int, stop: int) -> None:
            draw_starts(self._starts, self._seed, int(Stream.START), numbers, starts, start, stop)
            walk_to_ends(*self._walks, key, first, starts, ends, start, stop)

        run_ranges(walk, even_bounds(len(numbers), self._num_threads * RANGES_PER_THREAD), self._num_threads)
        return starts, ends


@dataclass(frozen=True)
class DrawnPairs:
    """Pairs that are drawn when their turn comes.

    Attributes
    ----------
    pairs
        What draws them.
    total
        How many are drawn.
    """

    pairs: RestartPairs
    total: int

    def chunks(self, trainer: TableTrainer) -> Chunks:
        """Return the ranges in which a trainer takes them best."""
        return trainer.arc_chunks(self.total)

    def train(self, trainer: TableTrainer, rates: tuple[float, float], first: int, last: int) -> None:
        """Have pairs number `first` to `last` trained."""
        trainer.train_arcs(self.pairs.arcs(first, last), first, last, rates)


def _degrees(graph: Any) -> NDArray[np.float64]:
    """Of arcs in both directions: a node that only arcs arrive at is an end of walks."""
    degrees: NDArray[np.float64] = graph.strength + graph.in_strength
    return degrees
