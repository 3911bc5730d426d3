"""What the tests of walk kernels call them with."""

import numpy as np

from graphkit.kernels.cpu.walks_first_order import halt_threshold

SEED = (3 << 32) | 7
STREAMS = 8, 10
SIZES = [0, 1, 2, 63, 64, 65, 200]


def halts(stop=0.0, restart=0.0):
    """The thresholds of stops and restarts."""
    return np.uint64(halt_threshold(stop)), np.uint64(halt_threshold(restart))


def lists(graph, values):
    """The values of each row's arcs."""
    return [values[first:end].tolist() for first, end in zip(graph.indptr, graph.indptr[1:])]


def walks_of(graph, size, length=11):
    """Starts, numbers, and poisoned room for so many walks."""
    starts = (np.arange(size) * 7 % max(graph.num_nodes, 1)).astype(np.int32)
    # Beyond 2**32, so that the high half of a number counts.
    numbers = np.arange(size) * 5 + 2**33
    return starts, numbers, np.full((size, length), -9, np.int32)
