"""Neighbours among vectors that are a tensor on the device: those of arrays, and no copy to the host."""

import numpy as np
import pytest
import torch
from support.float64_neighbors import CASES, all_pairs, recall
from torch.utils._python_dispatch import TorchDispatchMode

from graphkit import LargeVis, ParameterError, knn_graph
from graphkit.gpu.backend import usable_device
from graphkit.maps import MapFrame
from graphkit.neighbors import nearest, perplexity_graph
from graphkit.neighbors.certainty import SPARE
from graphkit.neighbors.gpu import search as on_device
from graphkit.neighbors.gpu import tensor_table
from graphkit.neighbors.gpu import tensors as on_tensors

DEVICE = usable_device()
METRICS = "euclidean", "cosine", "inner_product"


@pytest.fixture(params=[(1 << 15, 1 << 11), (7, 4)], ids=["whole", "blocks"])
def blocks(request, monkeypatch):
    """In one block of products, and in many."""
    monkeypatch.setattr(on_device, "_BLOCK_ROWS", request.param[0])
    monkeypatch.setattr(on_device, "_BLOCK_QUERIES", request.param[1])


def whole_numbers(num_rows, seed=0):
    """Vectors with exact products, many of them equal: what is equally near is ordered by number."""
    vectors = np.random.default_rng(seed).integers(-2, 3, (num_rows, 4)).astype(np.float32)
    vectors[0] = 0
    return vectors


def on_gpu(values):
    return torch.tensor(values, device=DEVICE)


@pytest.mark.parametrize("excluding", [False, True])
@pytest.mark.parametrize("metric", METRICS)
def test_the_nearest_are_those_of_arrays(metric, excluding, blocks, crossings):
    database, queries = whole_numbers(60), whole_numbers(11, seed=1)
    exclude = np.arange(22).reshape(11, 2) if excluding else None
    # All that are left: ties at the end of the best would be broken at random.
    wanted = nearest(database, queries, 58 if excluding else 60, metric=metric, exclude=exclude)
    given, excluded = (on_gpu(database), on_gpu(queries)), on_gpu(exclude) if excluding else None
    crossings.clear()
    found = nearest(*given, 58 if excluding else 60, metric=metric, exclude=excluded, backend="gpu")
    assert not any(crossings)
    assert found.rows.device == found.scores.device == DEVICE
    assert (found.rows.dtype, found.scores.dtype) == (torch.int64, torch.float32)
    np.testing.assert_allclose(found.scores.cpu().numpy(), wanted.scores, rtol=1e-5, atol=1e-6)
    if metric == "inner_product":
        assert np.array_equal(found.rows.cpu().numpy(), wanted.rows)
    if excluding:
        assert not bool((found.rows[:, :, None] == excluded[:, None, :]).any())


class Large(TorchDispatchMode):
    """The memory of all results of torch's that have so many numbers."""

    def __init__(self, size):
        super().__init__()
        self.size, self.found = size, {}

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        result = function(*arguments, **(options or {}))
        if isinstance(result, torch.Tensor) and result.numel() >= self.size:
            self.found[result.untyped_storage().data_ptr()] = result
        return result


@pytest.mark.parametrize("metric", METRICS)
def test_vectors_are_held_once_more_at_most(metric, monkeypatch):
    monkeypatch.setattr(on_device, "_BLOCK_ROWS", 50)
    monkeypatch.setattr(tensor_table, "SAMPLE", 50)
    monkeypatch.setattr(on_tensors, "_DIRECT_VALUES", 200)
    database, queries = on_gpu(whole_numbers(400)), on_gpu(whole_numbers(3, seed=1))
    with Large(database.numel()) as large:
        nearest(database, queries, 2, metric=metric, backend="gpu")
    large.found.pop(database.data_ptr(), None)
    assert len(large.found) == 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("metric", METRICS)
