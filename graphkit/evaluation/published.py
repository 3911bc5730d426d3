"""Published scores of node classification, and the settings they were reached with.

Only figures whose source states them; what the source does otherwise than we do is said with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """Where figures were published.

    Attributes
    ----------
    title
        To be cited.
    normalized
        Whether vectors were divided by their lengths before they were classified.
    differences
        What is done otherwise there than here.
    """

    title: str
    normalized: bool
    differences: str


@dataclass(frozen=True)
class Figure:
    """A published score, in per cent; None where it was not given."""

    data: str
    method: str
    train_ratio: float
    micro_f1: float | None
    macro_f1: float | None
    source: str


SETTINGS: dict[str, dict[str, dict[str, Any]]] = {
    "blogcatalog": {
        "deepwalk": {"walks_per_node": 80, "walk_length": 40, "window": 10},
        "node2vec": {"walks_per_node": 10, "walk_length": 80, "window": 10, "p": 0.25, "q": 0.25},
        "line": {"order": "both"},
    },
    "ppi": {
        "deepwalk": {"walks_per_node": 80, "walk_length": 40, "window": 10},
        "node2vec": {"walks_per_node": 10, "walk_length": 80, "window": 10, "p": 4.0, "q": 1.0},
        "line": {"order": "both"},
    },
}
"""Data set → method → parameters, those of the papers; p and q are the node2vec paper's for the data set."""

SOURCES = {
    "deepwalk": Source(
        "github.com/phanein/deepwalk, README",
        False,
        "hierarchical softmax, learning rate 0.025; LIBLINEAR, C = 1; 10 shuffles",
    ),
    "node2vec": Source(
        "Grover, Leskovec, node2vec, KDD 2016, table 2",
        False,
        "gensim, learning rate 0.025; DeepWalk with as few walks as node2vec; C, and whether vectors were "
        "normalised, not stated",
    ),
    "pgl": Source(
        "github.com/PaddlePaddle/PGL, examples/node2vec",
        False,
        "its own training and classifier",
    ),
    "fastrp": Source(
        "github.com/GTmac/FastRP, notebook on BlogCatalog",
        False,
        "80 walks of 40 nodes from each node; 5 shuffles; whether vectors were normalised is not stated",
    ),
    "cogdl": Source(
        "github.com/THUDM/cogdl, leaderboard of unsupervised node classification",
        True,
        "its own training; only micro-F1 at 90 %",
    ),
}

FIGURES = (
    Figure("blogcatalog", "deepwalk", 0.1, 35.86, 21.08, "deepwalk"),
    Figure("blogcatalog", "deepwalk", 0.5, 41.51, 27.68, "deepwalk"),
    Figure("blogcatalog", "deepwalk", 0.9, 42.40, 28.21, "deepwalk"),
    Figure("blogcatalog", "deepwalk", 0.5, None, 21.10, "node2vec"),
    Figure("blogcatalog", "deepwalk", 0.5, None, 25.0, "pgl"),
    Figure("blogcatalog", "deepwalk", 0.9, 42.69, None, "cogdl"),
    Figure("blogcatalog", "node2vec", 0.5, None, 25.81, "node2vec"),
    Figure("blogcatalog", "node2vec", 0.5, None, 26.2, "pgl"),
    Figure("blogcatalog", "node2vec", 0.1, 35.91, 21.19, "fastrp"),
    Figure("blogcatalog", "node2vec", 0.5, 41.64, 27.71, "fastrp"),
    Figure("blogcatalog", "node2vec", 0.9, 44.29, 30.17, "fastrp"),
    Figure("blogcatalog", "node2vec", 0.9, 42.29, None, "cogdl"),
    Figure("blogcatalog", "line", 0.9, 39.21, None, "cogdl"),
    Figure("ppi", "deepwalk", 0.9, 22.59, None, "cogdl"),
    Figure("ppi", "node2vec", 0.9, 22.97, None, "cogdl"),
    Figure("ppi", "line", 0.9, 23.20, None, "cogdl"),
)
