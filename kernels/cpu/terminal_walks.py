"""Schur complements by walks to the nodes that stay: unbiased, each edge by itself.

D. Durfee, Y. Gao, G. Goranci, R. Peng, "Fully Dynamic Spectral Vertex Sparsifiers and Applications", STOC
2019. From both ends of each edge a walk goes on, w(u, v) / sum of u's weights, to the first node that stays.
The two that are reached get an edge of weight 1 / R, R being the resistance sum 1 / w of the whole path, the
edge included. A path of l edges between two nodes that stay is found from each of its edges, with the
probability P / w_i, P being product w / product of the inner nodes' strengths; the mean of all is P, and the
sum of P over all paths is the entry of the Schur complement.

Arrays: `indptr` int64 [num_nodes + 1]; `indices` int32, `weights` float32 [num_arcs] or None; `table` the
rows' alias tables, uint32 [num_arcs, 2], or None; `stays` bool [num_nodes]. Every walk must be able to reach
a node that stays, and no node may have a loop.
"""

from __future__ import annotations

from numba import njit

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.row_alias import pick_entry


@njit(nogil=True, cache=True)
def walk_to_terminals(
    indptr, indices, weights, table, stays, edges, key, limit, sources, targets, values, start, stop
):
    """Write the edge that each edge becomes; of weight 0 where both walks reach the same node.

    `edges` is (source, target int32, number int64) [num_edges]; the walks of an edge draw by twice its number
    and the next one; `key` (seed, stream). `sources`, `targets` int32 and `values` float64 [num_edges] are
    **written**. Returns the first edge one of whose walks takes more than `limit` steps, -1 if there is none.
    """
    for edge in range(start, stop):
        source, target, number = edges[0][edge], edges[1][edge], edges[2][edge]
        place = _place_of(indptr, indices, source, target)
        resistance = 1.0 if weights is None else 1.0 / weights[place]
        ends = (source, target)
        for side in range(2):
            node, more = _walk(
                indptr, indices, weights, table, stays, ends[side], key, 2 * number + side, limit
            )
            if node < 0:
                return edge
            resistance += more
            if side == 0:
                sources[edge] = node
            else:
                targets[edge] = node
        values[edge] = 0.0 if sources[edge] == targets[edge] else 1.0 / resistance
    return -1


@njit(nogil=True, cache=True)
def _walk(indptr, indices, weights, table, stays, node, key, number, limit):
    """Return the first node that stays, and the resistance of the way to it; -1 beyond `limit` steps."""
    resistance, step = 0.0, 0
    while not stays[node]:
        if step >= limit:
            return -1, resistance
        w0, w1, w2, w3 = draw(key[0], number, step >> 1, key[1])
        word, coin = (w0, w1) if step & 1 == 0 else (w2, w3)
        first = indptr[node]
        slot = bounded(word, indptr[node + 1] - first)
        place = first + slot if table is None else pick_entry(table, first, slot, coin)
        resistance += 1.0 if weights is None else 1.0 / weights[place]
        node = indices[place]
        step += 1
    return node, resistance


@njit(inline="always")
def _place_of(indptr, indices, row, target):
    low, high = indptr[row], indptr[row + 1]
    while low < high:
        middle = (low + high) >> 1
        if indices[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low
