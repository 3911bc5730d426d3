"""``graphkit map``: from vectors to a map, positions in two or three dimensions."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from graphkit.cli.outputs import check_output, in_words, output_options
from graphkit.cli.parameters import REQUIRED, argument
from graphkit.cli.signature_options import options_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options, stage

EPILOG = """Examples:
  graphkit map vectors.parquet -o map.csv
  graphkit map vectors.txt --metric cosine --perplexity 30 -o map.parquet

A row of the result is an id and its position."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.methods.largevis import LargeVis

    return [
        argument("vectors", "A file of vectors, as `graphkit embed` writes it."),
        *output_options(REQUIRED, "Where to: .parquet, .csv, .tsv, .npz, .npy or .txt."),
        *options_of(LargeVis.parameters(), LargeVis, panel="LargeVis"),
        *running_options(),
    ]


def run(*, vectors: str, output: str, force: bool, progress: str, quiet: bool, **values: Any) -> None:
    """Lay out vectors: write a position for each, near those of its nearest neighbours."""
    from graphkit.embedding import Embedding
    from graphkit.io.vectors import check_vectors_target
    from graphkit.methods.largevis import LargeVis

    method = LargeVis(**values_of(LargeVis.parameters(), values))
    method.estimate(1, 1)
    check = functools.partial(check_vectors_target, overwrite=force)
    check_output(output, vectors, check, force=force, stdout=False)
    with progress_for(progress, quiet=quiet) as report:
        with stage(report, "read"):
            embedding = Embedding.load(vectors)
        positions = method.embed_vectors(embedding, progress=report)
        with stage(report, "write"):
            positions.save(output, overwrite=force)
        note_for(quiet)(f"{in_words(output)}: {positions} in {positions.info['seconds']:.2f} s")
