"""The set of the smallest conductance among the first nodes of a ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu.sweep_cut import best_set, find_pieces, row_strengths, sweep_sets
from graphkit.local.label_weights import LabelWeights

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.local.diffusions import Diffused

_NO_LABELS = LabelWeights(np.empty(0, np.int64), np.empty(0, np.float32), 1.0)


class Swept(NamedTuple):
    """The best set of a sweep."""

    rows: NDArray[np.int32]
    """Of its nodes, highest first."""

    places: NDArray[np.int64]
    """Theirs."""

    ranks: NDArray[np.int32]
    """By place, of all that was swept."""

    scores: NDArray[np.float64]
    """What they were ranked by."""

    conductance: float
    volume: float
    cut: float
    """On the graph as it was given."""

    swept_conductance: float
    """On the graph that was swept."""

    bound: float
    num_swept: int
    is_whole: bool
    """Whether each node but the first has a neighbour before it, so that the set hangs together."""


def sweep(graph: Graph, labels: LabelWeights, found: Diffused) -> Swept | None:
    """Return the set of the smallest conductance; None if each is half of the graph, or all.

    Without labels a set's volume is held against that of the others, whichever is smaller. With labels the
    volume of all is not known without reading the whole graph: only sets of at most half of the volume before
    the weighting are looked at.
    """
    nodes, strengths = found.nodes[found.places], found.strengths
    if strengths is None:
        strengths = _strengths(graph, labels, nodes)
    heights = found.scores / strengths if found.per_strength else found.scores
    plain = strengths if labels.is_empty else _strengths(graph, _NO_LABELS, nodes)
    total, arrays = graph.total_weight, (*graph.unchecked_rows(), tuple(labels), found.slots, found.nodes)
    order = np.argsort(-heights)
    ordered, best, lowest, volume, cut, bound, is_whole = best_set(
        *arrays, found.places, nodes, order, heights, strengths, plain, total
    )
    if best < 0:
        return None
    rows, places, heights, ranks = ordered
    rows, places, heights = rows[: best + 1], places[: best + 1], heights[: best + 1]
    if not labels.is_empty:
        cut = _plain_cut(graph, found, places)
    return Swept(
        rows,
        places,
        ranks,
        heights,
        cut / min(volume, total - volume),
        volume,
        cut,
        lowest,
        bound,
        len(order),
        is_whole,
    )


def pieces_of(graph: Graph, found: Diffused, swept: Swept) -> NDArray[np.int32]:
    """Return the piece of each node of a set, int32 [size], 0 that of the first; edges join them."""
    if swept.is_whole:
        return np.zeros(len(swept.places), np.int32)
    pieces = np.full(len(swept.places), -1, np.int32)
    indptr, indices, _ = graph.unchecked_rows()
    stack = np.empty(len(pieces), np.int64)
    find_pieces(indptr, indices, found.slots, found.nodes, swept.places, swept.ranks, pieces, stack)
    return pieces


def _strengths(graph: Graph, labels: LabelWeights, nodes: NDArray[np.int32]) -> NDArray[np.float64]:
    strengths = np.empty(len(nodes))
    fault = row_strengths(*graph.unchecked_rows(), tuple(labels), nodes, strengths)
    if fault >= 0:
        raise graph.fault_at(int(fault))
    return strengths


def _plain_cut(graph: Graph, found: Diffused, places: NDArray[np.int64]) -> float:
    """The cut of the nodes at some places, on the graph as it was given."""
    cuts, heads = np.empty(len(places)), np.empty(len(places), np.int64)
    ranks = np.empty(len(found.nodes), np.int32)
    arrays = (*graph.unchecked_rows(), tuple(_NO_LABELS), found.slots, found.nodes)
    sweep_sets(*arrays, places, ranks, np.zeros(len(places) + 1), cuts, heads)
    return float(cuts[-1])
