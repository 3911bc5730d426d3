"""The thresholds of `auto` found on some graphs, and what quality against time is drawn from."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def harness(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module


def graph_of(auto_rule, name, properties, quality):
    methods = (auto_rule.SPECTRAL, auto_rule.SAMPLED, auto_rule.SINGLE)
    return auto_rule.Measured(name, *properties, dict(zip(methods, quality, strict=True)))


def graphs(auto_rule):
    return [
        graph_of(auto_rule, "plain", (0.0, 0.3, 1.0), (60.0, 58.0, 50.0)),
        graph_of(auto_rule, "communities", (0.02, 0.8, 0.9), (60.0, 63.0, 50.0)),
        graph_of(auto_rule, "pieces", (0.02, 0.9, 0.5), (60.0, 57.0, 50.0)),
        graph_of(auto_rule, "twins", (0.6, 0.4, 1.0), (60.0, 58.0, 65.0)),
    ]


def test_thresholds_lie_in_the_middle_of_the_gaps(harness):
    auto_rule = harness("auto_rule")
    rule = auto_rule.best_rule(graphs(auto_rule))
    assert (rule.twins, rule.last_eigenvalue, rule.giant) == pytest.approx((0.31, 0.6, 0.7))
    assert [graph.loss(rule.choice(graph)) for graph in graphs(auto_rule)] == [0, 0, 0, 0]


def test_a_graph_alone_of_its_kind_is_lost_without_it(harness):
    auto_rule = harness("auto_rule")
    *others, twins = graphs(auto_rule)
    assert twins.loss(auto_rule.best_rule(others).choice(twins)) == 5


def test_the_front_is_what_nothing_beats(harness):
    pictures = harness("pictures")
    found = [
        pictures.Point(name, *place, True) for name, place in {"a": (1, 5), "b": (2, 4), "c": (3, 6)}.items()
    ]
    assert [point.name for point in pictures.front(found)] == ["a", "c"]


def test_names_stand_beside_each_other(harness):
    pictures = harness("pictures")
    options = list(pictures._boxes(100, 100, 40, 10, 1))
    taken = []
    for _ in range(4):
        *_, box = min(options, key=lambda option: pictures._cost(option, taken))
        taken.append(box)
    for one in taken:
        for other in taken:
            if one is not other:
                assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
