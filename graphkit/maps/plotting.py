"""From a graph or vectors to a picture in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from graphkit.checks import kind_of
from graphkit.embedding import Embedding
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.maps.edges import DRAWN_EDGES
from graphkit.maps.figure import INCHES, map_figure
from graphkit.maps.frame import MapFrame
from graphkit.maps.picture import Picture
from graphkit.methods.largevis import LargeVis
from graphkit.parameters import check_declared

if TYPE_CHECKING:
    from graphkit.progress import Progress

_COLOR = "color"


def plot(
    data: Graph | Embedding | MapFrame,
    color: str | ArrayLike | Mapping[Any, Any] | None = None,
    *,
    title: str | None = None,
    dark: bool = False,
    edges: bool | None = None,
    names: bool | None = None,
    legend: bool = True,
    size: float = INCHES,
    font: str | None = None,
    seed: int = 0,
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> Picture:
    """Draw a graph, vectors or a map.

    Parameters
    ----------
    data
        A `Graph` or an `Embedding` of more than three dimensions, which `LargeVis` lays out; an
        `Embedding` of two or three, or a `MapFrame`, whose places are given.
    color
        What colours the points: values, words or numbers, one a node; ``{id: value}``; or the name of a
        column: ``"degree"`` and ``"core"`` of a graph, any of a `MapFrame`.
    title
        Text above the picture.
    dark
        Whether the background is dark.
    edges
        Whether a graph's edges are drawn; None for at most 2,000.
    names
        Whether nodes have their ids beside them, where there is room; None for at most 200.
    legend
        Whether the legend or colour scale stands right of the map.
    size
        Width and height in inches, from 1 to 100.
    font
        Family of the text; None for matplotlib's own.
    seed
        Of the layout, in [0, 2**64).
    num_threads
        >= 1, or None for all cores.
    progress
        Called with (stage, done, total) as the layout goes on.

    Returns
    -------
    Picture
        Which a notebook shows; ``save`` writes it to a file, ``figure`` is matplotlib's.

    Raises
    ------
    ParameterError
        For a parameter outside its range, or a column that is not there.
    InputError
        For colours that are not one a node, or nothing to draw.
    MissingDependencyError
        If matplotlib or datashader is not installed, the extra ``maps``.

    Examples
    --------
    >>> import graphkit as gk
    >>> club = gk.datasets.load("karate_club")
    >>> picture = gk.plot(club.graph, color="core", title="Who met whom")
    >>> picture.figure.axes[0].get_title(loc="left")
    'Who met whom'
    """
    if not isinstance(data, (Graph, Embedding, MapFrame)):
        raise ParameterError(f"plot draws a Graph, an Embedding or a MapFrame, got {kind_of(data)}")
    check_declared(plot, locals())
    if edges is not None and not isinstance(data, Graph):
        raise ParameterError("edges has no effect but on a Graph; leave it out")
    layout = LargeVis(seed=seed, num_threads=num_threads)
    frame = _frame_of(data, layout, progress)
    column = color if isinstance(color, str) else None
    if color is not None and column is None:
        column = _COLOR
        columns = {**frame.columns, _COLOR: _values_of(color, frame)}
        frame = MapFrame(frame.node_ids, frame.positions, columns)
    figure = map_figure(
        frame,
        color=column,
        title=title,
        dark=dark,
        edges=_lines_of(data, edges),
        names=names,
        legend=legend,
        size=size,
        font=font,
    )
    return Picture(figure)


def _frame_of(data: Graph | Embedding | MapFrame, layout: LargeVis, progress: Progress | None) -> MapFrame:
    if isinstance(data, MapFrame):
        return data
    if isinstance(data, Graph):
        return MapFrame.of_graph(data, layout.fit(data, progress=progress).embedding_)
    if data.dim in (2, 3):
        return MapFrame(data.node_ids, data.vectors)
    return MapFrame(data.node_ids, layout.fit(data.vectors, progress=progress).embedding_)


def _values_of(color: Any, frame: MapFrame) -> Any:
    """One value a point, those of ids without one missing."""
    if not isinstance(color, Mapping):
        return color
    return [color.get(node_id) for node_id in frame.node_ids.tolist()]


def _lines_of(data: Graph | Embedding | MapFrame, wanted: bool | None) -> ArrayLike | None:
    if not isinstance(data, Graph):
        return None
    if wanted if wanted is not None else data.num_edges <= DRAWN_EDGES:
        return np.stack(data.edge_rows()[:2], axis=1)
    return None
