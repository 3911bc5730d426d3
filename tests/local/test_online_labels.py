"""Labels that arrive one by one, against the relaxation with the whole kernel at hand."""

import numpy as np
import pytest
import scipy.optimize
import sklearn.base
from hypothesis import given, settings
from hypothesis import strategies as st
from support.graphs import random_graph
from support.reference import local as reference

from graphkit import FastONL, Graph, InputError, ParameterError, UnknownNodeError, datasets, read_graph
from graphkit.graph.storage import open_graph
from graphkit.io import read_labels
from graphkit.kernels.cpu.online_labels import loss_gradient, project

KERNELS = ("normalized", "laplacian")


def case(seed, *, weighted=False, num_classes=3):
    """A graph with isolated nodes and loops, labels that follow it a little, and an order of arrival."""
    graph = random_graph(60, 120, weighted=weighted, seed=seed)
    rng = np.random.default_rng(seed)
    labels = (np.arange(60) // 7 + (rng.random(60) < 0.3)) % num_classes
    return graph, labels, rng.permutation(60)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("rho", [0.05, 0.5, 3.0])
def test_scores_are_those_of_the_exact_relaxation(kernel, weighted, rho):
    graph, labels, order = case(1, weighted=weighted)
    exact = reference.relaxation(
        reference.graph_kernel(reference.dense(graph), kernel, rho), order, labels[order], 3
    )
    online = FastONL(graph, kernel=kernel, regularization=rho, tolerance=1e-13)
    for place, node in enumerate(order.tolist()):
        if place:
            scores = online.decision_function([node])[0]
            np.testing.assert_allclose(scores, exact[place], rtol=1e-8, atol=1e-10)
        online.partial_fit([node], labels[[node]], classes=[0, 1, 2])
    clear = np.sort(exact, axis=1)
    clear = clear[:, -1] - clear[:, -2] > 1e-9
    assert clear.sum() > 30
    assert (online.predictions_[clear] == exact.argmax(axis=1)[clear]).all()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("kernel", "given", "beta"),
    [("damped", 0.8, 0.8), ("damped", None, 0.3), ("shifted", 0.1, 0.1), ("shifted", None, 0.7)],
)
def test_kernels_with_a_beta_are_those_of_the_paper(kernel, given, beta, weighted):
    graph, labels, order = case(4, weighted=weighted)
    exact = reference.relaxation(
        reference.graph_kernel(reference.dense(graph), kernel, 0.3, beta), order, labels[order], 3
    )
    online = FastONL(graph, kernel=kernel, regularization=0.3, beta=given, tolerance=1e-13)
    online.partial_fit(order[:-1], labels[order[:-1]], classes=[0, 1, 2])
    np.testing.assert_allclose(online.decision_function(order[-1:])[0], exact[-1], rtol=1e-8, atol=1e-10)
    clear = np.sort(exact[:-1], axis=1)
    clear = clear[:, -1] - clear[:, -2] > 1e-9
    assert clear.sum() > 30
    assert (online.predictions_[clear] == exact[:-1].argmax(axis=1)[clear]).all()


@pytest.mark.parametrize("weighted", [False, True])
def test_the_error_of_a_column_is_within_its_bound(weighted):
    graph, labels, _ = case(2, weighted=weighted)
    rho, tolerance = 0.2, 1e-3
    kernel = reference.graph_kernel(reference.dense(graph), "normalized", rho)
    first = int(graph.degree.argmax())
    online = FastONL(graph, regularization=rho, tolerance=tolerance)
    online.partial_fit([first], labels[[first]], classes=[0, 1, 2])
    # One label: scores are its gradient times a column, over the same root.
    others = np.delete(np.arange(60), first)
    scores = online.decision_function(others)
    gradient = np.full(3, 1 / 3) - (np.arange(3) == labels[first])
    spread = np.sqrt(online._state[0] + 3 * online._state[1])
    column = -(scores @ gradient) / (gradient @ gradient) * spread
    rate = (graph.degree / np.maximum(graph.strength, 1e-9)).max()
    bound = 2 * 60 * tolerance * rate * np.sqrt(graph.strength[first] * graph.strength[others]) / 1.0
    assert (np.abs(column - kernel[first, others]) <= bound + 1e-9).all()


