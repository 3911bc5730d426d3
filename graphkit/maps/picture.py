"""Pictures of maps in files: PNG, SVG with text as text, PDF with fonts that can be edited."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.checks import check_whole
from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike, atomic_path
from graphkit.maps.figure import INCHES, map_figure
from graphkit.maps.frame import MapFrame
from graphkit.maps.libraries import plotting_module

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SUFFIXES = (".png", ".svg", ".pdf")

DPI = 200

_FONTS = {"svg.fonttype": "none", "pdf.fonttype": 42}
"""Text stays text."""


def picture_suffix(path: PathLike) -> str:
    """Return which of `SUFFIXES` a path ends in, or raise `ParameterError`."""
    suffix = Path(f"_{Path(path).name}").suffix.lower()
    if suffix not in SUFFIXES:
        raise ParameterError(f"{path}: no picture has the suffix {suffix!r}; use {', '.join(SUFFIXES)}")
    return suffix


class Picture:
    """A map as it is drawn: notebooks show it, and it is saved to a file.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        To be changed at will.
    """

    def __init__(self, figure: Any):
        self.figure = figure

    def save(self, path: PathLike, *, dpi: int = DPI, overwrite: bool = True) -> None:
        """Write the picture into a file.

        Parameters
        ----------
        path
            ``.png``, ``.svg`` or ``.pdf``.
        dpi
            Pixels of an inch, from 10 to 2400.
        overwrite
            Whether an existing file is replaced.

        Raises
        ------
        ParameterError
            For another suffix, or a number of pixels outside its range.
        InputError
            For a target that cannot be written.
        """
        picture_suffix(path)
        check_whole("dpi", dpi, 10, 2400)
        with (
            plotting_module("matplotlib").rc_context(_FONTS),
            atomic_path(path, overwrite=overwrite) as temporary,
        ):
            self._write(temporary, dpi)

    def _repr_png_(self) -> bytes:
        """Return what a notebook shows."""
        drawn = io.BytesIO()
        self._write(drawn, 100)
        return drawn.getvalue()

    def _write(self, target: Any, dpi: int) -> None:
        self.figure.savefig(target, dpi=dpi, facecolor=self.figure.get_facecolor(), bbox_inches="tight")


def draw_map(
    frame: MapFrame,
    path: PathLike,
    *,
    color: str | None = None,
    title: str | None = None,
    dark: bool = False,
    edges: ArrayLike | None = None,
    names: bool | None = None,
    legend: bool = True,
    size: float = INCHES,
    dpi: int = DPI,
    font: str | None = None,
    overwrite: bool = True,
) -> None:
    """Draw a map into a file.

    Parameters
    ----------
    frame
        The map. Of three dimensions the two longest axes are shown, which the picture says.
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
    names
        Whether points have their ids beside them where there is room, those with most edges first; None
        for maps of at most 200 points.
    legend
        Whether the legend or colour scale stands right of the map.
    size
        Width and height in inches, from 1 to 100.
    dpi
        Pixels of an inch, from 10 to 2400.
    font
        Family of the text, as matplotlib finds it; None for its own.
    overwrite
        Whether an existing file is replaced.

    Raises
    ------
    ParameterError
        For another suffix, a column that is not there, edges that are no rows of points, or a size or number
        of pixels outside its range.
    InputError
        For a map without points, or a target that cannot be written.
    MissingDependencyError
        If matplotlib or datashader is not installed.

    Notes
    -----
    Up to 20,000 points are drawn one by one; beyond that the brightness tells how many stand at a place, and
    a million points take some seconds. The name of a class stands where its points are many and most of
    all, over no other name and no group that it would hide.
    """
    picture_suffix(path)
    figure = map_figure(
        frame,
        color=color,
        title=title,
        dark=dark,
        edges=edges,
        names=names,
        legend=legend,
        size=size,
        font=font,
    )
    Picture(figure).save(path, dpi=dpi, overwrite=overwrite)
