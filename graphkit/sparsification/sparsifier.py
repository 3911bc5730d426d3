"""Spectral sparsification of a graph whose edges come and go, by non-backtracking walks.

Y. Yuan, A. Aghdaei, Z. Feng, "dyGRASS: Dynamic Spectral Graph Sparsification via Localized Random Walks on
GPUs", ICCAD 2025. An edge of weight w that comes is kept unless walks in the sparsifier find a path between
its ends of a resistance r with w r <= K: then it changes no quadratic form by more than K times what the path
has already. When a kept edge goes, the path of the least resistance that walks find in the graph takes its
place.

Where we differ, and why:

- The paper begins with a sparsifier that another method made. Here the first one is made in the same way as
  all others: the edges of the graph come, the heaviest first, those of equal weight in random order, into a
  sparsifier without edges. A spanning tree in front of that made it smaller, and worse at equal size.
- Walkers look whether they are beside their goal (`graphkit.kernels.cpu.detour_walks`), and start at the end
  of the lower degree. So 16 walkers of 16 steps do for the paper's 512 of 100.
- Edges are tested in batches of an eighth of the sparsifier's edges at most, each against what the batches
  before have left, so that the result does not depend on the number of threads.
- Where walks find no path for an edge that goes, the paper adds some random edges around its ends. Here a
  breadth-first search from both ends finds a path wherever there is one: the sparsifier has the components of
  the graph, always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask, Rows, Weights
from graphkit.checks import check_positive, check_whole
from graphkit.errors import InputError, ParameterError
from graphkit.graph.edges import check_weights, edge_columns
from graphkit.graph.graph import Graph, check_graph
from graphkit.kernels.cpu import detour_walks, row_pool
from graphkit.methods.base import check_undirected
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.resources import SECONDS_TO_BEGIN, Estimate, check_host_memory
from graphkit.seeds import Stream, check_seed, generator
from graphkit.sparsification.changing_rows import ROW_BYTES, ChangingRows

if TYPE_CHECKING:
    from graphkit.progress import Progress

DEFAULT_DISTORTION = 4.0

_MOST_STEPS = 1000
_LEAST_BATCH = 32
_BATCH_SHARE = 8

# For the estimate of time, on one thread: seconds an edge and walker, where walkers find what they look for.
_SECONDS_PER_EDGE = 5e-6

_EDGE_BYTES = 40
"""Of an edge while it waits to be tested: ends, weight, place in the order."""

_NODE_BYTES = 2 * ROW_BYTES + 64
"""Of a node: a row of each graph, and the least room of one."""

_POOLS = 5
"""Arcs of the graph, and at most four times those of the sparsifier: rows have twice the room, pools too."""


class Sparsifier:
    """A graph whose edges come and go, and a part of it with nearly the same Laplacian.

    Parameters
    ----------
    graph
        The undirected graph to begin with; weights count, loops do not and are left out. Its nodes stay.
    distortion
        K, > 0: an edge of weight w is left out if a path of a resistance <= K / w is found between its ends.
        In a graph without weights, a path of at most K edges.
    walkers
        Walks that look for it, >= 1. With more of them fewer edges are kept, as more paths are found.
    steps
        Of a walk at most, 1 to 1000.
    seed
        Random seed, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    progress
        Called with ("sparsify", edges done, edges).

    Raises
    ------
    ParameterError
        For a parameter outside its range, a directed graph, or memory that is not there.

    Notes
    -----
    The weights of edges stay what they are, so x' L x is never larger in the sparsifier than in the graph,
    and the relative condition number is at most 1 + the sum of w r over the edges left out. What is kept
    depends on the order in which edges came and went, and is the same for the same order. O(walkers steps
    log degree) for an edge that comes, and for one that goes from the sparsifier; one that is not in it costs
    its removal alone.

    References
    ----------
    Yuan, Aghdaei, Feng, "dyGRASS: Dynamic Spectral Graph Sparsification via Localized Random Walks on GPUs",
    ICCAD 2025.

    Examples
    --------
    >>> from graphkit import Graph
    >>> clique = Graph.from_edges([(u, v) for u in range(100) for v in range(u)])
    >>> sparsifier = Sparsifier(clique, seed=1)
    >>> sparsifier.num_edges, sparsifier.num_kept_edges < 500
    (4950, True)
    """

    def __init__(
        self,
        graph: Graph,
        *,
        distortion: float = DEFAULT_DISTORTION,
        walkers: int = 16,
        steps: int = 16,
        seed: int = 0,
        num_threads: int | None = None,
        progress: Progress | None = None,
    ):
        check_graph(graph)
        check_undirected(graph, "sparsification")
        check_positive("distortion", distortion)
        self.distortion = float(distortion)
        self._law = check_whole("walkers", walkers, 1, 1 << 20), check_whole("steps", steps, 1, _MOST_STEPS)
        self.seed = check_seed(seed)
        self.num_threads = resolve_threads(num_threads)
        needed = self.estimate(graph.num_nodes, graph.num_arcs, weighted=graph.is_weighted).memory
        check_host_memory(needed, "sparsification needs", "take a smaller graph")
        self.node_ids = graph.node_ids
        self._index = graph.index
        self._is_weighted = graph.is_weighted
        self._tested = 0
        source, target, weights = graph.edge_rows()
        whole = source != target
        edges = source[whole], target[whole], None if weights is None else weights[whole]
        self._whole = ChangingRows(*_without_loops(graph))
        self._kept = ChangingRows.empty(graph.num_nodes, weighted=graph.is_weighted)
        self._stream(*edges, progress)

    def __repr__(self) -> str:
        return (
            f"Sparsifier({len(self.node_ids):,} nodes, {self.num_kept_edges:,} of {self.num_edges:,} edges, "
            f"distortion={self.distortion:g})"
        )

    @staticmethod
    def estimate(num_nodes: int, num_arcs: int, *, weighted: bool = False) -> Estimate:
        """Return the memory and time that it takes at most, beside the graph, with 16 walkers on one thread.

        Parameters
        ----------
        num_nodes, num_arcs
            Size of the graph; an undirected edge is two arcs.
        weighted
            Whether arcs carry weights.

        Examples
        --------
        >>> Sparsifier.estimate(1_000_000, 20_000_000).bytes // 10**6
        912
        """
        an_arc = 8 if weighted else 4
        memory = {
            "nodes": _NODE_BYTES * num_nodes,
            "rows that change": _POOLS * an_arc * num_arcs,
            "edges of the sparsifier": _EDGE_BYTES // 2 * num_arcs,
        }
        return Estimate(memory, SECONDS_TO_BEGIN + _SECONDS_PER_EDGE * num_arcs / 2)

    @property
    def num_edges(self) -> int:
        """Number of edges of the graph, without loops."""
        return self._whole.num_edges

    @property
    def num_kept_edges(self) -> int:
        """Number of edges of the sparsifier."""
        return self._kept.num_edges

    def graph(self) -> Graph:
        """Return the graph as it is now, without loops."""
        return self._whole.to_graph(self.node_ids)

    def sparse_graph(self) -> Graph:
        """Return the sparsifier as it is now: all nodes, and the edges that are kept, with their weights."""
        return self._kept.to_graph(self.node_ids)

    def add_edges(self, edges: Any, weights: Any = None) -> int:
        """Add edges, and keep those that no walk finds a good path for.

        Parameters
        ----------
        edges
            As `Graph.from_edges` takes them; between nodes that are there. Loops count for nothing.
        weights
            Finite numbers > 0, [num_edges], of a graph that has weights. An edge that is there already, or
            comes twice, has the sum; without weights it is the same edge again.

        Returns
        -------
        int
            How many edges the sparsifier has got.

        Raises
        ------
        UnknownNodeError
            For a node that the graph does not have.
        InputError
            For weights that lack, are not > 0, or add up beyond float32. Nothing has changed then.
        ParameterError
            For weights of a graph that has none.

        Examples
        --------
        >>> from graphkit import Graph
        >>> sparsifier = Sparsifier(Graph.from_edges([(0, 1), (1, 2)], num_nodes=4), distortion=2)
        >>> sparsifier.add_edges([(0, 2)]), sparsifier.add_edges([(0, 3)])
        (0, 1)
        """
        source, target = self._rows_of(edges)
        values = self._checked_weights(weights, len(source))
        source, target, values = _merged(source, target, values, len(self.node_ids))
        there = self._whole.has_edges(source, target)
        if values is None:
            source, target = source[~there], target[~there]
        elif there.any():
            before = self._whole.weights_of(source[there], target[there])
            assert before is not None
            with np.errstate(over="ignore"):
                values[there] += before
        if values is not None and not np.isfinite(values).all():
            raise InputError(
                "weights of an edge add up to more than float32 holds, 3.4e38; divide all by a number"
            )
        self._whole.set_edges(source, target, values)
        before_edges = self._kept.num_edges
        kept = self._kept.has_edges(source, target)
        if values is not None:
            self._kept.set_edges(source[kept], target[kept], values[kept])
        rest = None if values is None else values[~kept]
        self._stream(source[~kept], target[~kept], rest, None)
        return self._kept.num_edges - before_edges

    def remove_edges(self, edges: Any) -> int:
        """Remove edges; for each that the sparsifier had, a path of the graph takes its place.

        Parameters
        ----------
        edges
            As `Graph.from_edges` takes them, each once.

        Returns
        -------
        int
            How many edges the sparsifier has lost, less those that it got in their place.

        Raises
        ------
        UnknownNodeError
            For a node that the graph does not have.
        InputError
            For an edge that is not there, or is given twice. Nothing has changed then.

        Examples
        --------
        >>> from graphkit import Graph
        >>> triangle = Graph.from_edges([(0, 1), (1, 2), (2, 0)])
        >>> sparsifier = Sparsifier(triangle, distortion=2)
        >>> sparsifier.remove_edges([(0, 1)]), sparsifier.num_edges
        (1, 2)
        """
        source, target = self._rows_of(edges)
        self._check_there(source, target)
        before_edges = self._kept.num_edges
        gone = self._kept.has_edges(source, target)
        self._whole.remove_edges(source, target)
        self._kept.remove_edges(source, target)
        self._recover(source[gone], target[gone])
        return before_edges - self._kept.num_edges

    def _rows_of(self, edges: Any) -> tuple[Rows, Rows]:
        """The ends of edges as rows, the lower first."""
        ends = [self._index.rows(ids).astype(np.int32) for ids in edge_columns(edges)]
        return np.minimum(*ends), np.maximum(*ends)

    def _checked_weights(self, weights: Any, count: int) -> Weights | None:
        if not self._is_weighted:
            if weights is not None:
                raise ParameterError("weights has no effect: the graph has none; build it with weights")
            return None
        if weights is None:
            raise InputError(
                f"weights must be {count} numbers, one an edge, as the graph has weights; got None"
            )
        return check_weights(weights, count)

    def _check_there(self, source: Rows, target: Rows) -> None:
        missing = np.flatnonzero(~self._whole.has_edges(source, target))
        if len(missing):
            ends = " and ".join(map(repr, self._ids(source, target, int(missing[0]))))
            raise InputError(
                f"edge {missing[0]}: there is no edge between {ends} to remove; leave it out"
                + (f" ({len(missing)} such edges)" if len(missing) > 1 else "")
            )
        keys = source.astype(np.int64) * len(self.node_ids) + target
        _, first = np.unique(keys, return_index=True)
        again = np.setdiff1d(np.arange(len(keys)), first)
        if len(again):
            ends = " and ".join(map(repr, self._ids(source, target, int(again[0]))))
            raise InputError(f"edge {again[0]}: the edge between {ends} is given twice; give it once")

    def _ids(self, source: Rows, target: Rows, edge: int) -> list[Any]:
        ids: list[Any] = self.node_ids[[source[edge], target[edge]]].tolist()
        return ids

    def _stream(self, source: Rows, target: Rows, weights: Weights | None, progress: Progress | None) -> None:
        """Test edges of the graph that are not kept, batch by batch, and keep those without a good path."""
        order = generator(self.seed, Stream.DETOUR, self._tested).permutation(len(source))
        if weights is not None:
            order = order[np.argsort(-weights[order], kind="stable")]
        kept, done = self._kept.num_edges, 0
        while done < len(order):
            batch = order[done : done + max(_LEAST_BATCH, kept // _BATCH_SHARE)]
            of_batch = None if weights is None else weights[batch]
            found = self._find(source[batch], target[batch], of_batch)
            self._kept.set_edges(
                source[batch][~found], target[batch][~found], None if of_batch is None else of_batch[~found]
            )
            kept += len(batch) - int(found.sum())
            done += len(batch)
            if progress is not None:
                progress("sparsify", done, len(order))

    def _find(self, source: Rows, target: Rows, weights: Weights | None) -> Mask:
        """Whether walks in the sparsifier find a good path between the ends of each edge."""
        limits = (
            np.full(len(source), self.distortion)
            if weights is None
            else self.distortion / weights.astype(np.float64)
        )
        found = np.empty(len(source), np.bool_)
        key, first = (np.uint64(self.seed), int(Stream.DETOUR)), self._tested
        self._tested += len(source)
        arrays = *self._kept.arrays, source, target, limits, self._law, key, first, found
        self._run(lambda start, stop: detour_walks.find_detours(*arrays, start, stop), len(source))
        return found

    def _recover(self, source: Rows, target: Rows) -> None:
        """Keep a path of the graph between the ends of each edge that is no more."""
        lengths, paths = np.empty(len(source), np.int64), np.empty((len(source), self._law[1] + 2), np.int32)
        key, first = (np.uint64(self.seed), int(Stream.DETOUR)), self._tested
        self._tested += len(source)
        arrays = *self._whole.arrays, source, target, self._law, key, first, lengths, paths
        self._run(lambda start, stop: detour_walks.find_paths(*arrays, start, stop), len(source))
        search = None
        for edge in range(len(source)):
            path = paths[edge, : lengths[edge]]
            if not len(path):
                search = search or _Search(self._whole)
                path = search.path(int(source[edge]), int(target[edge]))
            one, other = path[:-1], path[1:]
            self._kept.set_edges(one, other, self._whole.weights_of(one, other))

    def _run(self, kernel: Any, count: int) -> None:
        if count:
            run_ranges(kernel, even_bounds(count, RANGES_PER_THREAD * self.num_threads), self.num_threads)


class _Search:
    """Breadth-first searches between nodes of rows that do not change meanwhile."""

    def __init__(self, rows: ChangingRows):
        self._arrays = rows.arrays[:3]
        num_rows = len(self._arrays[0])
        self._colors = np.zeros(num_rows, np.int32)
        self._queue = np.empty((2, num_rows, 2), np.int32)

    def path(self, source: int, target: int) -> Rows:
        """Return the nodes of a path of the fewest edges, or nearly; none if there is no path."""
        places = row_pool.join(*self._arrays, source, target, self._colors, self._queue)
        sides: list[list[int]] = [[], []]
        for side, place in enumerate(places):
            while place >= 0:
                node, place = self._queue[side, place].tolist()
                sides[side].append(node)
        return np.array(sides[0][::-1] + sides[1], np.int32)


def _without_loops(graph: Graph) -> tuple[NDArray[np.int64], Rows, Weights | None]:
    """The arcs of a graph but for its loops: offsets, indices, weights."""
    if not graph.num_self_loops:
        return graph.indptr, graph.indices, graph.weights
    source = np.repeat(np.arange(graph.num_nodes, dtype=np.int32), graph.degree)
    whole = source != graph.indices
    counts = np.bincount(source[whole], minlength=graph.num_nodes)
    weights = None if graph.weights is None else graph.weights[whole]
    return np.concatenate([[0], np.cumsum(counts)]), graph.indices[whole], weights


def _merged(
    source: Rows, target: Rows, weights: Weights | None, num_nodes: int
) -> tuple[Rows, Rows, Weights | None]:
    """Each edge once, no loops, weights added."""
    keys = source.astype(np.int64) * num_nodes + target
    kept, inverse = np.unique(keys, return_inverse=True)
    loop = kept // max(1, num_nodes) == kept % max(1, num_nodes)
    sums = None if weights is None else np.bincount(inverse, weights, len(kept))[~loop]
    kept = kept[~loop]
    with np.errstate(over="ignore"):
        values = None if sums is None else sums.astype(np.float32)
    return (kept // max(1, num_nodes)).astype(np.int32), (kept % max(1, num_nodes)).astype(np.int32), values
