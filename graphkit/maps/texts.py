"""Names on a picture: over no other one, over no group of points that they would hide, and cut nowhere.

Places are tried in the order of how well they suit; what finds none is left out. Points are counted in cells,
so that a million of them take no longer than a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.maps.colors import OTHER

_CELLS = 128
_PLACES = 24
"""Cells that are tried for the name of a class."""

_HIDES = 0.2
"""Part of another class's points that a name may cover."""

_AROUND = ((1, 0), (0, 1), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
"""Where the name of a point may stand: right of it first."""


class _Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: _Box) -> bool:
        """Whether two have a point in common."""
        apart = (
            self.right <= other.left
            or other.right <= self.left
            or self.top <= other.bottom
            or other.top <= self.bottom
        )
        return not apart


class Texts:
    """Texts that are put on axes one by one.

    Parameters
    ----------
    axes
        Whose limits are those of the picture.
    ink
        Colour of the texts.
    """

    def __init__(self, axes: Any, ink: str) -> None:
        figure = axes.figure
        self._axes, self._ink = axes, ink
        figure.canvas.draw()
        self._renderer = figure.canvas.get_renderer()
        # A ground to be read on. An outline would do too, but makes lines of the text in SVG and PDF.
        self._ground = {
            "boxstyle": "square,pad=0.05",
            "facecolor": figure.get_facecolor(),
            "alpha": 0.6,
            "linewidth": 0,
        }
        self.frame = _Box(*axes.get_window_extent(self._renderer).extents)
        self._taken: list[_Box] = []

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points stand in the picture, [num_points, 2]."""
        placed: NDArray[np.float64] = self._axes.transData.transform(points)
        return placed

    def put(
        self, words: str, size: float, places: Iterable[NDArray[np.float64]], hides: Any, *, away: float = 0
    ) -> bool:
        """Write a text at the first place, in pixels, where it hides nothing; return whether there is one.

        Parameters
        ----------
        words, size
            The text, and its height in points.
        places
            Middles of the text; or, with `away`, points that it stands beside.
        hides
            Tells of a box whether it hides what must be seen.
        away
            Pixels from a point to its text.
        """
        text = self._axes.text(
            0,
            0,
            words,
            color=self._ink,
            fontsize=size,
            ha="center",
            va="center",
            zorder=5,
            bbox=self._ground,
        )
        width, height = text.get_window_extent(self._renderer).size
        for place in places:
            for middle in _beside(place, width, height, away) if away else [place]:
                half = np.array([width, height]) / 2
                low = np.array(self.frame[:2]) + half
                inside = np.clip(middle, low, np.maximum(np.array(self.frame[2:]) - half, low))
                if away and (inside != middle).any():
                    continue
                box = _Box(*(inside - half), *(inside + half))
                if any(box.meets(other) for other in self._taken) or hides(box):
                    continue
                self._taken.append(box)
                text.set_position(self._axes.transData.inverted().transform(inside))
                return True
        text.remove()
        return False


def name_classes(
    texts: Texts, points: NDArray[np.float64], codes: NDArray[np.int64], names: list[str]
) -> None:
    """Write the name of each class where its points are many and most of all, the largest first."""
    counts = _Counts(texts, points, codes, len(names))
    for code in range(OTHER + 1, len(names)):
        texts.put(names[code], 9, counts.places(code), lambda box, code=code: counts.hides(box, code))


def name_points(
    texts: Texts,
    points: NDArray[np.float64],
    names: list[str],
    order: NDArray[np.int64],
    size: float,
    radius: float,
) -> None:
    """Write names beside points that are discs of so many pixels, those that come first in `order` first."""
    placed = texts.pixels(points)

    def hides(box: _Box) -> bool:
        low, high = np.array(box[:2]) - radius / 2, np.array(box[2:]) + radius / 2
        return bool(((placed > low) & (placed < high)).all(axis=1).any())

    for row in order:
        texts.put(names[row], size, [placed[row]], hides, away=radius + 1)


def _beside(
    place: NDArray[np.float64], width: float, height: float, away: float
) -> list[NDArray[np.float64]]:
    """Middles of a text around a point."""
    reach = np.array([width / 2 + away, height / 2 + away])
    return [place + np.array(side) * reach for side in _AROUND]


class _Counts:
    """How many points of each class stand in each cell of a picture."""

    def __init__(
        self, texts: Texts, points: NDArray[np.float64], codes: NDArray[np.int64], num_classes: int
    ) -> None:
        self._low = np.array(texts.frame[:2])
        self._step = np.maximum(np.array(texts.frame[2:]) - self._low, 1) / _CELLS
        cells = np.clip((texts.pixels(points) - self._low) / self._step, 0, _CELLS - 1).astype(np.int64)
        places = (codes * _CELLS + cells[:, 0]) * _CELLS + cells[:, 1]
        shape = num_classes, _CELLS, _CELLS
        self._counts = np.bincount(places, minlength=int(np.prod(shape))).reshape(shape)
        # Of boxes from the corner, so that any box is four look-ups.
        self._sums = np.zeros((num_classes, _CELLS + 1, _CELLS + 1), np.int64)
        self._sums[:, 1:, 1:] = self._counts.cumsum(axis=1).cumsum(axis=2)
        self._total = self._counts.sum(axis=(1, 2))

    def places(self, code: int) -> NDArray[np.float64]:
        """Middles in pixels of the cells that suit a class best, the best first."""
        own = _smoothed(self._counts[code])
        every = _smoothed(self._counts.sum(axis=0))
        score = own**2 / np.maximum(every, 1)
        best = np.argsort(-score, axis=None, kind="stable")[:_PLACES]
        cells = np.column_stack(np.unravel_index(best[score.ravel()[best] > 0], score.shape))
        middles: NDArray[np.float64] = self._low + (cells + 0.5) * self._step
        return middles

    def hides(self, box: _Box, code: int) -> bool:
        """Whether a text would cover much of another class."""
        first = np.clip(np.floor((np.array(box[:2]) - self._low) / self._step), 0, _CELLS).astype(int)
        last = np.clip(np.ceil((np.array(box[2:]) - self._low) / self._step), 0, _CELLS).astype(int)
        (a, b), (c, d) = first, last
        covered = (
            self._sums[:, c, d] - self._sums[:, a, d] - self._sums[:, c, b] + self._sums[:, a, b]
        ).astype(float)
        covered[[code, *range(OTHER + 1)]] = 0
        return bool((covered > _HIDES * self._total).any())


def _smoothed(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums over five by five cells: a name is wider than one."""
    from scipy.ndimage import uniform_filter

    smooth: NDArray[np.float64] = 25 * uniform_filter(counts.astype(np.float64), 5, mode="constant")
    return smooth.round(6)
