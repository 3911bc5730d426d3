"""Classes of points and their colours: the largest have one each, told apart by the colour-blind too.

Okabe, Ito, "Color Universal Design", 2008, for the first eight; Paul Tol's "muted" scheme for more.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

UNKNOWN = "#bbbbbb"
OTHERS = "#8a8a8a"

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
PALETTE = (*_FIRST, *_MORE)


_BRIGHT = 0.5
"""Of white: colours on a dark background are at least so bright."""

_SKEW = 4.0
"""From this ratio of largest to median value on, numbers are coloured by their logarithm."""


class Classes(NamedTuple):
    """`codes` int64 [num_points], and a name and a colour each; see `UNLABELLED` and `OTHER`."""

    codes: NDArray[np.int64]
    names: tuple[str, ...]
    colors: tuple[str, ...]


def ranked(column: NDArray[Any]) -> tuple[NDArray[np.int64], list[str]]:
    """Return for each point 1 + the place of its word, 0 for "", and the words, the commonest first."""
    words, places, counts = np.unique(column, return_inverse=True, return_counts=True)
    held = words != ""
    order = np.flatnonzero(held)[np.argsort(-counts[held], kind="stable")]
    codes = np.zeros(len(words), np.int64)
    codes[order] = np.arange(1, len(order) + 1)
    return codes[places], words[order].tolist()


def classes_of(column: NDArray[Any], *, dark: bool = False) -> Classes:
    """Return the classes of a column of words, the larger ones first behind `UNLABELLED` and `OTHER`."""
    codes, words = ranked(column)
    shown = words[: len(PALETTE)]
    codes = np.where(codes > len(shown), OTHER, np.where(codes > 0, codes + OTHER, UNLABELLED))
    names = ("no label", f"other ({len(words) - len(shown):,} classes)", *shown)
    palette = [on_dark(color) if dark else color for color in PALETTE[: len(shown)]]
    return Classes(codes, names, (UNKNOWN, OTHERS, *palette))


def on_dark(color: str) -> str:
    """Return a colour as it is shown on a dark background: mixed with white until it is bright enough.

    Examples
    --------
    >>> on_dark("#332288"), on_dark("#F0E442")
    ('#8075b5', '#F0E442')
    """
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    luma = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
    if luma >= _BRIGHT:
        return color
    share = (_BRIGHT - luma) / (1 - luma)
    return "#" + "".join(f"{round(part + share * (255 - part)):02x}" for part in (red, green, blue))


class Scale(NamedTuple):
    """The range that numbers are coloured over; with `log`, which needs `low` > 0, by their logarithm."""

    low: float
    high: float
    log: bool


def scale_of(values: NDArray[Any]) -> Scale:
    """Return the scale of a column of numbers, of which at least one is finite.

    Logarithmic where few values are far above the rest; zeros, which have no logarithm, share the lowest
    colour.
    """
    shown = values[np.isfinite(values)].astype(np.float64)
    low, high, positive = float(shown.min()), float(shown.max()), shown[shown > 0]
    log = low >= 0 and len(positive) > 0 and high >= _SKEW * float(np.median(positive))
    low = float(positive.min()) if log else low
    return Scale(low, high if high > low else low + 1, log)
