"""The ids of two columns: of one kind of nodes or of two, or names in the first row."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from graphkit.arrays import Rows
from graphkit.files.arrow_numbers import to_arrow
from graphkit.graph.node_ids import STRING
from graphkit.io.columns import usual_ends
from graphkit.io.edge_table import EdgeTable

if TYPE_CHECKING:
    import pyarrow

    from graphkit.graph.relabel import IdColumn

_BLOCK_EDGES = 1 << 19

_UNNAMED = ("source", "target")

_SOME = 1 / 3


def tell_apart(table: EdgeTable) -> None:
    """Make ids of different columns different, as strings: 1 and 1 become account:1 and merchant:1.

    Examples
    --------
    >>> table = EdgeTable(np.array([1]), np.array([1]), end_names=("account", "merchant"))
    >>> tell_apart(table)
    >>> table.source.to_pylist(), table.target.to_pylist()
    (['account:1'], ['merchant:1'])
    """
    source, target = table.end_names or _UNNAMED
    table.source, table.target = _prefixed(table.source, source), _prefixed(table.target, target)
    table.remarks.append(apart_remark(table.end_names))


def apart_remark(end_names: tuple[str, str] | None) -> str:
    """Return what to report of ids that were told apart."""
    source, target = end_names or _UNNAMED
    return f"bipartite: ids begin with {source}: and {target}:"


def shared_remark(
    source: Rows, target: Rows, num_nodes: int, end_names: tuple[str, str] | None
) -> str | None:
    """Return what to report of ids that both columns hold; None where they are no reason to doubt.

    Columns whose names are of one kind, such as source and target, may share as many as they like. Columns
    without names are expected to share more than a third of the ids of one: nodes of one kind do, unless
    they have hardly more than an edge each.
    """
    if not len(source):
        return None
    is_usual = end_names is not None and _of_one_kind(*end_names)
    seen = np.zeros((2, num_nodes), np.bool_)
    num_shared = 0
    for start in range(0, len(source), _BLOCK_EDGES):
        seen[0, source[start : start + _BLOCK_EDGES]] = True
        seen[1, target[start : start + _BLOCK_EDGES]] = True
        num_shared = int(np.count_nonzero(seen[0] & seen[1]))
        # The rest changes nothing any more.
        if (is_usual and num_shared) or 2 * num_shared > num_nodes:
            break
    if num_shared == 0:
        return "ids in both columns: none"
    share = num_shared / np.count_nonzero(seen, axis=1).min()
    if is_usual or (end_names is None and share > _SOME):
        return None
    word = "most" if share > 0.5 else f"some, {100 * share:.2g} %"
    return f"ids in both columns: {word}, taken as the same nodes; pass bipartite=True if they are not"


def _of_one_kind(*names: str) -> bool:
    """Whether names are usual for two nodes of one kind, or are but for what they share.

    Examples
    --------
    >>> _of_one_kind("from_address", "to_address"), _of_one_kind("protein1", "protein2")
    (True, True)
    >>> _of_one_kind("account", "merchant")
    False
    """
    backwards = _where_they_part([name[::-1] for name in _where_they_part(names)])
    rests = [name[::-1] for name in backwards]
    return bool(usual_ends(names) or usual_ends(rests)) or max(map(len, rests)) <= 1


def _where_they_part(names: Sequence[str]) -> list[str]:
    """Names from the first letter on in which they differ."""
    same = sum(1 for _ in itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names)))
    return [name[same:] for name in names]


def header_remark(source: Rows, target: Rows, doubtful: tuple[str, str] | None) -> str | None:
    """Return what to report of a first row that may be a header, its ids standing nowhere else."""
    if doubtful is None or not len(source):
        return None
    for row in (source[0], target[0]):
        if (source[1:] == row).any() or (target[1:] == row).any():
            return None
    names = " and ".join(map(repr, doubtful))
    return f"no header found; pass columns=NAME,NAME if {names} in the first row are names of columns"


def _prefixed(ids: IdColumn, name: str) -> pyarrow.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(ids, np.ndarray):
        is_text = ids.dtype == STRING or ids.dtype.kind not in "iu"
        ids = pa.chunked_array([pa.array(ids.tolist(), pa.large_string()) if is_text else to_arrow(ids)])
    text = pa.large_string()
    parts = pa.scalar(name, text), ids.cast(text), pa.scalar(":", text)
    return pc.binary_join_element_wise(*parts)
