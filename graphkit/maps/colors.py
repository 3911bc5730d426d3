"""Classes of points and their colours: the largest have one each, told apart by the colour-blind too.

Okabe, Ito, "Color Universal Design", 2008, for the first eight; Paul Tol's "muted" scheme for more.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

UNKNOWN = "#bbbbbb"
_GREY = "#8a8a8a"

UNLABELLED, OTHER = 0, 1
"""Codes of points without a label, and of the classes that have no colour of their own."""

_FIRST = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442")
_MORE = (
    "#332288",
    "#882255",
    "#117733",
    "#999933",
    "#AA4499",
    "#44AA99",
    "#DDCC77",
    "#CC6677",
    "#88CCEE",
    "#661100",
    "#6699CC",
    "#AA4466",
    "#4B0092",
)
_PALETTE = (*_FIRST, *_MORE)


class Classes(NamedTuple):
    """`codes` int64 [num_points], and a name and a colour each; see `UNLABELLED` and `OTHER`."""

    codes: NDArray[np.int64]
    names: tuple[str, ...]
    colors: tuple[str, ...]


def classes_of(column: NDArray[Any]) -> Classes:
    """Return the classes of a column of words, the larger ones first behind `UNLABELLED` and `OTHER`."""
    words, places, counts = np.unique(column, return_inverse=True, return_counts=True)
    held = words != ""
    order = np.flatnonzero(held)[np.argsort(-counts[held], kind="stable")]
    codes = np.full(len(words), OTHER)
    codes[~held] = UNLABELLED
    shown = order[: len(_PALETTE)]
    codes[shown] = np.arange(len(shown)) + OTHER + 1
    names = ("no label", f"other ({len(order) - len(shown):,} classes)", *words[shown].tolist())
    return Classes(codes[places], names, (UNKNOWN, _GREY, *_PALETTE[: len(shown)]))
