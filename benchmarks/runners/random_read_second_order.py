"""The memory traffic of a second-order walk by rejection: the reads of `random_read`, and of its questions.

A trial reads ``indptr[v]`` and ``indices[place]`` as a step of a uniform walk does. For p = q <= 1 a share q
of the proposals is taken without a question; for another a word of the filter of the row before is read,
and where that leaves it open the shorter row is searched. What is found is refused, so that a step takes as
many trials as the walk's. Words come from a mixed counter, and nothing is written.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64
from protocol import Request, serve

import graphkit
from graphkit.kernels.cpu.prefetch import prefetch_item
from graphkit.kernels.cpu.row_filter import ask_filter, build_row_filter, may_hold, num_filter_words
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges

CHAINS = 64


@njit(nogil=True)
def read_chains(indptr, indices, filters, starts, walk_length, unasked, start, stop):
    """Follow the chains `start` to `stop`; return the steps that were taken."""
    node, before, chosen = np.empty(CHAINS, np.int64), np.empty(CHAINS, np.int64), np.empty(CHAINS, np.int64)
    place, taken, asker = np.empty(CHAINS, np.int64), np.empty(CHAINS, np.int64), np.empty(CHAINS, np.int64)
    key, low, length = np.empty(CHAINS, np.int64), np.empty(CHAINS, np.int64), np.empty(CHAINS, np.int64)
    word = np.empty(CHAINS, np.uint64)
    steps, wanted, trial = 0, (stop - start) * (walk_length - 1), 0
    for i in range(CHAINS):
        node[i] = before[i] = starts[start + i % (stop - start)]
    while steps < wanted:
        trial += 1
        for i in range(CHAINS):
            word[i] = mixed(uint64(start + i) * uint64(0xD1342543DE82EF95) + uint64(trial))
            first = indptr[node[i]]
            degree = uint64(indptr[node[i] + 1] - first)
            place[i] = first + np.int64(((word[i] >> uint64(32)) * degree) >> uint64(32))
            prefetch_item(indices, place[i])
        for i in range(CHAINS):
            chosen[i] = indices[place[i]]
            place[i] = ask_filter(indptr, filters, before[i], chosen[i])
            prefetch_item(indptr, chosen[i])
        num_open = 0
        for i in range(CHAINS):
            taken[i], asker[num_open] = 1, i
            asked = (word[i] & uint64(0xFFFFFFFF)) >= unasked and chosen[i] != before[i]
            num_open += np.int64(asked) & np.int64(may_hold(filters, place[i], chosen[i]))
        for k in range(num_open):
            row, other = before[asker[k]], chosen[asker[k]]
            if indptr[other + 1] - indptr[other] < indptr[row + 1] - indptr[row]:
                row, other = other, row
            key[k], low[k], length[k] = other, indptr[row], indptr[row + 1] - indptr[row]
        search(indices, key, low, length, num_open)
        for k in range(num_open):
            taken[asker[k]] = indices[low[k]] != key[k]
        for i in range(CHAINS):
            here = node[i]
            node[i] = chosen[i] if taken[i] else here
            before[i] = here if taken[i] else before[i]
            steps += taken[i]
    return steps


@njit(inline="always")
def mixed(number):
    """Words of a counter, all bits of which matter."""
    number = (number ^ (number >> uint64(29))) * uint64(0xBF58476D1CE4E5B9)
    return number ^ (number >> uint64(32))


@njit(inline="always")
def search(indices, key, low, length, num_open):
    """Halve the rows of all questions at a time."""
    longest = np.int64(0)
    for k in range(num_open):
        longest = max(longest, length[k])
    while longest > 1:
        for k in range(num_open):
            half = length[k] >> 1
            low[k] += half * np.int64(indices[low[k] + half] <= key[k])
            length[k] -= half
        longest -= longest >> 1


def load(request: Request) -> tuple[np.ndarray, ...]:
    arrays = np.load(request["input"])
    graph = graphkit.Graph(arrays["indptr"], arrays["indices"])
    filters = np.zeros(num_filter_words(graph.num_nodes, graph.num_arcs), np.uint64)
    build_row_filter(graph.indptr, graph.indices, filters, 0, graph.num_nodes)
    return graph.indptr, graph.indices, filters, np.flatnonzero(graph.degree)


def read(data: tuple[np.ndarray, ...], request: Request) -> int:
    indptr, indices, filters, nodes = data
    starts, length = np.tile(nodes, request["walks_per_node"]), request["walk_length"]
    unasked = np.uint64(2**32 * request["q"])
    threads = resolve_threads()
    steps = run_ranges(
        lambda start, stop: read_chains(indptr, indices, filters, starts, length, unasked, start, stop),
        even_bounds(len(starts), threads * RANGES_PER_THREAD),
        threads,
    )
    return sum(steps)


serve(read, load=load, amount=("step", lambda steps: steps), packages=["numba", "numpy"])
