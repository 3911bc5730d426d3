"""``graphkit evaluate map``: how well a map keeps the neighbourhoods of vectors."""

from __future__ import annotations

import inspect
from typing import Any

from graphkit.cli.label_input import label_options
from graphkit.cli.parameters import REQUIRED, argument, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import json_option, note_for, print_result
from graphkit.cli.vector_input import vectors_of

EPILOG = """Examples:
  graphkit evaluate map map.csv --vectors vectors.parquet
  graphkit evaluate map map.csv --vectors vectors.parquet --labels labels.txt --json"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.evaluation import map_quality

    return [
        argument("positions", "A file of positions, as `graphkit map` or `graphkit layout` writes it."),
        option("vectors", REQUIRED, "A file of the vectors behind the map.", kind=str, metavar="FILE"),
        option(
            "labels",
            None,
            "Labels: a table of ids and labels, a .mat file, or dataset:NAME; of several the first counts.",
            kind=str,
            metavar="FILE",
        ),
        *label_options(),
        json_option(),
        *options_of(_signature(), map_quality, panel="Protocol"),
    ]


def run(
    *,
    positions: str,
    vectors: str,
    labels: str | None,
    label_column: str | None,
    label_separator: str | None,
    json: bool,
    **values: Any,
) -> None:
    """Measure a map by trustworthiness, continuity, neighbours kept, and the labels of neighbours."""
    from graphkit.cli import label_input
    from graphkit.embedding import Embedding
    from graphkit.errors import ParameterError
    from graphkit.evaluation import map_quality

    drawn = Embedding.load(positions)
    space = vectors_of(vectors, drawn.node_ids)
    if labels is None and (label_column, label_separator) != (None, None):
        raise ParameterError("--label-column and --label-separator have no effect without --labels")
    classes = None
    if labels is not None:
        classes = label_input.read_first(
            labels, drawn.node_ids, note_for(False), column=label_column, separator=label_separator
        )
    result = map_quality(space, drawn.vectors, classes, **values_of(_signature(), values))
    if json:
        print_result(result.to_dict())
    else:
        print(result)


def _signature() -> Signature:
    from graphkit.evaluation import map_quality

    return signature_of(map_quality, without=("vectors", "positions", "labels"))
