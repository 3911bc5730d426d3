"""What the kernels of skip-gram share: rows, and a step of centres with negatives of their own.

All rows are read before any is changed, and changes are added by atomics: programs that meet at a row lose
nothing, but in which order they add is nobody's promise, so sums differ in their last bits from run to run.
Plain stores, the last of which wins, cost most of the quality where a graph is small (GraphVite's way).
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.philox import bounded, draw
from graphkit.kernels.gpu.row_alias import pick_entry

LONGEST = tl.constexpr(2.0)
"""That of ``kernels/cpu/skipgram_block.py``."""


@triton.jit
def rows_of(vectors, nodes, here, first, WIDTH: tl.constexpr, COLUMNS: tl.constexpr):
    """Return pointers to columns `first` on of the nodes' rows, [nodes, COLUMNS], and which of them count."""
    column = first + tl.arange(0, COLUMNS)
    pointers = vectors + nodes.to(tl.int64)[:, None] * WIDTH + column[None, :]
    return pointers, here[:, None] & (column < WIDTH)[None, :]


@triton.jit
def columns_of(vectors, nodes, here, first, WIDTH: tl.constexpr, COLUMNS: tl.constexpr):
    """Return columns `first` on of the nodes' rows, float32; 0 where not `here`."""
    pointers, there = rows_of(vectors, nodes, here, first, WIDTH, COLUMNS)
    return tl.load(pointers, mask=there, other=0.0)


@triton.jit
def add_to_columns(vectors, nodes, here, change, first, WIDTH: tl.constexpr, COLUMNS: tl.constexpr):
    """Add to columns `first` on of the nodes' rows; `vectors` **written**."""
    pointers, there = rows_of(vectors, nodes, here, first, WIDTH, COLUMNS)
    tl.atomic_add(pointers, change, mask=there, sem="relaxed")


@triton.jit
def that_move(nodes, here, moving):
    """Return which of the nodes' rows a step changes: of those `here`, all that are not frozen."""
    if moving is not None:
        here = here & (tl.load(moving + nodes, mask=here, other=0) != 0)
    return here


@triton.jit
def sums_of_equals(nodes, others, values):
    """Return for each of `nodes` the sum of the values of those of `others` that are the same node."""
    # Gathered, nodes are sent to the lanes that compare them, which else would draw them once more.
    nodes = tl.gather(nodes, tl.arange(0, nodes.shape[0]), 0)
    others = tl.gather(others, tl.arange(0, others.shape[0]), 0)
    return tl.sum(tl.where(nodes[:, None] == others[None, :], values[None, :], 0.0), axis=1)


@triton.jit
def damped(nodes, curvature, factors):
    """What is left of the samples of each node: what the step's curvature or what contention leaves."""
    left = LONGEST / tl.maximum(curvature, LONGEST)
    if factors is not None:
        left = tl.minimum(left, tl.load(factors + nodes))
    return left


@triton.jit
def log_loss(score):
    """-log s(score)."""
    return tl.maximum(-score, 0.0) + tl.log(1.0 + tl.exp(-tl.abs(score)))


@triton.jit
def step_on_positives(
    centers, center_nodes, positives, here, items, steps, rate, weight, contexts, noise, num_nodes,
    center_factors, context_factors, context_moving, seed, stream, WIDTH: tl.constexpr,
    COLUMNS: tl.constexpr, DRAWN: tl.constexpr,
):  # fmt: skip
    """Move contexts by one step; return the centres' gradient, rate times [centers, COLUMNS], and the loss.

    `centers` float32 [any, COLUMNS], the vectors of `center_nodes` as they are by now; `positives` int [any],
    nodes. Negatives 2 j and 2 j + 1 are drawn by (item, step + j) and count for `weight` each. `contexts`
    float32 [num_nodes, WIDTH], **written**. Each centre with its samples is a step of its own, whose
    curvature damps it: other centres are as other programs.
    """
    node = positives.to(tl.int32)
    score, along = _score_and_length(centers, contexts, node, here, WIDTH, COLUMNS)
    loss = log_loss(score)
    nodes, gains = (node,), (tl.sigmoid(-score),)
    for pair in tl.static_range((DRAWN + 1) // 2):
        words = draw(seed, items, steps + pair, stream)
        for turn in tl.static_range(2):
            if 2 * pair + turn < DRAWN:
                slot = bounded(words[2 * turn], num_nodes).to(tl.int64)
                node = pick_entry(noise, slot, words[2 * turn + 1], here).to(tl.int32)
                score, length = _score_and_length(centers, contexts, node, here, WIDTH, COLUMNS)
                loss += weight * log_loss(-score)
                along += weight * length
                # No stars in a kernel.
                nodes = nodes + (node,)  # type: ignore[assignment]  # noqa: RUF005
                gains = gains + (-weight * tl.sigmoid(score),)  # type: ignore[assignment]  # noqa: RUF005
    left = damped(center_nodes, rate / 4 * along, center_factors)
    length = rate / 4 * tl.sum(centers * centers, axis=1)
    gradient = tl.zeros_like(centers)
    damped_gains = ()
    for place in tl.static_range(DRAWN + 1):
        along = tl.where(nodes[place] == nodes[0], length, 0.0)
        for other in tl.static_range(1, DRAWN + 1):
            along += tl.where(nodes[place] == nodes[other], weight * length, 0.0)
        left_of_both = tl.minimum(left, damped(nodes[place], along, context_factors))
        gain = rate * left_of_both * gains[place]
        gradient += gain[:, None] * columns_of(contexts, nodes[place], here, 0, WIDTH, COLUMNS)
        damped_gains = damped_gains + (gain,)  # type: ignore[assignment]  # noqa: RUF005
    for place in tl.static_range(DRAWN + 1):
        moves = that_move(nodes[place], here, context_moving)
        change = damped_gains[place][:, None] * centers
        add_to_columns(contexts, nodes[place], moves, change, 0, WIDTH, COLUMNS)
    return gradient, tl.where(here, loss, 0.0)


@triton.jit
def _score_and_length(centers, contexts, nodes, here, WIDTH: tl.constexpr, COLUMNS: tl.constexpr):
    """Return v . x and |x|**2 of each centre and the context beside it."""
    rows = columns_of(contexts, nodes, here, 0, WIDTH, COLUMNS)
    return tl.sum(centers * rows, axis=1), tl.sum(rows * rows, axis=1)
