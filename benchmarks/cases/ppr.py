"""Personalised PageRank: the 100 nodes of the highest scores, for some sources or all nodes of a graph.

Push and torch_geometric's `get_ppr` stop at the same residuals (restart 0.15, tolerance 1e-5).
torch_geometric gives all scores above 0, igraph the whole exact vector of a source: to choose the 100 is not
in their time. The precision is the share of the 100 that are among the exact first 100, over some of the
sources; a tie at the end counts as right.

BlogCatalog is where push is weak: residuals stay at hubs, and little of the graph is not near a hub.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
import scipy.sparse
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

RESTART, K = 0.15, 100
CHECKED_SOURCES = 50
SWEEPS = 150
"""Until (1 - restart)**SWEEPS < 1e-10."""

LARGEST_LOSS = 0.5
"""Points of precision that push may lose to torch_geometric's."""


def parts(*, quick: bool) -> Iterator[Part]:
    blogcatalog = inputs.blogcatalog_csr()
    if quick:
        yield _part("BlogCatalog, 100 sources", [*OURS, PYG], blogcatalog, 100)
        return
    cnr = inputs.cnr_2000_csr(directed=True)
    once = [dataclasses.replace(contender, max_repeats=1) for contender in OURS]
    yield _part("BlogCatalog, 1,000 sources", [*OURS, PYG], blogcatalog, 1000)
    yield _part("cnr-2000, directed, 1,000 sources", [*OURS, PYG], cnr, 1000)
    yield _part("cnr-2000, directed, 50 sources", [*OURS, IGRAPH], cnr, 50)
    yield _part("cnr-2000, directed, all 325,557 nodes", once, cnr, None)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """The precision, and that ours is not lower for the same tolerance."""
    exact = exact_scores(Path(request["input"]), request["sources"])
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            found[name] = {"precision": [100 * precision(np.load(path), exact)]}
    if PYG.name in found:
        ours, theirs = found["graphkit"]["precision"][0], found[PYG.name]["precision"][0]
        if ours < theirs - LARGEST_LOSS:
            raise CheckFailed(f"precision of push {ours}, torch_geometric's {theirs}")
    return found


def precision(rows: np.ndarray, exact: np.ndarray) -> float:
    """The share of the first `K` of each source that belong there; -1 in `rows` [num_sources, K] is none."""
    last = np.sort(exact, axis=1)[:, -K]
    # Where fewer than K nodes can be reached, all others' scores are 0, and nobody need name them.
    wanted = np.minimum(K, (exact > 0).sum(axis=1))
    scores = np.where(rows >= 0, np.take_along_axis(exact, np.maximum(rows, 0), axis=1), 0)
    right = (scores > 0) & (scores >= last[:, None] * (1 - 1e-6))
    return float((right.sum(axis=1) / wanted).mean())


def exact_scores(graph: Path, sources: list[int]) -> np.ndarray:
    """All scores of each source up to 1e-10, by SWEEPS products with the matrix of the walk.

    A node without out-arcs gives nothing on: that divides all scores of a source by the same number.
    """
    arrays = np.load(graph)
    degree = np.diff(arrays["indptr"])
    values = np.repeat((1 - RESTART) / np.maximum(degree, 1), degree)
    step = scipy.sparse.csr_array((values, arrays["indices"], arrays["indptr"]), shape=(len(degree),) * 2)
    back = step.T.tocsr()
    first = np.zeros((len(degree), len(sources)))
    first[sources, np.arange(len(sources))] = RESTART
    scores = first
    for _ in range(SWEEPS):
        scores = back @ scores + first
    return scores.T


def _part(name: str, contenders: list[Contender], graph: Path, num_sources: int | None) -> Part:
    """Measured from so many sources, drawn at random, or from all; checked from some."""
    request = {"input": str(graph), "restart": RESTART, "k": K}
    rng = np.random.default_rng(1)
    num_nodes = len(np.load(graph)["indptr"]) - 1
    drawn = rng.choice(num_nodes, num_sources or CHECKED_SOURCES, replace=False).tolist()
    measured = request | {"sources": drawn if num_sources else None}
    checked = request | {"sources": drawn[:CHECKED_SOURCES]}
    return Part(name, contenders, measured, check, checked, quantities=("seconds", "extra_mb"))


OURS = [
    Contender("graphkit", "graphkit", "ppr_graphkit", {"method": "push"}),
    Contender("graphkit, walks", "graphkit", "ppr_graphkit", {"method": "walks"}),
]
PYG = Contender("torch_geometric", "graphkit", "ppr_torch_geometric", {"tolerance": 1e-5})
IGRAPH = Contender("igraph, exact", "igraph", "ppr_igraph", {}, 0)
