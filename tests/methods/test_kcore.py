"""KCoreEmbedding: the base's vectors in the core, means outside, refinement, choice of the core, errors."""

import json

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.neighbor_means import carried_outwards

import graphkit.cores.outwards
from graphkit import LINE, DeepWalk, FastRP, KCoreEmbedding, core_numbers, k_core, read_graph
from graphkit.datasets.generators import stochastic_block_model
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.evaluation import link_prediction, node_classification, split_edges
from graphkit.graph.graph import Graph
from graphkit.sgns.trainer import initial_vectors

SMALL = {"dim": 12, "walks_per_node": 3, "walk_length": 15, "window": 4}


def small(**options):
    return KCoreEmbedding(**{"base": DeepWalk(**SMALL), "seed": 5, "k": 4, **options})


@pytest.fixture(scope="module")
def graph():
    return random_graph(300, 900, weighted=True, seed=4)


@pytest.mark.parametrize("base", [DeepWalk(**SMALL), FastRP(dim=12)], ids=["deepwalk", "fastrp"])
@pytest.mark.parametrize("directed", [False, True])
def test_without_refinement_it_is_the_core_and_means_outside(base, directed, monkeypatch):
    monkeypatch.setattr(graphkit.cores.outwards, "TOLERANCE", 1e-7)
    graph = random_graph(200, 500, directed=directed, weighted=True, seed=4)
    model = small(base=base, refine_walks=0).fit(graph)
    core = k_core(graph, 4)
    assert model.node_ids_[model.core_].tolist() == core.node_ids.tolist()
    inner = base.__class__(**{**base.get_params(), "seed": 5}).fit_transform(core)
    assert np.array_equal(model.embedding_[model.core_], inner)
    matrix = graph.to_scipy().toarray()
    matrix = matrix + matrix.T if directed else matrix
    wanted = carried_outwards(matrix, model.core_, model.embedding_)
    np.testing.assert_allclose(model.embedding_, wanted, atol=1e-3 * np.abs(wanted).max())


@pytest.mark.parametrize("base", [DeepWalk(**SMALL), LINE(dim=12, samples=5000)], ids=["deepwalk", "line"])
def test_vectors_of_contexts_are_carried_outwards_too(base, graph, monkeypatch):
    monkeypatch.setattr(graphkit.cores.outwards, "TOLERANCE", 1e-7)
    model = small(base=base, refine_walks=0).fit(graph)
    inner = base.__class__(**{**base.get_params(), "seed": 5}).fit(k_core(graph, 4))
    assert np.array_equal(model.context_embedding_[model.core_], inner.context_embedding_)
    wanted = carried_outwards(graph.to_scipy().toarray(), model.core_, model.context_embedding_)
    np.testing.assert_allclose(model.context_embedding_, wanted, atol=1e-3 * np.abs(wanted).max())
    assert small(base=base, k=0).fit(graph).context_embedding_.shape == (300, 12)


@pytest.mark.parametrize("order", ["first", "both"])
def test_line_trains_on_from_what_was_carried_outwards(graph, order):
    base = LINE(dim=12, order=order, samples=5000, seed=5)
    carried = small(base=base).fit(graph)
    base.embedding_, base.context_embedding_ = carried.embedding_, carried.context_embedding_
    base.node_ids_ = graph.node_ids
    base.partial_fit(graph)
    assert base.context_embedding_.shape == (300, 12)
    if order == "first":
        # Its one table is all that it starts from.
        anew = LINE(dim=12, order=order, samples=5000, seed=5).fit(graph, init=carried.embedding_)
        assert np.array_equal(base.embedding_, anew.embedding_)


@pytest.mark.parametrize("refine_walks", [0, 2])
def test_nodes_that_nothing_reaches(refine_walks):
    triangle, far = [(0, 1), (1, 2), (2, 0), (2, 3)], [(7, 8)]
    graph = Graph.from_edges(triangle + far, num_nodes=10)
    base = DeepWalk(**SMALL, subsample=0)
    model = small(base=base, k=2, refine_walks=refine_walks).fit(graph)
    assert model.core_.tolist() == 3 * [True] + 7 * [False]
    assert model.embedding_[3].any()
    lost, alone = [7, 8], [4, 5, 6, 9]
    if refine_walks == 0:
        assert not model.embedding_[lost + alone].any()
    else:
        start = initial_vectors(10, 12, 5)
        assert np.array_equal(model.embedding_[alone], start[alone])
        assert (model.embedding_[lost] != start[lost]).any(axis=1).all()


