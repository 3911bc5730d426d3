"""An earlier map to begin at: where nodes begin, and the arcs that pull them to their old places.

A node's old place is one more neighbour of it, one that never moves. The pull fades with the distance as that
of any neighbour does: nodes whose neighbours are the same stay, and those whose neighbours are others leave.
They would not from where they stood, for there the old place pulls most. So each begins at its old place or
amid its neighbours', whichever draws it more.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Indptr, NodeIds, Rows, Vectors, Weights
from graphkit.checks import as_array
from graphkit.embedding import Embedding
from graphkit.errors import InputError
from graphkit.graph.graph import Graph
from graphkit.graph.node_ids import NodeIndex


@runtime_checkable
class Frame(Protocol):
    """Points under their ids, as a `MapFrame` has them."""

    node_ids: NodeIds
    positions: NDArray[Any]


Earlier = Embedding | Frame | ArrayLike
"""What an earlier map may be given as."""


def places_on(earlier: Earlier, node_ids: NodeIds, dim: int) -> Vectors:
    """Return where nodes stand on an earlier map, float32 [num_nodes, dim], NaN for those that do not.

    Raises
    ------
    InputError
        For positions of another shape, or infinite; for a map with none of the nodes.
    """
    size = len(node_ids)
    if not isinstance(earlier, (Embedding, Frame)):
        places = np.array(as_array("previous", earlier), np.float32)
        if places.shape != (size, dim):
            raise InputError(f"previous must have shape [{size}, {dim}], got {list(places.shape)}")
    else:
        positions = earlier.vectors if isinstance(earlier, Embedding) else earlier.positions
        if positions.shape[1] != dim:
            raise InputError(
                f"the earlier map has {positions.shape[1]} dimensions, and this one {dim}; give one of {dim}"
            )
        rows = NodeIndex(node_ids).find(earlier.node_ids)
        places = np.full((size, dim), np.nan, np.float32)
        places[rows[rows >= 0]] = positions[rows >= 0]
    if np.isinf(places).any():
        raise InputError("the earlier map has places that are infinite; NaN stands for none")
    places[np.isnan(places).any(axis=1)] = np.nan
    if size and np.isnan(places).all():
        raise InputError(
            "the earlier map has none of the nodes; give one of the same ids, which are compared as they are"
        )
    return places


def beginnings(graph: Graph, places: NDArray[Any], hold: float) -> NDArray[np.float64]:
    """Return where nodes begin, [num_nodes, dim]: NaN for those that no path leads to from one with a place.

    A node without a place begins at the median of its neighbours' places; one with a place there too, if
    ``sum_j w_ij log f`` of its pulls, that to the old place among them, is larger there. f is Student's,
    1 / (1 + x**2).

    Parameters
    ----------
    graph
        Undirected, without self-loops.
    places
        Where nodes stood on the earlier map, [num_nodes, dim], NaN for those that did not.
    hold
        Strength of the pull to the old place, in shares of a node's own.
    """
    known = ~np.isnan(places).any(axis=1)
    begin = np.where(known[:, None], places.astype(np.float64), np.nan)
    arcs, rows = graph.to_scipy(), np.flatnonzero(known)
    reached = rows
    while len(reached):
        # Those beside what was reached last: the others' neighbours have no place yet.
        beside = np.unique(arcs[reached].indices)
        new = beside[np.isnan(begin[beside, 0])]
        begin[new] = _Pulls(arcs[new], begin).medians()
        reached = new[np.isfinite(begin[new, 0])]
    pulls = _Pulls(arcs[rows], begin)
    amid, old = pulls.medians(), begin[rows].copy()
    gain = pulls.worth(amid) - hold * pulls.strength * np.log1p(_square(amid - old)) - pulls.worth(old)
    begin[rows] = np.where((gain > 0)[:, None], amid, old)
    return begin


def held_arcs(
    graph: Graph, places: NDArray[Any] | None, hold: float
) -> tuple[Indptr, Rows, Weights | None, Vectors | None]:
    """Return the arcs with one more for each node that has a place and an edge, and the points these lead to.

    Returns
    -------
    tuple
        `indptr`, `indices` and `weights` of the nodes' arcs; arcs to old places lead to num_nodes and on, and
        weigh `hold` times the node's others together. Then the old places, float32 [num_held, dim]. Without
        places, or with a `hold` of 0, the graph's own arcs, and None.
    """
    if places is None or hold == 0:
        return graph.indptr, graph.indices, graph.weights, None
    size, degree = graph.num_nodes, np.diff(graph.indptr)
    held = ~np.isnan(places).any(axis=1) & (degree > 0)
    indptr: Indptr = np.concatenate([[0], np.cumsum(degree + held)])
    last = indptr[1:][held] - 1
    is_old = np.zeros(indptr[-1], np.bool_)
    is_old[last] = True
    indices: Rows = np.empty(indptr[-1], np.int32)
    weights: Weights = np.empty(indptr[-1], np.float32)
    indices[~is_old], indices[is_old] = graph.indices, size + np.arange(len(last))
    weights[~is_old] = 1 if graph.weights is None else graph.weights
    weights[is_old] = hold * graph.strength[held]
    return indptr, indices, weights, np.ascontiguousarray(places[held], np.float32)


class _Pulls:
    """The arcs of some rows, a SciPy matrix, that lead to nodes with a place, and those places."""

    def __init__(self, arcs: Any, places: NDArray[np.float64]):
        self._size = arcs.shape[0]
        self._row = np.repeat(np.arange(self._size), np.diff(arcs.indptr))
        there = places[arcs.indices]
        leads = ~np.isnan(there[:, 0]) & (arcs.data > 0)
        self._row, self._there, self._weights = self._row[leads], there[leads], arcs.data[leads].astype(float)
        self.strength: NDArray[np.float64] = np.bincount(self._row, self._weights, self._size).astype(float)

    def medians(self) -> NDArray[np.float64]:
        """The weighted median of each row's places, axis by axis; NaN for a row without arcs."""
        found = np.full((self._size, self._there.shape[1]), np.nan)
        held = np.flatnonzero(self.strength > 0)
        shares = self._weights / self.strength[self._row]
        for axis, values in enumerate(self._there.T):
            order = np.lexsort((values, self._row))
            run = np.cumsum(shares[order])
            ends = run[np.searchsorted(self._row, held, "right") - 1]
            halves = (np.concatenate([[0.0], ends[:-1]]) + ends) / 2
            found[held, axis] = values[order][np.searchsorted(run, halves)]
        return found

    def worth(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return sum_j w_ij log f of each row at a place of its own; NaN where that is."""
        logs = np.log1p(_square(places[self._row] - self._there))
        worth: NDArray[np.float64] = np.bincount(self._row, -self._weights * logs, self._size).astype(float)
        return worth


def _square(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    squares: NDArray[np.float64] = np.vecdot(apart, apart)
    return squares
