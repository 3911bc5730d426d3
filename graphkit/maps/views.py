"""What a page shows: the map, or two maps of the same ids, laid on one another and put into one table.

Two maps have one scale, and the second is turned, mirrored, shifted and scaled onto the first, unless it fits
better as it is: a map that began at the first (`LargeVis.fit` with ``previous``) does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import NodeIds, Rows, Vectors
from graphkit.errors import InputError, ParameterError
from graphkit.graph.node_ids import STRING, NodeIndex
from graphkit.maps.edges import as_edges
from graphkit.maps.frame import MapFrame

MOVED = "moved, % of the map"
"""Column of two maps: how far a point stands from its place on the other one."""

WHERE = "on the map"
"""Column of two maps that have not all ids in common: which of them a point is on."""


class View(NamedTuple):
    """One map of a page: its `points` are float64 [num_points, 2], NaN for those that it has not."""

    title: str
    points: NDArray[np.float64]
    neighbors: Rows | None
    distances: Vectors | None
    edges: NDArray[np.int64] | None


class Views(NamedTuple):
    """The maps of a page, one or two, and what is known of their points."""

    node_ids: NodeIds
    columns: Mapping[str, NDArray[Any]]
    views: tuple[View, ...]


def one_view(frame: MapFrame, edges: ArrayLike | None) -> Views:
    """Return a map alone; `edges` are rows of its points, ints [num_edges, 2]."""
    connected = None if edges is None else as_edges(edges, len(frame))
    view = View("", frame.in_the_plane(), frame.neighbors, frame.distances, connected)
    return Views(frame.node_ids, frame.columns, (view,))


def two_views(frames: Sequence[MapFrame], titles: Sequence[str], edges: Sequence[ArrayLike | None]) -> Views:
    """Return two maps of the same ids, as one table; those of one map alone stand in it too.

    A column that both maps have, with other values, becomes two, ``NAME (TITLE)``.

    Raises
    ------
    InputError
        For maps that have no id in common.
    """
    ids, *places = joined_ids(*frames)
    size = len(ids)
    points = [
        _in_rows(frame.in_the_plane(), place, size) for frame, place in zip(frames, places, strict=True)
    ]
    points[1] = _laid_on(*points)
    views = tuple(
        View(
            title,
            point,
            None if frame.neighbors is None else _neighbors(frame.neighbors, place, size),
            None if frame.distances is None else _in_rows(frame.distances, place, size),
            None if connected is None else place[as_edges(connected, len(frame))],
        )
        for frame, title, point, place, connected in zip(frames, titles, points, places, edges, strict=True)
    )
    columns = _merged([frame.columns for frame in frames], places, titles, size)
    return Views(ids, {**columns, **_comparison(points, titles, columns)}, views)


def joined_ids(first: MapFrame, second: MapFrame) -> tuple[NodeIds, NDArray[np.int64], NDArray[np.int64]]:
    """Return the ids of both maps, the second's own last, and in which rows of these each map's stand.

    Raises
    ------
    InputError
        For maps that have no id in common.
    """
    rows = NodeIndex(first.node_ids).find(second.node_ids)
    if not (rows >= 0).any():
        raise InputError("the two maps have no id in common: ids are compared as they are")
    new = np.flatnonzero(rows < 0)
    rows[new] = len(first) + np.arange(len(new))
    return np.concatenate([first.node_ids, second.node_ids[new]]), np.arange(len(first)), rows


def _laid_on(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """The second map turned, mirrored, shifted and scaled to where common points are, if that helps."""
    common = ~np.isnan(first[:, 0] + second[:, 0])
    wanted, given = first[common], second[common]
    target, center = wanted.mean(axis=0), given.mean(axis=0)
    left, _, right = np.linalg.svd((given - center).T @ (wanted - target))
    # Equal spreads, and not the scale of the least squares: that is the smaller the worse maps agree.
    spread = np.linalg.norm(given - center)
    scale = np.linalg.norm(wanted - target) / spread if spread > 0 else 1.0
    laid: NDArray[np.float64] = (second - center) @ (left @ right) * (scale or 1.0) + target
    as_it_is, turned = (np.median(np.linalg.norm(one[common] - wanted, axis=1)) for one in (second, laid))
    return second if as_it_is <= turned else laid


def _comparison(
    points: Sequence[NDArray[np.float64]], titles: Sequence[str], taken: Mapping[str, Any]
) -> dict[str, NDArray[Any]]:
    """What the two maps say together, under names that are not taken."""
    every = np.concatenate(points)
    width = float(np.ptp(every[~np.isnan(every[:, 0])], axis=0).max()) or 1.0
    found: dict[str, NDArray[Any]] = {MOVED: 100 * np.linalg.norm(points[1] - points[0], axis=1) / width}
    is_on = [~np.isnan(point[:, 0]) for point in points]
    if not (is_on[0] & is_on[1]).all():
        words = np.array(["both", f"{titles[0]} only", f"{titles[1]} only"], STRING)
        found[WHERE] = words[np.where(is_on[0] & is_on[1], 0, np.where(is_on[0], 1, 2))]
    return {name: values for name, values in found.items() if name not in taken}


def _merged(
    tables: Sequence[Mapping[str, NDArray[Any]]],
    places: Sequence[NDArray[np.int64]],
    titles: Sequence[str],
    size: int,
) -> dict[str, NDArray[Any]]:
    """The columns of both maps."""
    found: dict[str, NDArray[Any]] = {}
    for name in dict.fromkeys([*tables[0], *tables[1]]):
        spread = [
            _in_rows(table[name], place, size) if name in table else None
            for table, place in zip(tables, places, strict=True)
        ]
        first, second = spread
        if first is None or second is None:
            found[name] = second if first is None else first  # type: ignore[assignment]
        elif _agree(first, second, *places):
            found[name] = _in_rows(tables[0][name], places[0], size, second)
        else:
            found |= {f"{name} ({titles[0]})": first, f"{name} ({titles[1]})": second}
    return found


def _agree(
    first: NDArray[Any], second: NDArray[Any], rows: NDArray[np.int64], others: NDArray[np.int64]
) -> bool:
    """Whether two columns say the same of the points that both maps have."""
    common = np.intersect1d(rows, others)
    one, other = first[common], second[common]
    if (one.dtype == STRING) != (other.dtype == STRING):
        return False
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == other.dtype.kind == "f"))


def _neighbors(rows: Rows, places: NDArray[np.int64], size: int) -> Rows:
    """Neighbours by the rows of the table, -1 behind the last."""
    found: Rows = np.full((size, rows.shape[1]), -1, np.int32)
    found[places] = np.where(rows >= 0, places[rows], -1)
    return found


def _in_rows(
    values: NDArray[Any], places: NDArray[np.int64], size: int, others: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Values of some rows of the table; the rest is `others`, or missing: NaN, and "" of words."""
    if others is not None:
        found = others.copy() if others.dtype == values.dtype else others.astype(np.float64)
    elif values.dtype == STRING:
        found = np.full((size, *values.shape[1:]), "", STRING)
    elif len(places) == size:
        found = np.empty((size, *values.shape[1:]), values.dtype)
    else:
        kind = np.result_type(values.dtype, np.float32) if values.dtype.kind == "f" else np.float64
        found = np.full((size, *values.shape[1:]), np.nan, kind)
    found[places] = values
    return found


def checked_titles(titles: Sequence[str] | None) -> tuple[str, str]:
    """Return the names of two maps, or raise `ParameterError` unless they are two that differ."""
    if titles is None:
        return "first", "second"
    if isinstance(titles, str) or [isinstance(one, str) and one != "" for one in titles] != [True, True]:
        raise ParameterError(f"titles must be two names, one for each map, got {titles!r}")
    if titles[0] == titles[1]:
        raise ParameterError(f"titles must differ, got {titles[0]!r} twice")
    return titles[0], titles[1]
