"""The tasks of propagation out of core; see `propagation` for how they follow each other.

Rows of terms and sums are files of plain float32 without a header.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles, task
from graphkit.engine.stage import stem
from graphkit.files.arrays import write_array_header, write_numbers
from graphkit.graph.storage import GraphFolder
from graphkit.outofcore.array_files import open_array, plain, save_array, save_numbers
from graphkit.outofcore.row_files import rows_between
from graphkit.outofcore.strengths import row_strength
from graphkit.parallel import even_bounds, resolve_threads, run_ranges
from graphkit.propagation.filters import LazyWalk, WalkScales, padded
from graphkit.propagation.rescaling import rescaling
from graphkit.propagation.thin_products import (
    ThinProducts,
    gram_of_range,
    largest_of_columns,
    single_threaded_blas,
)

_SCALES = "propagate"
_ROWS_AT_ONCE = 1 << 14

Result = dict[str, Any]


@task(version=1)
def write_scales(files: TaskFiles, *, graph: str) -> Result:
    """Write what rows of the walk are multiplied by."""
    folder = GraphFolder(graph)
    scales = WalkScales.of(row_strength(folder), folder.num_arcs)
    for name in ("arcs", "stay", "degrees"):
        save_array(files, name, getattr(scales, name))
    save_array(files, "unit", np.array([scales.unit]))
    return {}


@task(version=1)
def write_first(
    files: TaskFiles,
    *,
    graph: str,
    shard: int,
    vectors: str,
    columns: list[int],
    coefficient: float,
    by_degree: bool,
) -> Result:
    """Write a shard's rows of some columns of the vectors divided by their length, and of the first term."""
    rows = GraphFolder(graph).shards[shard]
    whole = np.array(open_array(files, vectors)[rows.first_row : rows.end_row])
    ThinProducts(len(whole), resolve_threads()).normalize_rows(whole)
    block = np.ascontiguousarray(whole[:, slice(*columns)])
    save_numbers(files, "rows", block)
    total = np.float32(coefficient) * block
    if by_degree:
        total *= _scales(files).degrees[rows.first_row : rows.end_row]
    save_numbers(files, "total", total)
    return {}


@task(version=2)
def add_term(
    files: TaskFiles,
    *,
    graph: str,
    shard: int,
    width: int,
    before: str,
    two_before: str | None,
    coefficient: float,
    last: bool,
    by_degree: bool,
) -> Result:
    """Write a shard's rows of the next term of a slice, and of the sum so far.

    `before` and `two_before` are the stages of the two terms before. Rows that are the `last` are not
    written, and their sum is multiplied by the degrees if `by_degree`.
    """
    folder = GraphFolder(graph)
    rows, threads = folder.shards[shard], resolve_threads()
    own, places = slice(rows.first_row, rows.end_row), slice(rows.first_arc, rows.end_arc)
    indptr = np.asarray(folder.indptr[rows.first_row : rows.end_row + 1])
    weights = None if folder.weights is None else plain(folder.weights[places])
    arcs = (indptr - indptr[0], plain(folder.indices[places]), weights)
    walk = LazyWalk(arcs, _scales(files), own, num_threads=threads)
    block = padded(plain(rows_between(files, before, folder, width, 0, folder.num_nodes)), copy=False)
    if two_before is None:
        term = np.empty((rows.num_rows, block.shape[1]), np.float32)
    else:
        term = padded(_own_rows(files, two_before, shard, "rows", width), copy=False)
        files.spend(f"{stem(two_before, shard)}.rows")
    total = padded(_own_rows(files, before, shard, "total", width), copy=False)
    files.spend(f"{stem(before, shard)}.total")
    walk.add_term(block, term, np.float32(coefficient), total, is_first=two_before is None)
    if not last:
        save_numbers(files, "rows", np.ascontiguousarray(term[:, :width]))
    if by_degree:
        total *= walk.degrees
    save_numbers(files, "total", np.ascontiguousarray(total[:, :width]))
    return {}


