"""FastRP out of core: the bits of `FastRP.fit`, by slices of columns and shards of rows.

Columns never meet until rows are normalised. So the slices, each of which fits into memory, go one after the
other through all powers; a power of a slice is one file a shard, made of the whole slice of the power before.
Powers with a weight are kept until all slices are done; then rows are added up, normalised and, over
sums that are taken in a fixed order, standardised.
"""

from __future__ import annotations

import itertools
from typing import Any

from graphkit.engine import Engine, Plan
from graphkit.errors import ParameterError
from graphkit.methods.fastrp import FastRP
from graphkit.outofcore.fastrp_tasks import (
    START,
    add_powers,
    find_standardization,
    multiply_shard,
    standardize_rows,
    verify_shard,
    write_start,
)
from graphkit.outofcore.row_files import join_rows
from graphkit.parallel import even_bounds
from graphkit.projection import BLOCK_WIDTH
from graphkit.propagation import REDUCTION_RANGES
from graphkit.storage import GraphFolder

SLICE_BYTES = 1 << 30
"""Of one power, about: as much as should be in memory, where its rows are gathered in any order."""

MIN_WIDTH = 16
"""Columns of a slice, however many nodes there are: a line of the cache."""


def plan_fastrp(engine: Engine, folder: GraphFolder, method: FastRP) -> Plan:
    """Return the plan whose file ``vectors.npy`` is what `method.fit` would compute for the graph.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect out of core.
    """
    method.check_parameters()
    for name, value in (("backend", "cpu"), ("feature_ratio", None)):
        if getattr(method, name) != value:
            raise ParameterError(f"{name}={getattr(method, name)!r} has no effect out of core; leave it out")
    graph, width = str(folder.path), slice_width(folder.num_nodes, method.dim)
    num_slices = -(-method.dim // width)
    verified = engine.plan(
        "verify", verify_shard, [{"graph": graph, "shard": shard} for shard in range(len(folder.shards))]
    )
    params = {name: _listed(value) for name, value in method.get_params().items() if name != "num_threads"}
    begun = engine.plan(
        START, write_start, [{"graph": graph, "params": params, "width": width}], after=[verified]
    )
    slices = [_powers(engine, folder, method, begun, part, width) for part in range(num_slices)]
    used = [power for power, weight in enumerate(method.weights) if weight != 0]
    added = engine.plan(
        "add",
        add_powers,
        [
            {
                "graph": graph,
                "first_row": low,
                "end_row": high,
                "powers": [[powers[power].name for powers in slices] for power in used],
                "weights": [float(method.weights[power]) for power in used],
                "width": width,
                "dim": method.dim,
                "normalize": method.normalize,
                "concatenate": method.concatenate,
            }
            for low, high in _ranges(folder.num_nodes)
        ],
        after=[powers[power] for powers in slices for power in used],
        discards=[begun, *(power for powers in slices for power in powers)],
    )
    standardized = _standardized(engine, folder, method, added) if method.standardize else added
    shape = [folder.num_nodes, method.num_columns()]
    return engine.plan(
        "vectors",
        join_rows,
        [{"parts": standardized.paths("rows"), "shape": shape}],
        after=[standardized],
        discards=[added, standardized],
    )


def slice_width(num_nodes: int, dim: int) -> int:
    """Return how many columns a slice has; the last is filled up with zeros.

    Examples
    --------
    >>> slice_width(1 << 24, 64), slice_width(1000, 300)
    (16, 100)
    """
    fitting = SLICE_BYTES // (4 * max(1, num_nodes)) // MIN_WIDTH * MIN_WIDTH
    widest = min(BLOCK_WIDTH, max(MIN_WIDTH, fitting))
    return -(-dim // -(-dim // widest))


def _powers(
    engine: Engine, folder: GraphFolder, method: FastRP, begun: Plan, part: int, width: int
) -> list[Plan]:
    """The powers of a slice; one without a weight is discarded when the next is there."""
    plans: list[Plan] = []
    for power in range(1, len(method.weights) + 1):
        before = plans[-1] if plans else None
        spent = [before] if before and method.weights[power - 2] == 0 else []
        tasks = [
            {
                "graph": str(folder.path),
                "shard": shard,
                "part": part,
                "width": width,
                "scaled": method.matrix == "transition",
                "previous": before.name if before else None,
            }
            for shard in range(len(folder.shards))
        ]
        name = f"slice{part}-power{power}"
        after = [begun, before] if before else [begun]
        plans.append(engine.plan(name, multiply_shard, tasks, after=after, discards=spent))
    return plans


def _standardized(engine: Engine, folder: GraphFolder, method: FastRP, added: Plan) -> Plan:
    used = [float(weight) for weight in method.weights if weight != 0]
    statistics = {
        "sums": added.paths("sums.npy"),
        "num_rows": max(1, folder.num_nodes),
        "column_weights": used if method.concatenate else [1.0],
    }
    found = engine.plan("statistics", find_standardization, [statistics], after=[added])
    shift = found.path(0, "shift.npy")
    tasks = [{"rows": rows, "shift": shift} for rows in added.paths("rows")]
    return engine.plan("standardize", standardize_rows, tasks, after=[added, found])


def _ranges(num_rows: int) -> list[tuple[int, int]]:
    """The ranges over which sums are taken, as in memory."""
    bounds = even_bounds(num_rows, REDUCTION_RANGES)
    return list(itertools.pairwise(bounds))


def _listed(value: Any) -> Any:
    """A parameter as JSON has it."""
    return [float(item) for item in value] if isinstance(value, (list, tuple)) else value
