"""Graph random features out of core have the bits of those in memory."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit import outofcore
from graphkit.cli import main
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.methods.random_features import RandomFeatures
from graphkit.outofcore import row_features

KERNELS = {
    "default": {},
    "independent": {"coupling": "independent", "num_walkers": 3, "kernel": "diffusion"},
    "adjacency": {
        "kernel": "coefficients",
        "coefficients": (1.0, 0.5, 0.25),
        "normalization": "none",
        "scale": 0.01,
    },
}


def same(found, expected):
    assert found.shape == expected.shape
    for name in ("indptr", "indices", "data"):
        one, other = getattr(found, name), getattr(expected, name)
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS.keys())
@pytest.mark.parametrize("weighted", [False, True])
def test_bits_are_those_in_memory(make_engine, tmp_path, monkeypatch, kernel, weighted):
    monkeypatch.setattr(row_features, "WALKERS_PER_TASK", 500)
    graph = random_graph(200, 900, weighted=weighted)
    graph.save(tmp_path / "g")
    model = RandomFeatures(seed=3, **kernel)
    same(
        outofcore.kernel_features(tmp_path / "g", model, engine=make_engine()),
        model.fit_features(graph).features_,
    )


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(make_engine, tmp_path, arguments):
    graph = Graph.from_edges(**arguments)
    graph.save(tmp_path / "g")
    model = RandomFeatures(kernel="diffusion")
    if graph.directed:
        with pytest.raises(ParameterError, match="graph kernels are for undirected graphs"):
            outofcore.kernel_features(tmp_path / "g", model, engine=make_engine())
        return
    found = outofcore.kernel_features(tmp_path / "g", model, engine=make_engine())
    same(found, model.fit_features(graph).features_)


def test_the_command_and_worker_processes(tmp_path):
    random_graph(100, 400).save(tmp_path / "g")
    line = ["kernel-features", str(tmp_path / "g"), "-q", "--num-walkers", "8", "--seed", "2", "-o"]
    assert main([*line, str(tmp_path / "memory.npz")]) == 0
    work = ["--engine", "local", "--work", str(tmp_path / "work"), "--threads", "2"]
    assert main([*line, str(tmp_path / "disk.npz"), *work]) == 0
    with np.load(tmp_path / "memory.npz") as memory, np.load(tmp_path / "disk.npz") as disk:
        assert sorted(memory) == sorted(disk)
        assert all(np.array_equal(memory[name], disk[name]) for name in memory)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"backend": "gpu"}, "backend='gpu' has no effect out of core"),
        ({"two_sided": True}, "two_sided=True has no effect out of core"),
        ({"num_walkers": 3}, "num_walkers must be even"),
        (
            {"kernel": "coefficients", "coefficients": [1.0], "scale": -1.0},
            "scale must be",
        ),
    ],
)
def test_what_is_refused(make_engine, tmp_path, params, message):
    random_graph(30, 100).save(tmp_path / "g")
    with pytest.raises(ParameterError, match=message):
        outofcore.kernel_features(tmp_path / "g", RandomFeatures(**params), engine=make_engine())
