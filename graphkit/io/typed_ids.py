"""Ids of nodes that a file lists: whole numbers or strings, as asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.graph.node_ids import STRING, as_node_ids
from graphkit.io.rows import RowError, integer_id
from graphkit.io.sniff import ids_are_text


def ids_of_file(ids: Sequence[Any], id_type: str, *, text_is_text: bool = False) -> NodeIds:
    """Return unique ids as an array.

    Parameters
    ----------
    ids
        Whole numbers or strings.
    id_type
        ``"int"``, ``"string"`` or ``"auto"``: strings that are all whole numbers become numbers.
    text_is_text
        Whether the format tells strings from numbers, so that ``"auto"`` leaves them alone.

    Raises
    ------
    InputError
        For ids of both kinds, which ``id_type='string'`` takes as text; repeated ones; or no numbers.
    """
    kinds = {isinstance(node_id, str) for node_id in ids}
    if id_type == "string":
        return as_node_ids([str(node_id) for node_id in ids])
    if len(kinds) > 1 and id_type == "auto":
        raise InputError("some ids are numbers, others are text; pass id_type='string' to take all as text")
    if True not in kinds or (id_type == "auto" and text_is_text):
        return as_node_ids(ids)
    texts = [str(node_id) for node_id in ids]
    if ids_are_text(texts, id_type, "", 0):
        return as_node_ids(np.array(texts, STRING))
    try:
        return as_node_ids([integer_id(text, "node", strict=id_type == "auto") for text in texts])
    except RowError as error:
        raise InputError(error.message) from None
