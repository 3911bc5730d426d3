"""Non-backtracking walks between two nodes: upper bounds of the resistance between them.

Y. Yuan, A. Aghdaei, Z. Feng, "dyGRASS: Dynamic Spectral Graph Sparsification via Localized Random Walks on
GPUs", ICCAD 2025. A path has the resistance sum 1 / w; the effective resistance between its ends is no larger
(Rayleigh). A walker goes on to a neighbour other than the one that it comes from, each as likely.

Here a walker also looks whether its node is a neighbour of the goal, and so needs not be lucky in its last
step: one walker finds what the paper needs about as many for as the goal has neighbours. It gives up when its
path has as much resistance as is of use.

Arrays: rows as in `row_pool`; `sources`, `goals` int32 and `limits` float64 [num_pairs]. Walker k of pair i
draws by (`first` + i) * walkers + k; `law` is (walkers, steps), `key` (seed, stream). The edge between source
and goal is not in the rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.row_pool import find_slot


@njit(nogil=True, cache=True)
def find_detours(begin, count, targets, weights, sources, goals, limits, law, key, first, found, start, stop):
    """found[i] = whether some walk of pair i has a path of a resistance <= limits[i]; bool, **written**."""
    for i in range(start, stop):
        found[i] = False
        source, goal = _ends(count, sources[i], goals[i])
        if count[source] == 0:
            continue
        for k in range(law[0]):
            number = (first + i) * law[0] + k
            resistance, _ = _walk(
                begin, count, targets, weights, source, goal, limits[i], True, law, key, number
            )
            if resistance <= limits[i]:
                found[i] = True
                break


@njit(nogil=True, cache=True)
def find_paths(begin, count, targets, weights, sources, goals, law, key, first, lengths, paths, start, stop):
    """Write the path of the least resistance that the walks of each pair find, the first of equal ones.

    `lengths` int64 [num_pairs], its nodes, 0 where none was found, and `paths` int32 [num_pairs, steps + 2]
    are **written**.
    """
    for i in range(start, stop):
        source, goal = _ends(count, sources[i], goals[i])
        least, walker, length = np.inf, -1, 0
        for k in range(law[0] if count[source] > 0 else 0):
            number = (first + i) * law[0] + k
            resistance, nodes = _walk(
                begin, count, targets, weights, source, goal, least, False, law, key, number
            )
            if resistance < least:
                least, walker, length = resistance, k, nodes
        lengths[i] = length
        if length > 0:
            _replay(begin, count, targets, source, length, key, (first + i) * law[0] + walker, paths[i])
            paths[i, length - 1] = goal


@njit(inline="always")
def _ends(count, source, goal):
    """Where to begin, and where to go: a hub is found more easily than left for one leaf."""
    return (source, goal) if count[source] <= count[goal] else (goal, source)


@njit(nogil=True, cache=True)
def _walk(begin, count, targets, weights, source, goal, limit, inclusive, law, key, number):
    """Return the least resistance of a path that one walk finds, inf if none, and how many nodes it has.

    Only one below the limit, or at it if `inclusive`, is of use.
    """
    node, previous, travelled = np.int64(source), np.int64(-1), 0.0
    least, nodes = np.inf, 0
    for step in range(law[1]):
        place = _step(begin, count, targets, node, previous, key, number, step)
        if place < 0:
            break
        travelled += 1.0 if weights is None else 1.0 / weights[place]
        if travelled >= limit:
            break
        node, previous = np.int64(targets[place]), node
        if node == goal:
            break
        last = find_slot(begin, count, targets, goal, node)
        if last >= 0:
            total = travelled + (1.0 if weights is None else 1.0 / weights[last])
            if total < limit or (inclusive and total == limit):
                least, nodes = total, step + 3
                if inclusive:
                    break
                limit = total
    return least, nodes


@njit(nogil=True, cache=True)
def _replay(begin, count, targets, source, length, key, number, path):
    """Write the first `length` - 1 nodes of a walk to `path`."""
    node, previous = np.int64(source), np.int64(-1)
    path[0] = source
    for step in range(length - 2):
        place = _step(begin, count, targets, node, previous, key, number, step)
        node, previous = np.int64(targets[place]), node
        path[step + 1] = node


@njit(inline="always")
def _step(begin, count, targets, node, previous, key, number, step):
    """Return the place of a random arc that does not lead back, -1 if there is none."""
    w0, w1, w2, w3 = draw(key[0], number, step >> 2, key[1])
    turn = step & 3
    word = w0 if turn == 0 else w1 if turn == 1 else w2 if turn == 2 else w3
    degree = count[node]
    if previous < 0:
        return begin[node] + np.int64(bounded(word, degree))
    if degree < 2:
        return np.int64(-1)
    place = begin[node] + np.int64(bounded(word, degree - 1))
    # The last arc stands in for the one that leads back.
    return begin[node] + degree - 1 if targets[place] == previous else place
