"""The relabelling kernels against counting by hand, and `relabel` against dictionaries."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.reference.relabel import rows_ascending, rows_by_appearance

from graphkit.errors import InputError
from graphkit.graph.node_ids import STRING
from graphkit.graph.relabel import UnlistedNodeError, relabel
from graphkit.kernels.cpu import relabel as kernel

INT64 = st.integers(-(2**63), 2**63 - 1)
SIZES = [1, 2, 63, 64, 65, 1000]


def pairs_of(ids, max_size=60):
    return st.lists(st.tuples(ids, ids), max_size=max_size)


def columns(edges, dtype):
    return (np.array([edge[side] for edge in edges], dtype=dtype) for side in (0, 1))


def as_lists(relabelled):
    return tuple(part.tolist() for part in relabelled)


@pytest.mark.parametrize("size", SIZES)
def test_extent(size):
    ids = np.random.default_rng(size).integers(-(2**62), 2**62, size)
    assert kernel.extent(ids, 0, size) == (ids.min(), ids.max())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("low", [0, -70, 5])
def test_bitmap_ranks_ids_by_value(size, low):
    ids = low + np.random.default_rng(size).integers(0, 3 * size, size)
    words = np.zeros((3 * size + 63) // 64, np.uint64)
    kernel.mark(ids, low, words, 0, size)
    before = np.full(len(words), -9, np.int32)
    total = kernel.count_before(words, before)
    marked = np.full(total, -9, np.int64)
    kernel.marked_ids(words, low, marked)
    assert marked.tolist() == sorted(set(ids.tolist()))
    rows = np.full(size, -9, np.int32)
    kernel.rank_ids(ids, low, words, before, rows, 0, size)
    assert marked[rows].tolist() == ids.tolist()


def test_a_full_word_has_64_bits():
    words = np.full(2, 2**64 - 1, np.uint64)
    before = np.full(2, -9, np.int32)
    assert kernel.count_before(words, before) == 128
    assert before.tolist() == [0, 64]


@pytest.mark.parametrize("size", SIZES)
def test_numbers_are_given_as_ids_are_met_and_the_kernel_stops_when_out_of_room(size):
    column = np.random.default_rng(size).integers(-(2**63), 2**63 - 1, size)
    column[size // 2 :] = column[: size - size // 2]
    ids, table, numbers = np.full(2048, -9), np.full(4096, -1, np.int32), np.full(size, -9, np.int32)
    place, count = kernel.number_ids(column, 0, numbers, ids, 0, table)
    expected, _, distinct = rows_by_appearance(column.tolist(), column.tolist())
    assert (place, count, numbers.tolist(), ids[:count].tolist()) == (size, len(distinct), expected, distinct)

    room = max(1, count // 2)
    few, small = np.full(room, -9), np.full(2 * 2048, -1, np.int32)
    place, stopped = kernel.number_ids(column, 0, numbers, few, 0, small)
    if count > room:
        assert stopped == room
        assert column[place] == distinct[room]


def test_a_filled_table_finds_the_same_numbers():
    ids = np.arange(100) * 2**40
    table, numbers = np.full(256, -1, np.int32), np.full(100, -9, np.int32)
    kernel.fill_table(ids, 100, table)
    assert kernel.number_ids(ids, 0, numbers, ids.copy(), 100, table) == (100, 100)
    assert numbers.tolist() == list(range(100))


def test_rank_by_appearance_takes_source_before_target_and_marks_the_unused():
    ranks = np.full(5, -9, np.int32)
    kernel.rank_by_appearance(np.array([3, 0], np.int32), np.array([1, 3], np.int32), ranks)
    assert ranks.tolist() == [2, 1, -1, 0, -1]


@settings(deadline=None, derandomize=True)
@given(pairs_of(st.integers(-50, 200)) | pairs_of(INT64) | pairs_of(st.integers(2**40, 2**40 + 2**22)))
def test_whole_numbers_are_ranked(edges):
    source, target = columns(edges, np.int64)
    assert as_lists(relabel(source, target)) == rows_ascending(source.tolist(), target.tolist())


@settings(deadline=None, derandomize=True)
@given(pairs_of(st.text("ab é\U0001f600", min_size=1, max_size=3)))
def test_strings_keep_the_order_in_which_they_appear(edges):
    source, target = columns(edges, STRING)
    expected = rows_by_appearance(source.tolist(), target.tolist())
    assert as_lists(relabel(source, target)) == expected
    chunks = [
        pa.chunked_array([column.tolist()[:1], column.tolist()[1:]], pa.string())
        for column in (source, target)
    ]
    assert as_lists(relabel(*chunks)) == expected


@pytest.mark.parametrize("spread", [1, 2**33], ids=["bitmap", "hashing"])
def test_many_edges_with_more_ids_than_the_first_room(spread):
    rng = np.random.default_rng(5)
    source, target = rng.integers(0, 9000, (2, 30_000)) * spread
    source_rows, target_rows, ids = relabel(source, target)
    assert (source_rows.dtype, target_rows.dtype, ids.dtype) == (np.int32, np.int32, np.int64)
    assert np.array_equal(ids, np.unique([source, target]))
    assert np.array_equal(ids[source_rows], source)
    assert np.array_equal(ids[target_rows], target)


@pytest.mark.parametrize("num_threads", ["1", "2", "7"])
def test_threads_do_not_matter(num_threads, monkeypatch):
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", num_threads)
    source, target = np.random.default_rng(1).integers(-500, 500, (2, 1000))
    assert as_lists(relabel(source, target)) == rows_ascending(source.tolist(), target.tolist())


def test_arrays_with_gaps_and_read_only_arrays_are_taken():
    edges = np.array([[1, 2], [2, 5]])
    edges.flags.writeable = False
    assert as_lists(relabel(edges[:, 0], edges[:, 1])) == ([0, 1], [1, 2], [1, 2, 5])


def test_listed_nodes_keep_their_order():
    listed = np.array([9, 4, 7])
    assert as_lists(relabel(np.array([4]), np.array([9]), listed)) == ([1], [0], [9, 4, 7])
    names = np.array(["x", "b", "a"], dtype=STRING)
    assert as_lists(relabel(np.array(["a"]), np.array(["b"]), names)) == ([2], [1], ["x", "b", "a"])


@pytest.mark.parametrize(
    ("source", "target", "listed", "node_id", "position"),
    [
        ([1, 2, 8], [2, 1, 1], [1, 2], 8, 2),
        ([1, 1, 8], [2, 9, 1], [1, 2], 9, 1),
        (["a", "a"], ["a", "z"], ["a"], "z", 1),
    ],
)
def test_an_edge_of_an_unlisted_node_is_named(source, target, listed, node_id, position):
    dtype = STRING if isinstance(node_id, str) else np.int64
    with pytest.raises(UnlistedNodeError) as caught:
        relabel(*(np.array(part, dtype=dtype) for part in (source, target, listed)))
    assert (caught.value.node_id, caught.value.position) == (node_id, position)
    assert (
        str(caught.value) == f"edge {position} names the node {node_id!r}, which is not in the list of nodes"
    )


def test_two_kinds_of_ids_are_refused():
    with pytest.raises(InputError, match="source ids and target ids must be of one kind"):
        relabel(np.array([1]), np.array(["a"]))
