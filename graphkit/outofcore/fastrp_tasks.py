"""The tasks of FastRP out of core; see `fastrp` for how they follow each other.

Rows of vectors are files of plain float32 without a header.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles, task
from graphkit.engine.stage import stem
from graphkit.files.arrays import reserve, write_array_header, write_numbers
from graphkit.graph.shards import Shard
from graphkit.graph.storage import GraphFolder
from graphkit.kernels.cpu import spmm
from graphkit.methods.fastrp import FastRP, degree_normalization
from graphkit.outofcore.array_files import open_array, plain, save_array, save_numbers
from graphkit.outofcore.row_files import rows_between
from graphkit.outofcore.strengths import reaching_strength, row_strength
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, resolve_threads, run_ranges
from graphkit.propagation.powers import Left, row_bits, standardization
from graphkit.propagation.projection import Projection
from graphkit.propagation.row_sums import Arcs, of_identity

START = "start"

_ROWS_AT_ONCE = 1 << 14

Result = dict[str, Any]


@task(version=1)
def verify_shard(_files: TaskFiles, *, graph: str, shard: int) -> Result:
    """Compare a shard's arcs with their digests."""
    GraphFolder(graph).verify_shard(shard)
    return {}


@task(version=2)
def write_start(files: TaskFiles, *, graph: str, params: dict[str, Any], width: int) -> Result:
    """Write the rows' strength or the powers' row sums, and L R in slices of `width` columns."""
    folder, method = GraphFolder(graph), FastRP(**params)
    strength = row_strength(folder)
    if method.matrix == "transition":
        save_array(files, "strength", strength)
    else:
        _write_row_sums(files, folder, len(method.weights), factors=not method.normalize)
    reach = reaching_strength(folder) if folder.directed else strength
    row_values = degree_normalization(reach, method.beta)
    random = method.random_projection(folder.num_nodes, method.dim)
    write = _write_sparse if random.is_sparse else _write_dense
    write(files, random, row_values, width)
    return {}


def _write_row_sums(files: TaskFiles, folder: GraphFolder, powers: int, *, factors: bool) -> None:
    """Of each power of A the exponents of its rows, and the factors that bring its largest row sum to 1."""
    arcs = Arcs(folder.indptr, folder.indices, folder.weights, resolve_threads())
    sums = of_identity(folder.num_nodes)
    for power in range(powers + 1):
        if power:
            sums = arcs.row_sums(sums)
        save_array(files, f"exponents{power}", sums.exponents)
        if factors and power:
            save_array(files, f"factors{power}", sums.factors())


