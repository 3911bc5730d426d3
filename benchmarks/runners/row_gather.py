"""The memory traffic of the product P X without its arithmetic: for every arc, copy the row it points to.

The rows are those of the same blocks, in the same order and on the same ranges of threads as in the product;
the copy goes to a buffer of one row, which stays in the first cache. No product that reads its rows once an
arc is faster.
"""

from __future__ import annotations

import numba
import numpy as np
from protocol import Request, serve

from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, resolve_threads, run_ranges
from graphkit.propagation.projection import allocate_blocks


@numba.njit(nogil=True)
def gather(indptr, indices, block, start, stop):
    """Copy the rows that the arcs of `start` to `stop` point to, each over the last; return that row."""
    row = np.empty(block.shape[1], np.float32)
    for place in range(indptr[start], indptr[stop]):
        source = block[indices[place]]
        for column in range(len(row)):
            row[column] = source[column]
    return row


def load(request: Request) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arrays = np.load(request["input"])
    blocks = allocate_blocks(len(arrays["indptr"]) - 1, request["dim"])
    blocks[:] = 1
    return arrays["indptr"], arrays["indices"], blocks


def gather_all(data: tuple[np.ndarray, np.ndarray, np.ndarray], request: Request) -> list[np.ndarray]:
    indptr, indices, blocks = data
    threads = resolve_threads()
    bounds = balanced_bounds(indptr, threads * RANGES_PER_THREAD)
    rows = []
    for _ in range(request["products"]):
        for block in blocks:
            rows = run_ranges(
                lambda start, stop, block=block: gather(indptr, indices, block, start, stop), bounds, threads
            )
    return rows


serve(gather_all, load=load, packages=["numba", "numpy"])
