"""Evaluating: micro- and macro-F1 of FastRP vectors of BlogCatalog, half of the nodes known.

Both sides fit one logistic regression a label, of the same objective, on random halves of their own choice.
The usual way is scikit-learn's liblinear, one process a thread; its peak memory is the first process's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import inputs
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

WORST_F1_GAP = 1.0
"""Points by which the mean F1 over different random halves may differ."""

CONTENDERS = [
    Contender("graphkit", "graphkit", "classify_graphkit"),
    Contender("scikit-learn, liblinear", "scikit-learn", "classify_sklearn"),
]


def parts(*, quick: bool) -> Iterator[Part]:
    splits = 2 if quick else 5
    for dim in (16,) if quick else (128,):
        request = {"input": str(inputs.blogcatalog_vectors(dim)), "labels": str(inputs.blogcatalog_labels())}
        request |= {"train_ratio": 0.5, "splits": splits, "C": 0.1}
        name = f"BlogCatalog, d = {dim}, 39 labels, {splits} random halves"
        quantities = ("seconds", "peak_mb", "micro_f1", "macro_f1")
        yield Part(name, CONTENDERS, request, check, quantities=quantities)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Both find the same F1, up to the choice of the halves."""
    replies = [session.ask(**request) for session in sessions.values()]
    for kind in ("micro_f1", "macro_f1"):
        found = [reply[kind] for reply in replies]
        if max(found) - min(found) > WORST_F1_GAP:
            raise CheckFailed(f"the {kind} differ: {found}")
    return {}
