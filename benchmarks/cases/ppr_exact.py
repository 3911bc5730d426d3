"""Personalised PageRank, exact: all scores of one source after the other, wrong by 1e-8 in all at most.

graphkit is asked for tolerance = ERROR / num_arcs, which makes sure of that beforehand; SciPy multiplies
until no more mass moves; igraph (PRPACK) has a bound of its own. One sweep is the floor: a push of every row,
for each source, without asking which. The sources have arcs, or there would be nothing to do.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from cases.ppr import RESTART, exact_scores
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

ERROR, NUM_SOURCES = 1e-8, 20
QUANTITIES = ("seconds", "cpu_seconds", "extra_mb")


def parts(*, quick: bool) -> Iterator[Part]:
    blogcatalog = inputs.blogcatalog_csr()
    if quick:
        yield _part("BlogCatalog", [GRAPHKIT, SCIPY, SWEEP], blogcatalog, 3)
        return
    contenders = [GRAPHKIT, IGRAPH, SCIPY, SWEEP]
    yield _part("cnr-2000, directed, 20 sources", contenders, inputs.cnr_2000_csr(directed=True), NUM_SOURCES)
    yield _part("BlogCatalog, 20 sources", contenders, blogcatalog, NUM_SOURCES)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """The largest sum of a source's differences; graphkit's must be what was asked for."""
    exact = exact_scores(Path(request["input"]), request["sources"])
    exact /= exact.sum(axis=1, keepdims=True)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.npy"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            if path.exists():
                found[name] = {"l1_error": [float(np.abs(np.load(path) - exact).sum(axis=1).max())]}
                path.unlink()
    if found[GRAPHKIT.name]["l1_error"][0] > ERROR:
        raise CheckFailed(f"sums of differences: {found}")
    return found


def _part(name: str, contenders: list[Contender], graph: Path, num_sources: int) -> Part:
    degree = np.diff(np.load(graph)["indptr"])
    sources = np.random.default_rng(1).choice(np.flatnonzero(degree), num_sources, replace=False).tolist()
    request = {"input": str(graph), "restart": RESTART, "error": ERROR, "sources": sources}
    return Part(name, contenders, request, check, quantities=QUANTITIES)


GRAPHKIT = Contender("graphkit", "graphkit", "ppr_exact_graphkit")
IGRAPH = Contender("igraph", "igraph", "ppr_exact_igraph", {}, 1)
SCIPY = Contender("SciPy, products", "graphkit", "ppr_exact_scipy", {}, 1)
SWEEP = Contender("one sweep", "graphkit", "ppr_one_sweep")
