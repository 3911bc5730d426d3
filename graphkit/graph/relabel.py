"""Node ids of edges → rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds, Rows
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow, to_arrow
from graphkit.graph.node_ids import STRING, NodeIndex, coerce_ids
from graphkit.parallel import even_bounds, resolve_threads, run_ranges

if TYPE_CHECKING:
    import pyarrow

MAX_NODES = 2**31 - 1

ONE_KIND = (
    "source ids and target ids must be of one kind, got strings and whole numbers; give both as strings"
)

_SPAN_PER_EDGE = 64
"""A bitmap over the ids' range is used up to this many bits an edge."""

_SMALL_SPAN = 1 << 20

_FIRST_ROOM = 1 << 12
"""Distinct ids that a hash table first has room for, a power of 2."""

IdColumn: TypeAlias = "NodeIds | pyarrow.ChunkedArray"


class UnlistedNodeError(InputError):
    """An edge names a node that the list of nodes lacks.

    Attributes
    ----------
    node_id
        The id.
    position
        The place of the edge among the edges, counted from 0.
    """

    def __init__(self, node_id: int | str, position: int):
        self.node_id, self.position = node_id, position
        super().__init__(f"edge {position} names the node {node_id!r}, which is not in the list of nodes")


def relabel(
    source: IdColumn, target: IdColumn, node_ids: NodeIds | None = None
) -> tuple[Rows, Rows, NodeIds]:
    """Turn the ends of edges into rows.

    Parameters
    ----------
    source, target
        Ids of the two ends, [num_edges]: int64, or strings as a NumPy or a PyArrow array.
    node_ids
        All nodes in the order of their rows, unique. Without it rows are ascending for whole
        numbers; for strings by first appearance, edge by edge, source before target.

    Returns
    -------
    source_rows, target_rows
        int32 [num_edges].
    node_ids
        int64 or string [num_nodes].

    Raises
    ------
    UnlistedNodeError
        For the first edge that names a node which `node_ids` lacks.
    InputError
        For 2**31 nodes or more, or ids of two kinds.

    Notes
    -----
    O(num_edges) time for strings and for whole numbers in a range of up to 64 ids an edge, which take 28
    bytes an edge at the most; else O(num_edges + num_nodes log num_nodes) and about 40 bytes a node.

    Examples
    --------
    >>> source, target, ids = relabel(np.array([30, 10]), np.array([20, 30]))
    >>> source.tolist(), target.tolist(), ids.tolist()
    ([2, 0], [1, 2], [10, 20, 30])
    """
    if _is_text(source) != _is_text(target):
        raise InputError(ONE_KIND)
    if _is_text(source):
        source_codes, target_codes, distinct = _encode_strings(source, target)
    else:
        source_codes, target_codes, distinct = _rank_numbers(_as_numbers(source), _as_numbers(target))
    if node_ids is None:
        return source_codes, target_codes, distinct
    rows = NodeIndex(node_ids).find(distinct)
    if (rows < 0).any():
        raise _unlisted(rows, source_codes, target_codes, distinct)
    table = rows.astype(np.int32)
    return table[source_codes], table[target_codes], node_ids


def _is_text(ids: IdColumn) -> bool:
    if not isinstance(ids, np.ndarray):
        return True
    return ids.dtype == STRING or ids.dtype.kind == "U" or (ids.dtype == object and len(ids) > 0)


def _as_numbers(ids: Any) -> NDArray[np.int64]:
    """Whole numbers as a read-only array without gaps: the one kind that kernels are compiled for."""
    numbers = np.ascontiguousarray(coerce_ids(ids)).view()
    numbers.flags.writeable = False
    return numbers


def _unlisted(
    rows: NDArray[np.int64], source_codes: Rows, target_codes: Rows, distinct: NodeIds
) -> UnlistedNodeError:
    """The error for the first edge with an end whose row is -1."""
    unlisted = rows < 0
    position = int(np.flatnonzero(unlisted[source_codes] | unlisted[target_codes])[0])
    code = source_codes[position] if unlisted[source_codes[position]] else target_codes[position]
    return UnlistedNodeError(distinct[code : code + 1].tolist()[0], position)


def _rank_numbers(
    source: NDArray[np.int64], target: NDArray[np.int64]
) -> tuple[Rows, Rows, NDArray[np.int64]]:
    """Rows among the distinct ids, ascending."""
    if len(source) == 0:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
    low, high = _extent(source, target)
    span = high - low + 1
    if span <= max(_SMALL_SPAN, _SPAN_PER_EDGE * len(source)):
        return _rank_by_bitmap(source, target, low, span)
    return _rank_by_hashing(source, target)


