"""FastRP against a dense float64 computation of its formula, for every option."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.fastrp import fastrp
from support.reference.projection import gaussian_matrix, sparse_matrix

from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import Graph
from graphkit.methods.fastrp import FastRP
from graphkit.seeds import Stream

WEIGHTS = (0.5, 0.0, 1.0, 6.67)

OPTIONS = {
    "default": {},
    "wide": {"dim": 300},
    "paper s = 3": {"sparsity": 3.0},
    "dense signs": {"sparsity": 1.0},
    "very sparse": {"sparsity": 60.0},
    "gaussian": {"projection": "gaussian"},
    "adjacency": {"matrix": "adjacency"},
    "no row norms": {"normalize": False},
    "no standardisation": {"standardize": False},
    "concatenated": {"concatenate": True},
    "concatenated, as they are": {"concatenate": True, "standardize": False, "normalize": False},
    "beta > 0": {"beta": 0.5},
    "beta = 0": {"beta": 0.0},
    "one power": {"weights": (1.0,)},
    "negative weight": {"weights": (1.0, -2.0)},
    "one column": {"dim": 1},
}


def expected(graph, model, **extra):
    n, dim = graph.num_nodes, model.dim - (extra.get("feature_dim") or 0)
    if model.projection == "gaussian":
        start = gaussian_matrix(model.seed, Stream.PROJECTION, n, dim) / np.sqrt(dim)
    else:
        s = np.sqrt(n) if model.sparsity is None else model.sparsity
        start = sparse_matrix(model.seed, Stream.PROJECTION, n, dim, s) * np.sqrt(s / max(dim, 1))
    return fastrp(
        graph.to_scipy().toarray().astype(np.float64),
        start,
        weights=model.weights,
        beta=model.beta,
        matrix=model.matrix,
        normalize=model.normalize,
        standardize=model.standardize,
        concatenate=model.concatenate,
        projected_features=extra.get("projected_features"),
    )


def assert_close(found, wanted):
    """Within float32 rounding of values of this size, summed over four powers."""
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-5 * scale)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize(
    ("directed", "weighted"), [(False, False), (False, True), (True, False), (True, True)]
)
def test_equals_the_formula(options, directed, weighted):
    graph = random_graph(61, 240, directed=directed, weighted=weighted, seed=3)
    model = FastRP(**{"dim": 37, "weights": WEIGHTS, "seed": 11, **options})
    assert_close(model.fit_transform(graph), expected(graph, model))


@pytest.mark.parametrize("ratio", [None, 0.25, 1.0])
@pytest.mark.parametrize("sparse", [False, True])
def test_features_start_their_share_of_the_columns(ratio, sparse):
    graph = random_graph(61, 240, seed=3)
    features = np.random.default_rng(0).normal(size=(61, 5)).astype(np.float32)
    model = FastRP(dim=140, weights=WEIGHTS, seed=5, feature_ratio=ratio)
    feature_dim = round(140 * (0.5 if ratio is None else ratio))
    combination = sparse_matrix(5, Stream.FEATURE_PROJECTION, 5, feature_dim, 3.0) * np.sqrt(3 / feature_dim)
    wanted = expected(
        graph, model, feature_dim=feature_dim, projected_features=features.astype(np.float64) @ combination
    )
    if sparse:
        import scipy.sparse

        features = scipy.sparse.coo_array(features)
    assert_close(model.fit_transform(graph, features=features), wanted)


@pytest.mark.parametrize("options", [{}, {"projection": "gaussian"}, {"concatenate": True}], ids=str)
def test_same_bits_on_any_number_of_threads(options):
    graph = random_graph(3000, 20000, weighted=True, seed=1)
    one, two, five = (
        FastRP(dim=130, seed=2, num_threads=threads, **options).fit_transform(graph) for threads in (1, 2, 5)
    )
    assert np.array_equal(one, two)
    assert np.array_equal(one, five)


def test_the_seed_matters():
    graph = random_graph(61, 240, seed=3)
    assert not np.array_equal(FastRP(seed=1).fit_transform(graph), FastRP(seed=2).fit_transform(graph))


def test_isolated_nodes_have_zero_rows_before_standardisation():
    graph = Graph.from_edges([(0, 1), (1, 2)], num_nodes=5)
    vectors = FastRP(dim=8, sparsity=1.0, standardize=False).fit_transform(graph)
    assert not vectors[3:].any()
    assert vectors[:3].any(axis=1).all()


@pytest.mark.parametrize("num_nodes", [0, 1])
def test_graphs_without_edges(num_nodes):
    graph = Graph.from_edges([], num_nodes=num_nodes)
    assert FastRP(dim=3).fit_transform(graph).tolist() == [[0.0] * 3] * num_nodes


@pytest.mark.parametrize("weight", [1e-30, 1e30])
def test_extreme_weights_stay_finite(weight):
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 3)], weights=[weight, weight, weight])
    assert np.isfinite(FastRP(dim=16, sparsity=1.0).fit_transform(graph)).all()


def test_peak_memory_is_three_arrays():
    import tracemalloc

    graph = random_graph(20000, 60000, seed=1)
    model = FastRP(dim=128)
    model.fit(graph)
    tracemalloc.start()
    model.fit(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    array = 4 * 128 * graph.num_nodes
    assert peak < (3 + 0.15) * array
    estimate = model.estimate(graph.num_nodes, graph.num_arcs)
    graph_bytes = graph.indptr.nbytes + graph.indices.nbytes + graph.node_ids.nbytes
    assert 0.8 < estimate.bytes / (peak + graph_bytes) < 1.2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim must be a whole number >= 1, got 0"),
        ({"dim": 2.5}, "dim must be a whole number >= 1, got 2.5"),
        ({"weights": ()}, "weights must be finite numbers, not all 0"),
        ({"weights": (0.0, 0.0)}, "weights must be finite numbers, not all 0"),
        ({"weights": (1.0, np.nan)}, "weights must be finite numbers"),
        ({"beta": np.inf}, "beta must be finite"),
        ({"matrix": "transitions"}, "did you mean 'transition'"),
        ({"projection": "normal"}, "unknown projection 'normal'"),
        ({"sparsity": 0.5}, "sparsity must be >= 1 and finite, got 0.5"),
        ({"sparsity": 3.0, "projection": "gaussian"}, "sparsity has no effect"),
        ({"feature_ratio": 0.5}, "feature_ratio has no effect without features"),
        ({"feature_ratio": 1.5}, r"feature_ratio must lie in \(0, 1\]"),
        ({"seed": -1}, "seed must lie in"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"num_threads": 0}, "num_threads must be a whole number >= 1"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ParameterError, match=message):
        FastRP(**options).fit(random_graph(10, 20, seed=1))


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.ones((9, 2)), r"features must have the shape \[10, at least 1\], got \[9, 2\]"),
        (np.ones(10), "features must have the shape"),
        (np.full((10, 1), np.nan), "NaN"),
    ],
)
def test_bad_features(features, message):
    with pytest.raises(InputError, match=message):
        FastRP().fit(random_graph(10, 20, seed=1), features=features)


def exact_fastrp(graph, model):
    """The formula with A in float64, each power brought to the largest row sum 1 before the next."""
    start = sparse_matrix(model.seed, Stream.PROJECTION, graph.num_nodes, model.dim, model.sparsity)
    adjacency = graph.to_scipy().astype(np.float64).toarray()
    adjacency /= adjacency.sum(axis=1).max()
    share = adjacency.sum(axis=0) / adjacency.sum()
    current = share[:, None] ** model.beta * start * np.sqrt(model.sparsity / model.dim)
    sums, total = np.ones(graph.num_nodes), 0
    for weight in model.weights:
        current, sums = adjacency @ current, adjacency @ sums
        norms = np.linalg.norm(current, axis=1, keepdims=True)
        part = current / np.where(norms > 0, norms, 1) if model.normalize else current / sums.max()
        total = total + weight * part
    return total


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("factor", [1.0, 1e4, 1e-30, 1e30, 2e37])
def test_the_scale_of_weights_does_not_count_for_powers_of_the_adjacency_matrix(factor, normalize):
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.1, 5.0, 240) * factor
    graph = Graph.from_edges(rng.integers(0, 60, (240, 2)), weights, num_nodes=60)
    options = {"dim": 8, "sparsity": 2.0, "standardize": False, "seed": 3}
    model = FastRP(matrix="adjacency", normalize=normalize, **options)
    assert_close(model.fit_transform(graph), exact_fastrp(graph, model))


def test_a_small_component_beside_a_large_hub_keeps_its_rows():
    """Row sums of the tenth power differ by sixty orders: a pair of weight 1e-6, a star of 1e12 leaves."""
    edges = [(0, leaf) for leaf in range(1, 50)] + [(50, 51), (51, 52)]
    weights = [1e10] * 49 + [1e-6, 3e-6]
    graph = Graph.from_edges(edges, weights)
    model = FastRP(dim=8, matrix="adjacency", sparsity=1.0, standardize=False, seed=1)
    alone = Graph.from_edges(edges, [1.0] * 49 + [1.0, 3.0])
    start = sparse_matrix(1, Stream.PROJECTION, 53, 8, 1.0)
    adjacency = alone.to_scipy().astype(np.float64).toarray()
    # Row norms remove the scale of a component, all but that of L, which the shares of the true graph tell.
    true = graph.to_scipy().astype(np.float64).toarray()
    current, total = (true.sum(axis=0) / true.sum())[:, None] ** model.beta * start / np.sqrt(8), 0
    for weight in model.weights:
        current = adjacency @ current
        total = total + weight * current / np.linalg.norm(current, axis=1, keepdims=True)
    assert_close(model.fit_transform(graph), total)


@pytest.mark.parametrize("weight", [1e-43, 1e-38, 3e38])
def test_transitions_near_the_ends_of_float32(weight):
    edges = [(0, leaf) for leaf in range(1, 30)] + [(1, 2), (2, 3)]
    options = {"dim": 8, "sparsity": 1.0, "seed": 1}
    plain = FastRP(**options).fit_transform(Graph.from_edges(edges))
    heavy = Graph.from_edges(edges, [weight] * len(edges))
    assert_close(FastRP(**options).fit_transform(heavy), plain)
