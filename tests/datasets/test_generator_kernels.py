"""The kernels of the generators against plain twins and exact probabilities."""

import numba
import numpy as np
import pytest
from support.reference import block_model as plain_block_model
from support.reference import byte_alias as plain_alias
from support.reference import preferential as plain_preferential
from support.reference import rmat as plain_rmat
from support.reference.philox import draw as plain_draw

from graphkit.kernels.cpu import block_model, byte_alias, preferential, rmat

STREAM = 6


def byte_distributions():
    rng = np.random.default_rng(1)
    one = np.zeros(256)
    one[17] = 1.0
    sparse = np.where(rng.random(256) < 0.1, rng.random(256), 0.0)
    return {
        "even": np.full(256, 1 / 256),
        "one outcome": one,
        "two outcomes": np.eye(256)[3] / 3 + np.eye(256)[255] * 2 / 3,
        "random": rng.dirichlet(np.ones(256)),
        "skewed": rng.dirichlet(np.full(256, 0.02)),
        "few outcomes": sparse / sparse.sum(),
    }


@pytest.mark.parametrize("name", byte_distributions())
def test_alias_table_holds_every_probability_within_its_rounding(name):
    probabilities = byte_distributions()[name]
    table = byte_alias.alias_tables(probabilities[None])[0]
    masses = np.array(plain_alias.masses(table))
    assert masses.sum() == 2**32
    assert np.abs(masses - probabilities * 2**32).max() < 1
    assert not masses[probabilities == 0].any()


def test_alias_tables_of_whole_weights_are_exact():
    weights = byte_alias.whole_weights(np.stack(list(byte_distributions().values())))
    tables = np.empty(weights.shape, np.uint32)
    byte_alias.fill_tables(weights.copy(), tables)
    assert [plain_alias.masses(table) for table in tables] == weights.tolist()


@pytest.mark.parametrize("scale", [1, 3, 4, 5, 12, 13, 31, 62])
def test_rmat_edges_equal_the_plain_twin(scale):
    tables = rmat.quadrant_tables(scale, np.array([[0.57, 0.19], [0.19, 0.05]]))
    edges = np.full((65, 2), -1, np.int64)
    rmat.draw_edges(tables, np.uint64(2**40 + 3), STREAM, edges, 0, 65)
    assert edges.tolist() == [list(plain_rmat.edge(tables, 2**40 + 3, STREAM, i)) for i in range(65)]
    assert edges.max() < 2**scale


def test_rmat_items_beyond_32_bits_draw_other_words():
    tables = rmat.quadrant_tables(20, np.full((2, 2), 0.25))
    first = 2**32 + 5
    # A view that begins at row `first`: only its three rows are ever touched.
    edges = np.lib.stride_tricks.as_strided(np.zeros((1, 2), np.int64), (first + 3, 2), (0, 8))
    rmat.draw_edges(tables, np.uint64(1), STREAM, edges, first + 2, first + 3)
    assert tuple(edges[0]) == plain_rmat.edge(tables, 1, STREAM, first + 2)
    assert tuple(edges[0]) != plain_rmat.edge(tables, 1, STREAM, 7)


@pytest.mark.parametrize("probability", [1.0, 0.999, 0.5, 0.03, 1e-5, 1e-9, 1e-12, 0.0])
def test_gap_tables_hold_the_geometric_distribution(probability):
    tables = block_model.gap_tables(np.array([probability]))[0]
    for byte, table in enumerate(tables):
        exact = [_gap_byte_probability(probability, byte, value) for value in range(256)]
        assert np.abs(np.array(plain_alias.masses(table)) - np.array(exact) * 2**32).max() < 1.01


def _gap_byte_probability(probability, byte, value):
    if probability == 0.0:
        # The limit: lower bytes are even, the highest says "beyond any row".
        return 1 / 256 if byte < 3 else float(value == 255)
    if probability == 1.0:
        return float(value == 0)
    return float(plain_block_model.gap_byte_probability(probability, byte, value))


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("sizes", [[1], [2], [65], [1, 1, 1], [20, 30, 15], [10, 1, 1, 40]])
def test_block_model_edges_equal_the_plain_twin(sizes, directed):
    starts = np.concatenate([[0], np.cumsum(sizes)])
    choices = np.array([0.0, 0.02, 0.3, 1.0])
    table_of = np.random.default_rng(len(sizes)).integers(0, 4, (len(sizes), len(sizes)))
    tables = block_model.gap_tables(choices)
    model = starts, table_of, tables, directed, np.uint64(9), STREAM
    count = block_model.draw_edges(*model, None, None, 0, 0, starts[-1])
    source, target = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    middle = int(starts[-1]) // 2
    place = block_model.draw_edges(*model, source, target, 0, 0, middle)
    assert block_model.draw_edges(*model, source, target, place, middle, starts[-1]) == count
    block_of = np.repeat(np.arange(len(sizes)), sizes)
    expected = plain_block_model.edges(block_of, table_of, tables, directed, 9, STREAM)
    assert list(zip(source.tolist(), target.tolist())) == expected


SHAPES = [(2, 1), (3, 1), (65, 1), (4, 3), (5, 3), (64, 7), (200, 2)]


@pytest.mark.parametrize(("num_nodes", "num_new"), SHAPES)
def test_preferential_edges_equal_the_plain_twin(num_nodes, num_new):
    ends = np.full(2 * num_new * (num_nodes - num_new), -1, np.int32)
    chosen_by = np.full(num_nodes, -1, np.int32)
    preferential.draw_edges(num_new, np.uint64(2**63 + 1), STREAM, chosen_by, ends)
    expected = plain_preferential.edges(num_nodes, num_new, 2**63 + 1, STREAM)
    assert list(map(tuple, ends.reshape(-1, 2).tolist())) == expected


@numba.njit
def call_pick(table, word):
    return byte_alias.pick(table, word)


def test_pick_reads_the_table_as_the_plain_twin_at_every_threshold():
    table = byte_alias.alias_tables(byte_distributions()["random"][None])[0]
    for cell, packed in enumerate(table.tolist()):
        for low in {0, max((packed >> 8) - 1, 0), packed >> 8, 2**24 - 1}:
            word = (cell << 24) | low
            assert call_pick(table, np.uint32(word)) == plain_alias.outcome(table, word)


@pytest.mark.parametrize("probability", [1e-4, 1e-7, 1e-9])
def test_block_model_gaps_of_every_length(probability):
    num_nodes, row = 2**31 - 1, 5
    tables = block_model.gap_tables(np.array([probability]))
    starts, table_of = np.array([0, num_nodes]), np.zeros((1, 1), np.int64)
    source, target = np.empty(300_000, np.int32), np.empty(300_000, np.int32)
    model = starts, table_of, tables, False, np.uint64(2), STREAM
    count = block_model.draw_edges(*model, source, target, 0, row, row + 1)
    columns, step = [row], 0
    while columns[-1] < num_nodes and step < 500:
        words = plain_draw(2, row, step, STREAM)
        columns.append(columns[-1] + 1 + plain_block_model.gap(tables[0], words))
        step += 1
    expected = [column for column in columns[1:] if column < num_nodes]
    assert target[: min(count, 500)].tolist() == expected
    assert abs(count - probability * num_nodes) < 5 * np.sqrt(probability * num_nodes) + 5
    assert (source[:count] == row).all()
