"""tune: scores are those of plain splits, what is tested has chosen nothing, budget and folder hold."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

import graphkit as gk
from graphkit.evaluation.comparison_runs import Protocol
from graphkit.evaluation.tuning_grids import WORTH_TRYING
from graphkit.evaluation.tuning_tasks import LinkTask, NodeTask
from graphkit.methods.registry import METHODS, find_method

SETTINGS = Protocol(0.5, 3, 0.25, "degree", "hadamard", True, 1)
SEARCH = {"beta": [-0.5, 0.0], "weights": [(1.0,), [0.0, 1.0]]}


@pytest.fixture(scope="module")
def karate():
    return gk.datasets.load("karate_club")


@pytest.fixture(scope="module")
def block_model():
    rng = np.random.default_rng(3)
    communities = np.repeat(np.arange(4), 50)
    chance = np.where(communities[:, None] == communities, 0.2, 0.02)
    source, target = np.nonzero(np.triu(rng.random((200, 200)) < chance, 1))
    return gk.Graph.from_edges((source, target), num_nodes=200), communities


@pytest.fixture(scope="module")
def tuned(karate):
    return gk.tune(karate.graph, karate.labels, method="fastrp", search=SEARCH, dim=8, shuffles=3, seed=5)


def test_nodes_are_in_one_part_only(block_model):
    graph, communities = block_model
    task = NodeTask(graph, communities, SETTINGS, seed=1)
    assert sorted([*task._test, *task._rest]) == list(range(200))
    assert len(task._test) == 50
    for order in task._orders:
        assert sorted(order) == sorted(task._rest)
    assert not np.array_equal(*task._orders[:2])


def test_scores_of_nodes_are_scikit_learns(block_model):
    graph, communities = block_model
    task = NodeTask(graph, communities, SETTINGS, seed=1)
    vectors = gk.FastRP(dim=8, seed=2).embed(graph)
    unit = vectors.vectors / np.linalg.norm(vectors.vectors, axis=1, keepdims=True)

    def plain(train, test):
        scores = [
            LogisticRegression(C=1.0, solver="liblinear", tol=1e-8)
            .fit(unit[train], communities[train] == label)
            .decision_function(unit[test])
            for label in range(4)
        ]
        return f1_score(communities[test], np.argmax(scores, axis=0), average="micro")

    assert task.validate(vectors) == pytest.approx(
        [plain(order[:75], order[75:]) for order in task._orders], abs=0.011
    )
    assert task.test(vectors) == pytest.approx(plain(task._rest, task._test), abs=0.021)


@pytest.mark.parametrize("directed", [False, True])
def test_no_pair_of_the_test_chooses_anything(block_model, directed):
    graph, _ = block_model
    if directed:
        graph = gk.Graph.from_edges(graph.edge_rows()[:2], num_nodes=200, directed=True)
    task = LinkTask(graph, SETTINGS, seed=1)

    def pairs(*parts):
        return {tuple(pair) for part in parts for pair in part.tolist()}

    inner, outer = task._inner, task._outer
    chosen_by = pairs(inner.train_edges, inner.test_edges, inner.train_negatives, inner.test_negatives)
    assert not chosen_by & pairs(outer.test_edges, outer.test_negatives)
    edges = pairs(np.column_stack(graph.edge_rows()[:2]))
    assert not pairs(inner.train_negatives, inner.test_negatives) & edges
    assert pairs(inner.train_edges, inner.test_edges) == pairs(outer.train_edges)
    assert inner.train_graph.num_edges < outer.train_graph.num_edges < graph.num_edges
    assert len(inner.test_negatives) > 0.8 * len(inner.test_edges)


def test_a_good_value_is_found_and_tested(block_model):
    """One step from random vectors, hubs first, tells nothing; three tell communities."""
    graph, communities = block_model
    bad = gk.FastRP(dim=16, weights=(1.0,), beta=0.9, seed=3)
    found = gk.tune(
        graph, communities, method=bad, search={"weights": [(0.0, 0.0, 1.0)], "beta": [-0.5]}, seed=2
    )
    assert found.best.weights == (0.0, 0.0, 1.0)
    assert found.best_test > found.first_test + 0.1
    assert found.first.method is bad
    by_links = gk.tune(graph, method=bad, search={"weights": [(0.0, 0.0, 1.0)]}, seed=2)
    assert by_links.measure == "AUC"
    assert by_links.best.weights == (0.0, 0.0, 1.0)
    assert by_links.best_test > 0.6


def test_all_settings_are_tried_once_the_first_among_them(tuned):
    settings = {(trial.method.beta, tuple(trial.method.weights)) for trial in tuned.trials}
    assert len(settings) == len(tuned.trials) == 5
    assert tuned.first.text == "fastrp"
    scores = [row["score"] for row in tuned.rows()]
    assert scores == sorted(scores, reverse=True)
    assert tuned.best is tuned.trials[0].method
    assert len(tuned.trials[0].scores) == 3


def test_a_seed_is_a_result(karate, tuned):
    again = gk.tune(karate.graph, karate.labels, method="fastrp", search=SEARCH, dim=8, shuffles=3, seed=5)
    assert [trial.text for trial in again.trials] == [trial.text for trial in tuned.trials]
    assert [trial.scores for trial in again.trials] == [trial.scores for trial in tuned.trials]
    assert (again.first_test, again.best_test) == (tuned.first_test, tuned.best_test)


def test_few_trials_are_the_first_and_some_others(karate):
    found = gk.tune(karate.graph, method="fastrp", search=SEARCH, dim=8, trials=3)
    assert len(found.trials) == 3
    assert "3 of 5 settings" in found.statement


def test_a_folder_keeps_what_was_tried(karate, tuned, tmp_path, monkeypatch):
    def run():
        return gk.tune(
            *(karate.graph, karate.labels),
            method="fastrp",
            search=SEARCH,
            dim=8,
            shuffles=3,
            seed=5,
            work=tmp_path,
        )

    first = run()
    assert len(list(tmp_path.iterdir())) == 5
    fits = []
    monkeypatch.setattr(gk.FastRP, "fit", counted(gk.FastRP.fit, fits))
    second = run()
    assert [trial.scores for trial in first.trials] == [trial.scores for trial in second.trials]
    assert [trial.scores for trial in first.trials] == [trial.scores for trial in tuned.trials]
    # Those of the test alone.
    assert len(fits) <= 2


def counted(fit, calls):
    def fitted(self, graph, **given):
        calls.append(self)
        return fit(self, graph, **given)

    return fitted


def test_a_setting_that_is_refused_is_left_out(karate):
    found = gk.tune(karate.graph, method="fastrp", search={"beta": [0.0, "x"]}, dim=8)
    assert list(found.skipped) == ["fastrp(beta='x')"]
    assert "beta" in found.skipped["fastrp(beta='x')"]


def test_the_budget_bounds_the_settings(karate, monkeypatch):
    from graphkit.resources import Estimate

    monkeypatch.setattr(
        gk.FastRP, "resources", lambda self, size: Estimate({"graph": 0}, 100.0 if self.beta == 0 else 0.001)
    )
    found = gk.tune(karate.graph, method="fastrp", search={"beta": [0.0, -0.5]}, dim=8, budget="60s")
    assert [trial.method.beta for trial in found.trials if trial.method.beta == 0] == []
    assert "takes about 300.0 s with the test" in found.skipped["fastrp(beta=0.0)"]
    with pytest.raises(
        gk.ParameterError, match=r"budget=0.001 s is too small for fastrp: .* about 0.0 s; raise"
    ):
        gk.tune(karate.graph, method="fastrp", dim=8, budget=0.001)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "auto"}, "method='auto' chooses parameters by itself; name the method to tune"),
        ({"method": "kcore"}, "search must name parameters of kcore and values to try"),
        ({"method": "fastpr"}, "unknown method 'fastpr': did you mean 'fastrp'"),
        ({"search": {"betta": [1.0]}}, "unknown parameter of fastrp to search 'betta': did you mean 'beta'"),
        ({"search": {"seed": [1, 2]}}, "unknown parameter of fastrp to search 'seed'"),
        ({"search": {"beta": []}}, r"search\['beta'\] must list the values to try, got \[\]"),
        ({"search": {"matrix": "adjacency"}}, r"search\['matrix'\] must list the values to try"),
        ({"search": {}}, "search must map parameters to the values to try, got {}"),
        ({"search": {"beta": range(2000), "sparsity": range(2000)}}, "search spans 4,000,000 settings"),
        ({"trials": 0}, "trials must be a whole number >= 1, got 0"),
        ({"test_ratio": 1.0}, r"test_ratio must lie in \(0, 1\), got 1.0"),
    ],
)
def test_bad_parameters(karate, given, message):
    with pytest.raises(gk.ParameterError, match=message):
        gk.tune(karate.graph, **{"method": "fastrp", "dim": 8} | given)


def test_too_few_labels_are_refused(karate):
    labels = np.full(34, -1)
    labels[:2] = (0, 1)
    with pytest.raises(gk.InputError, match="2 labelled nodes are too few to train, validate and test on"):
        gk.tune(karate.graph, labels, method="fastrp", dim=8)


def test_a_method_that_refuses_the_graph_says_so(karate):
    arcs = gk.Graph.from_edges(karate.graph.edge_rows()[:2], directed=True)
    with pytest.raises(gk.ParameterError, match="undirected"):
        gk.tune(arcs, method="prone", dim=8)


@pytest.mark.parametrize("name", [name for name in METHODS if name not in ("auto", "kcore")])
def test_what_is_worth_trying_is_allowed(name):
    method = find_method(name)
    for parameter, values in WORTH_TRYING[name].items():
        assert parameter in method.parameters()
        for value in values:
            method(**{parameter: value}).estimate(1000, 10_000)


def test_the_table_and_its_record_say_the_same(tuned):
    record = json.loads(json.dumps(tuned.to_dict()))
    assert record["test"]["best"]["setting"] == tuned.trials[0].text
    assert record["results"][0]["score"] == tuned.trials[0].score[0]
    text = str(tuned)
    assert text.splitlines()[0].split() == ["setting", "micro-F1", "seconds"]
    assert f"{100 * tuned.best_test:.1f}" in text
    assert tuned.statement in text
