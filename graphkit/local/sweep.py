"""The set of the smallest conductance among the first nodes of a ranking."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu.sweep_cut import find_pieces, row_strengths, settle_ties, sweep_sets
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
    order = np.argsort(-heights)
    settle_ties(order, heights, nodes)
    nodes, strengths, heights, places = nodes[order], strengths[order], heights[order], found.places[order]
    plain = strengths if labels.is_empty else _strengths(graph, _NO_LABELS, nodes)
    volumes, total = np.cumsum(plain), graph.total_weight
    within = int(np.searchsorted(volumes, total / 2 * (1 + 1e-12), side="right"))
    base = heights[within] if within < len(heights) else 0.0
    above = np.append(np.maximum(heights - base, 0.0), 0.0)
    cuts, energy, ranks = _sets(graph, labels, found, places, above)
    if labels.is_empty:
        smaller = np.minimum(volumes, total - volumes)
    else:
        smaller = np.where(np.arange(len(order)) < within, np.cumsum(strengths), 0.0)
    # What is left of the whole graph by rounding is nothing.
    usable = smaller > 1e-9 * total / max(1, graph.num_nodes)
    if not usable.any():
        return None
    ratios = np.divide(np.maximum(cuts, 0.0), smaller, out=np.full(len(order), np.inf), where=usable)
    best = int(ratios.argmin())
    norm = float(strengths @ above[:-1] ** 2)
    bound = min(1.0, math.sqrt(2 * energy / norm)) if norm > 0 else 1.0
    cut = float(cuts[best]) if labels.is_empty else _plain_cut(graph, found, places[: best + 1])
    volume = float(volumes[best])
    return Swept(
        nodes[: best + 1],
        places[: best + 1],
        ranks,
        heights[: best + 1],
        cut / min(volume, total - volume),
        volume,
        cut,
        float(ratios[best]),
        bound,
        len(order),
    )


def pieces_of(graph: Graph, found: Diffused, swept: Swept) -> NDArray[np.int32]:
    """Return the piece of each node of a set, int32 [size], 0 that of the first; edges join them."""
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


def _sets(
    graph: Graph,
    labels: LabelWeights,
    found: Diffused,
    places: NDArray[np.int64],
    heights: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float, NDArray[np.int32]]:
    """Cuts of the first places, the energy of the heights, and all ranks."""
    cuts, arrays = np.empty(len(places)), (*graph.unchecked_rows(), tuple(labels))
    ranks = np.empty(len(found.nodes), np.int32)
    energy = sweep_sets(*arrays, found.slots, found.nodes, places, ranks, heights, cuts)
    return cuts, float(energy), ranks


def _plain_cut(graph: Graph, found: Diffused, places: NDArray[np.int64]) -> float:
    cuts, *_ = _sets(graph, _NO_LABELS, found, places, np.zeros(len(places) + 1))
    return float(cuts[-1])