@pytest.mark.parametrize("name", ["karate_club", "cora", "citeseer"])
def test_accuracy_and_regret_curves_on_real_graphs(name, request):
    if name == "karate_club":
        graph, labels = datasets.load(name).graph, datasets.load(name).labels.toarray().argmax(axis=1)
    else:
        folder = request.getfixturevalue("real_data")
        graph = read_graph(folder / f"{name}_edges.txt.gz").largest_component()
        found, _ = read_labels(folder / f"{name}_labels.txt.gz", graph.node_ids, unknown="ignore")
        labels = found.toarray().argmax(axis=1)
    order = np.random.default_rng(0).permutation(graph.num_nodes)
    kernel = reference.graph_kernel(reference.dense(graph), "normalized", 0.2)
    num_classes = labels.max() + 1
    first = order[:400]
    exact = reference.relaxation(kernel, first, labels[first], num_classes).argmax(axis=1)
    online = FastONL(graph).partial_fit(graph.node_ids[order], labels[order], classes=range(num_classes))
    ours = np.cumsum(online.predictions_[:400] != labels[first])
    theirs = np.cumsum(exact != labels[first])
    assert np.abs(ours - theirs).max() <= 6
    assert (online.predictions_ == labels[order]).mean() > {
        "karate_club": 0.6,
        "cora": 0.83,
        "citeseer": 0.735,
    }[name]


@pytest.mark.parametrize("kernel", KERNELS)
def test_one_by_one_or_all_at_once_on_any_number_of_threads(kernel, tmp_path):
    graph = random_graph(3000, 9000, weighted=True, seed=3)
    graph.save(tmp_path / "graph")
    rng = np.random.default_rng(0)
    nodes, labels = rng.permutation(3000)[:1500], rng.integers(0, 4, 1500)
    kept = []
    for threads, step, where in (
        (1, 1500, graph),
        (2, 400, graph),
        (4, 1500, open_graph(tmp_path / "graph")),
    ):
        online = FastONL(where, kernel=kernel, tolerance=1e-3, num_threads=threads)
        for start in range(0, 1500, step):
            part = slice(start, start + step)
            online.partial_fit(nodes[part], labels[part], classes=range(4))
        asked = rng.permutation(3000)[:50] if not kept else kept[0][0]
        kept.append(
            (asked, online.predictions_, online.decision_function(asked), online.predict_proba(asked))
        )
    for _, *found in kept[1:]:
        for one, other in zip(found, kept[0][1:]):
            np.testing.assert_array_equal(one, other)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=2, max_size=9), st.integers(0, 8))
def test_projection_and_gradient(values, label):
    scores = np.array(values)
    label %= len(scores)
    chances, gradient = np.empty(len(scores)), np.empty(len(scores))
    project(scores, chances)
    np.testing.assert_allclose(chances, reference.simplex(scores), atol=1e-9)
    loss_gradient(scores, chances, label, gradient)
    assert abs(gradient.sum()) < 1e-12
    assert gradient[label] == gradient.min() <= 0
    found = scipy.optimize.approx_fprime(scores, lambda x: surrogate(x, label), 1e-7)
    # At kinks the two differ.
    if (
        abs(np.diff(np.sort(scores))).min() > 1e-3
        and np.abs(chances[chances > 0]).min() > 1e-3
        and (margin(scores, chances) > 1e-3)
    ):
        np.testing.assert_allclose(gradient, found, atol=1e-4)


def margin(scores, chances):
    """How far the best of those outside of the support is from it."""
    level = (scores - chances)[chances > 0].mean()
    return (level - scores[chances == 0]).min(initial=np.inf)


def surrogate(scores, label):
    """Rakhlin and Sridharan's loss."""
    support = reference.simplex(scores) > 1e-12
    if support[label]:
        return 1 + (scores[support].sum() - 1) / support.sum() - scores[label]
    return 1 + np.delete(scores, label).max() - scores[label]


