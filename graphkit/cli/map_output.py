"""Maps as pictures and pages: the options of commands that draw them, and what they do."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli.label_input import label_options
from graphkit.cli.map_input import name_of, titles_of
from graphkit.cli.parameters import flag_of, option
from graphkit.cli.streams import Note
from graphkit.errors import ParameterError, unknown_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.arrays import NodeIds
    from graphkit.graph.graph import Graph
    from graphkit.maps import MapFrame

OUTPUT_HELP = (
    "Where to: .html for a map page; .png, .svg or .pdf for a picture; .parquet, .csv, .tsv, .npz, .npy or "
    ".txt for positions"
)

LABEL = "label"

_PICTURE = "Picture"

_LABELS_HELP = (
    "Labels, which colour the map: a table of ids and labels, a .mat file, or dataset:NAME; of several "
    "labels the first counts."
)
_ATTRIBUTES_HELP = "What else is known of the points: a table with ids in its first column."


def drawing_options() -> list[inspect.Parameter]:
    """Return the options of pictures and pages."""
    panel = "Picture or page"
    return [
        option("labels", None, _LABELS_HELP, kind=str, metavar="FILE", panel=panel),
        *label_options(panel=panel),
        option(
            "unknown",
            "error",
            "What to do with labels of nodes that are not on the map.",
            metavar="error|ignore",
            panel=panel,
        ),
        option("attributes", None, _ATTRIBUTES_HELP, kind=str, metavar="FILE", panel=panel),
        option(
            "color",
            None,
            "Column that colours the map, of the attributes or of what is known anyway. Default: label.",
            kind=str,
            metavar="NAME",
            panel=panel,
        ),
        option(
            "title",
            None,
            "Title. Default: the name of the input.",
            kind=str,
            metavar="TEXT",
            panel=panel,
        ),
        option("dark", False, "Dark background.", panel=panel),
        *_picture_options(),
    ]


def _picture_options() -> list[inspect.Parameter]:
    """Return the options of pictures alone."""
    from graphkit.maps.figure import INCHES, NAMED
    from graphkit.maps.picture import DPI

    return [
        option(
            "names",
            None,
            f"Write ids beside points where there is room. Default: of at most {NAMED} points.",
            kind=bool,
            flags=["--names/--no-names"],
            panel=_PICTURE,
        ),
        option("no_legend", False, "Leave out the legend.", panel=_PICTURE),
        option("size", INCHES, "Width and height in inches.", metavar="NUMBER", panel=_PICTURE),
        option("dpi", DPI, "Pixels of an inch.", metavar="INTEGER", panel=_PICTURE),
        option("font", None, "Family of the text.", kind=str, metavar="NAME", panel=_PICTURE),
    ]


def edges_option() -> inspect.Parameter:
    """Return the option of commands that have a graph."""
    from graphkit.maps.edges import DRAWN_EDGES
    from graphkit.maps.figure import MOST_EDGES as MOST_DRAWN
    from graphkit.maps.page import MOST_EDGES as MOST_HELD

    text = (
        f"Draw edges, {MOST_DRAWN:,} of them at most; a page holds {MOST_HELD:,}, shown on demand and for a "
        f"point that is clicked. Default: where there are no more than {DRAWN_EDGES:,}."
    )
    return option("edges", None, text, kind=bool, flags=["--edges/--no-edges"], panel="Picture or page")


def refuse_edges(wanted: bool | None, output: str | None) -> None:
    """Refuse the option for what is no drawing."""
    if wanted is not None and (output is None or not is_drawn(output)):
        raise ParameterError("--edges has no effect but on .html, .png, .svg and .pdf")


def edges_of(graph: Graph, wanted: bool | None) -> NDArray[Any] | None:
    """Return the edges as rows, [num_edges, 2], if they are wanted, or few where nothing is said."""
    import numpy as np

    from graphkit.maps.edges import DRAWN_EDGES

    are_drawn = graph.num_edges <= DRAWN_EDGES if wanted is None else wanted
    return np.stack(graph.edge_rows()[:2], axis=1) if are_drawn else None


def is_picture(output: str) -> bool:
    """Whether a path ends as pictures do."""
    from graphkit.maps.picture import SUFFIXES

    return Path(output).suffix.lower() in SUFFIXES


def is_drawn(output: str) -> bool:
    """Whether a path ends as pictures or pages do."""
    return is_picture(output) or is_page(output)


def is_page(output: str) -> bool:
    """Whether a path ends as pages do."""
    from graphkit.maps.page import PAGE_SUFFIX

    return Path(output).suffix.lower() == PAGE_SUFFIX


def check_map_target(output: str, *, values: dict[str, Any], overwrite: bool) -> None:
    """Refuse a target that cannot be written, and options of drawings for what is none."""
    from graphkit.io.vectors import check_vectors_target, vectors_format
    from graphkit.maps.libraries import check_libraries

    if is_picture(output):
        check_libraries()
    refuse_picture_options(output, values)
    if is_drawn(output):
        return
    _refuse_given(drawing_options(), values, ".html, .png, .svg and .pdf")
    try:
        vectors_format(output)
    except ParameterError as error:
        raise ParameterError(f"{error}, or .html, .png, .svg, .pdf for a drawing") from None
    check_vectors_target(output, overwrite=overwrite)


def refuse_picture_options(output: str, values: dict[str, Any]) -> None:
    """Refuse options of pictures for what is none."""
    if not is_picture(output):
        _refuse_given(_picture_options(), values, ".png, .svg and .pdf")


def _refuse_given(options: list[inspect.Parameter], values: dict[str, Any], where: str) -> None:
    for parameter in options:
        if values[parameter.name] != parameter.default:
            raise ParameterError(f"{flag_of(parameter.name)} has no effect but on {where}")


def read_columns(
    node_ids: NodeIds, values: dict[str, Any], known: tuple[str, ...], note: Note
) -> dict[str, Any]:
    """Return the labels and attributes, and refuse a colour that is neither among them nor `known`."""
    from graphkit.cli import label_input
    from graphkit.io import read_attributes

    columns: dict[str, Any] = {}
    if values["labels"] is not None:
        columns[LABEL] = label_input.read_first(
            values["labels"],
            node_ids,
            note,
            column=values["label_column"],
            separator=values["label_separator"],
            unknown=values["unknown"],
        )
    elif (values["label_column"], values["label_separator"], values["unknown"]) != (None, None, "error"):
        raise ParameterError(
            "--label-column, --label-separator and --unknown have no effect without --labels"
        )
    if values["attributes"] is not None:
        found = read_attributes(values["attributes"], node_ids, note=note)
        columns.update(found.columns)
        if found.num_unknown:
            note(f"{values['attributes']}: left out {found.num_unknown:,} rows of ids not on the map")
    if values["color"] is not None and not (known or columns):
        raise ParameterError(f"no column {values['color']!r}: --labels and --attributes bring columns")
    if values["color"] not in (None, *known, *columns):
        raise unknown_choice("column", values["color"], (*known, *columns))
    return columns


def write_drawing(
    frames: Sequence[MapFrame],
    output: str,
    sources: Sequence[str],
    force: bool,
    values: dict[str, Any],
    edges: Sequence[NDArray[Any] | None],
) -> None:
    """Write a map, or two as a page, as the path ends; the last of `sources`, a file each, gives the title.

    Two are coloured by how far points moved if nothing else is said.
    """
    from graphkit.maps import draw_map, write_page
    from graphkit.maps.views import MOVED

    options = {
        "color": values["color"] or (LABEL if values["labels"] is not None else None),
        "title": values["title"] or name_of(sources[-1]),
        "dark": values["dark"],
        "overwrite": force,
    }
    if len(frames) > 1:
        options |= {"color": options["color"] or MOVED, "titles": titles_of(*sources)}
        write_page(frames, output, edges=edges, **options)
    elif is_page(output):
        write_page(frames[0], output, edges=edges[0], **options)
    else:
        options |= {name: values[name] for name in ("names", "size", "dpi", "font")}
        draw_map(frames[0], output, edges=edges[0], legend=not values["no_legend"], **options)
