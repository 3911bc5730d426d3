"""A map as a figure: matplotlib's points while they can be told apart, datashader's density beyond."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.checks import as_real, shown
from graphkit.errors import InputError, ParameterError, unknown_choice
from graphkit.graph.node_ids import STRING
from graphkit.maps.colors import OTHER, UNKNOWN, UNLABELLED, Classes, classes_of, scale_of
from graphkit.maps.edges import as_edges, sampled
from graphkit.maps.frame import MapFrame
from graphkit.maps.libraries import plotting_module
from graphkit.maps.texts import Texts, name_classes, name_points
from graphkit.parameters import check_declared

INCHES = 10.0

MOST_EDGES = 50_000
"""Lines that can be told apart, if at all."""

NAMED = 200
"""Up to so many points have their ids beside them, unless it is asked for."""

_FEW = 20_000
"""Up to so many points each is drawn on its own."""

_PIXELS = 1100
_SPREAD = 250_000
"""Up to so many points a pixel of one point alone is made larger."""

_MANY = 200
"""From so many numbers on a colour scale leaves out the hundredth part at either end."""

_WIDE, _LONG = 200, 10_000
"""Ratio of ends from which on powers of ten are ticks enough; number from which on thousands are parted."""

_DARK_FROM = 0.22
"""Part of the palette that cannot be seen on a dark background."""


def map_figure(
    frame: MapFrame,
    *,
    color: str | None = None,
    title: str | None = None,
    dark: bool = False,
    edges: ArrayLike | None = None,
    names: bool | None = None,
    legend: bool = True,
    size: float = INCHES,
    font: str | None = None,
) -> Any:
    """Return a map as a matplotlib `Figure`; see `graphkit.maps.draw_map` for what the arguments are."""
    check_declared(map_figure, locals())
    if not len(frame):
        raise InputError("the map has no points to draw")
    if color is not None and color not in frame.columns:
        raise unknown_choice("column", color, frame.columns)
    if not 1 <= as_real(size) <= 100:
        raise ParameterError(f"size must lie in [1, 100], in inches, got {shown(size)}")
    matplotlib = plotting_module("matplotlib")
    importlib.import_module("matplotlib.backends.backend_agg")
    ink, paper = ("#e8e8e8", "#16181d") if dark else ("#222222", "#ffffff")
    with matplotlib.rc_context({} if font is None else {"font.family": _known_font(font)}):
        figure = plotting_module("matplotlib.figure").Figure(figsize=(size, size), facecolor=paper)
        plotting_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
        axes = figure.add_axes((0.02, 0.02, 0.8 if legend else 0.96, 0.94))
        axes.set_axis_off()
        axes.set_aspect("equal", adjustable="box")
        points = frame.in_the_plane()
        if edges is not None:
            _draw_edges(axes, points, sampled(as_edges(edges, len(frame)), MOST_EDGES)[0], ink)
        column = np.full(len(frame), "points", STRING) if color is None else frame.columns[color]
        classes = classes_of(column, dark=dark) if column.dtype == STRING else None
        if classes is None:
            _draw_numbers(figure, axes, points, column, name=str(color), ink=ink, dark=dark, legend=legend)
        else:
            _draw_classes(axes, points, classes)
            if color is not None and legend:
                _explain_classes(axes, classes, ink, color)
        if title:
            axes.set_title(title, color=ink, fontsize=16, loc="left")
        if frame.positions.shape[1] == 3:
            words = "The two longest axes of three dimensions."
            axes.text(0, -0.01, words, color=ink, fontsize=8, transform=axes.transAxes, va="top")
        _write_names(axes, frame, points, None if color is None else classes, ink, names)
    return figure


def _known_font(font: object) -> str:
    """A family that matplotlib finds, or `ParameterError`."""
    families = {each.name for each in plotting_module("matplotlib.font_manager").fontManager.ttflist}
    if font not in families:
        raise unknown_choice("font", font, sorted(families))
    return str(font)


def _write_names(
    axes: Any,
    frame: MapFrame,
    points: NDArray[np.float64],
    classes: Classes | None,
    ink: str,
    names: bool | None,
) -> None:
    """Write the names of points where there are few, or where that is asked for, else those of classes."""
    texts = Texts(axes, ink)
    are_wanted = len(frame) <= NAMED if names is None else names
    if classes is not None and not are_wanted:
        name_classes(texts, points, classes.codes, [_short(name) for name in classes.names])
    if are_wanted:
        weight = frame.columns.get("degree", np.zeros(len(frame)))
        order = np.argsort(-weight.astype(np.float64), kind="stable")
        words = [_short(str(node_id)) for node_id in frame.node_ids.tolist()]
        radius = np.sqrt(_size(len(frame)) / np.pi) * axes.figure.dpi / 72
        name_points(texts, points, words, order, 8 if len(frame) <= NAMED else 6, float(radius))


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
    legend: bool,
) -> None:
    colors = plotting_module("matplotlib.colors")
    known = np.isfinite(values)
    if not known.any():
        _draw_classes(axes, points, classes_of(np.full(len(points), "", STRING)))
        return
    low, high, log = scale_of(values)
    shown = values[known].astype(np.float64)
    beyond = "neither"
    if not log and len(shown) >= _MANY:
        low, high, beyond = _ends(shown)
    shown = shown.clip(low, high)
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
    if not legend:
        return
    bar = figure.colorbar(mappable, ax=axes, shrink=0.4, aspect=25, pad=0.02, extend=beyond)
    bar.set_label(_short(name), color=ink)
    if (values[known] % 1 == 0).all():
        _tick_whole(bar, low, high, log)
    bar.ax.tick_params(colors=ink)
    bar.outline.set_visible(False)


def _tick_whole(bar: Any, low: float, high: float, log: bool) -> None:
    """Years and counts: whole numbers, as they are written."""
    ticks = plotting_module("matplotlib.ticker")
    parts = (1, 2, 5) if high / max(low, 1) < _WIDE else (1,)
    bar.locator = ticks.LogLocator(subs=parts) if log else ticks.MaxNLocator(integer=True)
    bar.formatter = ticks.StrMethodFormatter("{x:.0f}" if high < _LONG else "{x:,.0f}")
    bar.minorticks_off()
    bar.update_ticks()


def _ends(values: NDArray[np.float64]) -> tuple[float, float, str]:
    """The range of all but the hundredth part at either end, and at which ends some lie beyond it."""
    low, high = np.quantile(values, [0.01, 0.99])
    if low == high:
        low, high = values.min(), values.max() + (values.min() == values.max())
    beyond = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
    return float(low), float(high), beyond[bool(values.min() < low), bool(values.max() > high)]


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


def _explain_classes(axes: Any, classes: Classes, ink: str, title: str) -> None:
    """Add a legend with counts."""
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


def _short(text: str) -> str:
    """A name as there is room for it; matplotlib would take dollars for formulas."""
    return (text if len(text) <= 40 else f"{text[:39]}…").replace("$", r"\$")


def _size(num_points: int) -> float:
    return float(np.clip(30_000 / num_points, 3, 80))
