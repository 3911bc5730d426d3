"""LargeVis: a map of two or three dimensions from a graph, or from the nearest neighbours of vectors.

J. Tang, J. Liu, M. Zhang, Q. Mei, "Visualizing large-scale and high-dimensional data", WWW 2016,
arXiv:1602.00370.

Where we differ, and why:

- First positions are principal components, of the vectors or of FastRP's, in place of random ones: a fiftieth
  of the samples then gives maps as good. The paper's number of samples, 22,000 a point for 70,000 points,
  is `samples_per_node=22_000`.
- Threads never race: in a round every point moves on its own account, by where the others stood when it
  began, so the result is a function of the seed alone (`graphkit/kernels/cpu/layout.py`). An edge moves both
  its ends, as in the paper; a push moves the point that drew it and not the negative, and points draw as many
  as the paper's do and are drawn together.
- Sixteen points share their negatives, and no draw is repeated where one is a point's neighbour.
- A point of less than the mean strength takes smaller steps in place of fewer ones.
- The perplexity is 10 in place of 50, so 30 neighbours are looked for in place of 150: on MNIST the map is
  no worse, and the neighbours cost most of the time.
- Nodes without edges, which nothing holds, stand in a circle around the map.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Indptr, Rows, Vectors, Weights
from graphkit.backend import Backend, find_device
from graphkit.device_layout import DeviceLayout, layout_bytes
from graphkit.errors import ParameterError, RunError, unknown_choice
from graphkit.graph import Graph
from graphkit.layout import ROUNDS_PER_SAMPLE, Layout, Objective, first_positions, ring_around, strength_of
from graphkit.methods.base import Embedder, Estimate
from graphkit.neighbors import KnnGraph, Metric, knn_graph, nearest, perplexity_graph
from graphkit.neighbors.exact import PREPARE, as_vectors, distances_of
from graphkit.neighbors.perplexity import perplexity_weights
from graphkit.parallel import resolve_threads
from graphkit.seeds import check_seed
from graphkit.training import checked_vectors
from graphkit.walks import check_whole

if TYPE_CHECKING:
    from graphkit.embedding import Embedding
    from graphkit.progress import Progress

Snapshot = Callable[[Vectors, int, int], None]
"""Called with the positions, the rounds done and their number, several times a second or less often."""

STARTS = ("components", "random")

NEIGHBORS_PER_PERPLEXITY = 3
_INIT_DIM = 64

# For the estimate of time, on one thread: seconds for a point and round.
_SECONDS_PER_MOVE = 9e-8


class LargeVis(Embedder):
    """Positions of nodes in two or three dimensions: neighbours near one another, others apart.

    Parameters
    ----------
    dim
        2 or 3.
    samples_per_node
        Edges to draw for each node, >= 1.
    start
        Where nodes begin. ``"components"``: the principal components of the vectors, or of FastRP's where a
        graph is given; ``"random"``: all near one point, which takes ten times the samples. Own positions are
        given to `fit`.
    perplexity
        Effective number of neighbours, > 1; for each point of vectors three times as many are looked for.
    metric
        "euclidean", "cosine" or "inner_product": what nearness of vectors means.
    recall
        Share of the true neighbours of vectors that must be found, in (0, 1].
    shape
        Probability of an edge at a distance x: ``"student"`` for 1 / (1 + a x**2), ``"logistic"`` for
        1 / (1 + exp(a x**2)).
    a
        Width of that, > 0.
    gamma
        Weight of a push, >= 0.
    num_negatives
        Pushes for each pull, >= 0.
    noise_exponent
        Negatives are drawn in proportion to their sum of weights to this power.
    learning_rate
        At the beginning, > 0; it falls linearly to 1e-4 of it.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    backend
        Where to look for neighbours and to lay out: "cpu", "gpu", or "auto", which takes a GPU where there is
        one, and room on it. A GPU compares all vectors and draws the same edges; it has the same bits from
        run to run, not the CPU's.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The positions, in the order of the graph's nodes.
    node_ids_ : [num_nodes]
        The graph's node ids.
    neighbors_ : KnnGraph, or None
        The neighbours that vectors were laid out by; None for a graph.

    Notes
    -----
    Time is O(samples_per_node * num_negatives * num_nodes). Peak memory is the graph, 12 bytes an arc and
    some 40 a node; with ``start="components"`` FastRP's vectors of 64 columns before that.

    References
    ----------
    Tang, Liu, Zhang, Mei, "Visualizing large-scale and high-dimensional data", WWW 2016.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)])
    >>> positions = LargeVis(seed=1).fit_transform(graph)
    >>> positions.shape
    (6, 2)
    """

    name = "largevis"

    def __init__(
        self,
        *,
        dim: int = 2,
        samples_per_node: int = 1000,
        start: Literal["components", "random"] = "components",
        perplexity: float = 10.0,
        metric: Metric = "euclidean",
        recall: float = 0.95,
        shape: Literal["student", "logistic"] = "student",
        a: float = 1.0,
        gamma: float = 7.0,
        num_negatives: int = 5,
        noise_exponent: float = 0.75,
        learning_rate: float = 1.0,
        seed: int = 0,
        backend: Backend = "cpu",
        num_threads: int | None = None,
    ):
        self.dim = dim
        self.samples_per_node = samples_per_node
        self.start = start
        self.perplexity = perplexity
        self.metric = metric
        self.recall = recall
        self.shape = shape
        self.a = a
        self.gamma = gamma
        self.num_negatives = num_negatives
        self.noise_exponent = noise_exponent
        self.learning_rate = learning_rate
        self.seed = seed
        self.backend = backend
        self.num_threads = num_threads

    def fit(
        self,
        graph: Graph | KnnGraph | ArrayLike,
        init: ArrayLike | None = None,
        *,
        snapshot: Snapshot | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Lay out a graph, nearest neighbours, or vectors.

        Parameters
        ----------
        graph
            Any graph; weights count, directions and self-loops do not. Or the neighbours of points, whose
            weights follow from `perplexity`. Or vectors, finite, [num_points, dim], whose neighbours are
            looked for; points are then numbered from 0.
        init
            Where the nodes begin, float [num_nodes, dim], in the scale of a map (some tens across); None for
            what `start` says.
        snapshot
            Called with (positions, rounds done, rounds) as the map takes shape.
        progress
            Called with ("fastrp", powers done, powers) or ("neighbours", lists done, lists), and with
            ("layout", rounds done, rounds).

        Returns
        -------
        LargeVis
            The method itself, with its attributes.

        Raises
        ------
        ParameterError
            For a parameter outside its range; for a GPU that is not there, or too small.
        MissingDependencyError
            If backend "gpu" misses torch or triton.
        InputError
            For positions of another shape or not finite.
        RunError
            If the layout diverges, the learning rate being too high.
        """
        objective = self._checked()
        first = self._vectors = None
        if not isinstance(graph, (Graph, KnnGraph)):
            vectors = self._vectors = as_vectors(graph, "vectors")
            graph = self._neighbors(vectors, progress)
            # Here already, that no copy of the vectors lives on beside the graph.
            first = None if init is not None or self.start == "random" else self._along_axes(vectors)
        self.neighbors_ = graph if isinstance(graph, KnnGraph) else None
        if isinstance(graph, KnnGraph):
            graph = perplexity_graph(graph, self.perplexity, num_threads=self.num_threads)
        if first is None:
            first = self._first_positions(graph, init, progress)
        edges = _without_loops(graph)
        strength = strength_of(edges.indptr, edges.weights)
        arcs = edges.indptr, edges.indices, edges.weights
        self.embedding_ = self._laid_out(arcs, first, strength, objective, snapshot, progress)
        ring_around(self.embedding_, edges.degree == 0)
        self.node_ids_ = graph.node_ids
        self._strength = strength
        return self

    def fit_transform(self, graph: Graph | KnnGraph | ArrayLike, **fit_params: Any) -> Vectors:
        """Return ``fit(graph).embedding_``, float32 [num_nodes, dim]; row i belongs to node or vector i."""
        return self.fit(graph, **fit_params).embedding_

    def transform(self, vectors: ArrayLike, *, progress: Progress | None = None) -> Vectors:
        """Place new vectors on the map, which stays as it is.

        Each begins amid its nearest fitted vectors, found by comparing with all of them, and moves as in
        `fit`; new ones do not feel one another.

        Parameters
        ----------
        vectors
            Finite, [num_new, dim of the fitted vectors].
        progress
            Called with ("layout", rounds done, rounds).

        Returns
        -------
        float32 [num_new, dim]

        Raises
        ------
        ParameterError
            For vectors with other columns, NaN or infinity.
        RunError
            If no vectors have been fitted.
        """
        known: Vectors | None = getattr(self, "_vectors", None)
        if known is None:
            raise RunError("there is no map of vectors: call fit with vectors first")
        objective = self._checked()
        wanted = min(int(np.ceil(NEIGHBORS_PER_PERPLEXITY * self.perplexity)), len(known))
        found = nearest(
            known, vectors, wanted, metric=self.metric, backend=self.backend, num_threads=self.num_threads
        )
        num_old, (num_new, k) = len(self.embedding_), found.rows.shape
        distances = distances_of(found.scores, self.metric)
        threads = resolve_threads(self.num_threads)
        weights = perplexity_weights(distances, self.metric, min(self.perplexity, k), threads)
        amid = np.einsum("ik,ikd->id", weights, self.embedding_[found.rows])
        indptr = np.concatenate([np.zeros(num_old, np.int64), np.arange(num_new + 1, dtype=np.int64) * k])
        arcs = indptr, found.rows.ravel().astype(np.int32), weights.ravel()
        first = np.concatenate([self.embedding_, amid.astype(np.float32)])
        strength = np.concatenate([self._strength, np.zeros(num_new)])
        return self._laid_out(arcs, first, strength, objective, None, progress)[num_old:]

    def _laid_out(
        self,
        arcs: tuple[Indptr, Rows, Weights | None],
        first: Vectors,
        strength: NDArray[np.float64],
        objective: Objective,
        snapshot: Snapshot | None,
        progress: Progress | None,
    ) -> Vectors:
        """Positions after all rounds."""
        options: dict[str, Any] = {
            "strength": strength,
            "objective": objective,
            "seed": self.seed,
            "num_threads": resolve_threads(self.num_threads),
        }
        device = find_device(self.backend, lambda: layout_bytes(len(first), len(arcs[1]), self.dim))
        if device is None:
            layout = Layout(*arcs, first, **options)
        else:
            layout = DeviceLayout(*arcs, first, device=device, **options)

        def step(done: int, total: int) -> None:
            if snapshot is not None:
                snapshot(layout.positions, done, total)
            if progress is not None:
                progress("layout", done, total)

        layout.run(ROUNDS_PER_SAMPLE * self.samples_per_node, self.learning_rate, step)
        return layout.positions

    def embed_vectors(self, vectors: Embedding, **fit_params: Any) -> Embedding:
        """Return the positions of vectors under their ids, and a record of how they were made."""
        from importlib.metadata import version

        from graphkit.embedding import Embedding

        began = time.perf_counter()
        self.fit(vectors.vectors, **fit_params)
        info = {
            "method": self.name,
            "params": self.get_params(),
            "seconds": round(time.perf_counter() - began, 3),
            "vectors": vectors.info,
            "graphkit": version("graphkit"),
        }
        return Embedding(vectors.node_ids, self.embedding_, info)

    def estimate(self, num_nodes: int, num_arcs: int, *, weighted: bool = False) -> Estimate:
        """Return the memory and time that `fit` will need for a graph of this size.

        Parameters
        ----------
        num_nodes, num_arcs
            Size of the graph; an undirected edge is two arcs.
        weighted
            Whether arcs carry weights.

        Returns
        -------
        Estimate
            Peak bytes (graph, tables, positions) and rough seconds; FastRP's included.
        """
        self._checked()
        graph_bytes = 16 * num_nodes + (8 if weighted else 4) * num_arcs
        laid_out = graph_bytes + 12 * num_arcs + (40 + 16 * self.dim) * num_nodes
        moves = num_nodes * ROUNDS_PER_SAMPLE * self.samples_per_node
        seconds = moves * _SECONDS_PER_MOVE / resolve_threads(self.num_threads)
        if self.start == "random":
            return Estimate(laid_out, seconds)
        before = self._init_method().estimate(num_nodes, num_arcs, weighted=weighted)
        return Estimate(max(laid_out, before.bytes), seconds + before.seconds)

    def _checked(self) -> Objective:
        """Raise `ParameterError` for what cannot be; return what is climbed."""
        if self.dim not in (2, 3):
            raise ParameterError(f"dim must be 2 or 3, got {self.dim}")
        check_whole("samples_per_node", self.samples_per_node, 1)
        if self.start not in STARTS:
            raise unknown_choice("start", self.start, STARTS)
        if not 0 < self.learning_rate < np.inf:
            raise ParameterError(f"learning_rate must be > 0 and finite, got {self.learning_rate}")
        check_seed(self.seed)
        return Objective(
            shape=self.shape,
            a=self.a,
            gamma=self.gamma,
            num_negatives=self.num_negatives,
            noise_exponent=self.noise_exponent,
        )

    def _neighbors(self, vectors: Vectors, progress: Progress | None) -> KnnGraph:
        if not 1 < self.perplexity < len(vectors) - 1:
            highest = len(vectors) - 1
            raise ParameterError(
                f"perplexity must lie in (1, {highest}) ({len(vectors)} points), got {self.perplexity}"
            )
        return knn_graph(
            vectors,
            min(int(np.ceil(NEIGHBORS_PER_PERPLEXITY * self.perplexity)), len(vectors) - 1),
            metric=self.metric,
            recall=self.recall,
            seed=self.seed,
            backend=self.backend,
            num_threads=self.num_threads,
            progress=progress,
        )

    def _along_axes(self, vectors: Vectors) -> Vectors:
        prepared = PREPARE[self.metric](vectors)(vectors)
        return first_positions(prepared, len(vectors), self.dim, self.seed)

    def _init_method(self) -> Any:
        """What makes vectors of a graph, to begin from their axes."""
        from graphkit.methods.fastrp import FastRP

        return FastRP(dim=_INIT_DIM, seed=self.seed, backend=self.backend, num_threads=self.num_threads)

    def _first_positions(self, graph: Graph, init: ArrayLike | None, progress: Progress | None) -> Vectors:
        if init is not None:
            return checked_vectors(init, graph.num_nodes, self.dim)
        vectors = None
        if self.start == "components" and graph.num_arcs:
            vectors = self._init_method().fit_transform(graph, progress=progress)
        return first_positions(vectors, graph.num_nodes, self.dim, self.seed)


def _without_loops(graph: Graph) -> Graph:
    """The undirected graph without self-loops, weights of both directions added."""
    if not graph.directed and not graph.num_self_loops:
        return graph
    source, target, weights = graph.edge_rows()
    rule = "sum" if graph.is_weighted else None
    return Graph.from_edges(
        (source, target), weights, num_nodes=graph.num_nodes, duplicates=rule, self_loops="drop"
    )
