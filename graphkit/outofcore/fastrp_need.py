"""What FastRP out of core needs; see `fastrp` for what its stages write and when it is discarded."""

from __future__ import annotations

import itertools

from graphkit.methods.fastrp import FastRP
from graphkit.outofcore.fastrp import (
    RANGES_PER_SUM,
    added_weights,
    is_added_on_the_way,
    slice_width,
    used_weights,
)
from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes, shard_rows
from graphkit.parallel import even_bounds
from graphkit.propagation.powers import REDUCTION_RANGES


def fastrp_need(method: FastRP, num_nodes: int, num_arcs: int, *, weighted: bool = False) -> Need:
    """Return what `plan_fastrp` needs for a graph of this size.

    Examples
    --------
    >>> fastrp_need(FastRP(dim=64), 1 << 24, 400_000_000).cached_bytes >> 20
    1024
    """
    width = slice_width(num_nodes, method.dim)
    weights = used_weights(method)
    num_slices, powers = -(-method.dim // width), len(weights)
    a_slice, columns = 4 * num_nodes * width, method.num_columns()
    result, start = 4 * num_nodes * columns, _start_bytes(method, num_nodes, width)
    on_the_way = is_added_on_the_way(method, width)
    rows = shard_rows(num_nodes, num_arcs)
    kept, written, read = (
        _on_the_way(weights, a_slice, 4 * rows * width)
        if on_the_way
        else _at_the_end(weights, num_slices, a_slice, result)
    )
    ranges = len(even_bounds(num_nodes, REDUCTION_RANGES)) - 1
    files = -(-ranges // RANGES_PER_SUM) if on_the_way else ranges
    sums = files * NPY_HEADER + ranges * 16 * columns if method.standardize or not on_the_way else 0
    shift = (NPY_HEADER + 16 * columns) if method.standardize else 0
    arcs = arc_bytes(num_arcs, weighted=weighted)
    own_arcs = 0 if method.matrix == "transition" else 4 * num_arcs
    of_a_slice = FastRP(**{**method.get_params(), "dim": width, "num_threads": 1})
    return Need(
        worker_bytes=rows * (4 * width * (1 + on_the_way) + 8)
        + own_arcs * rows // max(1, num_nodes)
        + (1 << 16) * (2 * columns + width * num_slices),
        single_bytes=48 * num_nodes + 2 * start,
        cached_bytes=a_slice,
        disk_bytes=max(start + kept, 2 * result + start * on_the_way) + sums,
        written_bytes=start + written + result + sums + shift + NPY_HEADER,
        read_bytes=(1 + num_slices * powers) * (arcs + 8 * num_nodes)
        + (len(method.weights) * arcs if own_arcs else 0)
        + read
        + result,
        read_by_each=start + max(0, powers - 1) * num_slices * a_slice,
        seconds=num_slices * of_a_slice.estimate(num_nodes, num_arcs, weighted=weighted).seconds,
    )


def _on_the_way(weights: list[float], a_slice: int, a_shard: int) -> tuple[int, int, int]:
    """The most that lies there of powers and sums, what is written of them, and what is read of sums.

    Two powers lie side by side, but one sum: a shard of the power before them, and of a sum, goes when the
    next is there.
    """
    last, most = len(weights) - 1, 0
    sums = list(itertools.accumulate(bool(added) for added in added_weights(weights)))
    for power in range(last + 1):
        begins = (power > 1) + (power > 0 and sums[power - 1] > 0)
        ends = (power < last) + (sums[power] > 0)
        both = (1 < power < last) + (power > 1 and sums[power] > sums[power - 2] > 0)
        most = max(most, ((power > 0) + max(begins, ends)) * a_slice + both * a_shard)
    return most, (last + sums[-1]) * a_slice, sums[-1] * a_slice


def _at_the_end(weights: list[float], num_slices: int, a_slice: int, result: int) -> tuple[int, int, int]:
    """The same where all powers with a weight are kept until they are added up."""
    used = num_slices * a_slice * sum(weight != 0 for weight in weights)
    return used + result, num_slices * len(weights) * a_slice + result, used


def _start_bytes(method: FastRP, num_nodes: int, width: int) -> int:
    """What `write_start` writes: exact for a dense projection, expected for a sparse one."""
    random = method.random_projection(num_nodes, method.dim)
    num_slices, scale = -(-method.dim // width), _row_bytes(method, num_nodes)
    if not random.is_sparse or random.sparsity is None:
        return scale + 4 * num_slices * num_nodes * width
    a_slice = 4 * NPY_HEADER + -(-num_nodes // 8) + 8 * (num_nodes + 1)
    return scale + num_slices * a_slice + int(12 * num_nodes * method.dim / random.sparsity)


def _row_bytes(method: FastRP, num_nodes: int) -> int:
    """What `write_start` writes of the rows: their strength, or the exponents and factors of each power."""
    if method.matrix == "transition":
        return NPY_HEADER + 8 * num_nodes
    factors = 0 if method.normalize else len(method.weights)
    return (1 + len(method.weights) + factors) * (NPY_HEADER + 4 * num_nodes)
