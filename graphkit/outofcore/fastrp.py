"""FastRP out of core: the bits of `FastRP.fit`, by slices of columns and shards of rows.

Columns never meet until rows are normalised. So the slices, each of which fits into memory, go one after the
other through all powers; a power of a slice is one file a shard, made of the whole slice of the power before.
Where one slice has all columns, rows are normalised and added up on the way, two powers at a time: to write
the sum takes about as long as to multiply. Otherwise powers with a weight are kept until all slices are done.
Columns are standardised, over sums taken in a fixed order, while the result is written.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphkit.engine import Engine, Plan
from graphkit.errors import ParameterError
from graphkit.graph.storage import GraphFolder
from graphkit.methods.fastrp import FastRP
from graphkit.outofcore.fastrp_tasks import (
    START,
    add_powers,
    find_standardization,
    multiply_shard,
    sum_columns,
    verify_shard,
    write_start,
    write_vectors,
)
from graphkit.parallel import even_bounds
from graphkit.propagation.powers import REDUCTION_RANGES
from graphkit.propagation.projection import BLOCK_WIDTH

SLICE_BYTES = 1 << 30
"""Of one power, about: as much as should be in memory, where its rows are gathered in any order."""

RANGES_PER_SUM = 8
"""Ranges that a task sums, where they lie in few files."""

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
    verified = engine.plan(
        "verify", verify_shard, [{"graph": graph, "shard": shard} for shard in range(len(folder.shards))]
    )
    params = {name: _listed(value) for name, value in method.get_params().items() if name != "num_threads"}
    # It reads the arcs of these, and nothing may be kept that was made of damaged ones.
    reads_arcs = folder.directed or folder.is_weighted or method.matrix == "adjacency"
    begun = engine.plan(
        START,
        write_start,
        [{"graph": graph, "params": params, "width": width}],
        after=[verified] if reads_arcs else [],
    )
    scaled, num_slices = method.matrix == "transition", -(-method.dim // width)
    slices = [_Slice(engine, folder, scaled, begun, verified, part, width) for part in range(num_slices)]
    on_the_way = is_added_on_the_way(method, width)
    added = _added_on_the_way(slices, method) if on_the_way else _added_at_the_end(slices, method)
    found = [_standardization(engine, method, folder.num_nodes, added)] if method.standardize else []
    result = {
        "parts": added.files,
        "shape": [folder.num_nodes, method.num_columns()],
        "shift": found[0].path(0, "shift.npy") if found else None,
    }
    return engine.plan(
        "vectors", write_vectors, [result], after=[added.stage, *found], discards=[begun, added.stage]
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


def used_weights(method: FastRP) -> list[float]:
    """Return the weights of the powers up to the last that has one."""
    weights = [float(weight) for weight in method.weights]
    return weights[: max(power for power, weight in enumerate(weights, 1) if weight != 0)]


def is_added_on_the_way(method: FastRP, width: int) -> bool:
    """Whether each power is added up when it is there: its rows are whole, and the sum no wider."""
    return width == method.dim and not method.concatenate


@dataclass(frozen=True)
class _Rows:
    """Rows of the result in files, the stage that wrote them, and the one that wrote their columns' sums."""

    files: list[str]
    stage: Plan
    sums: Plan


@dataclass(frozen=True)
class _Slice:
    """A slice of columns, and the stages of its powers as far as they are planned."""

    engine: Engine
    folder: GraphFolder
    scaled: bool
    begun: Plan
    verified: Plan
    part: int
    width: int
    powers: list[Plan] = field(default_factory=list)

    def multiply(
        self,
        discards: list[Plan],
        added: dict[str, Any] | None = None,
        *,
        last: bool = False,
        behind: Sequence[Plan] = (),
    ) -> None:
        """Plan the next power, `behind` other stages; `added` says what its tasks add up."""
        before = self.powers[-1:]
        common = {
            "graph": str(self.folder.path),
            "part": self.part,
            "power": len(self.powers) + 1,
            "width": self.width,
            "scaled": self.scaled,
            "previous": before[0].name if before else None,
            "added": added,
            "last": last,
        }
        tasks = [{**common, "shard": shard} for shard in range(len(self.folder.shards))]
        name = f"slice{self.part}-power{len(self.powers) + 1}"
        after = [self.begun, self.verified, *before, *behind]
        self.powers.append(self.engine.plan(name, multiply_shard, tasks, after=after, discards=discards))


