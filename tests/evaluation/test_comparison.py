"""compare: its scores are those of the single evaluations, its budget and its folder hold."""

import json

import numpy as np
import pytest

import graphkit as gk
from graphkit.evaluation import link_prediction, node_classification, split_edges
from graphkit.evaluation.comparison_picture import draw_comparison
from graphkit.methods.fastrp import FastRP


@pytest.fixture(scope="module")
def karate():
    return gk.datasets.load("karate_club")


@pytest.fixture(scope="module")
def compared(karate):
    methods = ["grf", gk.FastRP(dim=8, weights=(1.0, 0.5))]
    return gk.compare(karate.graph, karate.labels, methods=methods, runs=2, dim=8, shuffles=3, seed=5)


def test_scores_are_those_of_the_evaluations(karate, compared):
    (scores,) = [each for each in compared.methods if each.name == "fastrp"]
    for number, run in enumerate(scores.runs):
        seed = 5 + number
        method = gk.FastRP(dim=8, weights=(1.0, 0.5), seed=seed)
        nodes = node_classification(
            method.embed(karate.graph), karate.labels, shuffles=3, normalize="l2", seed=seed
        )
        assert run.micro_f1 == nodes.micro_f1[0].tolist()
        assert run.macro_f1 == nodes.macro_f1[0].tolist()
        split = split_edges(karate.graph, 0.2, negatives="degree", seed=seed)
        links = link_prediction(method.embed(split.train_graph), split)
        assert (run.auc, run.average_precision) == (links.auc[0], links.average_precision[0])
    mean, deviation = scores.score("micro_f1")
    values = np.concatenate([run.micro_f1 for run in scores.runs])
    assert mean == pytest.approx(values.mean())
    assert deviation == pytest.approx(values.std(ddof=1))


def test_the_best_comes_first_and_parameters_are_named(compared):
    f1 = [row["micro_f1"] for row in compared.rows()]
    assert f1 == sorted(f1, reverse=True)
    assert {each.method for each in compared.methods} == {"grf", "fastrp(weights=(1.0, 0.5))"}
    assert compared.to_dict()["results"][0]["params"]["dim"] == 8


def test_without_labels_links_alone_count(karate):
    result = gk.compare(karate.graph, methods=["fastrp", "grf"], runs=1, dim=8)
    assert [row["micro_f1"] for row in result.rows()] == [None, None]
    auc = [row["auc"] for row in result.rows()]
    assert auc == sorted(auc, reverse=True)
    assert "Node classification" not in result.statement
    assert "micro-F1" not in str(result)


def test_a_folder_keeps_what_has_run(karate, tmp_path, monkeypatch):
    given = {"methods": ["fastrp", "grf"], "runs": 2, "dim": 8, "shuffles": 2, "work": tmp_path / "runs"}
    before = gk.compare(karate.graph, karate.labels, **given)
    assert len(list((tmp_path / "runs").iterdir())) == 4
    fits = []
    fit = FastRP.fit
    monkeypatch.setattr(FastRP, "fit", lambda self, *a, **k: fits.append(self.seed) or fit(self, *a, **k))
    assert gk.compare(karate.graph, karate.labels, **given) == before
    assert not fits
    # One run more: only that is made, a warm-up and two embeddings.
    gk.compare(karate.graph, karate.labels, **given | {"runs": 3})
    assert fits == [0, 2, 2]
    # Other labels are another comparison.
    fits.clear()
    gk.compare(karate.graph, karate.labels[::-1], **given | {"runs": 1})
    assert fits == [0, 0, 0]


def test_damaged_scores_are_refused(karate, tmp_path):
    given = {"methods": ["fastrp"], "runs": 1, "dim": 8, "work": tmp_path}
    gk.compare(karate.graph, **given)
    (kept,) = tmp_path.iterdir()
    kept.write_text(json.dumps({"seconds": "soon"}))
    with pytest.raises(gk.InputError, match="is damaged"):
        gk.compare(karate.graph, **given)


def test_a_budget_leaves_out_what_would_not_end_in_time(karate, monkeypatch):
    slow = gk.LINE(dim=8, samples=10**12)
    result = gk.compare(karate.graph, methods=["fastrp", slow], runs=2, dim=8, budget="1m")
    assert [each.name for each in result.methods] == ["fastrp"]
    (why,) = result.skipped.values()
    assert "s of the budget of 60 s are left" in why
    assert "left out: line(samples=1000000000000): takes about" in str(result)


