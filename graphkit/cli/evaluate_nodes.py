"""``graphkit evaluate nodes``: how well vectors tell the labels of nodes."""

from __future__ import annotations

import inspect
from typing import Any

from graphkit.cli.label_input import LABELS_HELP, label_options
from graphkit.cli.parameters import REQUIRED, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import json_option, note_for, print_result, progress_for, running_options
from graphkit.cli.vector_input import load_embedding, vectors_argument

EPILOG = """Examples:
  graphkit evaluate vectors.parquet --labels labels.txt
  graphkit evaluate vectors.parquet --labels labels.csv --train-ratios 0.1,0.5,0.9 --json
  graphkit evaluate wordnet.parquet --labels dataset:wordnet

"nodes" may be left out."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.evaluation import node_classification

    return [
        vectors_argument(),
        option("labels", REQUIRED, LABELS_HELP, kind=str, metavar="FILE"),
        *label_options(),
        option(
            "unknown", "error", "What to do with labels of nodes without a vector.", metavar="error|ignore"
        ),
        json_option(),
        *options_of(_signature(), node_classification, panel="Protocol"),
        *running_options(),
    ]


def run(
    *,
    vectors: str,
    labels: str,
    label_column: str | None,
    label_separator: str | None,
    unknown: str,
    json: bool,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Score vectors by node classification.

    A logistic regression a label is trained on some of the nodes and scored on the others, by micro- and
    macro-F1.
    """
    from graphkit.cli import label_input
    from graphkit.evaluation import node_classification

    with progress_for(progress, quiet=quiet) as report:
        embedding = load_embedding(vectors)
        matrix = label_input.read(
            labels,
            embedding.node_ids,
            note_for(quiet),
            column=label_column,
            separator=label_separator,
            unknown=unknown,
        )
        result = node_classification(embedding, matrix, progress=report, **values_of(_signature(), values))
    if json:
        print_result(result.to_dict())
    else:
        print(result)


def _signature() -> Signature:
    from graphkit.evaluation import node_classification

    return signature_of(node_classification, without=("vectors", "labels", "progress"))