def test_the_graph_is_that_of_arrays(metric, dtype, blocks, crossings):
    points = np.random.default_rng(3).normal(size=(50, 8))
    points[7] = 0
    wanted = knn_graph(points, 6, metric=metric)
    tensor = on_gpu(points).to(dtype).requires_grad_()
    crossings.clear()
    found = knn_graph(tensor, 6, metric=metric, backend="gpu")
    assert not any(crossings)
    assert (found.indices.device, found.indices.dtype) == (DEVICE, torch.int32)
    assert (found.distances.device, found.distances.dtype) == (DEVICE, torch.float32)
    assert found.num_zero == wanted.num_zero == (metric == "cosine")
    assert str(found) == str(wanted)
    there = found.to_host()
    assert there.to_host() is there
    # All others are equally near to a zero vector.
    clear = np.arange(50) != (-1 if metric == "euclidean" else 7)
    assert np.array_equal(there.indices[clear], wanted.indices[clear])
    np.testing.assert_allclose(there.distances, wanted.distances, rtol=1e-5, atol=1e-6)
    assert np.array_equal(found.to_scipy().toarray(), there.to_scipy().toarray())


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("case", CASES)
def test_vectors_far_from_the_origin(case, metric, crossings):
    tensor = on_gpu(CASES[case])
    crossings.clear()
    found = knn_graph(tensor, 10, metric=metric, backend="gpu")
    assert not any(crossings)
    assert recall(all_pairs(case, metric), found.to_host().indices) == 1


def test_counting_sees_the_host_path(crossings):
    points = np.random.default_rng(3).normal(size=(50, 8))
    knn_graph(points, 6, backend="gpu")
    assert {50 * 8, 50 * (6 + 1 + SPARE)} <= set(crossings)


def test_maps_take_neighbours_that_are_tensors():
    points = np.random.default_rng(3).normal(size=(40, 6)).astype(np.float32)
    found = knn_graph(on_gpu(points), 15, backend="gpu")
    there = found.to_host()
    model = LargeVis(samples_per_node=1, perplexity=5, start="random", seed=5)
    assert np.array_equal(model.fit_transform(found), model.fit_transform(there))
    assert isinstance(model.fit(found).neighbors_.indices, np.ndarray)
    one, other = (perplexity_graph(each, 5) for each in (found, there))
    assert np.array_equal(one.weights, other.weights)
    frame = MapFrame(np.arange(40), points[:, :2], neighbors=found)
    assert np.array_equal(frame.neighbors, there.indices)


def test_what_is_refused(monkeypatch):
    points = on_gpu(whole_numbers(9))
    broken = points.clone()
    broken[3, 1] = float("nan")
    for wrong, message in (
        (points[0], r"vectors must have shape \[rows, dim\] with dim >= 1, got \(4,\)"),
        (points[:, :0], r"got \(9, 0\)"),
        (broken, "vectors must be finite in float32, found NaN or infinity in row 3"),
        (points.double() * 1e40, "vectors must be finite in float32, found NaN or infinity in row"),
        (points + 1e30, "vectors are too large: their products overflow float32"),
    ):
        with pytest.raises(ParameterError, match=message):
            knn_graph(wrong, 2, metric="inner_product", backend="gpu")
    with pytest.raises(ParameterError, match=r"k must be whole and in \[1, 8\] \(9 points\), got 9"):
        knn_graph(points, 9, backend="gpu")
    with pytest.raises(ParameterError, match="num_lists and num_probes have no effect with backend gpu"):
        knn_graph(points, 2, num_lists=3, backend="gpu")
    with pytest.raises(ParameterError, match="queries must have 4 columns, as vectors, got 3"):
        nearest(points, points[:, :3], 2, backend="gpu")
    with pytest.raises(ParameterError, match=r"queries must be an array of numbers \[rows, dim\]"):
        nearest(points, [["a"]], 2, backend="gpu")
    with pytest.raises(ParameterError, match="exclude must have one row for each of 9 queries"):
        nearest(points, points, 2, exclude=[1, 2], backend="gpu")
    for given in (9 * ["a"], points[:, 0]):
        with pytest.raises(ParameterError, match="exclude must be whole numbers, rows of vectors"):
            nearest(points, points, 2, exclude=given, backend="gpu")
    asked = []
    monkeypatch.setattr(on_tensors, "check_memory", lambda *given: asked.append(given))
    nearest(points, points, 2, backend="gpu")
    ((device, needed, backend),) = asked
    assert (device, backend) == (DEVICE, "gpu")
    assert needed.keys() == {"vectors", "products", "queries", "results"}


def test_on_the_cpu_the_result_is_arrays():
    found = knn_graph(torch.tensor(whole_numbers(9)), 2, backend="cpu")
    assert isinstance(found.indices, np.ndarray)
