"""The map page: one HTML file with a map inside, or two, to zoom, search and hand on; it needs no network.

The page itself is built from the folder ``page`` of the repository; here the map is written into it, as
deflated arrays in base64. Ids and names reach the page only as such data, never as markup.
"""

from __future__ import annotations

import base64
import html
import importlib.resources
import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit import __version__
from graphkit.checks import kind_of
from graphkit.errors import InputError, ParameterError, unknown_choice
from graphkit.files.atomic import PathLike, atomic_path
from graphkit.graph.node_ids import STRING
from graphkit.maps.colors import OTHERS, PALETTE, UNKNOWN, on_dark, ranked, scale_of
from graphkit.maps.edges import sampled
from graphkit.maps.frame import MapFrame
from graphkit.maps.times import moments_of
from graphkit.maps.views import View, Views, checked_titles, one_view, two_views
from graphkit.parameters import check_declared

PAGE_SUFFIX = ".html"

MOST_EDGES = 2_000_000
"""What a page holds of edges: some 8 MB."""

_KINDS = tuple(map(np.dtype, (np.uint8, np.uint16, np.int32, np.uint32, np.float32, np.float64)))
"""What arrays the page reads, the smaller first."""

_LEVEL = 6


def write_page(
    frame: MapFrame | Sequence[MapFrame],
    path: PathLike,
    *,
    color: str | None = None,
    title: str | None = None,
    titles: Sequence[str] | None = None,
    dark: bool = False,
    edges: ArrayLike | Sequence[ArrayLike | None] | None = None,
    overwrite: bool = True,
) -> None:
    """Write a map as one HTML file that any browser of 2023 or newer shows, without a server or a network.

    It zooms and pans, with fingers too, tells a point's id and columns under the pointer, finds ids and words
    of all columns, colours by any column, shows the neighbours of a point that is clicked, saves the ids of
    points inside a lasso, and the map as an image. Filters fade all but some classes, or a range of numbers
    or dates, which can be played. All of it works from the keyboard too, except for the lasso.

    Two maps of the same ids stand beside each other, on a phone one below the other: they move and zoom as
    one, and what is pointed at, chosen, found, coloured or left out is so on both. A point's other place is
    marked, and a column tells how far each moved.

    Parameters
    ----------
    frame
        The map, or two. Of three dimensions the two longest axes are shown. The second is turned, mirrored,
        shifted and scaled onto the first unless it fits better as it is, as one does that began there
        (``previous`` of `LargeVis.fit`). Ids of one map alone are shown there.
    path
        Where to, usually ``.html``.
    color
        Column that colours the points at first; None for one colour. Two maps have the columns of both, those
        that differ as ``NAME (TITLE)`` of each, and `MOVED`.
    title
        Name of the page; None for ``"Map"``.
    titles
        Names of two maps; None for ``"first"`` and ``"second"``.
    dark
        Whether the page begins dark; otherwise as the reader's system has it.
    edges
        Rows of the points that edges connect, ints [num_edges, 2]: those of a point are shown when it is
        clicked, and all on demand; at first if there are no more than 2,000. None for no edges. Of more than
        `MOST_EDGES` every second is kept, or every third, and so on. Of two maps, a pair of these.
    overwrite
        Whether an existing file is replaced.

    Raises
    ------
    ParameterError
        For a column that is not there, edges that are no rows of points, or more than two maps.
    InputError
        For a map without points, two without a common id, or a target that cannot be written.

    Notes
    -----
    About 45 kB, and for each point some 15 bytes, its id and columns, 4 to 9 bytes a neighbour, and 1 to 4 an
    edge. A column of words that are dates, such as 2011-05-17, is one of dates.
    """
    check_declared(write_page, locals())
    frames: list[Any] = list(frame) if isinstance(frame, (list, tuple)) else [frame]
    shown = _views(frames, titles, edges)
    if color is not None and color not in shown.columns:
        raise unknown_choice("column", color, shown.columns)
    data = _Data()
    points = _in_square(np.stack([view.points for view in shown.views]))
    manifest = {
        "title": title or "Map",
        "note": "Of three dimensions the two longest axes are shown."
        if 3 in [one.dim for one in frames]
        else "",
        "version": __version__,
        "size": len(shown.node_ids),
        "dark": dark,
        "color": color,
        "palette": PALETTE,
        "darkPalette": [on_dark(color) for color in PALETTE],
        "unknown": UNKNOWN,
        "other": OTHERS,
        "ids": data.add_json(shown.node_ids.tolist())
        if shown.node_ids.dtype == STRING
        else _add_numbers(data, shown.node_ids),
        "columns": [_column(data, name, values) for name, values in shown.columns.items()],
        "views": [
            {
                "title": view.title,
                "x": data.add(place[:, 0]),
                "y": data.add(place[:, 1]),
                "neighbors": _neighbors(data, view),
                "edges": None if view.edges is None else _edges(data, view.edges, len(shown.node_ids)),
            }
            for view, place in zip(shown.views, points, strict=True)
        ],
    }
    data.add_json(manifest, name="manifest")
    template = importlib.resources.files("graphkit.maps").joinpath("assets/page.html").read_text("utf-8")
    before, after = template.split("{{data}}")
    with atomic_path(path, overwrite=overwrite) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write(before.replace("{{title}}", html.escape(title or "Map")))
        for name, text in data.texts.items():
            file.write(f'<script type="text/plain" id="{name}">{text}</script>\n')
        file.write(after)


