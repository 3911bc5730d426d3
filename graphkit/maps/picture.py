"""Pictures of maps: matplotlib's points while they can be told apart, datashader's density beyond."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.errors import InputError, MissingDependencyError, ParameterError, install_line, unknown_choice
from graphkit.files.atomic import PathLike, atomic_path
from graphkit.graph.node_ids import STRING
from graphkit.maps.colors import OTHER, UNKNOWN, UNLABELLED, Classes, classes_of, scale_of
from graphkit.maps.frame import MapFrame

SUFFIXES = (".png", ".svg", ".pdf")

_FEW = 20_000
"""Up to so many points each is drawn on its own."""

MOST_EDGES = 50_000
"""Lines that can be told apart, if at all."""

_INCHES = 10.0
_PIXELS = 1100
_SPREAD = 250_000
"""Up to so many points a pixel of one point alone is made larger."""

_ROOM = np.array([0.14, 0.03])
"""Width and height of a name, in parts of the map."""

_DARK_FROM = 0.22
"""Part of the palette that cannot be seen on a dark background."""


def picture_suffix(path: PathLike) -> str:
    """Return which of `SUFFIXES` a path ends in, or raise `ParameterError`."""
    suffix = Path(f"_{Path(path).name}").suffix.lower()
    if suffix not in SUFFIXES:
        raise ParameterError(f"{path}: no picture has the suffix {suffix!r}; use {', '.join(SUFFIXES)}")
    return suffix


def check_libraries() -> None:
    """Raise `MissingDependencyError` before any work if the libraries that draw are not installed."""
    for library in ("matplotlib", "datashader"):
        if importlib.util.find_spec(library) is None:
            raise _missing(library)


def draw_map(
    frame: MapFrame,
    path: PathLike,
    *,
    color: str | None = None,
    title: str | None = None,
    dark: bool = False,
    edges: ArrayLike | None = None,
    overwrite: bool = True,
) -> None:
    """Draw a map into a file.

    Parameters
    ----------
    frame
        The map. Of three dimensions the two longest axes are shown.
    path
        ``.png``, ``.svg`` or ``.pdf``.
    color
        Column to colour by. Words: the largest classes have a colour each, the others share one; numbers: a
        scale, logarithmic where few values are far above the rest. None for one colour.
    title
        Text above the map.
    dark
        Whether the background is dark.
    edges
        Rows of the points that lines connect, ints [num_edges, 2], None for no lines; of more than
        `MOST_EDGES` every second is drawn, or every third, and so on.
    overwrite
        Whether an existing file is replaced.

    Raises
    ------
    ParameterError
        For another suffix, a column that is not there, or edges that are no rows of points.
    InputError
        For a map without points, or a target that cannot be written.
    MissingDependencyError
        If matplotlib or datashader is not installed, the extra ``maps``.

    Notes
    -----
    Up to 20,000 points are drawn one by one; beyond that the brightness tells how many stand at a place, and
    a million points take some seconds. The name of a class stands where its points are many and most of
    all, if there is room.
    """
    picture_suffix(path)
    if not len(frame):
        raise InputError("the map has no points to draw")
    if color is not None and color not in frame.columns:
        raise unknown_choice("column", color, frame.columns)
    figure_module = plotting_module("matplotlib.figure")
    importlib.import_module("matplotlib.backends.backend_agg")
    ink, paper = ("#e8e8e8", "#16181d") if dark else ("#222222", "#ffffff")
    figure = figure_module.Figure(figsize=(_INCHES, _INCHES), facecolor=paper)
    axes = figure.add_axes((0.02, 0.02, 0.8, 0.94))
    axes.set_axis_off()
    axes.set_aspect("equal", adjustable="box")
    points = frame.in_the_plane()
    if edges is not None:
        _draw_edges(axes, points, _as_edges(edges, len(frame)), ink)
    column = np.full(len(frame), "points", STRING) if color is None else frame.columns[color]
    if column.dtype == STRING:
        classes = classes_of(column, dark=dark)
        _draw_classes(axes, points, classes)
        if color is not None:
            _explain_classes(axes, points, classes, ink, color)
    else:
        _draw_numbers(figure, axes, points, column, name=str(color), ink=ink, dark=dark)
    if title:
        axes.set_title(title, color=ink, fontsize=16, loc="left")
    with atomic_path(path, overwrite=overwrite) as temporary:
        figure.savefig(temporary, dpi=200, facecolor=paper, bbox_inches="tight")


def _as_edges(values: ArrayLike, num_points: int) -> NDArray[np.int64]:
    edges = np.asarray(values)
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.dtype.kind not in "iu":
        raise ParameterError(f"edges must be whole numbers [num_edges, 2], got {list(edges.shape)}")
    if edges.size and not (edges.min() >= 0 and edges.max() < num_points):
        raise ParameterError(f"edges must lie in [0, {num_points}), as rows of points")
    return edges[:: -(-len(edges) // MOST_EDGES) or 1].astype(np.int64)


def _draw_edges(axes: Any, points: NDArray[np.float64], edges: NDArray[np.int64], ink: str) -> None:
    """Thin lines behind the points, the fainter the more there are."""
    alpha = float(np.clip(20 / np.sqrt(len(edges) + 1), 0.04, 0.5))
    lines = plotting_module("matplotlib.collections").LineCollection(
        points[edges], colors=ink, linewidths=0.5, alpha=alpha, zorder=0
    )
    axes.add_collection(lines)
    axes.autoscale_view()


def _draw_classes(axes: Any, points: NDArray[np.float64], classes: Classes) -> None:
    if len(points) > _FEW:
        _shade(axes, points, classes)
        return
    # The smallest classes stand on top, points without a label below all.
    order = np.argsort(classes.codes, kind="stable")
    colors = np.array(classes.colors)[classes.codes[order]]
    axes.scatter(*points[order].T, c=colors, s=_size(len(points)), alpha=0.85, linewidths=0)


def _shade(axes: Any, points: NDArray[np.float64], classes: Classes) -> None:
    """Draw density by datashader, the colour of a pixel the mean of its points'."""
    shade, canvas, table = _canvas(points)
    pandas = plotting_module("pandas")
    table["class"] = pandas.Categorical.from_codes(classes.codes, range(len(classes.names)))
    counts = canvas.points(table, "x", "y", agg=plotting_module("datashader").count_cat("class"))
    image = shade.shade(counts, color_key=list(classes.colors), how="eq_hist", min_alpha=200)
    _show(axes, _spread(shade, image, len(points)), points)


