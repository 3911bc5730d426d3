"""The unit of the weights is a choice: no method's vectors depend on it, near the ends of float32 neither."""

import numpy as np
import pytest
from support.graphs import fitting

from graphkit import Graph, PersonalizedPageRank, core_numbers, random_walks
from graphkit.methods.registry import METHODS, find_method

OPTIONS = {
    "fastrp": {"dim": 8, "matrix": "adjacency", "sparsity": 1.0},
    "deepwalk": {"dim": 8, "walks_per_node": 2, "walk_length": 10, "window": 3},
    "node2vec": {"dim": 8, "walks_per_node": 2, "walk_length": 10, "window": 3, "p": 0.5, "q": 2.0},
    "line": {"dim": 8, "samples": 2000},
    "corewalk": {"dim": 8, "walk_length": 10, "window": 3},
    "grf": {"dim": 8},
    "netmf": {"dim": 8},
    "netsmf": {"dim": 8},
    "verse": {"dim": 8, "samples_per_node": 50},
    "nrp": {"dim": 8},
    "spectral": {"dim": 8},
    "prone": {"dim": 8},
}
SYMMETRIC = {"grf", "spectral", "prone", "netmf", "netsmf"}
"""Methods for undirected graphs."""

EXTREMES = [2.0**-125, 2.0**-20, 2.0**20, 2.0**126]
"""Powers of two, so that nothing is rounded; the weights are 1, 2 and 3 times these."""


def graph_of(unit, directed=False):
    rng = np.random.default_rng(0)
    edges, weights = rng.integers(0, 40, (160, 2)), rng.integers(1, 4, 160)
    return Graph.from_edges(edges, weights * unit, num_nodes=40, directed=directed, duplicates="max")


@pytest.mark.parametrize("unit", EXTREMES)
@pytest.mark.parametrize(
    ("name", "directed"),
    [
        (name, directed)
        for name in METHODS
        for directed in (False, True)
        if name not in SYMMETRIC or not directed
    ],
)
def test_vectors(name, directed, unit):
    method = find_method(name)(seed=1, **OPTIONS.get(name, {}))
    wanted = method.fit_transform(fitting(name, graph_of(1.0, directed)))
    found = method.fit_transform(fitting(name, graph_of(unit, directed)))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6 * np.abs(wanted).max())


@pytest.mark.parametrize("unit", EXTREMES)
@pytest.mark.parametrize("directed", [False, True])
def test_cores_ranks_and_walks(directed, unit):
    plain, scaled = graph_of(1.0, directed), graph_of(unit, directed)
    cores = core_numbers(plain, strength=True)
    np.testing.assert_array_equal(core_numbers(scaled, strength=True) / unit, cores)
    for method in ("push", "walks"):
        ranker = PersonalizedPageRank(method=method)
        np.testing.assert_allclose(ranker.vector(scaled, 0), ranker.vector(plain, 0), rtol=1e-6, atol=1e-12)
    law = {"walk_length": 20, "walks_per_node": 2, "p": 0.5, "q": 2.0, "seed": 1, "extend": not directed}
    np.testing.assert_array_equal(random_walks(scaled, **law), random_walks(plain, **law))
