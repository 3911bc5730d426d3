"""``graphkit sparsify``: from a graph to one of fewer edges with nearly the same Laplacian."""

from __future__ import annotations

import inspect
import sys
import time as clock
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.outputs import STDOUT, check_output, dry_run_option, in_words, output_options, plan
from graphkit.cli.parameters import argument
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, print_facts, progress_for, running_options, stage

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

EPILOG = """Examples:
  graphkit sparsify edges.txt -o sparse.csv
  graphkit sparsify edges.csv.gz -o sparse-graph --distortion 8
  graphkit sparsify edges.txt -o sparse.parquet --method resistances --share 0.3

A row of the result is an edge: source, target and, with weights, weight."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.sparsification.sparsify import sparsify

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        *output_options(
            None,
            "Where to: .parquet, .csv or .tsv; a name without suffix for a saved graph; - for stdout (tabs).",
        ),
        dry_run_option(),
        *options_of(_signature(), sparsify, panel="Sparsification"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    output: str | None,
    force: bool,
    dry_run: bool,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Leave out edges that hardly change a graph's Laplacian."""
    from graphkit.io.edge_lists import edges_suffix
    from graphkit.sparsification.sparsify import estimate_sparsify, sparsify

    check_output(output, file, edges_suffix, force=force, dry_run=dry_run)
    chosen = values_of(_signature(), values)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        if dry_run:
            estimate = estimate_sparsify(graph, method=chosen["method"], projections=chosen["projections"])
            print_facts(plan({"method": chosen["method"]}, graph, estimate, output))
            return
        began = clock.perf_counter()
        sparse = sparsify(graph, **chosen, progress=report)
        seconds = clock.perf_counter() - began
        with stage(report, "write"):
            _write(sparse, str(output), force)
    edges = graph.num_edges - graph.num_self_loops
    note(f"{in_words(output)}: {sparse.num_edges:,} of {edges:,} edges, in {seconds:.2f} s")


def _write(sparse: Graph, output: str, force: bool) -> None:
    from graphkit.io.edge_lists import write_edge_lines, write_edges

    if output == STDOUT:
        write_edge_lines(sys.stdout.buffer, sparse, "\t")
    else:
        write_edges(output, sparse, overwrite=force)


def _signature() -> Signature:
    from graphkit.sparsification.sparsify import sparsify

    return signature_of(sparsify, without=("graph", "progress"))
