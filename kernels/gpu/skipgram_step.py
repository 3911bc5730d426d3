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

_OVER_LONGEST = tl.constexpr(0.5)
"""1 / `LONGEST` of ``kernels/cpu/skipgram_block.py``."""


@triton.jit
def rows_of(vectors, nodes, here, first, WIDTH: tl.constexpr, COLUMNS: tl.constexpr):
    """Return pointers to columns `first` on of the nodes' rows, [nodes, COLUMNS], and which of them count."""
    column = first + tl.arange(0, COLUMNS)
    pointers = vectors + nodes.to(tl.int64)[:, None] * WIDTH + column[None, :]
    return pointers, here[:, None] & (column < WIDTH)[None, :]


@triton.jit
def add_rows(pointers, change, there, nodes, here, factors, DAMPED: tl.constexpr):
    """Add changes, [nodes, COLUMNS], to rows; each times the node's factor if DAMPED."""
    if DAMPED:
        change *= tl.load(factors + nodes, mask=here, other=0.0)[:, None]
    tl.atomic_add(pointers, change, mask=there, sem="relaxed")


@triton.jit
def columns_of(vectors, nodes, here, first, WIDTH: tl.constexpr, COLUMNS: tl.constexpr):
    """Return columns `first` on of the nodes' rows, float32; 0 where not `here`."""
    pointers, there = rows_of(vectors, nodes, here, first, WIDTH, COLUMNS)
    return tl.load(pointers, mask=there, other=0.0)


@triton.jit
def add_to_columns(
    vectors, nodes, here, change, first, factors, WIDTH: tl.constexpr, COLUMNS: tl.constexpr,
    DAMPED: tl.constexpr,
):  # fmt: skip
    """Add to columns `first` on of the nodes' rows; `vectors` **written**."""
    pointers, there = rows_of(vectors, nodes, here, first, WIDTH, COLUMNS)
    add_rows(pointers, change, there, nodes, here, factors, DAMPED)


@triton.jit
def shortened(curvature):
    """The factor of a step that would overshoot, in (0, 1]."""
    return 1.0 / tl.maximum(1.0, curvature * _OVER_LONGEST)


@triton.jit
def log_loss(score):
    """-log s(score)."""
    return tl.maximum(-score, 0.0) + tl.log(1.0 + tl.exp(-tl.abs(score)))


@triton.jit
def step_on_positives(
    centers, positives, here, items, steps, rate, weight, contexts, noise, num_nodes, factors, seed, stream,
    WIDTH: tl.constexpr, COLUMNS: tl.constexpr, DRAWN: tl.constexpr, DAMPED: tl.constexpr,
):  # fmt: skip
    """Move contexts by one step; return the centres' gradient, rate times [centers, COLUMNS], and the loss.

    `centers` float32 [any, COLUMNS], the vectors; `positives` int [any], nodes. Negatives 2 j and 2 j + 1 are
    drawn by (item, step + j) and count for `weight` each. `contexts` float32 [num_nodes, WIDTH], **written**.
    """
    pointers, there = rows_of(contexts, positives, here, 0, WIDTH, COLUMNS)
    row = tl.load(pointers, mask=there, other=0.0)
    score = tl.sum(centers * row, axis=1)
    loss = log_loss(score)
    gain = rate * tl.sigmoid(-score)
    gradient = gain[:, None] * row
    nodes, gains = (positives.to(tl.int64),), (gain,)
    for pair in tl.static_range((DRAWN + 1) // 2):
        words = draw(seed, items, steps + pair, stream)
        for turn in tl.static_range(2):
            if 2 * pair + turn < DRAWN:
                slot = bounded(words[2 * turn], num_nodes).to(tl.int64)
                node = pick_entry(noise, slot, words[2 * turn + 1], here)
                pointers, there = rows_of(contexts, node, here, 0, WIDTH, COLUMNS)
                row = tl.load(pointers, mask=there, other=0.0)
                score = tl.sum(centers * row, axis=1)
                loss += weight * log_loss(-score)
                gain = -rate * weight * tl.sigmoid(score)
                gradient += gain[:, None] * row
                # No stars in a kernel.
                nodes, gains = nodes + (node,), gains + (gain,)  # type: ignore[assignment]  # noqa: RUF005
    for place in tl.static_range(DRAWN + 1):
        pointers, there = rows_of(contexts, nodes[place], here, 0, WIDTH, COLUMNS)
        gain = gains[place]
        # A number a row, where `add_rows` would multiply all columns.
        if DAMPED:
            gain *= tl.load(factors + nodes[place], mask=here, other=0.0)
        add_rows(pointers, gain[:, None] * centers, there, nodes[place], here, factors, False)
    return gradient, tl.where(here, loss, 0.0)