@task(version=1)
def sum_products(
    files: TaskFiles, *, graph: str, sums: list[str], widths: list[int], first_row: int, end_row: int
) -> Result:
    """Write the products of the columns of a range of rows, summed over it, float64 [dim, dim]."""
    rows = _columns_of(files, graph, sums, widths, first_row, end_row)
    with single_threaded_blas():
        save_array(files, "products", gram_of_range(rows, rows, np.float64))
    return {}


@task(version=1)
def find_turn(files: TaskFiles, *, products: list[str]) -> Result:
    """Write what the sum is multiplied by, so that singular values are re-scaled."""
    with single_threaded_blas():
        gram = np.asarray(sum(open_array(files, path) for path in products))
        save_array(files, "turn", rescaling(gram))
    return {}


@task(version=1)
def turn_rows(
    files: TaskFiles, *, graph: str, sums: list[str], widths: list[int], turn: str, blocks: list[int]
) -> Result:
    """Write some blocks of rows after that, zeros beyond the rank, and each block's largest entries."""
    small = np.array(open_array(files, turn)).astype(np.float32)
    rank, largest = small.shape[1], []
    with files.output("rows") as path, path.open("wb") as file, single_threaded_blas():
        for first, end in itertools.pairwise(blocks):
            rows = _columns_of(files, graph, sums, widths, first, end)
            turned = np.zeros_like(rows)
            turned[:, :rank] = rows @ small
            largest.append(largest_of_columns(turned))
            write_numbers(file, turned)
    save_array(files, "largest", np.array(largest))
    return {}


@task(version=1)
def write_turned(files: TaskFiles, *, parts: list[str], largest: list[str], shape: list[int]) -> Result:
    """Write all rows as ``vectors.npy``: the largest entry of each column positive, rows of length 1."""
    entries = largest_of_columns(np.concatenate([open_array(files, path) for path in largest]))
    signs = np.where(entries < 0, -1, 1).astype(np.float32)
    with files.output("vectors.npy") as path:
        with path.open("wb") as file:
            write_array_header(file, np.float32, tuple(shape))
            begin = file.tell()
        sources = [files.path(part) for part in parts]
        places = begin + np.cumsum([0, *(source.stat().st_size for source in sources)])

        def copy(first: int, end: int) -> None:
            for number in range(first, end):
                _copy_rows(sources[number], path, int(places[number]), shape[1], signs)

        run_ranges(copy, even_bounds(len(parts), len(parts)), resolve_threads())
    return {}


def _copy_rows(source: Path, target: Path, place: int, num_columns: int, signs: NDArray[np.float32]) -> None:
    """Copy rows to a place of a file, in which others write elsewhere."""
    with source.open("rb") as stream, target.open("r+b") as file:
        file.seek(place)
        while (values := np.fromfile(stream, np.float32, num_columns * _ROWS_AT_ONCE)).size:
            rows = values.reshape(-1, num_columns)
            rows *= signs
            ThinProducts(len(rows), 1).normalize_rows(rows)
            write_numbers(file, rows)


def _scales(files: TaskFiles) -> WalkScales:
    """What `write_scales` wrote."""
    arcs, stay, degrees, unit = (
        open_array(files, f"{stem(_SCALES, 0)}.{name}.npy") for name in ("arcs", "stay", "degrees", "unit")
    )
    return WalkScales(np.asarray(arcs), float(unit[0]), np.asarray(stay), np.asarray(degrees))


def _own_rows(files: TaskFiles, stage: str, shard: int, name: str, width: int) -> NDArray[np.float32]:
    """Read a shard's rows of a stage."""
    return np.fromfile(files.path(f"{stem(stage, shard)}.{name}"), np.float32).reshape(-1, width)


def _columns_of(
    files: TaskFiles, graph: str, sums: list[str], widths: list[int], first_row: int, end_row: int
) -> NDArray[np.float32]:
    """Read a range of rows of all slices' sums, side by side."""
    folder = GraphFolder(graph)
    return np.hstack(
        [
            rows_between(files, stage, folder, width, first_row, end_row, name="total")
            for stage, width in zip(sums, widths, strict=True)
        ]
    )
