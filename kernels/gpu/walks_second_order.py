"""Second-order random walks on the device: bit for bit those of ``kernels/cpu/walks_second_order.py``.

A lane is a walk and makes one trial a round; one whose trial was accepted goes on at once, none waits for the
refusals of another. A walker that looks at its whole row (see the CPU's kernel) sees one arc a round, twice
over: first for the sum, then for the arc at which it passes the share drawn; both in the row's order.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import find_arc, load_cell, load_row
from graphkit.kernels.gpu.philox import bounded, draw
from graphkit.kernels.gpu.row_filter import may_hold
from graphkit.kernels.gpu.walk_bias import CERTAIN, extended_alpha, share_of
from graphkit.kernels.gpu.walks_first_order import halted

NONE = tl.constexpr(-1)
"""No node before the first step."""

_SPAN = tl.constexpr(1 << 32)


@triton.jit(do_not_specialize=["num_walks", "length", "seed", "step_stream", "halt_stream", "end", "back",
                               "to_previous", "low", "common", "far"])  # fmt: skip
def walk_second_order(
    rows, indices, cells, weights, strength, noise, filters, law, starts, numbers, out, num_walks, length,
    seed: tl.uint64, step_stream, halt_stream, end: tl.int64, back: tl.int64, to_previous: tl.int64,
    low: tl.int64, common: tl.int64, far: tl.int64, WEIGHTED: tl.constexpr, DIRECTED: tl.constexpr,
    EXTENDED: tl.constexpr, OUTLIER: tl.constexpr, ASKS: tl.constexpr, HALTS: tl.constexpr,
    BLOCK: tl.constexpr,
):  # fmt: skip
    """A walk a lane: x in N(v) with probability proportional to w(v, x) * alpha(t, v, x).

    `rows` int64 [num_nodes], packed, and `indices` int32 [num_arcs]. WEIGHTED: `cells` int64 [num_arcs, 2],
    `weights` float32 [num_arcs], `strength` float64 [num_nodes]. EXTENDED (node2vec+): `noise` float32
    [num_nodes]. ASKS (q other than 1): `filters` int64. Of `Bias`: `law` float64 [4], the excess (OUTLIER if
    > 0), 1/p, 1/q and the envelope; `to_previous`, `low`, `common`, `far`, multiples of 2**-31. The others
    as in `walk_first_order`. `out` int32 [length, num_walks], which comes filled with -1, is **written** up
    to the end of each walk.
    """
    walk = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = walk < num_walks
    start = tl.load(starts + walk, mask=inside, other=0)
    number = tl.load(numbers + walk, mask=inside, other=0)
    tl.store(out + walk, start, mask=inside)
    node, previous = start, tl.full([BLOCK], NONE, tl.int32)
    first, degree = load_row(rows, node, inside)
    previous_first, previous_degree = first, degree
    step = tl.zeros([BLOCK], tl.int32)
    trial, failed, at = step, step, step
    skip, back_weight = tl.zeros([BLOCK], tl.int64), tl.zeros([BLOCK], tl.float32)
    total, sought = tl.zeros([BLOCK], tl.float64), tl.full([BLOCK], -1.0, tl.float64)
    live = inside & (length > 1)
    while tl.max(live.to(tl.int32), axis=0) > 0:
        again = live & False
        if HALTS:
            over, restarts = halted(seed, number, step, halt_stream, end, back)
            fresh = live & (failed == 0)
            again, live = fresh & restarts, live & ((fresh & over) == 0)
        live = live & (again | (degree > 0))
        going = live & (again == 0)
        if OUTLIER:
            share = _outlier(indices, weights, strength, law, node, first, degree, previous, back_weight,
                             going & (failed == 0), WEIGHTED, DIRECTED)  # fmt: skip
            skip = tl.where(failed == 0, share, skip)
        span = _SPAN - skip
        # A look at the whole row, as a trial, draws by the words of the trial in which it began.
        looks = going & (failed > 8 + (degree >> 3))
        place, neighbor, toss, share = _propose(
            indices, cells, seed, number, trial, step_stream, first, degree, looks, at, going, WEIGHTED
        )
        coin = toss.to(tl.int64) - skip
        free = (previous < 0) | (coin < 0) | (degree == 1)
        returns = neighbor == previous
        asked = going & (returns == 0) & (looks | ((free == 0) & (coin >= share_of(low, span))))
        found, near = _joined(rows, indices, weights, filters, node, neighbor, previous, previous_first,
                              previous_degree, asked, DIRECTED, EXTENDED, ASKS)  # fmt: skip
        weight = tl.full([BLOCK], 1.0, tl.float32)
        if WEIGHTED:
            weight = tl.load(weights + place, mask=going if EXTENDED else looks, other=1.0)
        alpha, limit = _judge(law, noise, node, neighbor, weight, near, found, returns, asked, going,
                              to_previous, common, far, EXTENDED)  # fmt: skip
        # The sums of the row: its arcs' weights times alpha, in their order.
        total = tl.where(looks, total + weight.to(tl.float64) * alpha, total)
        ends = looks & (at + 1 == degree)
        summed = ends & (sought < 0)
        hit = looks & (sought >= 0) & (ends | (total > sought))
        sought = tl.where(summed, share * total, sought)
        total = tl.where(summed, 0.0, total)
        at = tl.where(summed, 0, tl.where(looks, at + 1, at))
        accepted = hit | (going & (looks == 0) & (free | (coin < share_of(limit, span))))
        straight = (coin < 0) & (looks == 0)
        trial += (going & (hit | (looks == 0))).to(tl.int32)
        failed = tl.where(accepted, 0, failed + (going & (looks == 0)).to(tl.int32))
        at, total = tl.where(accepted, 0, at), tl.where(accepted, 0.0, total)
        sought = tl.where(accepted, -1.0, sought)
        if WEIGHTED and OUTLIER:
            went = accepted & (straight == 0)
            back_weight = tl.where(went, tl.load(weights + place, mask=went, other=0.0), back_weight)
        moves = accepted | again
        there = tl.where(again, start, tl.where(straight, previous, neighbor))
        previous_first = tl.where(accepted, first, previous_first)
        previous_degree = tl.where(accepted, degree, previous_degree)
        previous = tl.where(again, NONE, tl.where(accepted, node, previous))
        node = tl.where(moves, there, node)
        step += moves.to(tl.int32)
        tl.store(out + step.to(tl.int64) * num_walks + walk, node, mask=moves)
        live = live & (step + 1 < length)
        next_first, next_degree = load_row(rows, node, moves & live)
        first, degree = tl.where(moves, next_first, first), tl.where(moves, next_degree, degree)


@triton.jit
def _outlier(
    indices, weights, strength, law, node, first, degree, previous, back_weight, asked,
    WEIGHTED: tl.constexpr, DIRECTED: tl.constexpr,
):  # fmt: skip
    """Return how many of 2**32 coins lead straight back: what the return arc has above the envelope."""
    asked = asked & (previous >= 0)
    weight = tl.full(node.shape, 1.0, tl.float64)
    total = tl.maximum(degree, 1).to(tl.float64)
    if WEIGHTED:
        weight = back_weight.to(tl.float64)
        total = tl.load(strength + node, mask=asked, other=1.0)
    if DIRECTED:
        found, place = find_arc(indices, first, degree, previous, asked)
        weight = found.to(tl.float64)
        if WEIGHTED:
            weight = tl.load(weights + place, mask=found, other=0.0).to(tl.float64)
    outlier = tl.load(law) * tl.where(asked, weight, 0.0)
    return (outlier / (total + outlier) * 4294967296.0).to(tl.int64)


@triton.jit
def _propose(
    indices, cells, seed, number, trial, stream, first, degree, looks, at, going, WEIGHTED: tl.constexpr
):
    """Return place and neighbour of an arc, drawn or the next of a row looked at; toss; share in [0, 1)."""
    if WEIGHTED:
        word, coin, toss, _ = draw(seed, number, trial, stream)
    else:
        w0, w1, w2, w3 = draw(seed, number, trial >> 1, stream)
        odd = (trial & 1) == 1
        word, coin = tl.where(odd, w2, w0), tl.where(odd, w3, w1)
        toss = coin
    share = ((word.to(tl.int64) << 21) | (coin.to(tl.int64) >> 11)).to(tl.float64) / 9007199254740992.0
    slot = tl.where(looks, at, bounded(word, degree).to(tl.int32))
    place = first + slot
    if WEIGHTED:
        threshold, neighbor, alias, other = load_cell(cells, place, going)
        own = looks | (coin < threshold)
        neighbor, place = tl.where(own, neighbor, other), tl.where(own, place, first + alias)
    else:
        neighbor = tl.load(indices + place, mask=going, other=0)
    return place, neighbor, toss, share


@triton.jit
def _joined(
    rows, indices, weights, filters, node, neighbor, previous, previous_first, previous_degree, asked,
    DIRECTED: tl.constexpr, EXTENDED: tl.constexpr, ASKS: tl.constexpr,
):  # fmt: skip
    """Return whether there is an arc from x to t, and if EXTENDED its weight (float32, 0 for none)."""
    near = tl.zeros(node.shape, tl.float32)
    found = asked & False
    if ASKS:
        if DIRECTED:
            first, degree = load_row(rows, neighbor, asked)
            key = previous
            opened = may_hold(filters, neighbor, first, degree, key, asked)
        else:
            opened = may_hold(filters, previous, previous_first, previous_degree, neighbor, asked)
            # The shorter of the two rows that say the same.
            other_first, other_degree = load_row(rows, neighbor, opened)
            shorter = opened & (other_degree < previous_degree)
            first = tl.where(shorter, other_first, previous_first)
            degree = tl.where(shorter, other_degree, previous_degree)
            key = tl.where(shorter, previous, neighbor)
        found, place = find_arc(indices, first, degree, key, opened)
        if EXTENDED:
            near = tl.load(weights + place, mask=found, other=0.0)
    return found, near


@triton.jit
def _judge(
    law, noise, node, neighbor, weight, near, found, returns, asked, going, to_previous, common, far,
    EXTENDED: tl.constexpr,
):  # fmt: skip
    """Return alpha, float64, and the multiple of 2**-31 below which a trial is accepted, int64."""
    inverse_p, inverse_q = tl.load(law + 1), tl.load(law + 2)
    if EXTENDED:
        there = tl.load(noise + neighbor, mask=going, other=1.0)
        here = tl.load(noise + node, mask=going, other=1.0)
        alpha = extended_alpha(near, there, weight, here, inverse_q)
        limit = (alpha / tl.load(law + 3) * 2147483648.0).to(tl.int64)
    else:
        alpha = tl.where(found, 1.0, inverse_q)
        limit = tl.where(found, common, far)
    # A coin that asked for nothing was low enough.
    limit = tl.where(asked, limit, CERTAIN)
    return tl.where(returns, inverse_p, alpha), tl.where(returns, to_previous, limit)
