"""Maps that are there: one to show, one to begin at, one to stand beside another."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import flag_of, option
from graphkit.errors import InputError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.maps import MapFrame

_PREVIOUS_HELP = (
    "An earlier map, to begin at: nodes are found by id, and those whose neighbours are the same stay where "
    "they were. A page shows both maps beside each other."
)


def previous_option() -> inspect.Parameter:
    """Return the option of commands that lay out."""
    return option("previous", None, _PREVIOUS_HELP, kind=str, metavar="FILE", panel="Earlier map")


def check_previous(
    previous: str | None, values: Mapping[str, Any], parameters: Mapping[str, inspect.Parameter]
) -> None:
    """Refuse what is about an earlier map where none is given."""
    if previous is None and "hold" in parameters and values["hold"] != parameters["hold"].default:
        raise ParameterError(f"{flag_of('hold')} has no effect without {flag_of('previous')}")


def read_map(path: str) -> MapFrame:
    """Return a map with its columns, or the positions of a file of vectors."""
    from graphkit.embedding import Embedding
    from graphkit.maps import MapFrame
    from graphkit.maps.frame_file import is_frame

    if Path(path).suffix.lower() == ".parquet" and is_frame(path):
        return MapFrame.load(path)
    embedding = Embedding.load(path)
    dim = embedding.vectors.shape[1]
    if dim not in (2, 3):
        raise InputError(
            f"holds vectors of {dim} dimensions, and a map has 2 or 3; `graphkit map` makes one", path=path
        )
    return MapFrame(embedding.node_ids, embedding.vectors)


def titles_of(first: str, second: str) -> tuple[str, str]:
    """Return names of two files as a page shows them: without folders and suffixes if these differ.

    Examples
    --------
    >>> titles_of("maps/monday.csv", "maps/tuesday.csv"), titles_of("monday/map.csv", "tuesday/map.csv")
    (('monday', 'tuesday'), ('monday/map.csv', 'tuesday/map.csv'))
    >>> titles_of("edges.txt", "edges.txt")
    ('before', 'after')
    """
    for name in (name_of, str):
        titles = name(first), name(second)
        if titles[0] != titles[1]:
            return titles
    return "before", "after"


def name_of(source: str) -> str:
    """Return a file's name without folders and suffixes, or what stands behind ``dataset:``.

    Examples
    --------
    >>> name_of("data/les.txt.gz"), name_of("dataset:wordnet"), name_of("-")
    ('les', 'wordnet', 'Map')
    """
    name = source.rpartition(":")[2] if source.startswith("dataset:") else Path(source).name.split(".")[0]
    return name.strip("-") or "Map"
