"""The set of the smallest conductance among the first nodes of a ranking."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu.sweep_cut import find_pieces, row_strengths, sweep_sets
from graphkit.local.label_weights import LabelWeights

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.local.diffusions import Diffused

_NO_LABELS = LabelWeights(np.empty(0, np.int64), np.empty(0, np.float32), 1.0)


class Swept(NamedTuple):
    """The best set of a sweep."""

    rows: NDArray[np.int32]
    """Of its nodes, highest first."""

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
    nodes = found.space[1][found.places]
    strengths = _strengths(graph, labels, nodes)
    heights = found.scores / strengths if found.per_strength else found.scores
    order = np.lexsort((nodes, -heights))
    nodes, strengths, heights = nodes[order], strengths[order], heights[order]
    plain = strengths if labels.is_empty else _strengths(graph, _NO_LABELS, nodes)
    volumes, total = np.cumsum(plain), graph.total_weight
    within = int(np.searchsorted(volumes, total / 2 * (1 + 1e-12), side="right"))
    base = heights[within] if within < len(heights) else 0.0
    above = np.maximum(heights - base, 0.0)
    cuts, energies = _sets(graph, labels, found, order, above)
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
    norm = float(strengths @ above**2)
    bound = min(1.0, math.sqrt(2 * energies[-1] / norm)) if norm > 0 else 1.0
    cut = float(cuts[best]) if labels.is_empty else float(_plain_cut(graph, found, order[: best + 1]))
    volume = float(volumes[best])
    return Swept(
        nodes[: best + 1],
        heights[: best + 1],
        cut / min(volume, total - volume),
        volume,
        cut,
        float(ratios[best]),
        bound,
        len(order),
    )


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
    order: NDArray[np.int64],
    heights: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cuts and energies of the first nodes; `order` are numbers of `found.places`."""
    slots, nodes, values, _ = found.space
    places = found.places[order]
    ranks = np.full(len(values), -1, np.int32)
    ranks[places] = np.arange(len(places), dtype=np.int32)
    cuts, energies = np.empty(len(places)), np.empty(len(places))
    sweep_sets(*graph.unchecked_rows(), tuple(labels), slots, nodes, places, ranks, heights, cuts, energies)
    return cuts, energies


def _plain_cut(graph: Graph, found: Diffused, order: NDArray[np.int64]) -> float:
    cuts, _ = _sets(graph, _NO_LABELS, found, order, np.zeros(len(order)))
    return float(cuts[-1])


def pieces_of(graph: Graph, rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the piece of each row, int32 [len(rows)], 0 that of the first: edges among them join them."""
    order = np.argsort(rows)
    pieces = np.full(len(rows), -1, np.int32)
    indptr, indices, _ = graph.unchecked_rows()
    find_pieces(indptr, indices, rows, rows[order], order, pieces, np.empty(len(rows), np.int64))
    return pieces
