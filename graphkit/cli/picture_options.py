"""Options of commands that draw maps, and what they do."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import flag_of, option
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph import Graph

_LABELS_HELP = (
    "Colours: a table of ids and labels, a .mat file, or dataset:NAME; of several labels the first counts."
)


def picture_options() -> list[inspect.Parameter]:
    """Return the options of pictures."""
    return [
        option("labels", None, _LABELS_HELP, kind=str, metavar="FILE", panel="Picture"),
        option("color", None, "Colour by degree or core.", kind=str, metavar="degree|core", panel="Picture"),
        option("title", None, "Text above the map.", kind=str, metavar="TEXT", panel="Picture"),
        option("dark", False, "Dark background.", panel="Picture"),
    ]


def is_picture(output: str) -> bool:
    """Whether a path ends as pictures do."""
    from graphkit.maps.picture import SUFFIXES

    return Path(output).suffix.lower() in SUFFIXES


def check_map_target(output: str, *, values: dict[str, Any], overwrite: bool) -> None:
    """Refuse a target that cannot be written, and options of pictures for what is none."""
    from graphkit.io.vectors import check_vectors_target

    if not is_picture(output):
        for parameter in picture_options():
            if values[parameter.name] != parameter.default:
                raise ParameterError(f"{flag_of(parameter.name)} has no effect but on .png, .svg and .pdf")
        check_vectors_target(output, overwrite=overwrite)
        return
    if values["color"] not in (None, "degree", "core"):
        raise ParameterError(f"--color takes degree or core, got {values['color']!r}")
    if values["labels"] is not None and values["color"] is not None:
        raise ParameterError("--labels has no effect with --color: give one of them")


def write_picture(graph: Graph, positions: Vectors, output: str, force: bool, values: dict[str, Any]) -> None:
    """Draw the map of a graph."""
    from graphkit.cli import label_input
    from graphkit.maps import MapFrame, draw_map

    columns: dict[str, Any] = {}
    if values["labels"] is not None:
        columns["label"] = label_input.read_first(values["labels"], graph.node_ids)
    draw_map(
        MapFrame.of_graph(graph, positions, columns),
        output,
        color="label" if columns else values["color"],
        title=values["title"],
        dark=values["dark"],
        overwrite=force,
    )