def test_it_is_used_as_scikit_learns_are():
    karate = datasets.load("karate_club")
    names = np.where(karate.labels.toarray().argmax(axis=1) == 0, "one", "other")
    online = FastONL(karate.graph, regularization=0.1)
    order = np.array([0, 33, 1, 32, 2, 30, 3, 29, *range(4, 28)])
    online.partial_fit(order[:6], names[order[:6]], classes=["other", "one"])
    online.partial_fit(order[6:8], names[order[6:8]])
    assert online.classes_.tolist() == ["one", "other"]
    assert online.labels_.tolist() == names[order[:8]].tolist()
    assert online.node_ids_.tolist() == order[:8].tolist()
    rest = order[8:]
    margins = online.decision_function(rest)
    assert margins.shape == (24,)
    assert online.predict(rest).tolist() == online.classes_[(margins > 0).astype(int)].tolist()
    chances = online.predict_proba(rest)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert online.score(rest, names[rest]) == (online.predict(rest) == names[rest]).mean() > 0.8
    copy = sklearn.base.clone(online)
    assert copy.regularization == 0.1
    assert not hasattr(copy, "classes_")
    assert repr(online) == f"FastONL({karate.graph!r}, 8 labels)"


def test_estimates_of_memory_are_bounds():
    online = FastONL(Graph.from_edges([(0, 1), (1, 2)]), num_threads=2)
    assert 100_000 < online.estimate(1000, 10).bytes < 200_000
    assert online.estimate(10**6, 10).seconds > online.estimate(10, 10).seconds


REFUSED = {
    "a directed graph": (
        lambda o: FastONL(Graph.from_edges([(0, 1)], directed=True)),
        ParameterError,
        "read it as undirected",
    ),
    "an unknown kernel": (lambda o: FastONL(o.graph, kernel="heat"), ParameterError, "unknown kernel 'heat'"),
    "regularization 0": (
        lambda o: FastONL(o.graph, regularization=0),
        ParameterError,
        "regularization must be > 0",
    ),
    "beta 1": (
        lambda o: FastONL(o.graph, kernel="damped", beta=1.0),
        ParameterError,
        r"beta must lie in \(0, 1\), got 1",
    ),
    "another kernel's beta": (
        lambda o: FastONL(o.graph, beta=0.5),
        ParameterError,
        "beta has no effect with kernel='normalized'; leave it out",
    ),
    "no beta for much regularization": (
        lambda o: FastONL(o.graph, kernel="shifted", regularization=2),
        ParameterError,
        "beta must be given with regularization >= 1, got 2",
    ),
    "tolerance 1": (
        lambda o: FastONL(o.graph, tolerance=1),
        ParameterError,
        r"tolerance must lie in \(0, 1\)",
    ),
    "no classes": (
        lambda o: FastONL(o.graph).partial_fit([0], [1]),
        ParameterError,
        "classes must be given at the first call",
    ),
    "one class": (
        lambda o: FastONL(o.graph).partial_fit([0], [1], [1]),
        ParameterError,
        "classes must be at least two, got 1",
    ),
    "other classes": (lambda o: o.partial_fit([3], [1], [1, 2]), ParameterError, "classes must stay"),
    "an unknown label": (lambda o: o.partial_fit([3], [7]), InputError, "the label 7 is none of the classes"),
    "a label of another kind": (
        lambda o: o.partial_fit([3], ["a"]),
        InputError,
        "the label 'a' is none of the classes",
    ),
    "a second label": (lambda o: o.partial_fit([0], [1]), InputError, "node 0 has a label already"),
    "two labels at once": (lambda o: o.partial_fit([3, 3], [1, 0]), InputError, "node 3 has a label already"),
    "too few labels": (lambda o: o.partial_fit([2, 3], [1]), InputError, r"labels must be \[2\]"),
    "an unknown node": (lambda o: o.partial_fit([99], [1]), UnknownNodeError, "no node has the id 99"),
    "a single node": (lambda o: o.predict(3), InputError, "nodes must be a list"),
    "no label yet": (lambda o: FastONL(o.graph).predict([0]), InputError, "no label has arrived yet"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused(case):
    call, error, message = REFUSED[case]
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 3)])
    online = FastONL(graph).partial_fit([0], [1], classes=[0, 1])
    with pytest.raises(error, match=message):
        call(online)
    # Nothing of it stays.
    assert online.partial_fit([1, 2, 3], [1, 0, 0]).labels_.tolist() == [1, 1, 0, 0]


def test_no_nodes_at_all():
    online = FastONL(Graph.from_edges([(0, 1)])).partial_fit([0], ["a"], classes=["a", "b"])
    assert online.partial_fit([], []).predict([]).tolist() == []