def test_a_budget_too_small_for_any_method_says_the_least(karate):
    slow = gk.LINE(dim=8, samples=10**12)
    with pytest.raises(
        gk.ParameterError, match=r"budget=1 s is too small for any method: line.*raise the budget"
    ):
        gk.compare(karate.graph, methods=[slow], budget=1)


def test_a_method_is_warmed_up_once(karate, monkeypatch):
    fits = []
    fit = FastRP.fit
    monkeypatch.setattr(FastRP, "fit", lambda self, *a, **k: fits.append(self.seed) or fit(self, *a, **k))
    gk.compare(karate.graph, methods=["fastrp"], runs=2, dim=8, seed=5)
    assert fits == [0, 5, 5, 6, 6]


@pytest.mark.parametrize(
    ("labels", "given", "error"),
    [
        (["a"] * 33, {}, gk.InputError),
        (["a"] * 34, {}, gk.InputError),
        (None, {"operator": "times"}, gk.ParameterError),
        (None, {"train_ratio": 1.0}, gk.ParameterError),
        (None, {"shuffles": 0}, gk.ParameterError),
        (None, {"num_threads": 0}, gk.ParameterError),
        (None, {"test_ratio": 0.9}, gk.ParameterError),
    ],
)
def test_what_nothing_can_be_scored_by_is_refused_before_anything_runs(
    karate, labels, given, error, monkeypatch
):
    monkeypatch.setattr(FastRP, "fit", lambda *_, **__: pytest.fail("ran"))
    with pytest.raises(error):
        gk.compare(karate.graph, labels, methods=["fastrp"], **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"budget": "soon"},
            "budget must be a number of seconds > 0, or a time such as 10s, 2m or 1h; got 'soon'",
        ),
        ({"budget": 0}, "budget must be a number of seconds > 0"),
        ({"budget": True}, "budget must be a number of seconds > 0"),
        ({"budget": "nans"}, "budget must be a number of seconds > 0"),
        ({"methods": ["fastrb"]}, "fastrp"),
        ({"methods": []}, "methods must name at least one method"),
        ({"methods": ["fastrp", "fastrp"]}, "fastrp twice; name each once"),
        ({"methods": [3]}, "methods must hold names and methods, got 3"),
        ({"runs": 0}, "runs must"),
        ({"operator": "times", "methods": ["fastrp"], "dim": 8}, "operator"),
    ],
)
def test_bad_parameters_are_named(karate, given, message):
    with pytest.raises(gk.ParameterError, match=message):
        gk.compare(karate.graph, **given)


def test_a_method_that_refuses_the_graph_is_left_out_with_its_reason():
    rows = np.random.default_rng(1).integers(0, 60, (400, 2))
    graph = gk.Graph.from_edges(rows, directed=True)
    result = gk.compare(graph, methods=["fastrp", "grf"], runs=1, dim=8)
    assert [each.name for each in result.methods] == ["fastrp"]
    assert "directed" in result.skipped["grf"]


def test_peers_run_where_they_are_installed(karate):
    result = gk.compare(karate.graph, karate.labels, methods=["fastrp"], peers=True, runs=1, dim=8)
    assert {each.name for each in result.methods} == {"fastrp", "gensim"}
    assert "pecanpy is not installed: pip install pecanpy" in result.skipped["pecanpy"]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "html"])
def test_the_picture_is_written(compared, tmp_path, suffix):
    path = tmp_path / f"compared.{suffix}"
    compared.draw(path)
    begins = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "html": b"<!doctype"}[suffix]
    assert path.read_bytes().startswith(begins)
    with pytest.raises(gk.InputError, match="exists"):
        compared.draw(path, overwrite=False)


def test_the_page_has_the_table(compared, tmp_path):
    compared.draw(tmp_path / "compared.html")
    page = (tmp_path / "compared.html").read_text()
    assert page.count("<tr>") == 3
    assert "fastrp(weights=(1.0, 0.5))" in page
    assert "<svg" in page


def test_another_suffix_is_refused(compared, tmp_path):
    with pytest.raises(gk.ParameterError, match=r"'\.gif'; use \.png, \.svg, \.pdf, \.html"):
        draw_comparison(compared, tmp_path / "compared.gif")
