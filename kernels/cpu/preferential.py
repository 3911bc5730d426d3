"""Edges of a Barabási-Albert graph: new nodes choose old ones in proportion to their degree.

Barabási, Albert, "Emergence of scaling in random networks", Science 1999. A random end of a random
earlier edge is a node drawn in proportion to its degree (Batagelj, Brandes, Phys. Rev. E 2005).
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.philox import draw


@njit(nogil=True, cache=True)
def draw_edges(num_new, seed, stream, chosen_by, ends):
    """Grow the graph from a star of nodes 0 .. `num_new` around node 0, `num_new` edges a node.

    `ends` int32 [2 * num_edges] is **written**: ends[2 e], ends[2 e + 1] are the newer and the older
    node of edge e. `chosen_by` int32 [num_nodes] is scratch, all -1 at first. Node v takes its draws
    from the counters (v, 0), (v, 1), ...; a node that v has chosen already is drawn again.
    """
    for leaf in range(1, num_new + 1):
        ends[2 * leaf - 2] = leaf
        ends[2 * leaf - 1] = 0
    for node in range(num_new + 1, len(chosen_by)):
        num_ends = 2 * num_new * (node - num_new)
        place, full, step = num_ends, num_ends + 2 * num_new, 0
        while place < full:
            high, low, _, _ = draw(seed, node, step, stream)
            step += 1
            old = ends[_bounded(high, low, num_ends)]
            if chosen_by[old] != node:
                chosen_by[old] = node
                ends[place] = node
                ends[place + 1] = old
                place += 2


@njit(inline="always")
def _bounded(high, low, bound):
    """Map a random 64-bit word, given in halves, to 0 .. bound - 1; bound < 2**32."""
    bound = uint64(bound)
    return np.int64((uint64(high) * bound + ((uint64(low) * bound) >> uint64(32))) >> uint64(32))
