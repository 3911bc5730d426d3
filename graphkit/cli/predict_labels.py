"""``graphkit predict labels``: labels of nodes without one."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from graphkit.cli.chosen_nodes import chosen_nodes, node_options, refuse_both
from graphkit.cli.label_input import LABELS_HELP, label_options
from graphkit.cli.outputs import STDOUT, check_output, in_words, output_options
from graphkit.cli.parameters import REQUIRED, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, quiet_option
from graphkit.cli.vector_input import load_embedding, vectors_argument

EPILOG = """Examples:
  graphkit predict labels vectors.parquet --labels known.csv -o labels.csv
  graphkit predict labels vectors.parquet --labels known.csv --node ann -k 3 -o -

A row of the result is a node, a label and its probability. How often such labels are right is told by
`graphkit evaluate nodes`."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.prediction import predict_labels

    return [
        vectors_argument(),
        option("labels", REQUIRED, LABELS_HELP, kind=str, metavar="FILE"),
        *label_options(),
        option(
            "unknown", "error", "What to do with labels of nodes without a vector.", metavar="error|ignore"
        ),
        *output_options(
            REQUIRED,
            "Where to: .parquet, .csv or .tsv (columns id, label, probability); - for stdout (tabs).",
        ),
        *node_options("node", otherwise="all without label", panel="Prediction"),
        *options_of(_signature(), predict_labels, panel="Prediction"),
        quiet_option(),
    ]


def run(
    *,
    vectors: str,
    labels: str,
    label_column: str | None,
    label_separator: str | None,
    unknown: str,
    output: str,
    force: bool,
    node: list[str] | None,
    nodes: str | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Predict labels of nodes that have none, from the vectors and labels of others."""
    from graphkit.cli import label_input
    from graphkit.io.scores import scores_suffix, write_score_lines
    from graphkit.prediction import predict_labels

    refuse_both("--node", node, "--nodes", nodes)
    check_output(output, vectors, scores_suffix, force=force)
    note = note_for(quiet)
    embedding = load_embedding(vectors)
    known, names = label_input.read_named(
        labels, embedding.node_ids, note, column=label_column, separator=label_separator, unknown=unknown
    )
    asked = chosen_nodes(embedding.node_ids, node, nodes, note)
    found = predict_labels(embedding, known, asked, label_names=names, **values_of(_signature(), values))
    if output == STDOUT:
        write_score_lines(sys.stdout.buffer, [found.to_arrow()], found.texts, "\t")
    else:
        found.save(output, overwrite=force)
    note(f"{in_words(output)}: {len(found):,} nodes. {found.statement}")


def _signature() -> Signature:
    from graphkit.prediction import predict_labels

    return signature_of(predict_labels, without=("vectors", "labels", "nodes", "label_names"))
