"""``graphkit refine``: vectors propagated on their graph."""

from __future__ import annotations

import functools
import inspect
import time as clock
from typing import Any

from graphkit.cli import graph_input
from graphkit.cli.outputs import check_output, in_words, output_options
from graphkit.cli.parameters import REQUIRED, argument
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options, stage
from graphkit.cli.vector_input import load_embedding, vectors_argument
from graphkit.errors import InputError

EPILOG = """Examples:
  graphkit refine vectors.parquet edges.txt -o refined.parquet
  graphkit refine vectors.txt edges.txt -o refined.txt --filter heat --time 2
  graphkit refine vectors.npy edges.txt -o refined.npy --filter none"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.methods.refinement import propagate

    return [
        vectors_argument(),
        argument("graph", graph_input.GRAPH_ARGUMENT),
        *output_options(REQUIRED, "Where to, in any format of `graphkit embed`; - for stdout (word2vec)."),
        *options_of(_signature(), propagate, panel="Propagation"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *, vectors: str, graph: str, output: str, force: bool, progress: str, quiet: bool, **values: Any
) -> None:
    """Propagate vectors on their graph and re-scale their singular values: better vectors for little time."""
    from graphkit.cli.vector_output import write_embedding
    from graphkit.io.vectors import check_vectors_target
    from graphkit.methods.refinement import propagate

    check = functools.partial(check_vectors_target, overwrite=force)
    check_output(output, vectors, check, force=force)
    note = note_for(quiet)
    embedding = load_embedding(vectors)
    with progress_for(progress, quiet=quiet) as report:
        read, _ = graph_input.load(graph, values, note, report)
        began = clock.perf_counter()
        with stage(report, "propagate"):
            try:
                refined = propagate(embedding, read, **values_of(_signature(), values))
            except InputError as error:
                raise InputError(error.message, path=vectors) from None
        seconds = clock.perf_counter() - began
        with stage(report, "write"):
            write_embedding(refined, output, None, force)
    note(f"{in_words(output)}: {refined}, {refined.info['propagated']['filter']}, in {seconds:.2f} s")


def _signature() -> Signature:
    from graphkit.methods.refinement import propagate

    return signature_of(propagate, without=("vectors", "graph"))
