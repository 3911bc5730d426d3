"""Vectors of nodes that something else names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, UnknownNodeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.arrays import NodeIds, Vectors


def points_of(file: str) -> tuple[NodeIds, NDArray[Any]]:
    """Return a file's ids and vectors, float64 where `Embedding` would round what tells them apart."""
    from graphkit.graph.node_ids import as_node_ids
    from graphkit.io.vectors import read_vectors

    node_ids, vectors, _ = read_vectors(file)
    try:
        return as_node_ids(node_ids), vectors
    except InputError as error:
        raise InputError(error.message, path=file) from error


def vectors_of(file: str, node_ids: NodeIds) -> Vectors:
    """Return a file's vectors of some nodes, in their order; `InputError` if it lacks one."""
    from graphkit.embedding import Embedding

    try:
        return Embedding.load(file)[node_ids]
    except UnknownNodeError as error:
        raise InputError(str(error), path=file) from None
