"""graphkit reproduce: our scores beside published ones."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from graphkit import Graph
from graphkit.evaluation import node_classification
from graphkit.evaluation.published import FIGURES, SETTINGS, SOURCES
from graphkit.evaluation.reproduction import SHUFFLES, TRAIN_RATIOS
from graphkit.methods.registry import make_method

SMALL = {
    "deepwalk": {"walks_per_node": 2, "walk_length": 10, "window": 5},
    "node2vec": {"walks_per_node": 2, "walk_length": 10, "window": 5, "p": 0.25},
    "line": {"order": "both", "samples": 2000},
}


@pytest.fixture
def small(monkeypatch):
    """BlogCatalog's place taken by two groups of nodes, and short walks."""
    generator = np.random.default_rng(0)
    groups = np.arange(60) % 2
    pairs = generator.integers(0, 60, (900, 2))
    kept = (groups[pairs[:, 0]] == groups[pairs[:, 1]]) | (generator.random(900) < 0.2)
    data = SimpleNamespace(
        graph=Graph.from_edges(np.concatenate([pairs[kept], np.stack([np.arange(60)] * 2, axis=1)])),
        labels=np.stack([groups, 1 - groups], axis=1),
    )
    monkeypatch.setattr("graphkit.datasets.load", lambda _: data)
    monkeypatch.setitem(SETTINGS, "blogcatalog", SMALL)
    return data


def test_our_scores_stand_beside_the_published_ones(graphkit, small):
    outcome = graphkit("reproduce blogcatalog --json --seed 3 --quiet")
    assert (outcome.code, outcome.err) == (0, "")
    rows = json.loads(outcome.out)["results"]
    published = [
        (
            row["method"],
            row["train_ratio"],
            row["published_micro_f1"],
            row["published_macro_f1"],
            row["source"],
        )
        for row in rows
        if row["source"]
    ]
    expected = [figure for figure in FIGURES if figure.data == "blogcatalog"]
    assert sorted(published, key=str) == sorted(
        ((f.method, f.train_ratio, f.micro_f1, f.macro_f1, f.source) for f in expected), key=str
    )
    embedding = make_method("node2vec", dim=128, seed=3, **SMALL["node2vec"]).embed(small.graph)
    for unit in (False, True):
        ours = node_classification(
            embedding,
            small.labels,
            train_ratios=TRAIN_RATIOS,
            shuffles=SHUFFLES,
            normalize="l2" if unit else None,
            seed=3,
        )
        for place, ratio in enumerate(TRAIN_RATIOS):
            found = [
                (row["micro_f1"], row["macro_f1"])
                for row in rows
                if (row["method"], row["features"], row["train_ratio"])
                == ("node2vec", "unit" if unit else "raw", ratio)
            ]
            wanted = 100 * ours.micro_f1[place].mean(), 100 * ours.macro_f1[place].mean()
            assert found == [pytest.approx(wanted)] * len(found)
            assert found


def test_figures_of_normalised_vectors_stand_beside_those(graphkit, small):
    rows = json.loads(graphkit("reproduce blogcatalog --json").out)["results"]
    assert all(
        SOURCES[row["source"]].normalized == (row["features"] == "unit") for row in rows if row["source"]
    )


def test_the_table_names_sources_and_differences(graphkit, small):
    outcome = graphkit("reproduce blogcatalog --method deepwalk")
    assert outcome.code == 0
    heading, *lines = outcome.out.splitlines()
    assert heading.split() == [
        *("method", "features", "train_ratio", "micro_f1", "macro_f1"),
        *("published_micro_f1", "published_macro_f1", "source"),
    ]
    assert all(line.startswith("deepwalk") for line in lines[: lines.index("")])
    assert "deepwalk  raw       50%" in outcome.out
    assert "41.51" in outcome.out
    for words in ("hierarchical softmax", "C = 1", "shared negatives", "top-k", "phanein/deepwalk"):
        assert words in outcome.out
    assert outcome.err.startswith("deepwalk: ")


def test_several_runs_have_seeds_of_their_own(graphkit, small):
    results = [
        json.loads(graphkit(f"reproduce blogcatalog --method line --json {options}").out)["results"]
        for options in ("--runs 2", "--seed 0", "--seed 1")
    ]
    both, first, second = ([row["macro_f1"] for row in rows] for rows in results)
    assert first != second
    np.testing.assert_allclose(both, np.mean([first, second], axis=0))


def test_settings_are_parameters_and_sources_are_there():
    for methods in SETTINGS.values():
        for method, params in methods.items():
            made = make_method(method, **params)
            assert params.items() <= made.get_params().items()
    assert {figure.source for figure in FIGURES} == set(SOURCES)
    for figure in FIGURES:
        assert figure.method in SETTINGS[figure.data]
        assert figure.train_ratio in TRAIN_RATIOS


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("reproduce cora", "unknown data set to reproduce 'cora'; possible: blogcatalog, ppi"),
        ("reproduce blogcatlog", "did you mean 'blogcatalog'?"),
        ("reproduce ppi --method fastrp", "unknown method 'fastrp'; possible: deepwalk, node2vec, line"),
        ("reproduce ppi --runs 0", "--runs must be a whole number >= 1, got 0"),
        ("reproduce ppi", "put it into a folder and let the environment variable GRAPHKIT_DATA name that"),
    ],
)
def test_what_cannot_be_is_said(graphkit, tmp_path, monkeypatch, line, message):
    monkeypatch.setenv("GRAPHKIT_CACHE", str(tmp_path))
    monkeypatch.delenv("GRAPHKIT_DATA", raising=False)
    outcome = graphkit(line)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
