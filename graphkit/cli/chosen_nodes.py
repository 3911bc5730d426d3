"""The nodes that a command is asked about: typed one by one, or in a file."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import option
from graphkit.cli.streams import Note
from graphkit.cli.typed_ids import typed_ids
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.arrays import NodeIds


def node_options(kind: str, *, otherwise: str, panel: str) -> list[inspect.Parameter]:
    """Return ``--KIND`` and ``--KINDs``; `otherwise` says what stands for neither."""
    return [
        option(
            kind,
            None,
            f"Id of a {kind}; may be given several times.",
            kind=list[str],
            metavar="ID",
            panel=panel,
        ),
        option(
            f"{kind}s",
            None,
            f"File of the ids of the {kind}s, one a line. Default: {otherwise}.",
            kind=str,
            metavar="FILE",
            panel=panel,
        ),
    ]


def refuse_both(flag: str, typed: list[str] | None, file_flag: str, file: str | None) -> None:
    """Raise `ParameterError` if ids are both typed and in a file."""
    if typed and file is not None:
        raise ParameterError(f"{flag} has no effect with {file_flag}: give one of them")


def chosen_nodes(node_ids: NodeIds, typed: list[str] | None, file: str | None, note: Note) -> Any:
    """Return the ids that are typed or in a file, as `node_ids` has them; None for neither."""
    if typed:
        return typed_ids(node_ids, typed)
    if file is None:
        return None
    from graphkit.io.node_lists import read_node_list

    return read_node_list(file, known=node_ids, note=note)
