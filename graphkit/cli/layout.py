"""``graphkit layout``: from a graph to a map, the positions of its nodes in two or three dimensions."""

from __future__ import annotations

import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.map_input import check_previous, previous_option, read_map
from graphkit.cli.map_output import (
    OUTPUT_HELP,
    check_map_target,
    drawing_options,
    edges_of,
    edges_option,
    is_drawn,
    is_page,
    read_columns,
    refuse_edges,
    write_drawing,
)
from graphkit.cli.outputs import STDOUT, check_output, dry_run_option, in_words, output_options, plan
from graphkit.cli.parameters import argument
from graphkit.cli.signature_options import Signature, options_of, values_of
from graphkit.cli.streams import note_for, print_facts, progress_for, running_options, stage

if TYPE_CHECKING:
    from graphkit.embedding import Embedding
    from graphkit.methods.map_method import MapMethod

EPILOG = """Examples:
  graphkit layout edges.txt -o map.csv
  graphkit layout edges.csv.gz -o map.parquet --samples-per-node 4000 --seed 1
  graphkit layout dataset:wordnet -o map.html --labels dataset:wordnet
  graphkit layout dataset:wordnet -o map.html --method tsne
  graphkit layout edges.csv -o map.png --attributes people.csv --color town
  graphkit layout dataset:les_miserables -o map.svg --color core --edges --dark
  graphkit layout dataset:wordnet -o map.html --edges
  graphkit layout dataset:les_miserables -o - --quiet
  graphkit layout tuesday.txt --previous monday.csv -o tuesday.csv
  graphkit layout tuesday.txt --previous monday.csv -o both.html

A page shows degree, core number and the strongest neighbours of each node, offline, in any browser.
A row of a table is a node's id and its position. Nodes without edges and other parts of
ten nodes or less stand right of the map."""


def parameters(method: type[MapMethod]) -> list[inspect.Parameter]:
    """Return the arguments and options, those of the method among them."""
    from graphkit.cli.method_options import map_option

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        *output_options(None, f"{OUTPUT_HELP}; - for stdout (text)."),
        dry_run_option(),
        *drawing_options(),
        edges_option(),
        previous_option(),
        map_option(),
        *options_of(_signature(method), method, panel=f"Method {method.name}"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    output: str | None,
    method: str,
    force: bool,
    dry_run: bool,
    progress: str,
    quiet: bool,
    edges: bool | None,
    previous: str | None,
    **values: Any,
) -> None:
    """Lay out a graph: write a position for each node, near those of its neighbours."""
    from graphkit.maps import MapFrame
    from graphkit.maps.views import MOVED, WHERE
    from graphkit.methods.registry import MAPS, find_method

    kind = find_method(method, MAPS)
    check_previous(previous, values, kind.parameters())
    made = kind(**values_of(_signature(kind), values))
    made.estimate(1, 1)
    check = functools.partial(check_map_target, values=values, overwrite=force)
    check_output(output, file, check, force=force, dry_run=dry_run)
    refuse_edges(edges, output)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        earlier = None if previous is None else read_map(previous)
        before = [earlier] if earlier is not None and is_page(str(output)) else []
        known = ("degree", "core", *((MOVED, WHERE) if before else ()))
        columns = read_columns(graph.node_ids, values, known, note)
        if not dry_run:
            positions = made.embed(graph, previous=earlier, progress=report)
            with stage(report, "write"):
                if is_drawn(str(output)):
                    frame = MapFrame.of_graph(graph, positions.vectors, columns)
                    sources = [str(previous), file] if before else [file]
                    lines = [*(None for _ in before), edges_of(graph, edges)]
                    write_drawing([*before, frame], str(output), sources, force, values, lines)
                else:
                    _write(positions, str(output), force)
            beside = f"; {made.num_beside_:,} in small parts beside the others" if made.num_beside_ else ""
            note(f"{in_words(output)}: {positions} in {positions.info['seconds']:.2f} s{beside}")
    if dry_run:
        estimate = made.estimate_for(graph)
        print_facts(plan({"method": repr(made)}, graph, estimate, output))


def _signature(method: type[MapMethod]) -> Signature:
    without = ("perplexity", "metric", "recall")
    return {name: parameter for name, parameter in method.parameters().items() if name not in without}


def _write(positions: Embedding, output: str, force: bool) -> None:
    if output != STDOUT:
        positions.save(output, overwrite=force)
        return
    from graphkit.io.vectors_word2vec import write_text_rows

    write_text_rows(sys.stdout.buffer, positions.node_ids, positions.vectors, "standard output")