def _views(frames: list[MapFrame], titles: Sequence[str] | None, edges: Any) -> Views:
    """The one or two maps that are given, or an error."""
    for frame in frames:
        if not isinstance(frame, MapFrame):
            raise ParameterError(f"a page shows a MapFrame or two, got {kind_of(frame)}")
        if not len(frame):
            raise InputError("the map has no points to show")
    if len(frames) == 1:
        if titles is not None:
            raise ParameterError("titles are those of two maps; title is that of one")
        return one_view(frames[0], edges)
    if len(frames) != 2:
        raise ParameterError(f"a page shows one map or two, got {len(frames)}")
    pair: Any = (None, None) if edges is None else edges
    if len(pair) != 2 or any(one is not None and np.ndim(one) != 2 for one in pair):
        raise ParameterError("edges of two maps are a pair, those of each map or None")
    return two_views(frames, checked_titles(titles), pair)


class _Data:
    """Deflated data in base64, each under a name that the manifest calls it by."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, values: NDArray[Any]) -> dict[str, str]:
        """Add numbers of one of `_KINDS`; return what the manifest holds in their place."""
        return self._add(np.ascontiguousarray(values).tobytes(), values.dtype.name)

    def add_json(self, value: Any, name: str | None = None) -> dict[str, str]:
        # A string may hold half a surrogate pair, which UTF-8 has no bytes for.
        return self._add(json.dumps(value).encode("ascii"), "json", name)

    def _add(self, content: bytes, kind: str, name: str | None = None) -> dict[str, str]:
        name = name or f"data-{len(self.texts)}"
        self.texts[name] = base64.b64encode(zlib.compress(content, _LEVEL)).decode("ascii")
        return {"id": name, "kind": kind}


def _in_square(points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Points of all maps, [num_maps, num_points, 2], shifted and scaled into [-1, 1], both axes alike."""
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    half = float((high - low).max()) / 2 or 1.0
    square: NDArray[np.float32] = ((points - (low + high) / 2) / half).astype(np.float32)
    return square


def _column(data: _Data, name: str, values: NDArray[Any]) -> dict[str, Any]:
    if values.dtype == STRING or not np.isfinite(values).any():
        words = values if values.dtype == STRING else np.full(len(values), "", STRING)
        codes, names = ranked(words)
        moments = moments_of(names)
        if moments is not None:
            values = np.concatenate([[np.nan], moments])[codes]
            return _numbers(data, name, values) | {"time": True}
        return {"name": name, "codes": _add_numbers(data, codes), "names": data.add_json(names)}
    return _numbers(data, name, values.astype(np.float64))


def _numbers(data: _Data, name: str, values: NDArray[np.float64]) -> dict[str, Any]:
    return {"name": name, "values": _add_numbers(data, values), "scale": scale_of(values)._asdict()}


def _add_numbers(data: _Data, values: NDArray[Any]) -> dict[str, str]:
    """Add numbers in the smallest type that holds them; whole ones beyond 2**53 as words."""
    with np.errstate(over="ignore", invalid="ignore"):
        for kind in _KINDS:
            small = values.astype(kind)
            if np.array_equal(small.astype(values.dtype), values, equal_nan=values.dtype.kind == "f"):
                return data.add(small)
    return data.add_json([str(value) for value in values.tolist()])


def _neighbors(data: _Data, view: View) -> dict[str, Any] | None:
    if view.neighbors is None:
        return None
    found: dict[str, Any] = {"k": view.neighbors.shape[1], "rows": data.add(view.neighbors)}
    if view.distances is not None:
        found["distances"] = data.add(view.distances)
    return found


def _edges(data: _Data, edges: NDArray[np.int64], num_points: int) -> dict[str, Any]:
    """Each edge once, by its smaller end: how many stand there, and the gaps from each end to the next."""
    kept, step = sampled(edges, MOST_EDGES)
    low, high = kept.min(axis=1), kept.max(axis=1)
    pairs = np.unique(low * num_points + high)
    source, target = np.divmod(pairs[pairs // num_points != pairs % num_points], num_points)
    before = np.concatenate([[-1], source[:-1]])
    gaps = target - np.where(before == source, np.concatenate([[0], target[:-1]]), source)
    counts = np.bincount(source, minlength=num_points)
    return {"counts": _add_numbers(data, counts), "gaps": _add_numbers(data, gaps), "step": step}
