"""``graphkit map``: from vectors to a map, positions in two or three dimensions."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli.knn import described
from graphkit.cli.map_input import check_previous, previous_option, read_map
from graphkit.cli.map_output import (
    OUTPUT_HELP,
    check_map_target,
    drawing_options,
    is_drawn,
    is_page,
    read_columns,
    write_drawing,
)
from graphkit.cli.outputs import check_output, in_words, output_options
from graphkit.cli.parameters import REQUIRED
from graphkit.cli.signature_options import options_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options, stage
from graphkit.cli.vector_input import load_embedding, vectors_argument

if TYPE_CHECKING:
    from graphkit.methods.map_method import MapMethod

EPILOG = """Examples:
  graphkit map vectors.parquet -o map.html --labels labels.txt
  graphkit map vectors.txt --metric cosine --perplexity 30 -o map.parquet
  graphkit map vectors.parquet --method tsne -o map.png
  graphkit map tuesday.parquet --previous monday.csv -o both.html

A page shows the nearest neighbours of each vector. A row of a table is an id and its position."""


def parameters(method: type[MapMethod]) -> list[inspect.Parameter]:
    """Return the arguments and options, those of the method among them."""
    from graphkit.cli.method_options import map_option

    return [
        vectors_argument(),
        *output_options(REQUIRED, f"{OUTPUT_HELP}."),
        *drawing_options(),
        previous_option(),
        map_option(),
        *options_of(method.parameters(), method, panel=f"Method {method.name}"),
        *running_options(),
    ]


def run(
    *,
    vectors: str,
    output: str,
    method: str,
    force: bool,
    progress: str,
    quiet: bool,
    previous: str | None,
    **values: Any,
) -> None:
    """Lay out vectors: write a position for each, near those of its nearest neighbours."""
    from graphkit.maps import MapFrame
    from graphkit.maps.views import MOVED, WHERE
    from graphkit.methods.registry import MAPS, find_method

    kind = find_method(method, MAPS)
    check_previous(previous, values, kind.parameters())
    made = kind(**values_of(kind.parameters(), values))
    made.estimate(1, 1)
    check = functools.partial(check_map_target, values=values, overwrite=force)
    check_output(output, vectors, check, force=force, stdout=False)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        with stage(report, "read"):
            embedding = load_embedding(vectors)
            earlier = None if previous is None else read_map(previous)
            before = [earlier] if earlier is not None and is_page(output) else []
            columns = read_columns(embedding.node_ids, values, (MOVED, WHERE) if before else (), note)
        positions = made.embed_vectors(embedding, previous=earlier, progress=report)
        with stage(report, "write"):
            if is_drawn(output):
                frame = MapFrame(positions.node_ids, positions.vectors, columns, made.neighbors_)
                sources = [str(previous), vectors] if before else [vectors]
                write_drawing([*before, frame], output, sources, force, values, [None] * len(sources))
            else:
                positions.save(output, overwrite=force)
        note(f"neighbours: {described(made.neighbors_)}")
        note(f"{in_words(output)}: {positions} in {positions.info['seconds']:.2f} s")
