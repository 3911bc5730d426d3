r"""Diffusions with arrays over all nodes, for where push would meet the same nodes again and again.

With the weights W of an undirected graph, their sums by row D and the numbers of arcs A:

- `relax_rows` solves (C - W) x = b with C = D / (1 - restart), as `local_push`, by successive over-relaxation
  (D. Young, "Iterative methods for solving partial difference equations of elliptic type", Trans. AMS 76,
  1954) of the rows whose residual is large, in passes through all rows:

      x(u) += factor r(u) / C(u);   r(u) *= 1 - factor;   r(v) += W(u, v) factor r(u) / C(u) for each v.

  C - W is symmetric and positive definite, so that each step brings x nearer, whatever the order, for any
  factor between 0 and 2. Taken is 2 / (1 + sqrt(1 - (1 - restart)^2)), the best for the slowest graph: where
  all rows are taken, a pass leaves a share `factor - 1` of the residuals in the long run, .39 for restart .1,
  where plain relaxation leaves .81.
- `relax_columns` does so for several right sides at once, each as if it were alone, to the bit: a row is read
  once for all of them.
- `sum_heat` takes the steps of `heat_push`.

With labels, `marks` by node, the weight of an edge is multiplied by `touched_nodes.agreement`. A row is
looked at when it is first pushed: `strengths` is 0 until then.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.eight_columns import (
    COLUMNS,
    add,
    choose,
    divide,
    is_any_larger,
    is_larger,
    load,
    multiply,
    splat,
    store,
)
from graphkit.kernels.cpu.touched_nodes import agreement, is_sound

_ROWS_AT_ONCE = 64
"""Rows that are passed by together if none is to be pushed."""


@njit(nogil=True, cache=True, _nrt=False, error_model="numpy")
def relax_rows(indptr, indices, weights, marks, low, law, residual, solution, strengths):
    """Push until |residual| <= tolerance * A everywhere; return a row that is unsound, or -1, and arcs read.

    `indptr` int64 [num_nodes + 1], `indices` int32 and `weights` float32 [num_arcs] or None, of a graph that
    need not be sound; `marks` float64 [num_nodes], or [0] for none; `law` (restart, tolerance). `residual`,
    `solution` and `strengths`, D of the rows that were pushed, else 0, go on from what they have; float64
    [num_nodes], **written**.
    """
    restart, tolerance = law
    keep = 1 - restart
    factor = 2 / (1 + np.sqrt(1 - keep * keep))
    num_nodes, arcs_read, large = len(residual), 0, 1
    while large > 0:
        # Where most rows are large all are taken: then none has to be guessed.
        limit = 0.0 if 2 * large > num_nodes else tolerance
        large = 0
        for start in range(0, num_nodes, _ROWS_AT_ONCE):
            stop = min(start + _ROWS_AT_ONCE, num_nodes)
            if not _any_above(indptr, residual, limit, start, stop):
                continue
            for row in range(start, stop):
                # Unsigned numbers are not tried for being negative.
                node = uint64(row)
                amount, size = residual[node], indptr[row + 1] - indptr[node]
                if not abs(amount) > limit * np.float64(size):
                    continue
                large += np.int64(abs(amount) > tolerance * np.float64(size))
                if strengths[node] == 0 and not _measure(
                    indptr, indices, weights, marks, low, strengths, row
                ):
                    return row, arcs_read
                arcs_read += size
                step = factor * keep * amount / strengths[node]
                solution[node] += step
                residual[node] = amount * (1 - factor)
                _scatter(indptr, indices, weights, marks, low, row, step, residual)
    return -1, arcs_read


@njit(nogil=True, cache=True, error_model="numpy")
def relax_columns(
    indptr, indices, weights, marks, low, law, residual, solution, strengths, pushed, arcs_read
):
    """Push in all columns until |residual| <= tolerance * A everywhere; return a row that is unsound, or -1.

    As `relax_rows` for each column. `residual`, `solution` and `pushed`, 1 for a row that was pushed, else 0,
    float64 [num_nodes, COLUMNS]; `arcs_read` float64 [1, COLUMNS]; `strengths` float64 [num_nodes], of rows
    that any column pushed; **written**, and go on from what they have.
    """
    restart, tolerance = law
    keep = 1 - restart
    factor = 2 / (1 + np.sqrt(1 - keep * keep))
    num_nodes, zero, one = len(strengths), splat(0.0), splat(1.0)
    large, limits = np.ones((1, COLUMNS)), np.empty((1, COLUMNS))
    while large.max() > 0:
        for column in range(COLUMNS):
            limits[0, column] = 0.0 if 2 * large[0, column] > num_nodes else tolerance
            if large[0, column] == 0:
                limits[0, column] = np.inf
        limit, count, read = load(limits, 0), zero, load(arcs_read, 0)
        for row in range(num_nodes):
            node = uint64(row)
            size = splat(np.float64(indptr[row + 1] - indptr[node]))
            amount, least = load(residual, row), multiply(limit, size)
            if not is_any_larger(amount, least):
                continue
            if strengths[node] == 0 and not _measure(indptr, indices, weights, marks, low, strengths, row):
                return row
            taken = is_larger(amount, least)
            count = add(count, multiply(taken, is_larger(amount, multiply(splat(tolerance), size))))
            read = add(read, multiply(taken, size))
            step = divide(multiply(splat(factor * keep), amount), splat(strengths[node]))
            step = choose(taken, step, zero)
            store(solution, row, add(load(solution, row), step))
            store(residual, row, choose(taken, multiply(amount, splat(1 - factor)), amount))
            store(pushed, row, choose(taken, one, load(pushed, row)))
            mark = marks[row] if len(marks) else 0.0
            for arc in range(uint64(indptr[row]), uint64(indptr[row + 1])):
                other, part = np.int64(indices[arc]), step
                if len(marks):
                    part = multiply(part, splat(agreement(mark, marks[uint64(other)], low)))
                if weights is not None:
                    part = multiply(part, splat(np.float64(weights[arc])))
                store(residual, other, add(load(residual, other), part))
        store(large, 0, count)
        store(arcs_read, 0, read)
    return -1


@njit(nogil=True, cache=True)
def settled_scores(law, residual, solution, strengths):
    """Return the rows that were pushed and have a score > 0, scores, strengths; and how many were touched.

    `law` (restart, tolerance); the rest as `relax_rows` leaves it. The score of a row is p + restart * r.
    """
    restart = law[0]
    rows, scores = np.empty(len(strengths), np.int64), np.empty(len(strengths))
    found, count, touched = np.empty(len(strengths)), 0, 0
    for row in range(len(strengths)):
        touched += strengths[row] > 0 or residual[row] != 0
        if strengths[row] > 0:
            score = restart * (strengths[row] / (1 - restart) * solution[row] + residual[row])
            rows[count], scores[count], found[count] = row, score, strengths[row]
            count += score > 0
    return rows[:count], scores[:count], found[:count], touched


@njit(nogil=True, cache=True, _nrt=False, error_model="numpy")
def sum_heat(
    indptr, indices, weights, marks, low, time, limits, step, residual, following, reached, strengths
):
    """Take the steps from `step` on; return a row that is unsound, or -1, and arcs read.

    `limits` float64 [N + 1], as for `heat_push`. `residual` has that of the step, `following` zeros;
    `reached`, y, goes on from what it has; float64 [num_nodes], **written**, and 0 in the end but for
    `reached` and `strengths`. The rest as for `relax_rows`.
    """
    num_nodes, arcs_read, last = len(residual), 0, len(limits) - 1
    while step <= last:
        limit, passed = limits[step], time / (step + 1) if step < last else 0.0
        for start in range(0, num_nodes, _ROWS_AT_ONCE):
            stop = min(start + _ROWS_AT_ONCE, num_nodes)
            if not _any_above(indptr, residual, limit, start, stop):
                for row in range(start, stop):
                    residual[row] = 0
                continue
            for row in range(start, stop):
                node = uint64(row)
                amount, size = residual[node], indptr[row + 1] - indptr[node]
                residual[node] = 0
                if not (amount > 0 and amount >= limit * np.float64(size)):
                    continue
                if strengths[node] == 0 and not _measure(
                    indptr, indices, weights, marks, low, strengths, row
                ):
                    return row, arcs_read
                reached[node] += amount
                if passed > 0:
                    arcs_read += size
                    share = passed * amount / strengths[node]
                    _scatter(indptr, indices, weights, marks, low, row, share, following)
        residual, following = following, residual
        step += 1
    return -1, arcs_read


@njit(nogil=True, cache=True, _nrt=False)
def _any_above(indptr, residual, limit, start, stop):
    """Whether a row of the range may have to be pushed; without a branch, so that it vectorises."""
    count = np.int32(0)
    for row in range(start, stop):
        node = uint64(row)
        size = np.float64(indptr[node + uint64(1)] - indptr[node])
        count += np.int32(abs(residual[node]) >= limit * size and residual[node] != 0)
    return count > 0


@njit(nogil=True, cache=True, _nrt=False)
def _measure(indptr, indices, weights, marks, low, strengths, node):
    """Write the strength of a row, and say whether it is one."""
    if not is_sound(indptr, indices, weights, node):
        return False
    first, end = indptr[node], indptr[node + 1]
    total = np.float64(end - first)
    if weights is not None or len(marks):
        total = 0.0
        for arc in range(first, end):
            weight = 1.0 if weights is None else np.float64(weights[arc])
            if len(marks):
                weight *= agreement(marks[node], marks[indices[arc]], low)
            total += weight
    strengths[node] = total
    return True


@njit(inline="always")
def _scatter(indptr, indices, weights, marks, low, row, share, values):
    """Add a share, times the weight, to each node of a row."""
    first, end = uint64(indptr[row]), uint64(indptr[row + 1])
    if len(marks):
        mark = marks[row]
        for arc in range(first, end):
            other = uint64(indices[arc])
            part = share * agreement(mark, marks[other], low)
            values[other] += part if weights is None else part * weights[arc]
    else:
        for arc in range(first, end):
            values[uint64(indices[arc])] += share if weights is None else share * weights[arc]
