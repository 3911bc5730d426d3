"""Features of each length: the twin's, without bias, coupled as said, the same on any number of threads."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference.graph_kernels import normalized
from support.reference.random_features import deposits

from graphkit.datasets import load
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.graph_kernels.feature_walks import length_features

COUPLINGS = ["independent", "antithetic", "repelling", "antithetic-repelling"]
COUPLING = pytest.mark.parametrize("coupling", COUPLINGS)
SEED = (5 << 32) | 3


def matrix_of(graph, normalization, scale):
    weights = graph.to_scipy().toarray().astype(np.float64)
    return scale * (normalized(weights) if normalization == "symmetric" else weights)


def stack(walked):
    return np.array([walked.matrix(length).toarray() for length in range(walked.max_length + 1)])


@COUPLING
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("normalization", ["symmetric", "none"])
@pytest.mark.parametrize("num_walkers", [2, 6, 300])
def test_rows_are_the_twins(coupling, weighted, normalization, num_walkers):
    graph = random_graph(30, 60, weighted=weighted, seed=1)
    walked = length_features(
        graph,
        num_walkers=num_walkers,
        p_halt=0.3,
        max_length=7,
        coupling=coupling,
        normalization=normalization,
        scale=0.7,
        seed=SEED,
    )
    found = stack(walked)
    matrix = matrix_of(graph, normalization, 0.7).tolist()
    for row in range(0, graph.num_nodes, 1 if num_walkers < 300 else 10):
        wanted = np.zeros_like(found[:, row])
        for (length, node), value in deposits(matrix, row, num_walkers, 0.3, 7, SEED, coupling).items():
            wanted[length, node] = value
        np.testing.assert_allclose(found[:, row], wanted, rtol=1e-5)


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(arguments):
    graph = Graph.from_edges(**arguments)
    walked = length_features(graph, num_walkers=4, p_halt=0.5, max_length=3, seed=1)
    assert np.isfinite(walked.loads).all()
    assert np.array_equal(walked.matrix(0).toarray(), np.eye(graph.num_nodes))


@COUPLING
@pytest.mark.parametrize("name", ["karate club", "unweighted", "hub", "sparse"])
def test_powers_are_estimated_without_bias(coupling, name):
    graph = {
        "karate club": lambda: load("karate_club").graph,
        "unweighted": lambda: random_graph(25, 60, seed=4),
        "hub": lambda: Graph.from_edges(**AWKWARD["star"]),
        "sparse": lambda: random_graph(40, 40, weighted=True, seed=5),
    }[name]()
    powers = np.array([np.linalg.matrix_power(matrix_of(graph, "symmetric", 0.8), k) for k in range(6)])
    left, right = np.random.default_rng(0).normal(size=(2, 12, graph.num_nodes))
    exact = np.einsum("si,kij,sj->sk", left, powers, right)
    found = []
    for seed in range(400):
        walked = length_features(
            graph, num_walkers=6, p_halt=0.4, max_length=5, coupling=coupling, scale=0.8, seed=seed
        )
        found.append([np.diag(left @ (walked.matrix(length) @ right.T)) for length in range(6)])
    samples = np.array(found)
    errors = samples.mean(axis=0)[1:] - exact.T[1:]
    z = errors / (samples.std(axis=0, ddof=1)[1:] / np.sqrt(len(samples)))
    # 60 normal numbers, a sixteenth of a thousand beyond each bound.
    assert np.abs(z).max() < 4.5
    assert 0.4 < np.mean(z**2) < 2.0


def test_loads_in_the_thousands_of_walkers_come_near():
    graph = load("karate_club").graph
    matrix = matrix_of(graph, "symmetric", 0.9)
    walked = length_features(graph, num_walkers=20_000, p_halt=0.3, max_length=4, scale=0.9, seed=2)
    for length in range(5):
        found = walked.matrix(length).toarray()
        np.testing.assert_allclose(found, np.linalg.matrix_power(matrix, length), rtol=0, atol=0.01)


def test_of_an_antithetic_pair_one_walks_on():
    ring = Graph.from_edges([(i, (i + 1) % 9) for i in range(9)])
    options = {"num_walkers": 10, "p_halt": 0.5, "max_length": 1, "seed": 3}
    together = length_features(ring, coupling="antithetic", **options).matrix(1)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-6)
    apart = length_features(ring, coupling="independent", **options).matrix(1)
    assert len(np.unique(apart.sum(axis=1))) > 2


def test_repelling_walkers_take_different_arcs():
    star = Graph.from_edges(**AWKWARD["star"])
    options = {"num_walkers": 69, "p_halt": 1e-9, "max_length": 1, "seed": 3}
    assert len(np.unique(length_features(star, coupling="repelling", **options).matrix(1)[[0]].data)) == 1
    assert length_features(star, coupling="repelling", **options).matrix(1)[[0]].nnz == 69
    assert length_features(star, coupling="independent", **options).matrix(1)[[0]].nnz < 60


def test_more_walkers_than_neighbours_repel_in_blocks():
    star = Graph.from_edges([(0, leaf) for leaf in range(1, 5)])
    walked = length_features(star, num_walkers=10, p_halt=1e-9, max_length=1, coupling="repelling")
    counts = (walked.matrix(1).toarray()[0, 1:] * 10 * np.sqrt(4) / 4).round().astype(int)
    assert sorted(counts) == [2, 2, 3, 3]


@COUPLING
def test_threads_do_not_matter(coupling):
    graph = random_graph(3000, 9000, weighted=True, seed=6)
    options = {"num_walkers": 10, "p_halt": 0.2, "max_length": 9, "coupling": coupling, "seed": SEED}
    one = length_features(graph, num_threads=1, **options)
    for threads in (2, 4):
        other = length_features(graph, num_threads=threads, **options)
        for name in ("indptr", "indices", "lengths", "loads"):
            assert np.array_equal(getattr(one, name), getattr(other, name))


def test_other_walkers_are_independent():
    graph = random_graph(30, 90, seed=7)
    options = {"p_halt": 0.3, "max_length": 3, "coupling": "independent", "seed": 1}
    both = stack(length_features(graph, num_walkers=8, **options))
    parts = [stack(length_features(graph, num_walkers=4, first_walker=k, **options)) for k in (0, 4)]
    np.testing.assert_allclose((parts[0] + parts[1]) / 2, both, rtol=1e-5)


def test_weights_and_scales_of_any_size():
    graph = Graph.from_edges([(0, 1), (1, 2)], weights=[1e30, 3e30])
    options = {"num_walkers": 4, "p_halt": 0.1, "max_length": 255, "normalization": "none"}
    walked = length_features(graph, scale=1e-31, **options)
    assert np.isfinite(walked.loads).all()


def test_combine_adds_up():
    graph = random_graph(40, 120, seed=8)
    walked = length_features(graph, num_walkers=20, p_halt=0.2, max_length=6, seed=1)
    f = [0.5, 0.0, -2.0, 1e-3]
    wanted = sum(factor * walked.matrix(k).astype(np.float64).toarray() for k, factor in enumerate(f))
    found = walked.combine(f, num_threads=2)
    found.check_format()
    np.testing.assert_allclose(found.toarray(), wanted, rtol=1e-5, atol=1e-9)
    assert np.array_equal(found.toarray() != 0, wanted != 0)
    assert walked.combine([]).nnz == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p_halt": 0.0}, r"p_halt must lie in \(0, 1\), got 0.0"),
        ({"p_halt": 1.0}, r"p_halt must lie in \(0, 1\), got 1.0"),
        ({"p_halt": 1e-30}, r"p_halt must lie in \(0, 1\), got 1e-30"),
        ({"num_walkers": 0}, "num_walkers must be a whole number >= 1, got 0"),
        ({"num_walkers": 3}, "num_walkers must be even with coupling='antithetic-repelling', got 3"),
        ({"max_length": -1}, "max_length must be a whole number >= 0, got -1"),
        ({"max_length": 256}, "max_length must be <= 255, got 256"),
        ({"coupling": "repeling"}, "unknown coupling 'repeling': did you mean 'repelling'"),
        ({"normalization": "row"}, "unknown normalization 'row'"),
        ({"scale": np.inf}, "scale must be finite, got inf"),
        ({"seed": -1}, r"seed must lie in \[0, 2\*\*64\), got -1"),
        ({"num_threads": 0}, "num_threads must be a whole number >= 1, got 0"),
    ],
)
def test_what_is_refused(options, message):
    graph = Graph.from_edges([(0, 1)])
    with pytest.raises(ParameterError, match=message):
        length_features(graph, **{"num_walkers": 2, "p_halt": 0.5, "max_length": 3} | options)


@pytest.mark.parametrize("f", [[1, 2, 3, 4, 5], [np.nan], [[1.0]]])
def test_modulations_that_do_not_fit(f):
    walked = length_features(Graph.from_edges([(0, 1)]), num_walkers=2, p_halt=0.5, max_length=3)
    with pytest.raises(ParameterError, match="modulation must be at most 4 finite numbers"):
        walked.combine(f)
    with pytest.raises(ParameterError, match=r"length must lie in \[0, 3\], got 4"):
        walked.matrix(4)
