"""Propagation out of core: the bits of `graphkit.propagate`, by slices of columns and shards of rows.

Columns never meet in a filter, so the slices go one after the other through all terms of its Chebyshev
expansion: a term of a slice is one file a shard, made of the whole slice of the term before and of the
shard's own rows of the one before that, and so is the sum so far. The re-scaling of singular values is one
matrix [dim, dim] of sums over ranges of rows, the same that are summed in memory, in their order.
"""

from __future__ import annotations

import itertools
from typing import Any

from graphkit.engine import Engine, Plan
from graphkit.graph.storage import GraphFolder
from graphkit.methods.refinement import Choice, filter_of
from graphkit.outofcore.propagation_tasks import (
    add_term,
    find_turn,
    sum_products,
    turn_rows,
    write_first,
    write_scales,
    write_turned,
)
from graphkit.propagation.filters import columns_at_a_time
from graphkit.propagation.thin_products import ThinProducts

SLICE_BYTES = 1 << 30
"""Of one term, about: as much as should be in memory, where its rows are gathered in any order."""

COLUMNS = 32
"""Slices are multiples of so many, whose sums a product keeps in registers; the last need not be."""

BLOCKS_PER_TASK = 16
"""Blocks of rows that a task turns."""


def plan_propagation(engine: Engine, folder: GraphFolder, vectors: Plan, dim: int, choice: Choice) -> Plan:
    """Return the plan whose file ``vectors.npy`` is that of `vectors`, [num_nodes, dim], propagated."""
    graph, files = str(folder.path), {"vectors": vectors.path(0, "vectors.npy")}
    slices = column_slices(folder.num_nodes, dim)
    scales = engine.plan("propagate", write_scales, [{"graph": graph}])
    sums: list[Plan] = []
    for number, (first, end) in enumerate(slices):
        stages = _Slice(engine, folder, files["vectors"], number, (first, end), [vectors, scales, *sums[-1:]])
        sums.append(stages.run(choice))
    thin = ThinProducts(folder.num_nodes, 1)
    common: dict[str, Any] = {
        "graph": graph,
        "sums": [plan.name for plan in sums],
        "widths": [end - first for first, end in slices],
    }
    products = engine.plan(
        "products",
        sum_products,
        [{**common, "first_row": low, "end_row": high} for low, high in _pairs(thin.ranges)],
        after=sums,
    )
    turn = engine.plan("turn", find_turn, [{"products": products.paths("products.npy")}], after=[products])
    tasks = [
        {
            **common,
            "turn": turn.path(0, "turn.npy"),
            "blocks": thin.blocks[first : first + BLOCKS_PER_TASK + 1],
        }
        for first in range(0, len(thin.blocks) - 1, BLOCKS_PER_TASK)
    ]
    turned = engine.plan("turned", turn_rows, tasks, after=[turn, *sums], discards=[vectors, scales, *sums])
    last = {
        "parts": turned.paths("rows"),
        "largest": turned.paths("largest.npy"),
        "shape": [folder.num_nodes, dim],
    }
    return engine.plan("propagated", write_turned, [last], after=[turned], discards=[turned])


class _Slice:
    """The stages of a slice of columns."""

    def __init__(
        self,
        engine: Engine,
        folder: GraphFolder,
        vectors: str,
        number: int,
        columns: tuple[int, int],
        after: list[Plan],
    ):
        self._engine, self._number, self._after = engine, number, after
        self._vectors, self._columns = vectors, list(columns)
        self._graph, self._num_shards = str(folder.path), len(folder.shards)

    def run(self, choice: Choice) -> Plan:
        """Plan the terms; return the stage of the last, whose file ``total`` is the sum."""
        made = filter_of(choice)
        coefficients = [1.0] if made is None else made.coefficients().tolist()
        first = {
            "vectors": self._vectors,
            "columns": self._columns,
            "coefficient": coefficients[0],
            "by_degree": made is not None and made.by_degree and len(coefficients) == 1,
        }
        terms = [self._stage(0, write_first, first, self._after, [])]
        for order, coefficient in enumerate(coefficients[1:], 1):
            last = order == len(coefficients) - 1
            given = {
                "width": self._columns[1] - self._columns[0],
                "before": terms[-1].name,
                "two_before": terms[-2].name if order > 1 else None,
                "coefficient": coefficient,
                "last": last,
                "by_degree": made is not None and made.by_degree and last,
            }
            terms.append(
                self._stage(
                    *(order, add_term, given),
                    after=[*self._after, *terms[-2:]],
                    discards=terms[-1:] if last else [],
                )
            )
        return terms[-1]

    def _stage(
        self, order: int, task: Any, given: dict[str, Any], after: list[Plan], discards: list[Plan]
    ) -> Plan:
        tasks = [{"graph": self._graph, "shard": shard, **given} for shard in range(self._num_shards)]
        name = f"propagate{self._number}-term{order}"
        return self._engine.plan(name, task, tasks, after=after, discards=discards)


def column_slices(num_nodes: int, dim: int) -> list[tuple[int, int]]:
    """Return the slices of columns; products of each are those of the block in memory that it is in.

    Examples
    --------
    >>> column_slices(1 << 22, 150), column_slices(1 << 22, 64)
    ([(0, 64), (64, 128), (128, 150)], [(0, 64)])
    """
    fitting = max(COLUMNS, SLICE_BYTES // (4 * max(1, num_nodes)) // COLUMNS * COLUMNS)
    block = columns_at_a_time(num_nodes)
    found = []
    for first in range(0, dim, block):
        end = min(first + block, dim)
        step = min(fitting, block) if (end - first) % COLUMNS == 0 else end - first
        found += [(start, min(start + step, end)) for start in range(first, end, step)]
    return found


def _pairs(bounds: list[int]) -> list[tuple[int, int]]:
    return list(itertools.pairwise(bounds))
