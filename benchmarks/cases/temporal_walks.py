"""Walks in the order of time: walks a second, beside plain Python; no walk goes back in time.

Every step of graphkit's first walks is checked, a hundred million of uniform ones, ten of others: the
earliest time at which each walk can have been where it is, step by step, must exist. The plain program keeps
a node's events in a list and finds the later ones by bisection. It makes fewer walks: rates are compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

QUANTITIES = ("walks_per_s", "walks", "peak_mb")
CHECKED_STEPS = {"uniform": 100_000_000, "exponential": 10_000_000}


def parts(*, quick: bool) -> Iterator[Part]:
    size = (2_000, 20_000) if quick else (100_000, 3_000_000)
    events = inputs.drifting_events(*size)
    for choice in ("uniform", "exponential"):
        contenders = [
            Contender("graphkit", "graphkit", "temporal_walks_graphkit"),
            Contender("plain Python", "graphkit", "temporal_walks_python", max_repeats=1),
        ]
        request = {
            **{"input": str(events), "seed": 1, "choice": choice, "walk_length": 20},
            **{"walks_per_node": 10, "num_walks": 1_000 if quick else 20_000},
            "checked": 100_000 if quick else CHECKED_STEPS[choice],
        }
        title = f"{size[0]:,} nodes, {size[1]:,} events, {choice}"
        yield Part(title, contenders, request, check_times, quantities=QUANTITIES)


def check_times(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Count the steps that were checked; a walk that goes back in time ends the case."""
    events = np.load(request["input"])
    num_nodes = int(max(events["source"].max(), events["target"].max())) + 1
    rising = _Rising(events["source"], events["target"], events["time"], num_nodes)
    found: dict[str, Values] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, session in sessions.items():
            path, seed, steps = Path(folder) / "walks.npy", 0, 0
            while not steps or (name == "graphkit" and steps < request["checked"]):
                seed += 1
                session.ask(**request | {"save": str(path), "seed": seed})
                steps += rising.check(np.load(path))
            found[name] = {"steps_checked": [float(steps)]}
    return found


class _Rising:
    """Events by their two nodes and time, as one number each."""

    def __init__(self, source: np.ndarray, target: np.ndarray, time: np.ndarray, num_nodes: int):
        self._num_nodes, self._span = num_nodes, int(time.max()) + 2
        pairs = np.concatenate([source * num_nodes + target, target * num_nodes + source])
        self._keys = np.sort(pairs * self._span + np.concatenate([time, time]))

    def check(self, walks: np.ndarray) -> int:
        """Return the steps of walks; `CheckFailed` for one that is no event later than the one before."""
        time, num_steps = np.full(len(walks), -1), 0
        for here, there in zip(walks.T[:-1].astype(np.int64), walks.T[1:].astype(np.int64), strict=True):
            taken = there >= 0
            pair = here[taken] * self._num_nodes + there[taken]
            place = np.searchsorted(self._keys, pair * self._span + time[taken] + 1)
            key = self._keys[np.minimum(place, len(self._keys) - 1)]
            if (place == len(self._keys)).any() or (key // self._span != pair).any():
                raise CheckFailed("a walk goes back in time")
            time[taken] = key % self._span
            num_steps += int(np.count_nonzero(taken))
        return num_steps