def _write_sparse(files: TaskFiles, random: Projection, row_values: NDArray[np.float64], width: int) -> None:
    """Of each slice what `spmm.multiply_sparse` takes: bits, offsets, places and values of the entries."""
    indptr, columns, values = random.sparse_rows(row_values)
    for part in range(-(-random.dim // width)):
        inside = columns // width == part
        offsets = np.concatenate([[0], np.cumsum(inside)])[indptr]
        slots = columns[inside].astype(np.int64) - part * width
        arrays = {"bits": row_bits(offsets), "indptr": offsets, "slots": slots, "values": values[inside]}
        for name, array in arrays.items():
            save_array(files, f"{part}.{name}", array)


def _write_dense(files: TaskFiles, random: Projection, row_values: NDArray[np.float64], width: int) -> None:
    shape = (-(-random.dim // width), len(row_values), width)
    with files.output("dense") as path:
        with path.open("wb") as file:
            reserve(file, 4 * shape[0] * shape[1] * shape[2])
        if len(row_values):
            random.fill(row_values, np.memmap(path, np.float32, "r+", shape=shape))


@task(version=5)
def multiply_shard(
    files: TaskFiles,
    *,
    graph: str,
    shard: int,
    part: int,
    power: int,
    width: int,
    scaled: bool,
    previous: str | None,
    added: dict[str, Any] | None,
    last: bool,
) -> Result:
    """Write a shard's rows of a power of P, or of A, times a slice of columns, and what they are added to.

    `scaled` says that it is P. `previous` is the stage that wrote what is multiplied; None for slice `part`
    of L R. `added` is what `_add` takes; None where powers are added up at the end. Rows that are the `last`
    are not written.
    """
    folder = GraphFolder(graph)
    rows = folder.shards[shard]
    indptr = np.asarray(folder.indptr[rows.first_row : rows.end_row + 1])
    left = _left(files, folder, rows, indptr, None if scaled else power)
    out = np.empty((rows.num_rows, width), np.float32)
    powers = [out]
    right = _sparse_slice(files, part) if previous is None else None
    if right is not None:
        _run(indptr, lambda low, high: spmm.multiply_sparse(*left, *right, out[None], low, high))
    else:
        block = (
            _dense_slice(files, folder.num_nodes, part, width)
            if previous is None
            else rows_between(files, previous, folder, width, 0, folder.num_nodes)
        )
        _run(indptr, lambda low, high: spmm.multiply(*left, block, out, low, high))
        powers.insert(0, block[rows.first_row : rows.end_row])
    if not last:
        save_numbers(files, "rows", out)
    if added is not None:
        factors = [
            _factors(files, None if scaled or added["normalize"] else number, rows.first_row, rows.end_row)
            for number in (power - 1, power)
        ]
        _add(files, powers, factors, indptr, shard, **added)
    return {}


def _left(
    files: TaskFiles, folder: GraphFolder, rows: Shard, indptr: NDArray[np.int64], power: int | None
) -> Left:
    """A shard's arcs as a product takes them: of P, or of the `power` of A that it makes."""
    places = slice(rows.first_arc, rows.end_arc)
    weights = None if folder.weights is None else folder.weights[places]
    arcs = Arcs(indptr - indptr[0], folder.indices[places], weights, resolve_threads())
    own = slice(rows.first_row, rows.end_row)
    if power is None:
        scaled, scale = arcs.transition(open_array(files, f"{stem(START, 0)}.strength.npy")[own])
        return arcs.indptr, arcs.indices, scaled, scale
    before, after = (
        open_array(files, f"{stem(START, 0)}.exponents{number}.npy") for number in (power - 1, power)
    )
    scaled = arcs.scaled(np.asarray(before), np.asarray(after[own]), np.empty(len(arcs.indices), np.float32))
    return arcs.indptr, arcs.indices, scaled, None


def _factors(files: TaskFiles, power: int | None, first: int, end: int) -> NDArray[np.float32] | None:
    """What rows of a power of A are multiplied by, if they are not normalised; None for nothing."""
    if not power:
        return None
    return np.asarray(open_array(files, f"{stem(START, 0)}.factors{power}.npy")[first:end])


def _add(
    files: TaskFiles,
    powers: list[NDArray[np.float32]],
    factors: list[NDArray[np.float32] | None],
    indptr: NDArray[np.int64],
    shard: int,
    two_before: str | None,
    begins: bool,
    weights: list[float],
    normalize: bool,
) -> None:
    """Write the sum of a shard's rows and of the last powers, if these have `weights`.

    The stage `two_before` wrote the sum so far, unless this one `begins` it; nothing else needs its files of
    this shard any more.
    """
    before = None if two_before is None else stem(two_before, shard)
    if weights:
        if begins:
            total = np.zeros_like(powers[-1])
        else:
            total = np.fromfile(files.path(f"{before}.total"), np.float32).reshape(powers[-1].shape)
            files.spend(f"{before}.total")
        last = slice(-len(weights), None)
        terms = [
            (rows[None], own, weight)
            for rows, own, weight in zip(powers[last], factors[last], weights, strict=True)
            if weight != 0
        ]

        def add(low: int, high: int) -> None:
            for rows, own, weight in terms:
                spmm.add_scaled(rows, own, weight, normalize, total, low, high)

        _run(indptr, add)
        save_numbers(files, "total", total)
    if before is not None:
        files.spend(f"{before}.rows")


@task(version=2)
def sum_columns(
    files: TaskFiles, *, graph: str, stage: str, num_columns: int, ranges: list[tuple[int, int]]
) -> Result:
    """Write the sums of the columns, and of their squares, of each range of rows of a stage's totals."""
    folder = GraphFolder(graph)
    totals = [rows_between(files, stage, folder, num_columns, *bounds, name="total") for bounds in ranges]
    save_array(files, "sums", np.stack([_column_sums(rows) for rows in totals]))
    return {}


@task(version=3)
def add_powers(
    files: TaskFiles,
    *,
    graph: str,
    first_row: int,
    end_row: int,
    powers: list[list[str]],
    weights: list[float],
    scaled_powers: list[int | None],
    width: int,
    dim: int,
    normalize: bool,
    concatenate: bool,
) -> Result:
    """Write a range of rows of the weighted powers' sum, and the sums of its columns and of their squares.

    `powers` are the stages that wrote the slices of each power, `weights` their weights; `scaled_powers`
    which powers of A they are, where their rows have factors.
    """
    folder = GraphFolder(graph)
    slices = [
        [rows_between(files, stage, folder, width, first_row, end_row) for stage in power] for power in powers
    ]
    factors = [_factors(files, power, first_row, end_row) for power in scaled_powers]
    num_columns = dim * (len(powers) if concatenate else 1)
    with files.output("rows") as path:
        with path.open("wb") as file:
            for low in range(0, end_row - first_row, _ROWS_AT_ONCE):
                high = min(low + _ROWS_AT_ONCE, end_row - first_row)
                total = np.zeros((high - low, num_columns), np.float32)
                for place, (power, own, weight) in enumerate(zip(slices, factors, weights, strict=True)):
                    column = place * dim if concatenate else 0
                    blocks = np.stack([rows[low:high] for rows in power])
                    part = total[:, column : column + dim]
                    here = None if own is None else own[low:high]
                    spmm.add_scaled(blocks, here, weight, normalize, part, 0, high - low)
                write_numbers(file, total)
        size = path.stat().st_size
        written = np.memmap(path, np.float32, "r") if size else np.empty(0, np.float32)
        save_array(files, "sums", _column_sums(written.reshape(-1, num_columns))[np.newaxis])
    return {}


def _column_sums(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the sums of columns and of their squares, [2, num_columns]."""
    sums = np.zeros((2, rows.shape[1]))
    spmm.column_sums(plain(rows), sums[0], sums[1], 0, len(rows))
    return sums


@task(version=2)
def find_standardization(
    files: TaskFiles, *, sums: list[str], num_rows: int, column_weights: list[float]
) -> Result:
    """Write the mean and the factor of each group of equally many columns, see `standardization`."""
    parts = np.concatenate([open_array(files, path) for path in sums])
    dim = parts.shape[-1] // len(column_weights)
    found = []
    for place, weight in enumerate(column_weights):
        columns = slice(place * dim, (place + 1) * dim)
        found.append(standardization([(s[0, columns], s[1, columns]) for s in parts], num_rows, weight))
    save_array(files, "shift", np.concatenate(found, axis=1))
    return {}


@task(version=1)
def write_vectors(files: TaskFiles, *, parts: list[str], shape: list[int], shift: str | None) -> Result:
    """Write files of rows one behind the other as ``vectors.npy``, float32 [num_rows, num_columns].

    With a `shift`, columns get mean 0 and the deviation that is wanted.
    """
    moved = None if shift is None else np.array(open_array(files, shift))
    with files.output("vectors.npy") as path:
        with path.open("wb") as file:
            write_array_header(file, np.float32, tuple(shape))
            begin = file.tell()
        sources = [files.path(part) for part in parts]
        places = begin + np.cumsum([0, *(source.stat().st_size for source in sources)])

        def copy(first: int, end: int) -> None:
            for number in range(first, end):
                _copy_rows(sources[number], path, int(places[number]), shape[1], moved)

        threads = resolve_threads()
        run_ranges(copy, even_bounds(len(parts), len(parts)), threads)
    return {}


def _copy_rows(
    source: Path, target: Path, place: int, num_columns: int, moved: NDArray[np.float64] | None
) -> None:
    """Copy rows to a place of a file, in which others write elsewhere."""
    with source.open("rb") as stream, target.open("r+b") as file:
        file.seek(place)
        while (values := np.fromfile(stream, np.float32, num_columns * _ROWS_AT_ONCE)).size:
            rows = values.reshape(-1, num_columns)
            if moved is not None:
                spmm.shift_and_scale(rows, *moved, 0, len(rows))
            write_numbers(file, rows)


def _run(indptr: NDArray[np.int64], kernel: Any) -> None:
    """Run a kernel over ranges of a shard's rows, on this process's threads."""
    threads = resolve_threads()
    run_ranges(kernel, balanced_bounds(indptr - indptr[0], threads * RANGES_PER_THREAD), threads)


def _sparse_slice(files: TaskFiles, part: int) -> tuple[NDArray[Any], ...] | None:
    """What `_write_sparse` wrote; None if it did not."""
    if not files.path(f"{stem(START, 0)}.{part}.bits.npy").exists():
        return None
    names = ("bits", "indptr", "slots", "values")
    return tuple(np.asarray(open_array(files, f"{stem(START, 0)}.{part}.{name}.npy")) for name in names)


def _dense_slice(files: TaskFiles, num_rows: int, part: int, width: int) -> NDArray[np.float32]:
    if num_rows == 0:
        return np.empty((0, width), np.float32)
    path, offset = files.path(f"{stem(START, 0)}.dense"), 4 * part * num_rows * width
    return np.asarray(np.memmap(path, np.float32, "r", offset, (num_rows, width)))
