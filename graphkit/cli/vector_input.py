"""Vectors that a command reads: from a file, or from standard input."""

from __future__ import annotations

import contextlib
import inspect
import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import argument
from graphkit.errors import InputError, UnknownNodeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.arrays import NodeIds, Vectors
    from graphkit.embedding import Embedding

STDIN = "-"


def vectors_argument() -> inspect.Parameter:
    """Return the argument that names the vectors."""
    return argument(
        "vectors", "A file of vectors, as `graphkit embed` writes it; - for stdin (word2vec text)."
    )


def load_embedding(file: str) -> Embedding:
    """Return a file's vectors, or those on standard input."""
    from graphkit.embedding import Embedding

    with _readable(file) as path:
        return Embedding.load(path)


def points_of(file: str) -> tuple[NodeIds, NDArray[Any]]:
    """Return a file's ids and vectors, float64 where `Embedding` would round what tells them apart."""
    from graphkit.graph.node_ids import as_node_ids
    from graphkit.io.vectors import read_vectors

    with _readable(file) as path:
        node_ids, vectors, _ = read_vectors(path)
    try:
        return as_node_ids(node_ids), vectors
    except InputError as error:
        raise InputError(error.message, path=file) from error


def vectors_of(file: str, node_ids: NodeIds) -> Vectors:
    """Return a file's vectors of some nodes, in their order; `InputError` if it lacks one."""
    try:
        return load_embedding(file)[node_ids]
    except UnknownNodeError as error:
        raise InputError(str(error), path=file) from None


@contextlib.contextmanager
def _readable(file: str) -> Iterator[str]:
    """The file; for standard input, which can be read once only, one with what came there."""
    if file != STDIN:
        yield file
        return
    with tempfile.NamedTemporaryFile(suffix=".txt") as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool)
        spool.flush()
        try:
            yield spool.name
        except InputError as error:
            raise InputError(error.message, path="standard input", line=error.line) from None
