"""Vectors to a file, or to standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from graphkit.cli.outputs import STDOUT

if TYPE_CHECKING:
    from graphkit.embedding import Embedding


def write_embedding(embedding: Embedding, output: str, suffix: str | None, force: bool) -> None:
    """Write an embedding in the format of `suffix`, or of the output's own if that is None."""
    from graphkit.io.vectors import check_finite, write_vectors

    ids, vectors = embedding.node_ids, embedding.vectors
    if output != STDOUT:
        write_vectors(output, ids, vectors, embedding.info, suffix=suffix, overwrite=force)
        return
    from graphkit.io.vectors_word2vec import write_text_rows

    check_finite(ids, vectors)
    write_text_rows(sys.stdout.buffer, ids, vectors, "standard output")