def _spread(shade: Any, image: Any, num_points: int) -> Any:
    """Make lonely pixels larger, so that their colour can be seen."""
    if num_points <= _SPREAD:
        image = shade.spread(image, px=1)
    return shade.dynspread(image, threshold=0.9, max_px=3)


def _draw_numbers(
    figure: Any,
    axes: Any,
    points: NDArray[np.float64],
    values: NDArray[Any],
    *,
    name: str,
    ink: str,
    dark: bool,
) -> None:
    colors = plotting_module("matplotlib.colors")
    known = np.isfinite(values)
    if not known.any():
        _draw_classes(axes, points, classes_of(np.full(len(points), "", STRING)))
        return
    low, high, log = scale_of(values)
    shown = values[known].astype(np.float64).clip(low)
    norm = (colors.LogNorm if log else colors.Normalize)(low, high)
    palette = plotting_module("matplotlib").colormaps["viridis"]
    if dark:
        palette = colors.ListedColormap(palette(np.linspace(_DARK_FROM, 1, 256)))
    if len(points) <= _FEW:
        axes.scatter(*points[~known].T, c=UNKNOWN, s=_size(len(points)), linewidths=0)
        axes.scatter(
            *points[known].T,
            c=shown,
            norm=norm,
            cmap=palette,
            s=_size(len(points)),
            alpha=0.85,
            linewidths=0,
        )
    else:
        shade, canvas, table = _canvas(points[known])
        table["value"] = shown
        means = canvas.points(table, "x", "y", agg=plotting_module("datashader").mean("value"))
        how = "log" if log else "linear"
        image = shade.shade(means, cmap=palette, how=how, span=(low, high))
        _show(axes, _spread(shade, image, len(points)), points[known])
    mappable = plotting_module("matplotlib.cm").ScalarMappable(norm, palette)
    bar = figure.colorbar(mappable, ax=axes, shrink=0.4, aspect=25, pad=0.02)
    bar.set_label(name, color=ink)
    bar.ax.tick_params(colors=ink)
    bar.outline.set_visible(False)


