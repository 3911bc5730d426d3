"""Quality against time: the picture of a comparison, alone or in a page with its table."""

from __future__ import annotations

import html
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.errors import ParameterError
from graphkit.evaluation.comparison_result import SCORES, Comparison, MethodScores, with_spread
from graphkit.files.atomic import PathLike, atomic_path
from graphkit.maps.libraries import plotting_module
from graphkit.maps.picture import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE_SUFFIX = ".html"

_INK, _FRONT, _BEHIND = "#222222", "#1f77b4", "#9aa5b1"

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Methods compared</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; color: {ink}; max-width: 62rem; margin: auto; padding: 1rem; }}
svg {{ width: 100%; height: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ padding: .3rem .6rem; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap; }}
th:first-child, td:first-child {{ text-align: left; white-space: normal; }}
p {{ color: #555; }}
</style></head><body><h1>Methods compared</h1>
{picture}
<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>
{skipped}<p>{statement}</p></body></html>
"""


def check_comparison_target(path: PathLike) -> str:
    """Return the suffix of a picture or page, or raise `ParameterError`."""
    suffix = Path(f"_{Path(path).name}").suffix.lower()
    if suffix not in (*SUFFIXES, PAGE_SUFFIX):
        raise ParameterError(
            f"{path}: no picture has the suffix {suffix!r}; use {', '.join((*SUFFIXES, PAGE_SUFFIX))}"
        )
    plotting_module("matplotlib.figure")
    return suffix


def draw_comparison(comparison: Comparison, path: PathLike, *, overwrite: bool = True) -> None:
    """Draw quality against time into a file; see `Comparison.draw`."""
    suffix = check_comparison_target(path)
    figure = _figure(comparison)
    with atomic_path(path, overwrite=overwrite) as target:
        if suffix == PAGE_SUFFIX:
            target.write_text(_page(comparison, figure), encoding="utf-8")
        else:
            figure.savefig(target, dpi=150, metadata=_WITHOUT_DATE.get(suffix))


_WITHOUT_DATE = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def _figure(comparison: Comparison) -> Any:
    main = ("micro_f1", "auc") if comparison.has_labels else ("auc",)
    titles = {
        "micro_f1": "Node classification",
        "auc": "Link prediction",
    }
    figure = plotting_module("matplotlib.figure").Figure(
        figsize=(6.2 * len(main), 5.2), layout="constrained", facecolor="white"
    )
    plotting_module("matplotlib.backends.backend_agg")
    for axes, score in zip(figure.subplots(1, len(main), squeeze=False)[0], main, strict=True):
        _draw_score(axes, comparison.methods, score)
        axes.set_title(titles[score], loc="left", color=_INK)
    return figure


def _draw_score(axes: Any, methods: Sequence[MethodScores], score: str) -> None:
    """One point a method; those that no other beats in both time and quality are joined."""
    points = []
    for each in methods:
        mean, deviation = each.score(score) or (0.0, None)
        points.append((max(each.seconds, 1e-3), 100 * mean, 100 * (deviation or 0.0), each.method))
    front = _front([(seconds, quality) for seconds, quality, _, _ in points])
    axes.set_xscale("log")
    line = sorted(front)
    axes.plot(*zip(*line, strict=True), color=_FRONT, linewidth=1, alpha=0.5, zorder=1)
    for seconds, quality, deviation, _ in points:
        color = _FRONT if (seconds, quality) in front else _BEHIND
        axes.errorbar(seconds, quality, yerr=deviation, fmt="o", color=color, elinewidth=1, zorder=2)
    axes.margins(0.18, 0.12)
    for place, (seconds, quality, _, name) in enumerate(sorted(points)):
        # Names of neighbours in time stand above and below in turn.
        offset = (6, -12) if place % 2 else (6, 5)
        axes.annotate(
            name, (seconds, quality), xytext=offset, textcoords="offset points", color=_INK, fontsize=9
        )
    ticks = plotting_module("matplotlib.ticker")
    axes.xaxis.set_major_formatter(ticks.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("seconds to embed the graph")
    axes.set_ylabel(f"{SCORES[score]}, per cent")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)


def _front(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points that no other beats in both.

    Examples
    --------
    >>> _front([(1.0, 50.0), (2.0, 40.0), (3.0, 60.0)])
    [(1.0, 50.0), (3.0, 60.0)]
    """
    return [
        (seconds, quality)
        for seconds, quality in points
        if not any(
            other <= seconds and better >= quality and (other, better) != (seconds, quality)
            for other, better in points
        )
    ]


def _page(comparison: Comparison, figure: Any) -> str:
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    picture = drawn.getvalue()
    shown = [name for name in SCORES if comparison.methods[0].score(name) is not None]
    head = ["method", *(SCORES[name] for name in shown), "seconds", "memory", "runs"]
    body = "".join(
        _cells(
            [
                each.method,
                *(with_spread(*score) for name in shown if (score := each.score(name))),
                f"{each.seconds:.2f}",
                f"{each.memory / 2**20:,.0f} MiB",
                str(len(each.runs)),
            ]
        )
        for each in comparison.methods
    )
    skipped = "".join(
        f"<p>Left out: {html.escape(name)}: {html.escape(why)}</p>"
        for name, why in comparison.skipped.items()
    )
    return _PAGE.format(
        ink=_INK,
        picture=picture[picture.index("<svg") :],
        head="".join(f"<th>{html.escape(title)}</th>" for title in head),
        body=body,
        skipped=skipped,
        statement=html.escape(comparison.statement),
    )


def _cells(cells: list[str]) -> str:
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
