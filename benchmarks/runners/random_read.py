"""The memory traffic of a uniform random walk without its random numbers: what the machine allows.

A step is the pair of dependent reads of a walk, ``indptr[v]`` and ``indices[place]``, with the next cell of
the row taken from a counter. Chains go 64 at a time, each stage asking for the memory of the next, so that
their cache misses overlap; nothing is written.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64
from protocol import Request, serve

from graphkit.kernels.cpu.prefetch import prefetch_item_far
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges

CHAINS = 64
GOLDEN = 0x9E3779B9
"""2**32 over the golden ratio: its multiples modulo 2**32 spread evenly over a row."""


@njit(nogil=True)
def read_chains(indptr, indices, starts, walk_length, start, stop):
    """Follow the chains `start` to `stop`; sum their last nodes, so that nothing is left out."""
    node, place = np.empty(CHAINS, np.int64), np.empty(CHAINS, np.int64)
    total = 0
    for begin in range(start, stop, CHAINS):
        count = min(CHAINS, stop - begin)
        for i in range(count):
            node[i] = starts[begin + i]
            prefetch_item_far(indptr, node[i])
        for step in range(1, walk_length):
            for i in range(count):
                first = indptr[node[i]]
                degree = uint64(indptr[node[i] + 1] - first)
                word = (uint64(begin + i + step * 7919) * uint64(GOLDEN)) & uint64(0xFFFFFFFF)
                place[i] = first + np.int64((word * degree) >> uint64(32))
                prefetch_item_far(indices, place[i])
            for i in range(count):
                node[i] = indices[place[i]]
                prefetch_item_far(indptr, node[i])
        for i in range(count):
            total += node[i]
    return total


def load(request: Request) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arrays = np.load(request["input"])
    indptr = arrays["indptr"]
    return indptr, arrays["indices"], np.flatnonzero(np.diff(indptr))


def read(data: tuple[np.ndarray, np.ndarray, np.ndarray], request: Request) -> int:
    indptr, indices, nodes = data
    starts, length = np.tile(nodes, request["walks_per_node"]), request["walk_length"]
    threads = resolve_threads()
    run_ranges(
        lambda start, stop: read_chains(indptr, indices, starts, length, start, stop),
        even_bounds(len(starts), threads * RANGES_PER_THREAD),
        threads,
    )
    return len(starts) * (length - 1)


serve(read, load=load, amount=("step", lambda steps: steps), packages=["numba", "numpy"])