def _canvas(points: NDArray[np.float64]) -> tuple[Any, Any, Any]:
    """Datashader's shading functions, an empty canvas of the map's shape, and the points as a table."""
    datashader, pandas = plotting_module("datashader"), plotting_module("pandas")
    span = np.maximum(np.ptp(points, axis=0), 1e-9)
    width, height = np.maximum((_PIXELS * span / span.max()).astype(int), 2)
    table = pandas.DataFrame({"x": points[:, 0], "y": points[:, 1]})
    return plotting_module("datashader.transfer_functions"), datashader.Canvas(int(width), int(height)), table


def _show(axes: Any, image: Any, points: NDArray[np.float64]) -> None:
    (left, bottom), (width, height) = points.min(axis=0), np.ptp(points, axis=0)
    right, top = left + (width or 1), bottom + (height or 1)
    pixels = np.asarray(image.to_pil())
    axes.imshow(pixels, extent=(left, right, bottom, top), interpolation="antialiased", aspect="equal")


def _explain_classes(axes: Any, points: NDArray[np.float64], classes: Classes, ink: str, title: str) -> None:
    """Add a legend with counts, and the names of classes to the map."""
    lines = plotting_module("matplotlib.lines")
    counts = np.bincount(classes.codes, minlength=len(classes.names))
    shown = [code for code in (*range(OTHER + 1, len(counts)), OTHER, UNLABELLED) if counts[code]]
    handles = [
        lines.Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            color=classes.colors[code],
            label=f"{_short(classes.names[code])}  {counts[code]:,}",
        )
        for code in shown
    ]
    legend = axes.legend(
        handles=handles,
        title=_short(title),
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        frameon=False,
        labelcolor=ink,
        alignment="left",
    )
    legend.get_title().set_color(ink)
    _name_places(axes, points, classes, ink)


def _name_places(axes: Any, points: NDArray[np.float64], classes: Classes, ink: str) -> None:
    """Write the name of each class at its own place, the largest first, while there is room."""
    effects = plotting_module("matplotlib.patheffects")
    halo = [effects.withStroke(linewidth=3, foreground=axes.figure.get_facecolor())]
    room = _ROOM * max(float(np.ptp(points, axis=0).max()), 1e-9)
    taken: list[NDArray[np.float64]] = []
    for code in range(OTHER + 1, len(classes.names)):
        place = _own_place(classes.codes == code, points)
        if any((np.abs(place - other) < room).all() for other in taken):
            continue
        taken.append(place)
        x, y = place
        text = axes.text(x, y, _short(classes.names[code]), color=ink, fontsize=9, ha="center", va="center")
        text.set_path_effects(halo)


def _own_place(held: NDArray[np.bool_], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Middle of the points held in that of 32 x 32 cells where they are many and most of all."""
    low, span = points.min(axis=0), np.maximum(np.ptp(points, axis=0).max(), 1e-9)
    cells = ((points - low) / span * 31.999).astype(int)
    numbers = cells[:, 0] * 32 + cells[:, 1]
    count, total = np.bincount(numbers[held], minlength=1024), np.bincount(numbers, minlength=1024)
    best = (count**2 / np.maximum(total, 1)).argmax()
    middle: NDArray[np.float64] = points[held & (numbers == best)].mean(axis=0)
    return middle


def _short(text: str) -> str:
    """A name as there is room for it; matplotlib would take dollars for formulas."""
    return (text if len(text) <= 40 else f"{text[:39]}…").replace("$", r"\$")


def _size(num_points: int) -> float:
    return float(np.clip(30_000 / num_points, 3, 80))


def plotting_module(module: str) -> Any:
    """Import a library that pictures are made with, or say how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module.partition(".")[0]) from error


def _missing(library: str) -> MissingDependencyError:
    return MissingDependencyError(f"{library} is not installed: {install_line('maps')}")
