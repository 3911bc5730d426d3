"""EdgeTable: what every reader hands over, before it becomes a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.graph.relabel import IdColumn


def comments_remark(num_comments: int) -> list[str]:
    """Return what to report of comment lines that were passed over."""
    if not num_comments:
        return []
    return [f"comment lines amid the rows passed over: {num_comments:,}; pass comments='' if they are edges"]


@dataclass
class EdgeTable:
    """Edges as a reader found them.

    Attributes
    ----------
    source, target
        Ids of the two ends, int64 or strings, [num_edges]; rows of `node_ids` if `are_rows`.
    weights
        Any numbers, [num_edges], or None.
    node_ids
        All nodes in the order of their rows, where the format lists them.
    are_rows
        Whether `source` and `target` are rows of `node_ids`.
    directed
        Whether edges have a direction, where the format says so.
    both_directions
        Whether the format lists an undirected edge in both directions.
    bipartite
        Whether the file says that source and target are nodes of two kinds.
    end_names
        What the columns of source and target are called, if anything.
    doubtful_header
        The ids of the first row if it may be a header.
    num_comments
        Comment lines passed over between or behind the rows.
    description
        The format in words, for the report.
    remarks
        More lines for the report.
    fault
        Makes the error for the edge at a position from a message.
    """

    source: IdColumn
    target: IdColumn
    weights: NDArray[Any] | None = None
    node_ids: NodeIds | None = None
    are_rows: bool = False
    directed: bool | None = None
    both_directions: bool = False
    bipartite: bool = False
    end_names: tuple[str, str] | None = None
    doubtful_header: tuple[str, str] | None = None
    num_comments: int = 0
    description: str = ""
    remarks: list[str] = field(default_factory=list)
    fault: Callable[[int, str], InputError] = lambda position, message: InputError(
        f"edge {position}: {message}"
    )
