"""Vectors of nodes that something else names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError, UnknownNodeError

if TYPE_CHECKING:
    from graphkit.arrays import NodeIds, Vectors


def vectors_of(file: str, node_ids: NodeIds) -> Vectors:
    """Return a file's vectors of some nodes, in their order; `InputError` if it lacks one."""
    from graphkit.embedding import Embedding

    try:
        return Embedding.load(file)[node_ids]
    except UnknownNodeError as error:
        raise InputError(str(error), path=file) from None
