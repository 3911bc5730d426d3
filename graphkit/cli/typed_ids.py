"""Node ids as they are typed: text that may mean whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError

if TYPE_CHECKING:
    from graphkit.arrays import NodeIds


def typed_ids(node_ids: NodeIds, texts: Iterable[str]) -> list[Any]:
    """Return the ids of texts as `node_ids` has them: whole numbers or strings.

    Examples
    --------
    >>> import numpy as np
    >>> typed_ids(np.array([7, 8]), ["8"])
    [8]
    """
    if node_ids.dtype.kind != "i":
        return list(texts)
    return [_number(text) for text in texts]


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(f"the ids of this file are whole numbers, got {text!r}") from None
