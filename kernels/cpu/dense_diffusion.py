r"""Diffusions over all nodes of an undirected graph, for where push would read most of it again and again.

Each pass goes through all rows in their order and gathers what the neighbours have: an arc costs one read,
and nothing waits in a queue. With the weights W, symmetric, their sums by row D and the numbers of arcs A:

- `solve_pagerank`: (C - W) x = b with C = D / (1 - restart), as `local_push`, by successive over-relaxation
  (D. Young, "Iterative methods for solving partial difference equations of elliptic type", Trans. AMS 76,
  1954). C - W is symmetric and positive definite, so that it converges for each factor between 0 and 2
  (A. Ostrowski, 1954), and the best one for the worst graph, 2 / (1 + sqrt(1 - (1 - restart)^2)), leaves a
  share `factor - 1` of the residuals in a pass in the long run.
- `sum_heat`: the steps of the heat kernel, as `heat_push`, with nothing left behind.

With labels, `marks` by node, the weight of an edge is multiplied by `touched_nodes.agreement`.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.touched_nodes import agreement, is_sound

_ROUNDING = 2.0**-48
"""Of C x, for each arc: what a residual cannot be told from 0 by."""


@njit(nogil=True, cache=True)
def measure_rows(indptr, indices, weights, marks, low, strengths, loops):
    """strengths[u] = sum of the weights of row u, loops[u] = that of its arc to itself; **written**.

    `indptr` int64 [num_nodes + 1], `indices` int32 and `weights` float32 [num_arcs] or None, of a graph that
    need not be sound: returned is a row that is not, or -1. `marks` float64 [num_nodes], or [0] for none;
    `strengths` and `loops` float64 [num_nodes].
    """
    for node in range(len(strengths)):
        if not is_sound(indptr, indices, weights, node):
            return node
        total, own = 0.0, 0.0
        for arc in range(indptr[node], indptr[node + 1]):
            target = indices[arc]
            weight = 1.0 if weights is None else np.float64(weights[arc])
            if len(marks):
                weight *= agreement(marks[node], marks[target], low)
            total += weight
            if target == node:
                own += weight
        strengths[node], loops[node] = total, own
    return -1


@njit(nogil=True, cache=True)
def solve_pagerank(indptr, indices, weights, marks, low, strengths, loops, law, start, solution, scores):
    """Solve until |residual| <= tolerance * A at each node; return the number of passes.

    `law` (restart, tolerance), `start` float64 [num_nodes] is b. `solution`, x, goes on from what it has;
    it, `scores`, restart * (b + W x), and `loops` are **written**, all float64 [num_nodes]. The rest as for
    `measure_rows`.
    """
    keep = 1 - law[0]
    factor = 2 / (1 + np.sqrt(1 - keep * keep))
    for node in range(len(strengths)):
        pivot = strengths[node] / keep - loops[node]
        loops[node] = factor / pivot if pivot > 0 else 0.0
    passes = 0
    while True:
        passes += 1
        worst = _relax(indptr, indices, weights, marks, low, strengths, loops, law, start, solution)
        if worst > 0:
            continue
        passes += 1
        if _score(indptr, indices, weights, marks, low, strengths, law, start, solution, scores) <= 0:
            return passes


@njit(nogil=True, cache=True, _nrt=False)
def _relax(indptr, indices, weights, marks, low, strengths, paces, law, start, solution):
    """A pass of over-relaxation; return the most that a residual was above its limit when it was met."""
    restart, tolerance = law
    scale, worst, first = 1 / (1 - restart), -1.0, uint64(indptr[0])
    for row in range(len(strengths)):
        # Unsigned numbers are not tried for being negative.
        node, end = uint64(row), uint64(indptr[row + 1])
        held = scale * strengths[node] * solution[node]
        around = _gathered(indices, weights, marks, low, first, end, node, solution)
        residual = start[node] + around - held
        solution[node] += residual * paces[node]
        limit = np.float64(end - first) * (tolerance + _ROUNDING * abs(held))
        worst = max(worst, abs(residual) - limit)
        first = end
    return worst


@njit(nogil=True, cache=True, _nrt=False)
def _score(indptr, indices, weights, marks, low, strengths, law, start, solution, scores):
    """Write the scores; return the most that a residual is above its limit."""
    restart, tolerance = law
    scale, worst, first = 1 / (1 - restart), -1.0, uint64(indptr[0])
    for row in range(len(strengths)):
        node, end = uint64(row), uint64(indptr[row + 1])
        held = scale * strengths[node] * solution[node]
        around = start[node] + _gathered(indices, weights, marks, low, first, end, node, solution)
        scores[node] = restart * around
        limit = np.float64(end - first) * (tolerance + _ROUNDING * abs(held))
        worst = max(worst, abs(around - held) - limit)
        first = end
    return worst


@njit(nogil=True, cache=True)
def sum_heat(indptr, indices, weights, marks, low, strengths, time, step, last, residual, room, reached):
    """Add the residual of each step from `step` to `last` to y, `reached`; each is made of the one before.

    r(v, j + 1) = time / (j + 1) sum_u W(u, v) r(u, j) / D(u). `residual`, `room` and `reached` float64
    [num_nodes] are **written**; the rest as for `measure_rows`. Return the number of passes.
    """
    passes = 0
    while True:
        for node in range(len(reached)):
            reached[node] += residual[node]
        if step == last:
            return passes
        for node in range(len(reached)):
            residual[node] = residual[node] / strengths[node] if strengths[node] > 0 else 0.0
        step += 1
        passes += 1
        first = uint64(indptr[0])
        for row in range(len(reached)):
            node, end = uint64(row), uint64(indptr[row + 1])
            around = _gathered(indices, weights, marks, low, first, end, node, residual)
            room[node] = time / step * around
            first = end
        residual, room = room, residual


@njit(inline="always")
def _gathered(indices, weights, marks, low, first, end, node, values):
    """Sum of the values of a row's nodes by its weights."""
    total = 0.0
    if len(marks):
        mark = marks[node]
        for arc in range(first, end):
            other = uint64(indices[arc])
            share = values[other] * agreement(mark, marks[other], low)
            total += share if weights is None else share * weights[arc]
    else:
        for arc in range(first, end):
            share = values[uint64(indices[arc])]
            total += share if weights is None else share * weights[arc]
    return total
