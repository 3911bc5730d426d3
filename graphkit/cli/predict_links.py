"""``graphkit predict links``: edges that a graph may lack."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from graphkit.cli import graph_input
from graphkit.cli.chosen_nodes import chosen_nodes, node_options, refuse_both
from graphkit.cli.outputs import STDOUT, check_output, in_words, output_options
from graphkit.cli.parameters import REQUIRED, argument, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options
from graphkit.cli.vector_input import load_embedding, vectors_argument
from graphkit.errors import InputError

EPILOG = """Examples:
  graphkit predict links vectors.parquet edges.txt -k 100 -o missing.csv
  graphkit predict links vectors.parquet edges.txt --source ann --source bob -o -

A row of the result is a source, a target and their score, the best pair first."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.prediction import predict_links

    return [
        vectors_argument(),
        argument("graph", graph_input.GRAPH_ARGUMENT),
        *output_options(
            REQUIRED, "Where to: .parquet, .csv or .tsv (columns source, target, score); - for stdout (tabs)."
        ),
        *node_options("source", otherwise="all, together", panel="Prediction"),
        option(
            "target_vectors",
            None,
            "A file of the vectors that nodes have as ends of arcs. Default: the same.",
            kind=str,
            metavar="FILE",
            panel="Prediction",
        ),
        *options_of(_signature(), predict_links, panel="Prediction"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    vectors: str,
    graph: str,
    output: str,
    force: bool,
    source: list[str] | None,
    sources: str | None,
    target_vectors: str | None,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Find the pairs of nodes without an edge that look most like edges."""
    from graphkit.io.scores import scores_suffix, write_score_lines
    from graphkit.prediction import predict_links

    refuse_both("--source", source, "--sources", sources)
    check_output(output, vectors, scores_suffix, force=force)
    note = note_for(quiet)
    embedding = load_embedding(vectors)
    targets = None if target_vectors is None else load_embedding(target_vectors)
    with progress_for(progress, quiet=quiet) as report:
        read, _ = graph_input.load(graph, values, note, report)
        asked = chosen_nodes(read.node_ids, source, sources, note)
        try:
            found = predict_links(
                embedding, read, asked, targets=targets, progress=report, **values_of(_signature(), values)
            )
        except InputError as error:
            raise InputError(error.message, path=vectors) from None
    if output == STDOUT:
        write_score_lines(sys.stdout.buffer, [found.to_arrow()], [found.node_ids], "\t")
    else:
        found.save(output, overwrite=force)
    note(f"{in_words(output)}: {len(found):,} pairs. {found.statement}")


def _signature() -> Signature:
    from graphkit.prediction import predict_links

    return signature_of(predict_links, without=("vectors", "graph", "nodes", "targets", "progress"))
