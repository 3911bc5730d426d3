"""Diffusions over the whole of a graph, for where push would read most of it again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu.dense_diffusion import measure_rows, solve_pagerank, sum_heat
from graphkit.parallel import run_ranges

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.local.label_weights import LabelWeights

_SMALL = 1 << 15
"""Arcs of a graph that fits a fast cache: a pass over it costs what a push of some hundred nodes does."""

_PUSHES_PER_ARC = 8
"""How often push must be able to read each arc of a small graph for passes to begin at once."""

_SPREAD_SHARE = 0.5
"""Of the arcs: when push has read so many, it has cost about what all passes over the graph would."""


def arcs_to_push(num_arcs: int, most_arcs: float) -> float:
    """Return how many arcs push may read before passes over all rows go on; 0 if they do from the start.

    Examples
    --------
    >>> arcs_to_push(10_000, most_arcs=1e6), arcs_to_push(10**9, most_arcs=1e6)
    (0.0, 500000000.0)
    """
    if num_arcs <= min(_SMALL, most_arcs / _PUSHES_PER_ARC):
        return 0.0
    return _SPREAD_SHARE * num_arcs


class Everywhere(NamedTuple):
    """A diffusion over all nodes."""

    scores: NDArray[np.float64]
    """[num_nodes]."""

    strengths: NDArray[np.float64]
    """Sums of weights by row, as labels have them; [num_nodes]."""

    passes: int
    """Over all arcs."""


def pagerank_everywhere(
    graph: Graph,
    labels: LabelWeights,
    law: tuple[float, float],
    start: NDArray[np.float64],
    solution: NDArray[np.float64],
) -> Everywhere:
    """Return restart * (b + W x), x going on from `solution`; `law` is (restart, tolerance)."""
    arrays, (strengths, loops) = _measured(graph, labels)
    scores = np.empty(graph.num_nodes)
    passes = _run(solve_pagerank, *arrays, strengths, loops, law, start, solution, scores)
    return Everywhere(scores, strengths, passes)


def heat_everywhere(
    graph: Graph,
    labels: LabelWeights,
    time: float,
    steps: tuple[int, int],
    residual: NDArray[np.float64],
    reached: NDArray[np.float64],
) -> Everywhere:
    """Return y, which is **written** over `reached`: its value before the first of `steps` (first, last)."""
    arrays, (strengths, room) = _measured(graph, labels)
    passes = _run(sum_heat, *arrays, strengths, time, *steps, residual, room, reached)
    return Everywhere(reached, strengths, passes)


def _measured(graph: Graph, labels: LabelWeights) -> tuple[tuple[Any, ...], NDArray[np.float64]]:
    """What kernels know of the graph, looked through; and strengths and loops, [2, num_nodes]."""
    marks = np.zeros(0 if labels.is_empty else graph.num_nodes)
    marks[labels.rows] = labels.values
    arrays = (*graph.unchecked_rows(), marks, labels.low)
    measures = np.empty((2, graph.num_nodes))
    fault = _run(measure_rows, *arrays, *measures)
    if fault >= 0:
        raise graph.fault_at(int(fault))
    return arrays, measures


def _run(kernel: Any, *arrays: Any) -> Any:
    """Call a kernel under the watch that files have."""
    return run_ranges(lambda *_: kernel(*arrays), [0, 1], 1)[0]
