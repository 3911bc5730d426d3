"""``graphkit explore``: from a map that is there to a page, a picture, or a file for another tool."""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.map_output import (
    drawing_options,
    edges_of,
    edges_option,
    is_drawn,
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
    from graphkit.graph.graph import Graph
    from graphkit.maps import MapFrame
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit explore map.csv -o map.html --graph edges.txt --attributes people.csv --color town
  graphkit explore map.csv -o map.html --vectors vectors.parquet --labels labels.txt
  graphkit explore map.csv -o atlas.parquet --vectors vectors.parquet
  graphkit explore map.csv -o projector/ --vectors vectors.parquet

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


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("positions", _MAP_HELP),
        *output_options(REQUIRED, _OUTPUT_HELP),
        option("vectors", None, _VECTORS_HELP, kind=str, metavar="FILE"),
        option("graph", None, _GRAPH_HELP, kind=str, metavar="FILE"),
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
        functools.partial(_check_suffix, values=values),
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
            frame = _read_map(positions)
            if graph is not None:
                known = _load_graph(graph, note, report)
                frame = _with_graph(frame, known, graph)
                lines = edges_of(known, edges) if is_drawn(output) else None
            frame = frame.with_columns(read_columns(frame.node_ids, values, tuple(frame.columns), note))
            space = frame.positions if vectors is None else vectors_of(vectors, frame.node_ids)
        if vectors is not None and not is_folder:
            frame = frame.with_nearest(space, progress=report)
        with stage(report, "write"):
            if is_folder:
                write_projector(output, frame.node_ids, space, frame.columns, overwrite=force)
            elif is_drawn(output):
                write_drawing(frame, output, positions, force, values, lines)
            else:
                frame.save(output, overwrite=force)
        note(f"{output}: {frame}")


def _check_suffix(output: str, values: dict[str, Any]) -> None:
    from graphkit.maps.libraries import check_libraries

    if is_picture(output):
        check_libraries()
    if not (output.endswith("/") or is_drawn(output) or Path(output).suffix.lower() == ".parquet"):
        raise ParameterError(
            f"{output}: use .html, .png, .svg, .pdf, .parquet, or a folder with / at its end"
        )
    refuse_picture_options(output, values)


def _read_map(path: str) -> MapFrame:
    """A map with its columns, or the positions of a file of vectors."""
    from graphkit.embedding import Embedding
    from graphkit.maps import MapFrame
    from graphkit.maps.frame_file import is_frame

    if Path(path).suffix.lower() == ".parquet" and is_frame(path):
        return MapFrame.load(path)
    embedding = Embedding.load(path)
    dim = embedding.vectors.shape[1]
    if dim not in (2, 3):
        raise InputError(
            f"holds vectors of {dim} dimensions, and a map has 2 or 3; `graphkit map` makes one", path=path
        )
    return MapFrame(embedding.node_ids, embedding.vectors)


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