def added_weights(weights: Sequence[float]) -> list[Sequence[float]]:
    """Return which weights the stage of each power adds to the sum: of the power before and its own, or none.

    Examples
    --------
    >>> added_weights([0.0, 0.0, 1.0, 2.0, 3.0])
    [[], [], [0.0, 1.0], [], [2.0, 3.0]]
    """
    begins = next(power for power, weight in enumerate(weights) if weight != 0)
    return [
        weights[max(0, power - 1) : power + 1] if power >= begins and (len(weights) - power) % 2 else []
        for power in range(len(weights))
    ]


def _added_on_the_way(slices: list[_Slice], method: FastRP) -> _Rows:
    """One slice: every second stage adds two powers to the sum of those before."""
    (slice_,) = slices
    additions = added_weights(used_weights(method))
    for power, weights in enumerate(additions):
        two_before, last = slice_.powers[-2:-1], power == len(additions) - 1
        added = {
            "two_before": two_before[0].name if two_before else None,
            "begins": power < 2 or not additions[power - 2],
            "weights": weights,
            "normalize": method.normalize,
        }
        slice_.multiply(slice_.powers[-1:] if last else [], added, last=last, behind=two_before)
    folder, stage = slice_.folder, slice_.powers[-1]
    common = {"graph": str(folder.path), "stage": stage.name, "num_columns": method.dim}
    ranges = _ranges(folder.num_nodes)
    sums = [
        {**common, "ranges": ranges[place : place + RANGES_PER_SUM]}
        for place in range(0, len(ranges), RANGES_PER_SUM)
    ]
    return _Rows(stage.paths("total"), stage, slice_.engine.plan("sums", sum_columns, sums, after=[stage]))


def _added_at_the_end(slices: list[_Slice], method: FastRP) -> _Rows:
    """By ranges of rows, when all powers of all slices are there."""
    weights = used_weights(method)
    whole: list[Plan] = []
    for slice_ in slices:
        for power in range(len(weights)):
            # One without a weight is discarded when the next is there.
            slice_.multiply(slice_.powers[-1:] if weights[power - 1] == 0 else [], behind=whole)
        # One slice fits into memory, several at a time need not.
        whole = slice_.powers[-1:]
    used = [power for power, weight in enumerate(weights) if weight != 0]
    folder, begun = slices[0].folder, slices[0].begun
    common = {
        "graph": str(folder.path),
        "powers": [[slice_.powers[power].name for slice_ in slices] for power in used],
        "weights": [weights[power] for power in used],
        "scaled_powers": [
            power + 1 if method.matrix == "adjacency" and not method.normalize else None for power in used
        ],
        "width": slices[0].width,
        "dim": method.dim,
        "normalize": method.normalize,
        "concatenate": method.concatenate,
    }
    added = slices[0].engine.plan(
        "add",
        add_powers,
        [{**common, "first_row": low, "end_row": high} for low, high in _ranges(folder.num_nodes)],
        after=[slice_.powers[power] for slice_ in slices for power in used],
        discards=[begun, *(power for slice_ in slices for power in slice_.powers)],
    )
    return _Rows(added.paths("rows"), added, added)


def _standardization(engine: Engine, method: FastRP, num_nodes: int, rows: _Rows) -> Plan:
    used = [float(weight) for weight in method.weights if weight != 0]
    statistics = {
        "sums": rows.sums.paths("sums.npy"),
        "num_rows": max(1, num_nodes),
        "column_weights": used if method.concatenate else [1.0],
    }
    return engine.plan("statistics", find_standardization, [statistics], after=[rows.sums])


def _ranges(num_rows: int) -> list[tuple[int, int]]:
    """The ranges over which sums are taken, as in memory."""
    bounds = even_bounds(num_rows, REDUCTION_RANGES)
    return list(itertools.pairwise(bounds))


def _listed(value: Any) -> Any:
    """A parameter as JSON has it."""
    return [float(item) for item in value] if isinstance(value, (list, tuple)) else value
