"""A map that begins at an earlier one, of a graph that has changed: how far nodes moved, and what is kept.

The earlier graph is the largest component of each without one node in fifty and one edge in twenty, drawn
at random. ``moved_percent`` is the median distance of a node's places on both maps, in hundredths of the
root mean square distance from the middle; free maps are turned, mirrored, shifted and scaled onto the
earlier one first. ``neighbor_preservation`` is of the later graph, as in `graph_maps`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from cases.graph_maps import NAMES
from cases.many_graphs import GRAPHS
from contender import Contender
from maps import loopless, neighbor_preservation
from measure import CheckFailed, Part, Sessions, Values
from scipy.linalg import orthogonal_procrustes

MOST_MOVED = 3.0
LARGEST_LOSS = 0.02
"""Of neighbours kept, beside the free map."""


def parts(*, quick: bool) -> Iterator[Part]:
    for name in NAMES[:1] if quick else NAMES:
        yield Part(
            GRAPHS[name],
            [_contender(*one) for one in (("held", "previous"), ("begun there", "init"), ("free", "free"))],
            {"input": str(inputs.labelled_component_csr(name))},
            check,
            quantities=("seconds", "cpu_seconds"),
        )


def _contender(name: str, begin: str) -> Contender:
    return Contender(f"graphkit LargeVis, {name}", "graphkit", "earlier_map_graphkit", {"begin": begin})


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """How far nodes moved on each map, and what it keeps."""
    arrays, found = loopless(Path(request["input"])), {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "positions.npz"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            maps = np.load(path)
            found[name] = {
                "moved_percent": [100 * moved(maps["earlier"], maps["later"][maps["rows"]])],
                "neighbor_preservation": [neighbor_preservation(*arrays, maps["later"])],
            }
    held, _, free = found.values()
    loss = free["neighbor_preservation"][0] - held["neighbor_preservation"][0]
    if held["moved_percent"][0] > MOST_MOVED or loss > LARGEST_LOSS:
        raise CheckFailed(f"the map is not held, or worse for it: {found}")
    return found


def moved(earlier: np.ndarray, later: np.ndarray) -> float:
    """The median distance of two places, the maps as they are or one laid on the other."""
    first, second = (one.astype(np.float64) - one.mean(axis=0, dtype=np.float64) for one in (earlier, later))
    spread = np.linalg.norm(first)
    laid = second @ orthogonal_procrustes(second, first)[0] * (spread / np.linalg.norm(second))
    distances = [np.linalg.norm(earlier - later, axis=1), np.linalg.norm(first - laid, axis=1)]
    return float(min(map(np.median, distances)) / (spread / np.sqrt(len(first))))
