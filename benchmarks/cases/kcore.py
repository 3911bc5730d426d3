"""What embedding by cores gains and costs: seconds and scores beside DeepWalk's with the same parameters.

15 walks of 30 nodes, window 5, 150 columns, as in Brandeis, Jarret, Sevestre 2020. Links, by two protocols,
on vectors of the graph without a tenth of its edges. The paper's: a classifier of the two vectors side by
side, trained on two fifths of all edges (most of which the vectors have seen) and as many other pairs,
macro-F1 on the rest. The honest one: AUC on the tenth alone, from products of the vectors. Nodes, on vectors
of the whole graph: micro- and macro-F1, half of the nodes known.

"DeepWalk, 3 walks" is what must be beaten: less of the same work, and no core.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scoring
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values
from scipy import sparse

SETTINGS = {"walks_per_node": 15, "walk_length": 30, "window": 5, "dim": 150}
SHORT = {"walks_per_node": 3, "walk_length": 30, "window": 5, "dim": 150}
CORES = {"cora": (2, 3), "facebook": (25, 97), "github": (10, 30), "blogcatalog": (50, 100)}
TITLES = {"cora": "Cora", "facebook": "Facebook", "github": "GitHub", "blogcatalog": "BlogCatalog"}
LABELLED = ("cora", "blogcatalog")
TRAINED_SHARE = 0.4
LARGEST_LOSS = 1.5
"""Points of AUC that the refined vectors may lose to DeepWalk's."""


def parts(*, quick: bool) -> Iterator[Part]:
    for name in ["cora"] if quick else TITLES:
        title, request = TITLES[name], {"input": name, "seed": 1}
        links = request | {"test_ratio": 0.1}
        yield Part(f"{title}, links", contenders(name), links, check_links, quantities=("seconds",))
        if name in LABELLED:
            nodes = request | {"test_ratio": 0}
            yield Part(f"{title}, nodes", contenders(name), nodes, check_nodes, quantities=("seconds",))


def contenders(name: str) -> list[Contender]:
    """DeepWalk, less of it, CoreWalk, and for each k0 the paper's method and ours."""
    rows: list[tuple[str, dict[str, Any]]] = [
        ("DeepWalk", {"base": "deepwalk", "settings": SETTINGS}),
        ("DeepWalk, 3 walks", {"base": "deepwalk", "settings": SHORT}),
        ("CoreWalk", {"base": "corewalk", "settings": SETTINGS}),
    ]
    for k in CORES[name]:
        for words, refined in (("as the paper", {"refine_walks": 0}), ("refined", {})):
            core = {"base": "deepwalk", "settings": SETTINGS, "core": {"k": k, **refined}}
            rows.append((f"k-core, k0 = {k}, {words}", core))
    return [Contender(words, "graphkit", "methods_graphkit", params) for words, params in rows]


def check_links(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """F1 by the paper's protocol and AUC by the honest one, in percent."""
    from graphkit import datasets
    from graphkit.evaluation import link_prediction, split_edges

    graph = datasets.load(request["input"]).graph
    split = split_edges(graph, request["test_ratio"], seed=request["seed"])
    qualities = {}
    for name, session in sessions.items():
        vectors = _vectors(session, request)
        auc = link_prediction(vectors, split, operator="hadamard").auc[0]
        qualities[name] = {"paper_f1": [100 * paper_f1(graph, vectors)], "auc": [100 * auc]}
    plain = qualities["DeepWalk"]["auc"][0]
    for name, values in qualities.items():
        if name.endswith("refined") and values["auc"][0] < plain - LARGEST_LOSS:
            raise CheckFailed(f"{request['input']}: {name} reaches AUC {values['auc'][0]}, DeepWalk {plain}")
    return qualities


def check_nodes(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Micro- and macro-F1 with half of the nodes known."""
    from graphkit import datasets

    labels = datasets.load(request["input"]).labels
    qualities = {}
    for name, session in sessions.items():
        scores = scoring.f1_of_unit_rows(_vectors(session, request), labels, ratios=(0.5,))
        qualities[name] = {quantity: [score] for quantity, score in scores.items()}
    return qualities


def paper_f1(graph: Any, vectors: np.ndarray) -> float:
    """Macro-F1 of a linear classifier of the two vectors side by side, whatever edges they have seen."""
    from sklearn.metrics import f1_score

    from graphkit.evaluation import edge_features, fit_one_vs_rest

    pairs, truth = _pairs(graph, np.random.default_rng(0))
    num_train = round(TRAINED_SHARE * len(pairs))
    features = edge_features(vectors, pairs, "concat")
    model = fit_one_vs_rest(features[:num_train], sparse.csr_array(truth[:num_train, None]), C=1.0)
    found = model.scores(features[num_train:])[:, 0] > 0
    return float(f1_score(truth[num_train:] > 0, found, average="macro"))


def _pairs(graph: Any, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """All edges and as many other pairs, in random order and directions; and which of them are edges."""
    source, target, _ = graph.edge_rows()
    edges = np.column_stack([source, target])[source != target]
    drawn = rng.integers(0, graph.num_nodes, (4 * len(edges), 2))
    free = (drawn[:, 0] != drawn[:, 1]) & ~graph.has_edges(*drawn.T)
    pairs = np.concatenate([edges, drawn[free][: len(edges)]])
    truth = (np.arange(len(pairs)) < len(edges)).astype(np.float64)
    order = rng.permutation(len(pairs))
    turned = rng.random((len(pairs), 1)) < 0.5
    return np.where(turned, pairs[:, ::-1], pairs)[order], truth[order]


def _vectors(session: Any, request: dict[str, Any]) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        session.ask(**request | {"save": str(path)})
        return np.load(path)