def test_refinement_trains_on_from_what_was_carried_outwards(graph):
    carried = small(refine_walks=0).fit(graph)
    refined = small(refine_walks=2).fit(graph)
    by_hand = DeepWalk(**{**SMALL, "walks_per_node": 2, "seed": 5})
    by_hand.node_ids_ = graph.node_ids
    lost = ~carried.embedding_.any(axis=1)
    assert lost.any()
    by_hand.embedding_ = np.where(lost[:, None], initial_vectors(300, 12, 5), carried.embedding_)
    by_hand.context_embedding_ = carried.context_embedding_
    by_hand.partial_fit(graph)
    assert np.array_equal(refined.embedding_, by_hand.embedding_)
    assert np.array_equal(refined.context_embedding_, by_hand.context_embedding_)
    assert np.array_equal(small().fit_transform(graph), small(refine_walks=3).fit_transform(graph))


def test_if_the_core_is_the_whole_graph_it_is_the_base(graph):
    whole = small(k=0).fit(graph)
    assert np.array_equal(whole.embedding_, DeepWalk(**SMALL, seed=5).fit_transform(graph))
    assert whole.core_.all()


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("base", ["deepwalk", "fastrp", "line", "corewalk"])
def test_same_bits_on_any_number_of_threads(base, directed):
    graph = random_graph(300, 1200, directed=directed, weighted=True, seed=4)
    options = {"base": base, "dim": 12, "k": 6, "seed": 2}
    one, *others = (KCoreEmbedding(**options, num_threads=threads).fit(graph) for threads in (1, 2, 7))
    for other in others:
        assert np.array_equal(other.embedding_, one.embedding_)


def test_the_base_is_not_touched(graph):
    base = DeepWalk(**SMALL, seed=9)
    small(base=base, dim=8).fit(graph)
    assert (base.seed, base.dim) == (9, 12)
    assert not hasattr(base, "embedding_")


def test_a_name_with_settings_is_an_object_with_parameters(graph):
    settings = ["walks_per_node=3", "walk-length=15", "window=4", "dim=12"]
    named = KCoreEmbedding(base="deepwalk", settings=settings, k=4, seed=5).fit_transform(graph)
    assert np.array_equal(named, small().fit_transform(graph))
    KCoreEmbedding(base="fastrp", settings=["matrix=adjacency"], dim=4, k=4).fit(graph)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 1.0])
def test_share_is_the_innermost_core_that_is_large_enough(graph, share):
    numbers = core_numbers(graph)
    model = small(k=None, share=share).fit(graph)
    assert (numbers >= model.k_).mean() >= share
    assert (numbers >= model.k_ + 1).mean() < share
    assert np.array_equal(model.core_, numbers >= model.k_)
    assert model.measured() == {"k": model.k_, "core_nodes": int(model.core_.sum())}
    assert small(k=None).fit(graph).k_ == small(k=None, share=0.5).fit(graph).k_


def test_a_time_budget_chooses_the_largest_core_that_keeps_it(graph, monkeypatch):
    # A second a walk and node, so that the sizes of the cores can be told from outside.
    from graphkit.resources import Estimate

    monkeypatch.setattr(
        DeepWalk, "estimate", lambda model, nodes, arcs, weighted: Estimate({}, model.walks_per_node * nodes)
    )
    monkeypatch.setattr(KCoreEmbedding, "_methods", lambda model: methods_unchecked(model))
    numbers = core_numbers(graph)
    sizes = [int((numbers >= k).sum()) for k in range(numbers.max() + 1)]
    # 15 walks in the core, 3 everywhere if the core is not everything.
    costs = [15 * size + (3 * 300 if size < 300 else 0) for size in sizes]
    base = DeepWalk(**{**SMALL, "walks_per_node": 15})
    for budget in costs:
        chosen = small(base=base, k=None, time_budget=budget).fit(graph).k_
        assert chosen == next(k for k, cost in enumerate(costs) if cost <= budget)
    assert len(set(costs)) > 4
    with pytest.raises(ParameterError, match="for the innermost core, got 5"):
        small(base=base, k=None, time_budget=5).fit(graph)


