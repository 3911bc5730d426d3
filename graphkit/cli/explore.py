"""``graphkit explore``: from a map that is there to a page, a picture, or a file for another tool."""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.map_input import read_map
from graphkit.cli.map_output import (
    drawing_options,
    edges_of,
    edges_option,
    is_drawn,
    is_page,
    is_picture,
    read_columns,
    refuse_edges,
    refuse_picture_options,
    write_drawing,
)
from graphkit.cli.outputs import check_output, output_options
from graphkit.cli.parameters import REQUIRED, argument, option
from graphkit.cli.streams import Note, note_for, progress_for, running_options, stage
from graphkit.cli.vector_input import vectors_of
from graphkit.errors import InputError, ParameterError

if TYPE_CHECKING:
    from graphkit.arrays import NodeIds
    from graphkit.graph.graph import Graph
    from graphkit.maps import MapFrame
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit explore map.csv -o map.html --graph edges.txt --attributes people.csv --color town
  graphkit explore map.csv -o map.html --vectors vectors.parquet --labels labels.txt
  graphkit explore map.csv -o atlas.parquet --vectors vectors.parquet
  graphkit explore map.csv -o projector/ --vectors vectors.parquet
  graphkit explore monday.csv -o both.html --beside tuesday.csv --labels labels.txt

A page shows the neighbours of a point: the nearest of its vector by cosine, or else the strongest in the
graph. A .parquet holds all that a page would; Embedding Atlas opens it by
embedding-atlas atlas.parquet --x x --y y --neighbors neighbors
A folder, with / at its end, is for tensorboard --logdir FOLDER."""

_MAP_HELP = "A map, as `graphkit layout` and `graphkit map` write it, or Parquet with the columns id, x, y."
_OUTPUT_HELP = (
    "Where to: .html for a page; .png, .svg or .pdf for a picture; .parquet for Embedding Atlas; FOLDER/ for "
    "TensorBoard's projector."
)
_VECTORS_HELP = "Vectors of the points, for their nearest neighbours."
_GRAPH_HELP = "The graph of the points, for their degrees, core numbers, neighbours and edges."
_BESIDE_HELP = (
    "Another map of the same ids, which a page shows right of this one: both move as one, and a column tells "
    "how far each point moved."
)


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("positions", _MAP_HELP),
        *output_options(REQUIRED, _OUTPUT_HELP),
        option("vectors", None, _VECTORS_HELP, kind=str, metavar="FILE"),
        option("graph", None, _GRAPH_HELP, kind=str, metavar="FILE"),
        option("beside", None, _BESIDE_HELP, kind=str, metavar="FILE"),
        *drawing_options(),
        edges_option(),
        *running_options(),
    ]


def run(
    *,
    positions: str,
    output: str,
    force: bool,
    vectors: str | None,
    graph: str | None,
    beside: str | None,
    edges: bool | None,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Show a map that is there: as a page to zoom and search, as a picture, or in another tool."""
    from graphkit.maps import write_projector

    is_folder = output.endswith("/")
    check_output(
        output,
        positions,
        functools.partial(_check_suffix, values=values, beside=beside, vectors=vectors),
        force=force or is_folder,
        stdout=False,
    )
    refuse_edges(edges, output)
    if edges is not None and graph is None:
        raise ParameterError("--edges has no effect without --graph")
    note = note_for(quiet)
    lines = None
    with progress_for(progress, quiet=quiet) as report:
        with stage(report, "read"):
            frame = read_map(positions)
            if graph is not None:
                known = _load_graph(graph, note, report)
                frame = _with_graph(frame, known, graph)
                lines = edges_of(known, edges) if is_drawn(output) else None
            frame, *others = _with_columns(
                [frame] if beside is None else [frame, read_map(beside)], values, note
            )
            space = frame.positions if vectors is None else vectors_of(vectors, frame.node_ids)
        if vectors is not None and not is_folder:
            frame = frame.with_nearest(space, progress=report)
        with stage(report, "write"):
            if is_folder:
                write_projector(output, frame.node_ids, space, frame.columns, overwrite=force)
            elif is_drawn(output):
                sources = [positions] if beside is None else [positions, beside]
                write_drawing([frame, *others], output, sources, force, values, [lines, None])
            else:
                frame.save(output, overwrite=force)
        note(f"{output}: {frame}")


def _check_suffix(output: str, values: dict[str, Any], beside: str | None, vectors: str | None) -> None:
    from graphkit.maps.libraries import check_libraries

    if is_picture(output):
        check_libraries()
    if not (output.endswith("/") or is_drawn(output) or Path(output).suffix.lower() == ".parquet"):
        raise ParameterError(
            f"{output}: use .html, .png, .svg, .pdf, .parquet, or a folder with / at its end"
        )
    refuse_picture_options(output, values)
    if beside is not None and not is_page(output):
        raise ParameterError("--beside has no effect but on .html")
    if beside is not None and vectors is not None:
        raise ParameterError("--vectors has no effect with --beside; leave it out")


def _with_columns(frames: list[MapFrame], values: dict[str, Any], note: Note) -> list[MapFrame]:
    """The maps with the labels and attributes of their points, which may be on either."""
    from graphkit.maps.views import MOVED, WHERE, joined_ids

    ids: NodeIds
    places: list[Any]
    ids, *places = joined_ids(*frames) if len(frames) > 1 else (frames[0].node_ids, slice(None))
    known = dict.fromkeys(name for frame in frames for name in frame.columns)
    columns = read_columns(ids, values, (*known, *([MOVED, WHERE] if len(frames) > 1 else [])), note)
    return [
        frame.with_columns({name: column[place] for name, column in columns.items()})
        for frame, place in zip(frames, places, strict=True)
    ]


def _load_graph(file: str, note: Note, progress: Progress | None) -> Graph:
    options = {parameter.name: parameter.default for parameter in graph_input.graph_options()}
    return graph_input.load(file, options, note, progress)[0]


def _with_graph(frame: MapFrame, graph: Graph, file: str) -> MapFrame:
    """The map in the order of the graph's nodes, with what `MapFrame.of_graph` adds."""
    from graphkit.graph.node_ids import NodeIndex
    from graphkit.maps import MapFrame

    rows = NodeIndex(frame.node_ids).find(graph.node_ids)
    if (rows < 0).any() or len(rows) != len(frame):
        raise InputError(
            f"the graph has {graph.num_nodes:,} nodes, {int((rows < 0).sum()):,} of them not among the "
            f"{len(frame):,} points of the map",
            path=file,
        )
    columns = {name: values[rows] for name, values in frame.columns.items()}
    return MapFrame.of_graph(graph, frame.positions[rows], columns)