def _extent(source: NDArray[np.int64], target: NDArray[np.int64]) -> tuple[int, int]:
    """(lowest, highest) id."""
    from graphkit.kernels.cpu import relabel as kernel

    def extents(start: int, stop: int) -> list[tuple[int, int]]:
        return [kernel.extent(ids, start, stop) for ids in (source, target)]

    num_threads = resolve_threads()
    found = run_ranges(extents, even_bounds(len(source), num_threads), num_threads)
    lows, highs = zip(*(extent for both in found for extent in both), strict=True)
    return int(min(lows)), int(max(highs))


def _rank_by_bitmap(
    source: NDArray[np.int64], target: NDArray[np.int64], low: int, span: int
) -> tuple[Rows, Rows, NDArray[np.int64]]:
    from graphkit.kernels.cpu import relabel as kernel

    num_threads = resolve_threads()

    def marked(start: int, stop: int) -> NDArray[np.uint64]:
        words = np.zeros((span + 63) >> 6, np.uint64)
        kernel.mark(source, low, words, start, stop)
        kernel.mark(target, low, words, start, stop)
        return words

    # A bitmap a range, so that no two threads write to one word; all of them of 16 bytes an edge at the most.
    num_bitmaps = max(1, min(num_threads, 128 * len(source) // span))
    words, *others = run_ranges(marked, even_bounds(len(source), num_bitmaps), num_threads)
    for other in others:
        words |= other
    before = np.empty(len(words), np.int32)
    node_ids = np.empty(_checked_count(kernel.count_before(words, before)), np.int64)
    kernel.marked_ids(words, low, node_ids)

    rows = np.empty(len(source), np.int32), np.empty(len(source), np.int32)

    def ranked(start: int, stop: int) -> None:
        kernel.rank_ids(source, low, words, before, rows[0], start, stop)
        kernel.rank_ids(target, low, words, before, rows[1], start, stop)

    run_ranges(ranked, even_bounds(len(source), num_threads), num_threads)
    return *rows, node_ids


def _rank_by_hashing(
    source: NDArray[np.int64], target: NDArray[np.int64]
) -> tuple[Rows, Rows, NDArray[np.int64]]:
    from graphkit.kernels.cpu import relabel as kernel

    ids = np.empty(_FIRST_ROOM, np.int64)
    table = np.full(2 * len(ids), -1, np.int32)
    num_ids = 0
    numbers = np.empty(len(source), np.int32), np.empty(len(target), np.int32)
    for column, out in zip((source, target), numbers, strict=True):
        place, num_ids = kernel.number_ids(column, 0, out, ids, num_ids, table)
        while place < len(column):
            ids = np.concatenate([ids, np.empty_like(ids)])
            table = np.full(2 * len(ids), -1, np.int32)
            kernel.fill_table(ids, num_ids, table)
            place, num_ids = kernel.number_ids(column, place, out, ids, num_ids, table)
    order = np.argsort(ids[:num_ids])
    rank = np.empty(_checked_count(num_ids), np.int32)
    rank[order] = np.arange(num_ids, dtype=np.int32)
    return rank[numbers[0]], rank[numbers[1]], ids[order]


def _encode_strings(source: IdColumn, target: IdColumn) -> tuple[Rows, Rows, NodeIds]:
    source_codes, target_codes, distinct = encode_strings(source, target)
    return source_codes, target_codes, np.array(distinct.to_pylist(), dtype=STRING)


def encode_strings(source: IdColumn, target: IdColumn) -> tuple[Rows, Rows, pyarrow.LargeStringArray]:
    """Return rows among the distinct strings, by first appearance, and these."""
    import pyarrow as pa

    from graphkit.kernels.cpu import relabel as kernel

    columns = [_as_arrow(source), _as_arrow(target)]
    encoded = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.large_string())
    encoded = encoded.dictionary_encode()
    if encoded.num_chunks == 0:
        return np.empty(0, np.int32), np.empty(0, np.int32), pa.array([], pa.large_string())
    codes = np.concatenate([from_arrow(chunk.indices) for chunk in encoded.chunks])
    source_codes, target_codes = codes[: len(columns[0])], codes[len(columns[0]) :]
    texts = encoded.chunk(encoded.num_chunks - 1).dictionary
    ranks = np.empty(len(texts), np.int32)
    kernel.rank_by_appearance(source_codes, target_codes, ranks)
    order = np.empty_like(ranks)
    order[ranks] = np.arange(len(ranks), dtype=np.int32)
    return ranks[source_codes], ranks[target_codes], texts.take(to_arrow(order))


def _as_arrow(ids: IdColumn) -> pyarrow.ChunkedArray:
    """String ids as one PyArrow column of 64-bit offsets."""
    import pyarrow as pa

    if isinstance(ids, np.ndarray):
        return pa.chunked_array([pa.array(coerce_ids(ids).tolist(), pa.large_string())])
    return ids.cast(pa.large_string())


def _checked_count(num_nodes: Any) -> int:
    if num_nodes > MAX_NODES:
        raise InputError(f"a graph holds at most {MAX_NODES:,} nodes for now, found {num_nodes:,}")
    return int(num_nodes)
