"""The picture that README opens with, quality against time, from benchmarks/results/*.csv.

``python benchmarks/pictures.py`` rewrites docs/images/quality.png: three graphs, a point a method, filled for
ours and hollow for others. What is drawn are medians of the rows that the tables show.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import csv_rows

TARGET = Path(__file__).parent.parent / "docs" / "images" / "quality.png"

GRAPHS = ("BlogCatalog", "PPI", "Wiki")

SOURCES = {
    "matrix_methods": (
        "{graph}, vectors",
        {
            "graphkit auto": "auto",
            "graphkit Spectral": "Spectral",
            "graphkit ProNE": "ProNE",
            "graphkit NetMF": "NetMF",
            "graphkit NetSMF": "NetSMF",
            "graphkit VERSE": "VERSE",
            "graphkit FastRP": "FastRP",
            "graphkit FastRP, propagated": "FastRP + filter",
            "SciPy ARPACK eigenvectors": "SciPy ARPACK",
            "scikit-learn randomized SVD": "scikit-learn SVD",
            "ProNE's steps, NumPy / SciPy": "ProNE in NumPy",
        },
    ),
    "many_graphs": (
        "{graph}, p = 1, q = 1",
        {
            "graphkit": "node2vec",
            "graphkit DeepWalk, 80 walks of 40": "DeepWalk",
            "PecanPy + gensim": "PecanPy + gensim",
        },
    ),
}
"""Of each case: its part for a graph, and the contenders that are drawn, by the names beside their points."""

INK, OURS, THEIRS = "#25303b", "#1f5fa8", "#c8611a"
_SIZE, _DPI, _FONT = (13.2, 4.9), 150, 9.0


@dataclass(frozen=True)
class Point:
    """A method on a graph: CPU seconds, micro-F1 in percent."""

    name: str
    seconds: float
    quality: float
    is_ours: bool


def points(graph: str) -> list[Point]:
    """Return those of a graph that are in the results."""
    found = []
    for case, (pattern, names) in SOURCES.items():
        part = pattern.format(graph=graph)
        rows = [row for row in csv_rows.read(case) if row["part"] == part]
        medians = {(row["contender"], row["quantity"]): float(row["median"]) for row in rows}
        for contender, name in names.items():
            if (contender, "micro_f1_50") in medians:
                seconds, quality = (medians[contender, key] for key in ("cpu_seconds", "micro_f1_50"))
                found.append(Point(name, seconds, quality, contender.startswith("graphkit")))
    return found


def front(found: list[Point]) -> list[Point]:
    """Return those that no other beats in both, quickest first."""
    best: list[Point] = []
    for point in sorted(found, key=lambda point: (point.seconds, -point.quality)):
        if not best or point.quality > best[-1].quality:
            best.append(point)
    return best


def draw(graphs: tuple[str, ...] = GRAPHS) -> Any:
    """Return the figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, facecolor="white", layout="constrained")
    panels = list(zip(figure.subplots(1, len(graphs), squeeze=False)[0], graphs, strict=True))
    for axes, graph in panels:
        _draw_points(axes, points(graph))
        axes.set_title(graph, loc="left", color=INK, fontsize=13, fontweight="bold")
    panels[0][0].set_ylabel("micro-F1, half of the nodes known, %", color=INK)
    figure.supxlabel("CPU seconds to embed the graph, 128 columns", color=INK, fontsize=10)
    figure.legend(
        handles=panels[0][0].get_legend_handles_labels()[0],
        labels=["graphkit", "others", "nothing is better in less time"],
        loc="outside upper right",
        ncols=3,
        frameon=False,
        labelcolor=INK,
    )
    # Where points lie on the paper is known once the layout is.
    figure.canvas.draw()
    for axes, graph in panels:
        _write_names(axes, points(graph))
    return figure


def _draw_points(axes: Any, found: list[Point]) -> None:
    for is_ours, color, filling, label in ((True, OURS, OURS, "ours"), (False, THEIRS, "white", "theirs")):
        group = [point for point in found if point.is_ours == is_ours]
        axes.scatter(
            [point.seconds for point in group],
            [point.quality for point in group],
            **{"s": 46, "marker": "o" if is_ours else "D", "facecolor": filling, "edgecolor": color},
            **{"linewidth": 1.6, "zorder": 3, "label": label},
        )
    line = front(found)
    axes.plot(
        [point.seconds for point in line],
        [point.quality for point in line],
        **{"color": OURS, "linewidth": 1.4, "alpha": 0.45, "zorder": 2, "label": "front"},
    )
    axes.set_xscale("log")
    axes.margins(0.22, 0.1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.tick_params(colors=INK, labelsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#9aa5b1")
    axes.grid(alpha=0.22, linewidth=0.6)


def _write_names(axes: Any, found: list[Point]) -> None:
    """Write a name beside each point, where it covers no point and no other name."""
    pixel = axes.figure.dpi / 72
    places = [axes.transData.transform((point.seconds, point.quality)) for point in found]
    taken = [(x - 5 * pixel, y - 5 * pixel, x + 5 * pixel, y + 5 * pixel) for x, y in places]
    frame = axes.get_window_extent()
    # The longest names first: they find least room.
    for place in sorted(range(len(found)), key=lambda place: -len(found[place].name)):
        point = found[place]
        width, height = len(point.name) * 0.56 * _FONT * pixel, 1.15 * _FONT * pixel
        boxes = [
            (dx, dy, align, box)
            for dx, dy, align, box in _boxes(*places[place], width, height, pixel)
            if box[0] >= frame.x0 and box[2] <= frame.x1 and box[1] >= frame.y0 and box[3] <= frame.y1
        ]
        dx, dy, align, box = min(boxes, key=lambda each: _cost(each, taken))
        taken.append(box)
        axes.annotate(
            point.name,
            (point.seconds, point.quality),
            **{"xytext": (dx, dy), "textcoords": "offset points", "ha": align, "va": "center"},
            **{"fontsize": _FONT, "color": OURS if point.is_ours else THEIRS, "zorder": 4},
            arrowprops=None
            if abs(dy) < 16
            else {"arrowstyle": "-", "color": "#9aa5b1", "linewidth": 0.7, "shrinkA": 1, "shrinkB": 4},
        )


def _boxes(
    x: float, y: float, width: float, height: float, pixel: float
) -> Iterator[tuple[float, float, str, tuple[float, float, float, float]]]:
    """Where a name may stand: offset in points, alignment, box in pixels; the nearest first."""
    for dy, (dx, align) in itertools.product(
        (0, 11, -11, 17, -17, 24, -24, 34, -34, 44, -44), ((8, "left"), (-8, "right"), (0, "center"))
    ):
        if align == "center" and dy == 0:
            continue
        left = x + dx * pixel - {"left": 0.0, "right": width, "center": width / 2}[align]
        middle = y + dy * pixel
        yield dx, dy, align, (left, middle - height / 2, left + width, middle + height / 2)


def _cost(
    option: tuple[float, float, str, tuple[float, float, float, float]],
    taken: list[tuple[float, float, float, float]],
) -> float:
    """How much of others a name covers, then how far from its point it stands."""
    dx, dy, _, box = option
    covered = sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
    return 10 * covered + abs(dy) + 0.1 * abs(dx)


def main() -> None:
    draw().savefig(TARGET, dpi=_DPI, metadata={"Software": None})


if __name__ == "__main__":
    main()
