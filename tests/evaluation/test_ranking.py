"""Ranks against plain loops."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.graphs import random_graph
from support.reference import ranking as reference

from graphkit.errors import InputError, ParameterError
from graphkit.evaluation import link_ranking, ranking_metrics, split_edges

SCORES = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0])


@settings(deadline=None, derandomize=True)
@given(
    st.integers(0, 6).flatmap(
        lambda k: st.lists(st.tuples(SCORES, st.lists(SCORES, min_size=k, max_size=k)), min_size=1)
    )
)
def test_ranking_metrics(scores):
    true, false = zip(*scores, strict=True)
    found = ranking_metrics(true, np.array(false).reshape(len(true), -1), hits=(1, 2, 3))
    mrr, mean_rank, hits = reference.metrics(true, false, (1, 2, 3))
    np.testing.assert_allclose((found.mrr, found.mean_rank), (mrr, mean_rank))
    assert found.hits == pytest.approx(hits)
    assert found.num_ranks == len(true)


def test_candidates_for_all_and_candidates_taken_out():
    found = ranking_metrics([0.5, 0.1], [0.3, 0.7, 0.1])
    assert found.mean_rank == (2 + 3.5) / 2
    found = ranking_metrics([0.5, 0.1], [[0.9, -np.inf], [0.9, 0.8]])
    assert found.mean_rank == (2 + 3) / 2


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (([], []), InputError, r"\[num_pairs >= 1\]"),
        (([1.0], [[1.0], [2.0]]), InputError, r"got \[1\] and \[2, 1\]"),
        (([[1.0]], [1.0]), InputError, r"got \[1, 1\]"),
        (([np.nan], [1.0]), InputError, "scores_pos must be finite"),
        (([1.0], [np.nan]), InputError, "free of NaN"),
        (([1.0], [1.0], (0,)), ParameterError, "hits must be a whole number >= 1, got 0"),
        (([1.0], [1.0], ()), ParameterError, "at least one k"),
    ],
)
def test_refused(given, error, message):
    true, false, *hits = given
    with pytest.raises(error, match=message):
        ranking_metrics(true, false, **({"hits": hits[0]} if hits else {}))


@pytest.fixture(scope="module", params=[False, True], ids=["undirected", "directed"])
def split(request):
    return split_edges(random_graph(50, 300, directed=request.param), 0.3, seed=2)


@pytest.fixture(scope="module")
def vectors():
    """Small whole numbers: many ties, some zero rows and equal rows."""
    return np.random.default_rng(0).integers(-1, 2, size=(50, 3)).astype(np.float32)


def score(operator, u, v):
    product = float(u @ v)
    lengths = float(np.linalg.norm(u) * np.linalg.norm(v))
    if operator == "inner":
        return product
    return round(product / lengths, 6) if lengths else 0.0


def by_hand(vectors, edges, operator, sides):
    true, false = [], []
    for side in sides:
        for u, v in edges.tolist():
            kept = u if side == "target" else v
            true.append(score(operator, vectors[u], vectors[v]))
            others = [node for node in range(len(vectors)) if node not in (u, v)]
            false.append([score(operator, vectors[kept], vectors[node]) for node in others])
    return reference.metrics(true, false, (1, 10))


@pytest.mark.parametrize("operator", ["inner", "cosine"])
@pytest.mark.parametrize("corrupt", ["both", "source", "target"])
def test_link_ranking_among_all_nodes(split, vectors, operator, corrupt):
    sides = ("source", "target") if corrupt == "both" else (corrupt,)
    mrr, mean_rank, hits = by_hand(vectors, split.test_edges, operator, sides)
    for candidates in (None, 50, 1000):
        found = link_ranking(
            vectors, split, operator=operator, corrupt=corrupt, num_candidates=candidates, hits=(1, 10)
        )
        np.testing.assert_allclose((found.mrr, found.mean_rank), (mrr, mean_rank))
        assert found.hits == pytest.approx(hits)
        assert found.num_ranks == len(sides) * len(split.test_edges)
        assert "replaced by 50 nodes, without" in found.statement


def test_sampled_candidates(split, vectors):
    found = [
        link_ranking(vectors, split, num_candidates=10, seed=seed, num_threads=seed) for seed in (1, 2, 2)
    ]
    assert found[0].mrr != found[1].mrr
    assert 1 <= found[0].mean_rank <= 11
    assert "10 nodes drawn at random (seed 2)" in found[1].statement
    assert found[1] == link_ranking(vectors, split, num_candidates=10, seed=2, num_threads=1)
    assert json.loads(json.dumps(found[0].to_dict()))["results"] == found[0].rows()
    assert list(found[0].rows()[0]) == ["mrr", "mean_rank", "hits@1", "hits@10", "hits@50"]
    assert str(found[0]).count("\n\n") == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"operator": "hadamard"}, "unknown operator 'hadamard'"),
        ({"corrupt": "left"}, "unknown corrupt 'left'"),
        ({"num_candidates": 0}, "num_candidates must be a whole number >= 1, got 0"),
        ({"hits": (1.5,)}, "hits must be a whole number"),
    ],
)
def test_link_ranking_refuses(split, vectors, given, message):
    with pytest.raises(ParameterError, match=message):
        link_ranking(vectors, split, **given)
