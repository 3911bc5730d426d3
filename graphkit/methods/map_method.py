"""What methods of maps share: neighbours of vectors, first positions, nodes without edges, new vectors."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike

from graphkit import __version__
from graphkit.arrays import Rows, Vectors, Weights
from graphkit.checks import as_real, shown
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.gpu.backend import Backend
from graphkit.graph.graph import Graph
from graphkit.graph.size import Sizes
from graphkit.layout.beside import put_beside
from graphkit.layout.earlier import Earlier, beginnings, places_on
from graphkit.layout.largevis import first_positions, jittered
from graphkit.methods.base import Embedder
from graphkit.neighbors import KnnGraph, Metric, knn_graph, perplexity_graph
from graphkit.neighbors.arguments import as_vectors
from graphkit.neighbors.exact import nearest_by_distance
from graphkit.neighbors.perplexity import perplexity_weights
from graphkit.neighbors.vector_table import Points, VectorTable
from graphkit.parallel import resolve_threads
from graphkit.resources import Estimate
from graphkit.sgns.trainer import checked_vectors

if TYPE_CHECKING:
    from graphkit.embedding import Embedding
    from graphkit.progress import Progress

Snapshot = Callable[[Vectors, int, int], None]
"""Called with the positions, the rounds done and their number, several times a second or less often."""

STARTS = ("components", "random")

NEIGHBORS_PER_PERPLEXITY = 3
_INIT_DIM = 64
_FEWEST_VECTORS = 3


class Moving(Protocol):
    """Points in motion."""

    @property
    def positions(self) -> Vectors:
        """Where they are."""


class MapMethod(Embedder):
    """Base of methods whose vectors are positions in two or three dimensions.

    A method has the parameters below and its own; it implements `_check`, `_lay_out` and `_place`.
    """

    dim: int
    start: Literal["components", "random"]
    perplexity: float
    metric: Metric
    recall: float
    seed: int
    num_threads: int | None

    backend: Backend = "cpu"

    neighbors_: KnnGraph | None

    hold: float = 0.0
    """Strength of the pull to a node's place on an earlier map."""

    spread: float
    """Standard deviation of first positions along their longest axis."""

    def fit(
        self,
        graph: Graph | KnnGraph | ArrayLike,
        init: ArrayLike | None = None,
        *,
        previous: Earlier | None = None,
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
        previous
            An earlier map, in whose place the new one is laid out, so that both can be compared: an
            `Embedding` or a `MapFrame`, or positions [num_nodes, dim] with NaN for nodes that it did not
            have. Nodes are found by their id, and begin at their old place, or amid their neighbours' where
            these draw them more; new ones begin amid their neighbours. LargeVis holds nodes to their old
            places too, by `hold`.
        snapshot
            Called with (positions, rounds done, rounds) as the map takes shape.
        progress
            Called with ("fastrp", powers done, powers) or ("neighbours", lists done, lists), and with
            ("layout", rounds done, rounds).

        Returns
        -------
        Self
            The method, with its attributes.

        Raises
        ------
        ParameterError
            For a parameter outside its range; for both `init` and `previous`; for a GPU that is not there,
            or too small.
        MissingDependencyError
            If backend "gpu" misses torch or triton.
        InputError
            For positions of another shape or not finite; for an earlier map with none of the nodes.
        RunError
            If the layout diverges.
        """
        self.check_parameters()
        if init is not None and previous is not None:
            raise ParameterError("init and previous both say where nodes begin; give one of them")
        has_first = init is not None or previous is not None
        first = self._vectors = None
        if not isinstance(graph, (Graph, KnnGraph)):
            vectors = self._vectors = as_vectors(graph, "vectors")
            graph = self._neighbors(vectors, progress)
            # Here already, that no copy of the vectors lives on beside the graph.
            first = None if has_first or self.start == "random" else self._along_axes(vectors)
        self.neighbors_ = None
        if isinstance(graph, KnnGraph):
            self.neighbors_ = graph.to_host()
            graph = perplexity_graph(self.neighbors_, self.perplexity, num_threads=self.num_threads)
        edges, places = _without_loops(graph), None
        if previous is not None:
            places = places_on(previous, graph.node_ids, self.dim)
            first = self._at_places(edges, places, progress)
        elif first is None:
            first = self._first_positions(graph, init, progress)
        self.embedding_ = self._lay_out(edges, first, places, snapshot, progress)
        # Points that are near one another belong where they are, however few they are.
        self.num_beside_ = 0 if self.neighbors_ else put_beside(self.embedding_, _parts(edges))
        self.node_ids_ = graph.node_ids
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
        known: Points | None = getattr(self, "_vectors", None)
        if known is None:
            raise RunError("there is no map of vectors: call fit with vectors first")
        self.check_parameters()
        wanted = min(int(np.ceil(NEIGHBORS_PER_PERPLEXITY * self.perplexity)), len(known))
        rows, distances = nearest_by_distance(
            known, vectors, wanted, metric=self.metric, backend=self.backend, num_threads=self.num_threads
        )
        threads = resolve_threads(self.num_threads)
        weights = perplexity_weights(distances, self.metric, min(self.perplexity, rows.shape[1]), threads)
        amid = np.einsum("ik,ikd->id", weights, self.embedding_[rows], dtype=np.float64).astype(np.float32)
        return self._place(rows.astype(np.int32), weights, amid, progress)

    def _lay_out(
        self,
        edges: Graph,
        first: Vectors,
        places: Vectors | None,
        snapshot: Snapshot | None,
        progress: Progress | None,
    ) -> Vectors:
        """Return the positions that nodes have in the end; `edges` has no directions and no loops.

        `places` are those on an earlier map, NaN for nodes that it did not have, or None without one.
        """
        raise NotImplementedError

    def _place(self, rows: Rows, weights: Weights, first: Vectors, progress: Progress | None) -> Vectors:
        """Return where new points end that begin at `first`; weights of fitted points, [num_new, k]."""
        raise NotImplementedError

    def embed_vectors(self, vectors: Embedding, **fit_params: Any) -> Embedding:
        """Return the positions of vectors under their ids, and a record of how they were made."""
        from graphkit.embedding import Embedding

        began = time.perf_counter()
        if (previous := fit_params.get("previous")) is not None:
            fit_params["previous"] = places_on(previous, vectors.node_ids, self.dim)
        self.fit(vectors.vectors, **fit_params)
        info = {
            "method": self.name,
            "params": self.get_params(),
            "seconds": round(time.perf_counter() - began, 3),
            **self.measured(),
            "vectors": vectors.info,
            "graphkit": __version__,
        }
        return Embedding(vectors.node_ids, self.embedding_, info)

    def _neighbors(self, vectors: Points, progress: Progress | None) -> KnnGraph:
        if len(vectors) < _FEWEST_VECTORS:
            raise InputError(f"a map is made of {_FEWEST_VECTORS} vectors at least, got {len(vectors)}")
        highest = len(vectors) - 1
        if not 1 < as_real(self.perplexity) < highest:
            raise ParameterError(
                f"perplexity must lie in (1, {highest}) ({len(vectors)} points), got {shown(self.perplexity)}"
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

    def _along_axes(self, vectors: Points) -> Vectors:
        prepared = VectorTable.of(vectors, self.metric).prepared()
        return first_positions(prepared, len(vectors), self.dim, self.seed, self.spread)

    def _first_positions(self, graph: Graph, init: ArrayLike | None, progress: Progress | None) -> Vectors:
        if init is not None:
            return checked_vectors(init, graph.num_nodes, self.dim)
        vectors = None
        if self.start == "components" and graph.num_arcs:
            vectors = self._init_method().fit_transform(graph, progress=progress)
        return first_positions(vectors, graph.num_nodes, self.dim, self.seed, self.spread)

    def _at_places(self, edges: Graph, places: Vectors, progress: Progress | None) -> Vectors:
        """First positions by an earlier map; of parts that it had no node of, as if there were none."""
        first = beginnings(edges, places, self.hold)
        if len(left := np.flatnonzero(np.isnan(first[:, 0]))):
            first[left] = self._first_positions(edges, None, progress)[left]
        return jittered(first, self.seed)

    def _start_resources(self, size: Sizes) -> Estimate:
        """What first positions need."""
        return Estimate({}, 0.0) if self.start == "random" else self._init_method().resources(size)

    def _init_method(self) -> Embedder:
        """What makes vectors of a graph, to begin from their axes."""
        from graphkit.methods.fastrp import FastRP

        return FastRP(dim=_INIT_DIM, seed=self.seed, backend=self.backend, num_threads=self.num_threads)


def reporter(
    moving: Moving, snapshot: Snapshot | None, progress: Progress | None
) -> Callable[[int, int], None]:
    """Return what tells both how far positions are, to be called with (rounds done, rounds)."""

    def step(done: int, total: int) -> None:
        if snapshot is not None:
            snapshot(moving.positions, done, total)
        if progress is not None:
            progress("layout", done, total)

    return step


def _parts(graph: Graph) -> Rows:
    """Number of the connected part that each node belongs to."""
    from scipy.sparse.csgraph import connected_components

    parts: Rows = connected_components(graph.to_scipy(), directed=False)[1]
    return parts


def _without_loops(graph: Graph) -> Graph:
    """The undirected graph without self-loops, weights of both directions added."""
    if not graph.directed and not graph.num_self_loops:
        return graph
    source, target, weights = graph.edge_rows()
    rule = "sum" if graph.is_weighted else None
    return Graph.from_edges(
        (source, target), weights, num_nodes=graph.num_nodes, duplicates=rule, self_loops="drop"
    )
