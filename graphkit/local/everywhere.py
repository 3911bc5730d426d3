"""Diffusions with arrays over all nodes, for where push would meet the same nodes again and again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.files.page_reads import many_pages
from graphkit.kernels.cpu.dense_diffusion import relax_columns, relax_rows, sum_heat
from graphkit.kernels.cpu.eight_columns import COLUMNS
from graphkit.kernels.cpu.sweep_cut import row_strengths
from graphkit.parallel import run_ranges

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.local.label_weights import LabelWeights

Array = NDArray[np.float64]

_SMALL = 1 << 15
"""Arcs of a graph that fits a fast cache."""

_PUSHES_PER_ARC = 8
"""How often push must be able to read each arc of a small graph for passes to begin at once."""


def arcs_to_push(num_nodes: int, num_arcs: int, most_arcs: float) -> float:
    """Return how many arcs push may read before passes over all rows go on; 0 if they do from the start.

    An arc costs push about what a node costs all passes together.

    Examples
    --------
    >>> arcs_to_push(2000, 10_000, most_arcs=1e6), arcs_to_push(10**8, 10**9, most_arcs=1e6)
    (0.0, 100000000.0)
    """
    return 0.0 if num_arcs <= min(_SMALL, most_arcs / _PUSHES_PER_ARC) else float(num_nodes)


class Everywhere(NamedTuple):
    """What a diffusion has come to, each [num_nodes]; a node that was never pushed has no strength."""

    values: Array
    """x of PageRank, y of heat."""

    residual: Array

    strengths: Array
    """Sums of weights by row, as labels have them."""

    arcs_read: int


State = tuple[Array, Array, Array]
"""Values, residuals and strengths of all nodes."""


def start_of(graph: Graph, rows: NDArray[np.int64]) -> State:
    """Return the state before anything was pushed: the seeds share what there is."""
    state = np.zeros((3, graph.num_nodes))
    state[1, rows] = 1 / len(rows)
    return state[0], state[1], state[2]


def spread_out(
    graph: Graph,
    labels: LabelWeights,
    nodes: NDArray[np.int32],
    values: Array,
    residual: Array,
) -> State:
    """Return the state of a push that kept numbers of some nodes; those with a value > 0 were pushed."""
    state = np.zeros((3, graph.num_nodes))
    state[0, nodes], state[1, nodes] = values, residual
    pushed = nodes[values > 0]
    sums = np.empty(len(pushed))
    fault = row_strengths(*graph.unchecked_rows(), tuple(labels), pushed, sums)
    if fault >= 0:
        raise graph.fault_at(int(fault))
    state[2, pushed] = sums
    return state[0], state[1], state[2]


def pagerank_everywhere(
    graph: Graph, labels: LabelWeights, law: tuple[float, float], state: State
) -> Everywhere:
    """Push PageRank to the end; `law` is (restart, tolerance), `state` (x, residual, strengths)."""
    solution, residual, strengths = state
    arcs_read = _run(graph, labels, relax_rows, law, residual, solution, strengths)
    return Everywhere(solution, residual, strengths, arcs_read)


def pageranks_everywhere(
    graph: Graph, labels: LabelWeights, law: tuple[float, float], rows: NDArray[np.int64]
) -> Iterator[Everywhere]:
    """Yield what `pagerank_everywhere` gives for each of at most `COLUMNS` seeds, from the start on."""
    residual, solution, pushed = np.zeros((3, graph.num_nodes, COLUMNS))
    strengths, arcs_read = np.zeros(graph.num_nodes), np.zeros((1, COLUMNS))
    residual[rows, np.arange(len(rows))] = 1.0
    state = residual, solution, strengths, pushed, arcs_read
    fault = _called(graph, labels, relax_columns, law, *state)
    if fault >= 0:
        raise graph.fault_at(int(fault))
    for column in range(len(rows)):
        values, left, own = solution[:, column], residual[:, column], strengths * pushed[:, column]
        yield Everywhere(values.copy(), left.copy(), own, int(arcs_read[0, column]))


def heat_everywhere(
    graph: Graph, labels: LabelWeights, time: float, limits: Array, step: int, state: State
) -> Everywhere:
    """Take the steps of heat from `step` to the last; `state` (y, residual, strengths)."""
    reached, residual, strengths = state
    following = np.zeros(graph.num_nodes)
    arcs_read = _run(graph, labels, sum_heat, time, limits, step, residual, following, reached, strengths)
    return Everywhere(reached, residual, strengths, arcs_read)


def _run(graph: Graph, labels: LabelWeights, kernel: Any, *arguments: Any) -> int:
    """The arcs that a kernel read."""
    fault, arcs_read = _called(graph, labels, kernel, *arguments)
    if fault >= 0:
        raise graph.fault_at(int(fault))
    return int(arcs_read)


def _called(graph: Graph, labels: LabelWeights, kernel: Any, *arguments: Any) -> Any:
    """What a kernel returns, called under the watch that files have."""
    marks = np.zeros(0 if labels.is_empty else graph.num_nodes)
    marks[labels.rows] = labels.values
    rows = graph.unchecked_rows()
    arrays = (*rows, marks, labels.low, *arguments)
    with many_pages(rows):
        return run_ranges(lambda *_: kernel(*arrays), [0, 1], 1)[0]
