"""Subgraphs around batches of targets: the nodes of a scope, and all edges between them.

H. Zeng and others, "Decoupling the Depth and Scope of Graph Neural Networks", NeurIPS 2021.

Where we differ from the authors' and PyTorch Geometric's code, and why:

- Neighbours are drawn uniformly without replacement (Floyd). PyTorch Geometric's sampler draws each number
  from one too few.
- A node that is reached twice goes on once, not once for each way.
- The approximate PageRank is that of `graphkit.PersonalizedPageRank`, with its bound of the error, on the
  edges turned round: a target hears of nodes along edges to it.
- In a row that is long beside the subgraph the subgraph's nodes are looked up, so that a hub is not read
  whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.encodings.edge_rows import edge_rows, ordered_edges
from graphkit.errors import InputError
from graphkit.kernels.cpu.ego_graphs import ALL, count_induced, k_hop_members, listed_members, write_induced
from graphkit.kernels.cpu.forward_push import push_top
from graphkit.kernels.cpu.node_bits import num_words
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges
from graphkit.propagation.push_work import check_push_time
from graphkit.resources import check_host_memory
from graphkit.seeds import Stream, check_seed
from graphkit.subgraphs.scopes import KHopScope, PageRankScope, Scope

_SECONDS_PER_ARC = 1e-8
"""Of a push."""

_FEW = 8
"""Targets that are worth a thread."""


class Subgraphs(NamedTuple):
    """Subgraphs one behind the other.

    Attributes
    ----------
    nodes : int64 [num_nodes]
        The nodes of each, ascending.
    offsets : int64 [num_targets + 1]
        Where each begins among the nodes.
    roots : int64 [num_targets]
        The place of each target.
    of : int64 [num_nodes]
        Which target's subgraph each node is of.
    edges : int64 [2, num_edges]
        Sources and targets, places of nodes, by source, then target.
    edge_ids : int64 [num_edges]
        Which edge of the graph each one is.
    """

    nodes: NDArray[np.int64]
    offsets: NDArray[np.int64]
    roots: NDArray[np.int64]
    of: NDArray[np.int64]
    edges: NDArray[np.int64]
    edge_ids: NDArray[np.int64]


class SubgraphExtractor:
    """Extracts the subgraphs of targets from one graph.

    Parameters
    ----------
    edges
        Sources and targets, int64 [2, num_edges]; repeated edges stay repeated.
    weights
        Finite numbers > 0, [num_edges], or None; they count for `PageRankScope` alone, for which repeated
        edges are one, with the sum of their weights.
    num_nodes
        Nodes of the graph.
    scope
        Which nodes a subgraph has.
    seed
        Of neighbours that are drawn, in [0, 2**64).

    Raises
    ------
    InputError
        For an edge or a weight that is none.
    ParameterError
        If memory cannot hold the sorted edges, or the restart is near 0.

    Examples
    --------
    >>> path = np.array([[0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2]])
    >>> found = SubgraphExtractor(path, None, 4, KHopScope(1)).extract(np.array([0, 3]))
    >>> found.nodes.tolist(), found.edges.tolist()
    ([0, 1, 2, 3], [[0, 1, 2, 3], [1, 0, 3, 2]])
    """

    def __init__(
        self,
        edges: NDArray[np.int64],
        weights: NDArray[np.floating] | None,
        num_nodes: int,
        scope: Scope,
        *,
        seed: int = 0,
    ):
        check_host_memory(
            44 * edges.shape[1] + 48 * num_nodes, "the edges, sorted, take", "take a part of the graph"
        )
        self.num_nodes, self._scope, self._seed = num_nodes, scope, np.uint64(check_seed(seed))
        self._out = ordered_edges(edges, num_nodes)
        self._weights: tuple[Any, Any] = None, None
        if isinstance(scope, PageRankScope):
            check_push_time(scope.restart, scope.tolerance, edges.shape[1], _SECONDS_PER_ARC)
            rows = edge_rows(edges[::-1], weights, num_nodes)
            indptr, indices = rows.indptr, rows.indices
            if rows.weights is not None:
                self._weights = rows.weights.astype(np.float32), rows.strength
        else:
            indptr, indices, _ = ordered_edges(edges[::-1], num_nodes)
        if np.array_equal(indptr, self._out[0]) and np.array_equal(indices, self._out[1]):
            indptr, indices = self._out[:2]
        self._into = indptr, indices
        self._spaces: list[tuple[Any, ...]] = []

    def extract(self, targets: NDArray[np.int64], *, epoch: int = 0, num_threads: int = 1) -> Subgraphs:
        """Return the subgraphs of some targets.

        Parameters
        ----------
        targets
            Nodes, int64 [num_targets], in any order, repetitions allowed.
        epoch
            Neighbours that are drawn depend on it, the seed and the target alone.
        num_threads
            Threads to use. The bits are the same for any number.

        Raises
        ------
        InputError
            For a target that is no node.
        """
        targets = np.ascontiguousarray(targets, np.int64)
        check_targets(targets, self.num_nodes)
        count = len(targets)
        ranges = RANGES_PER_THREAD * num_threads if num_threads > 1 else 1
        bounds = even_bounds(count, min(ranges, max(1, count // _FEW)))
        sizes, roots, counts = (np.empty(count, np.int64) for _ in range(3))
        ranked = self._room_for_ranks(count)

        def run(kernel: Callable[..., Any]) -> list[Any]:
            return run_ranges(partial(self._with_space, kernel), bounds, num_threads)

        indptr, indices, order = self._out

        def listed(space: Any, start: int, stop: int) -> NDArray[np.int32]:
            members = self._members(targets, ranked, sizes, epoch, space, start, stop)
            count_induced(indptr, indices, members, sizes, space[0], counts, start, stop)
            return members

        members = np.concatenate(run(listed), dtype=np.int64)
        offsets, begins = _begins(sizes), _begins(counts)
        num_edges = int(begins[-1])
        check_host_memory(24 * num_edges, "the subgraphs of a batch take", "choose a smaller batch_size")
        edges, edge_ids = np.empty((2, num_edges), np.int64), np.empty(num_edges, np.int64)
        of = np.empty(len(members), np.int64)
        written = begins, edges, edge_ids, roots, of
        run(
            lambda space, start, stop: write_induced(
                indptr, indices, order, members, offsets, targets, space[0], *written, start, stop
            )
        )
        return Subgraphs(members, offsets, roots, of, edges, edge_ids)

    def _with_space(self, kernel: Callable[..., Any], start: int, stop: int) -> Any:
        """Call a kernel with a work space that no other thread has meanwhile."""
        try:
            space = self._spaces.pop()
        except IndexError:
            space = self._space()
        result = kernel(space, start, stop)
        self._spaces.append(space)
        return result

    def _members(
        self, targets: Any, ranked: Any, sizes: Any, epoch: int, space: Any, start: int, stop: int
    ) -> NDArray[np.int32]:
        """Return the nodes of the targets `start` to `stop`."""
        place, *rest = space
        if isinstance(self._scope, KHopScope):
            most = ALL if self._scope.num_neighbors is None else self._scope.num_neighbors
            key = self._seed, epoch, int(Stream.SUBGRAPH)
            law = self._scope.depth, most
            members: NDArray[np.int32] = k_hop_members(
                *self._into, law, key, targets, place, *rest, sizes, start, stop
            )
            return members
        law_of_push = float(self._scope.restart), float(self._scope.tolerance)
        push_top(*self._into, *self._weights, law_of_push, tuple(rest), targets, ranked, start, stop)
        listed: NDArray[np.int32] = listed_members(targets, ranked[0], sizes, start, stop)
        return listed

    def _room_for_ranks(self, count: int) -> tuple[NDArray[Any], ...] | None:
        if isinstance(self._scope, KHopScope):
            return None
        size = min(self._scope.size, self.num_nodes)
        check_host_memory(8 * size * count, "scores of a batch take", "choose a smaller batch_size or size")
        return np.empty((count, size), np.int32), np.empty((count, size), np.float32), np.empty(count)

    def _space(self) -> tuple[Any, ...]:
        """What one thread works in: places of nodes, then room for members, or for push."""
        size = self.num_nodes
        place = np.full(size, -1, np.int32)
        if isinstance(self._scope, KHopScope):
            return place, np.empty(size + 1, np.int32), np.zeros(num_words(size), np.uint64)
        return (
            place,
            np.full(size, np.nan),
            np.zeros(size),
            np.empty(size, np.int32),
            np.empty(size, np.int32),
        )


def _begins(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of parts that stand one behind the other begins, and where the last one ends."""
    begins = np.zeros(len(sizes) + 1, np.int64)
    np.add.accumulate(sizes, out=begins[1:])
    return begins


def check_targets(targets: NDArray[np.int64], num_nodes: int) -> None:
    """Raise `InputError` for a target that is no node."""
    # As numbers without a sign those below 0 are the largest.
    wrong = targets.view(np.uint64) >= num_nodes
    if wrong.any():
        raise InputError(
            f"target {int(targets[wrong.argmax()])} is no node: nodes are 0 to {num_nodes - 1}; name others"
        )
