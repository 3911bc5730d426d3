"""``graphkit evaluate links``: how well a method's vectors tell edges that it has not seen."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.parameters import argument
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import json_option, note_for, print_result, progress_for, running_options

if TYPE_CHECKING:
    from graphkit.methods.base import Embedder

EPILOG = """Examples:
  graphkit evaluate links edges.txt
  graphkit evaluate links edges.txt --test-ratio 0.3 --operator hadamard,cosine --dim 128 --seed 1 --json"""


_SHARED = {"seed", "num_threads"}
"""One of each serves the method, the split and the score."""


def parameters(method: type[Embedder]) -> list[inspect.Parameter]:
    """Return the arguments and options, those of the method among them."""
    from graphkit.cli.fit_options import fit_options
    from graphkit.cli.method_options import method_option, method_options
    from graphkit.evaluation import link_prediction, split_edges

    split, score = (_without_shared(signature) for signature in (_split_signature(), _score_signature()))
    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        method_option(),
        json_option(),
        *options_of(split, split_edges, panel="Protocol"),
        *options_of(score, link_prediction, panel="Protocol"),
        *method_options(method),
        *fit_options(method),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    method: str,
    json: bool,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Score a method by link prediction.

    Some edges are taken out, the remaining graph is embedded, and the vectors must tell those edges from
    pairs of nodes without one, by AUC and average precision.
    """
    from graphkit.cli.fit_options import embedded
    from graphkit.cli.method_options import make_method
    from graphkit.evaluation import link_prediction, split_edges

    made, note = make_method(method, values), note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        split = split_edges(graph, **values_of(_split_signature(), values))
        embedding = embedded(made, split.train_graph, values, report, note)
    result = link_prediction(embedding, split, **values_of(_score_signature(), values))
    if json:
        print_result({**result.to_dict(), "method": made.name, "params": made.get_params()})
    else:
        print(f"{result}\nVectors: {made!r} on the training graph.")


def _without_shared(signature: Signature) -> Signature:
    """The parameters that are not the method's too; any other of one name would be an option given twice."""
    return {name: parameter for name, parameter in signature.items() if name not in _SHARED}


def _split_signature() -> Signature:
    from graphkit.evaluation import split_edges

    return signature_of(split_edges, without=("graph",))


def _score_signature() -> Signature:
    from graphkit.evaluation import link_prediction

    return signature_of(link_prediction, without=("vectors", "split"))
