"""Sparse times dense, against SciPy; sizes around every unrolling and block width."""

import numpy as np
import pytest
import scipy.sparse
from support.graphs import random_graph

from graphkit.kernels.cpu import spmm

SIZES = [1, 2, 63, 64, 65, 1000]


def dense_blocks(num_blocks, num_rows, width, seed=0):
    return np.random.default_rng(seed).normal(size=(num_blocks, num_rows, width)).astype(np.float32)


@pytest.mark.parametrize("num_nodes", SIZES)
@pytest.mark.parametrize("width", [1, 7, 16, 128])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_multiply(num_nodes, width, weighted, scaled):
    graph = random_graph(num_nodes, 9 * num_nodes, directed=True, weighted=weighted, seed=num_nodes)
    scale = np.linspace(0.5, 2, num_nodes).astype(np.float32) if scaled else None
    (block,) = dense_blocks(1, num_nodes, width)
    out = np.full_like(block, np.nan)
    spmm.multiply(graph.indptr, graph.indices, graph.weights, scale, block, out, 0, num_nodes)
    wanted = graph.to_scipy().astype(np.float64) @ block.astype(np.float64)
    wanted = wanted if scale is None else wanted * scale[:, None]
    np.testing.assert_allclose(out, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("num_nodes", SIZES)
@pytest.mark.parametrize("width", [16, 32, 80])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_multiply_in_registers(num_nodes, width, weighted, scaled):
    graph = random_graph(num_nodes, 9 * num_nodes, directed=True, weighted=weighted, seed=num_nodes)
    scale = np.linspace(0.5, 2, num_nodes).astype(np.float32) if scaled else None
    (block,) = dense_blocks(1, num_nodes, width)
    out = np.full((num_nodes, width + 7), np.nan, np.float32)
    first = num_nodes // 3
    spmm.multiply_in_registers(
        *(graph.indptr, graph.indices, graph.weights, scale, block, out, 5, first, num_nodes)
    )
    wanted = graph.to_scipy().astype(np.float64) @ block.astype(np.float64)
    wanted = wanted if scale is None else wanted * scale[:, None]
    np.testing.assert_allclose(out[first:, 5:-2], wanted[first:], rtol=1e-4, atol=1e-4)
    assert np.isnan(out[:first]).all()
    assert np.isnan(out[:, :5]).all()
    assert np.isnan(out[:, -2:]).all()


@pytest.mark.parametrize("weighted", [False, True])
def test_a_column_has_the_same_bits_beside_any_others(weighted):
    graph = random_graph(60, 900, directed=True, weighted=weighted, seed=1)
    (block,) = dense_blocks(1, 60, 48)
    whole, parts = np.empty_like(block), np.empty_like(block)
    arcs = graph.indptr, graph.indices, graph.weights
    spmm.multiply_in_registers(*arcs, None, block, whole, 0, 0, 60)
    for left in (0, 16, 32):
        part = np.ascontiguousarray(block[:, left : left + 16])
        spmm.multiply_in_registers(*arcs, None, part, parts, left, 0, 60)
    assert parts.tobytes() == whole.tobytes()


def test_multiply_writes_its_rows_only():
    graph = random_graph(50, 300)
    (block,) = dense_blocks(1, 50, 8)
    out = np.full_like(block, np.nan)
    spmm.multiply(graph.indptr, graph.indices, None, None, block, out, 10, 20)
    assert np.isfinite(out[10:20]).all()
    assert np.isnan(out[:10]).all()
    assert np.isnan(out[20:]).all()


@pytest.mark.parametrize("num_nodes", SIZES)
@pytest.mark.parametrize("weighted", [False, True])
def test_multiply_sparse(num_nodes, weighted):
    graph = random_graph(num_nodes, 4 * num_nodes, directed=True, weighted=weighted, seed=2)
    right = scipy.sparse.random_array((num_nodes, 20), density=0.1, format="csr", rng=3, dtype=np.float32)
    scale = np.linspace(0.5, 2, num_nodes).astype(np.float32)
    out = np.full((2, num_nodes, 10), np.nan, np.float32)
    slots = right.indices.astype(np.int64) // 10 * (num_nodes * 10) + right.indices % 10
    indptr = right.indptr.astype(np.int64)
    bits = np.packbits(np.diff(indptr) > 0, bitorder="little")
    spmm.multiply_sparse(
        *(graph.indptr, graph.indices, graph.weights, scale, bits, indptr, slots, right.data),
        *(out, 0, num_nodes),
    )
    wanted = (graph.to_scipy().astype(np.float64) @ right.toarray().astype(np.float64)) * scale[:, None]
    np.testing.assert_allclose(np.hstack(list(out)), wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("normalize", [False, True])
def test_add_scaled(normalize):
    blocks = dense_blocks(2, 30, 5)
    blocks[:, 3] = 0
    # A padded last block: nine columns in two blocks of five.
    blocks[1, :, 4] = 0
    total = np.ones((30, 9), np.float32)
    spmm.add_scaled(blocks, None, 2.5, normalize, total, 0, 30)
    rows = np.hstack(list(blocks))[:, :9].astype(np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    wanted = 1 + 2.5 * (rows / np.where(norms > 0, norms, 1) if normalize else rows)
    np.testing.assert_allclose(total, wanted, rtol=1e-5, atol=1e-6)


def test_column_sums_and_shift():
    matrix = dense_blocks(1, 101, 7)[0]
    sums, squares = np.full(7, np.nan), np.full(7, np.nan)
    spmm.column_sums(matrix, sums, squares, 10, 90)
    part = matrix[10:90].astype(np.float64)
    np.testing.assert_allclose(sums, part.sum(axis=0))
    np.testing.assert_allclose(squares, (part**2).sum(axis=0))
    shifted = matrix.copy()
    spmm.shift_and_scale(shifted, np.arange(7.0), np.full(7, 2.0), 10, 90)
    np.testing.assert_allclose(shifted[10:90], (part - np.arange(7)) * 2, rtol=1e-5, atol=1e-5)
    assert np.array_equal(shifted[:10], matrix[:10])
