"""Vectors as the first step of scikit-learn's pipelines and searches."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline

import graphkit as gk
from graphkit.errors import ParameterError, UnknownNodeError


@pytest.fixture
def club():
    data = gk.datasets.load("karate_club")
    return data.graph, np.array(data.label_names)[data.labels.toarray().argmax(axis=1)]


def test_a_pipeline_has_the_vectors_of_the_ids(club):
    graph, side = club
    vectors = gk.FastRP(dim=8, seed=1).fit_transform(graph)
    model = make_pipeline(gk.NodeVectors(graph, gk.FastRP(dim=8, seed=1)), LogisticRegression())
    train, test = graph.node_ids[:25], graph.node_ids[25:]
    predicted = model.fit(train, side[:25]).predict(test)
    assert (
        predicted.tolist() == LogisticRegression().fit(vectors[:25], side[:25]).predict(vectors[25:]).tolist()
    )
    assert model[:-1].get_feature_names_out().tolist() == [f"fastrp{place}" for place in range(8)]
    assert "NodeVectors" in model._repr_html_()


def test_searches_reach_the_parameters_of_the_method(club, recwarn):
    graph, side = club
    model = Pipeline(
        [("vectors", gk.NodeVectors(graph, gk.FastRP(dim=8, seed=1))), ("classifier", LogisticRegression())]
    )
    search = GridSearchCV(model, {"vectors__method__dim": [4, 16], "classifier__C": [0.1, 10]}, cv=3)
    search.fit(graph.node_ids, side)
    assert search.best_score_ > 0.8
    assert search.best_estimator_["vectors"].embedding_.dim in (4, 16)
    # The method that was given stays as it was: a search works on copies.
    assert model["vectors"].method.dim == 8
    assert np.isfinite(cross_val_score(model, graph.node_ids, side, cv=3)).all()
    assert not recwarn.list


def test_copies_share_the_graph(club):
    graph, _ = club
    made = clone(gk.NodeVectors(graph, gk.FastRP(dim=4)))
    assert made.graph is graph
    assert copy.deepcopy(graph) is copy.copy(graph) is graph
    other = pickle.loads(pickle.dumps(graph))
    assert np.array_equal(other.indices, graph.indices)
    assert np.array_equal(other.node_ids, graph.node_ids)


def test_what_holds_ids():
    import pandas as pd

    graph = gk.Graph.from_edges([("a", "b"), ("b", "c"), ("c", "d")])
    made = gk.NodeVectors(graph, gk.FastRP(dim=4, seed=1)).fit()
    wanted = made.embedding_[["c", "a"]]
    for ids in (["c", "a"], np.array(["c", "a"]), np.array([["c"], ["a"]]), pd.Series(["c", "a"])):
        assert np.array_equal(made.transform(ids), wanted)
    assert np.array_equal(made.transform(pd.DataFrame({"id": ["c", "a"]})), wanted)
    assert np.array_equal(
        gk.NodeVectors([("a", "b"), ("b", "c")], "fastrp").fit_transform(["a"]).shape, (1, 128)
    )


def test_refused(club):
    graph, _ = club
    made = gk.NodeVectors(graph, gk.FastRP(dim=4))
    with pytest.raises(ParameterError, match="call fit first"):
        made.transform([0])
    with pytest.raises(UnknownNodeError, match="no node has the id 99"):
        made.fit().transform([99])
    with pytest.raises(ParameterError, match="unknown parameter 'methods'"):
        made.set_params(methods=3)
    with pytest.raises(ParameterError, match="unknown parameter 'dims'"):
        made.set_params(method__dims=3)
    with pytest.raises(ParameterError, match="unknown method 'fastrpp'"):
        gk.NodeVectors(graph, "fastrpp").fit()
    with pytest.raises(ParameterError, match="method must be a method"):
        gk.NodeVectors(graph, 7).fit()