def methods_unchecked(model):
    base = model._base()
    return base, DeepWalk(**base.get_params() | {"walks_per_node": 3})


def test_a_real_budget(graph):
    assert small(k=None, time_budget=3600).fit(graph).k_ == 0
    with pytest.raises(ParameterError, match="time_budget must be at least"):
        small(k=None, time_budget=1e-9).fit(graph)


def test_without_edges_the_base_says_so():
    with pytest.warns(GraphkitWarning, match="the graph has no edges"):
        model = KCoreEmbedding(base="deepwalk", dim=4).fit(Graph.from_edges([], num_nodes=3))
    assert model.k_ == 0
    with pytest.raises(ParameterError, match="k must be <= 0, the largest core number of the graph, got 1"):
        KCoreEmbedding(k=1).fit(Graph.from_edges([(0, 0), (1, 1)]))


def test_loops_make_no_core():
    edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)]
    loops = [(3, 3), (4, 4)]
    cores = [small(k=2).fit(Graph.from_edges(part)).core_.tolist() for part in (edges, edges + loops)]
    assert cores[0] == cores[1] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 99}, "k must be <= 6, the largest core number of the graph, got 99"),
        ({"k": -1}, "k must be a whole number >= 0, got -1"),
        ({"k": 1.5}, "k must be a whole number >= 0, got 1.5"),
        ({"k": None, "share": 0.0}, r"share must lie in \(0, 1\], got 0.0"),
        ({"k": None, "share": 1.1}, r"share must lie in \(0, 1\], got 1.1"),
        ({"k": None, "time_budget": 0}, "time_budget must be > 0 and finite, got 0"),
        ({"share": 0.5}, "share has no effect with k: give one of them"),
        ({"k": None, "share": 0.5, "time_budget": 1.0}, "time_budget has no effect with share"),
        ({"refine_walks": -1}, "refine_walks must be a whole number >= 0, got -1"),
        ({"base": "fastrp", "refine_walks": 2}, "refine_walks has no effect with fastrp"),
        ({"base": "deepwlk"}, "unknown method 'deepwlk': did you mean 'deepwalk'?"),
        ({"base": "deepwalk", "settings": ["windo=3"]}, "unknown deepwalk parameter 'windo'"),
        ({"base": "deepwalk", "settings": ["window"]}, "settings must be name=value, got 'window'"),
        ({"settings": ["window=3"]}, "settings has no effect with a base that is an object"),
        ({"base": "deepwalk", "settings": ["window=0"]}, "window must be a whole number >= 1, got 0"),
        ({"dim": 0}, "dim must be a whole number >= 1, got 0"),
        ({"seed": -1}, "seed must lie in"),
        ({"num_threads": 0}, "num_threads must be a whole number >= 1, got 0"),
    ],
)
def test_what_is_refused(graph, options, message):
    assert core_numbers(graph).max() == 6
    with pytest.raises(ParameterError, match=message):
        small(**options).fit(graph)


def test_communities_are_found():
    probabilities = np.full((20, 20), 0.01)
    np.fill_diagonal(probabilities, 0.25)
    communities = stochastic_block_model([40] * 20, probabilities, seed=3)
    base = DeepWalk(dim=32, walks_per_node=10, walk_length=40)
    model = KCoreEmbedding(base=base, share=0.3, seed=1)
    vectors = model.fit_transform(communities.graph)
    result = node_classification(vectors, communities.labels, train_ratios=0.05, shuffles=4)
    assert result.micro_f1.mean() > 0.65


def test_refinement_wins_back_what_a_small_core_loses(real_data):
    split = split_edges(read_graph(real_data / "facebook.txt.gz"), 0.1, seed=1)
    base = DeepWalk(dim=64, walks_per_node=15, walk_length=30, window=5)

    def auc(**options):
        model = KCoreEmbedding(base=base, k=97, seed=1, **options)
        return link_prediction(model.fit_transform(split.train_graph), split).auc[0]

    assert auc(refine_walks=0) < 0.8
    assert auc() > 0.97


def test_how_it_was_made_can_be_written(graph, tmp_path):
    embedding = small().embed(graph)
    embedding.save(tmp_path / "vectors.parquet")
    info = type(embedding).load(tmp_path / "vectors.parquet").info
    assert info["params"]["base"] == repr(DeepWalk(**SMALL))
    assert json.dumps(info)
