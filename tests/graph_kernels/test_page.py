"""The examples of docs/graph-kernels.md run, and are as good as the page says."""

import re
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import expm_multiply

PAGE = Path(__file__).parents[2] / "docs" / "graph-kernels.md"


@pytest.fixture(scope="module")
def page(real_data):
    names = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(block, names)
    return names


def smoothed(graph):
    """D^-1/2 W D^-1/2 in float64."""
    weights = graph.to_scipy().astype(np.float64)
    root = 1 / np.sqrt(np.maximum(weights.sum(axis=1), 1e-300))
    return sp.diags_array(root) @ weights @ sp.diags_array(root)


def test_clusters_are_the_two_clubs(page):
    clubs = page["karate"].labels.toarray().argmax(axis=1)
    agree = np.count_nonzero(page["clusters"] == clubs)
    assert max(agree, 34 - agree) == 33


def exact_mean(page):
    """The posterior mean by the kernel's matrix function."""
    matrix, seen = smoothed(page["mesh"]).toarray(), page["seen"]
    values, vectors = np.linalg.eigh(np.eye(len(matrix)) - matrix)
    kernel = (vectors * np.exp(-10 * values)) @ vectors.T
    noise = 0.01 * np.diag(kernel).mean()
    inner = kernel[np.ix_(seen, seen)] + noise * np.eye(len(seen))
    return kernel[:, seen] @ np.linalg.solve(inner, page["measured"])


def rms(page, values):
    held_out = np.setdiff1d(np.arange(900), page["seen"])
    return np.sqrt(np.mean((values - page["truth"])[held_out] ** 2))


def test_regression_is_near_the_exact_one(page):
    assert rms(page, page["mean"]) == pytest.approx(0.17, abs=0.01)
    assert rms(page, exact_mean(page)) == pytest.approx(0.14, abs=0.01)
    assert page["truth"].std() == pytest.approx(1.0, abs=0.05)


def test_posterior_sample_goes_through_what_was_measured(page):
    difference = page["sample"][page["seen"]] - page["measured"]
    assert difference.std() < 0.2
    assert 0.1 < rms(page, page["sample"]) < 0.5


def test_labels_spread_nearly_as_by_the_inverse(page):
    graph, given = page["cora"].graph, page["given"]
    exact = np.linalg.solve(np.eye(graph.num_nodes) - 0.9 * smoothed(graph).toarray(), given).argmax(axis=1)
    others = np.setdiff1d(np.arange(graph.num_nodes), page["known"])
    right = [
        np.mean(labels[others] == page["truth_of_cora"][others]) for labels in (page["predicted"], exact)
    ]
    assert right == pytest.approx([0.73, 0.75], abs=0.015)


def test_heat_is_that_of_the_exponential(page):
    laplacian = sp.eye_array(900) - smoothed(page["mesh"])
    exact = expm_multiply(-2.0 * laplacian, page["start"])
    assert np.linalg.norm(page["later"] - exact) < 0.03 * np.linalg.norm(exact)


def test_learned_kernel_is_the_one_shown(page):
    wanted = page["wanted"].numpy()
    assert np.linalg.norm(page["learned"] - wanted) < 0.03 * np.linalg.norm(wanted)
