"""The catalogue: one TOML file a data set, read into an `Entry`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from graphkit.errors import unknown_choice

CATALOGUE = Path(__file__).parent / "catalogue"


@dataclass(frozen=True)
class DataFile:
    """A file of a data set.

    Attributes
    ----------
    name
        Its name in the folder that holds it.
    sha256
        Digest of its bytes, 64 hexadecimal digits.
    address
        Where the very same bytes can be downloaded; None where no such place is known.
    """

    name: str
    sha256: str
    address: str | None = None


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of a data set, before anything is read.

    Attributes
    ----------
    name
        As `graphkit.datasets.load` takes it.
    description, source, licence
        One line each: what it is, who made it, on what terms it may be used.
    num_nodes, num_edges, num_self_loops
        Of the graph, undirected edges and self-loops counted once; self-loops are edges too.
    num_labels, num_assignments
        Distinct labels, and labels summed over the nodes; 0 without labels.
    directed, weighted
        Whether edges have a direction, a weight.
    graph, labels, nodes
        The files of edges and of labels, and the one that lists all nodes in the order of their rows;
        `labels` and `nodes` may be None.
    files
        All files needed.
    """

    name: str
    description: str
    source: str
    licence: str
    num_nodes: int
    num_edges: int
    graph: str
    files: tuple[DataFile, ...]
    num_self_loops: int = 0
    num_labels: int = 0
    num_assignments: int = 0
    directed: bool = False
    weighted: bool = False
    labels: str | None = None
    nodes: str | None = None


def available() -> list[str]:
    """Return the names that `graphkit.datasets.load` knows, in alphabetical order.

    Examples
    --------
    >>> "wordnet" in available()
    True
    """
    return sorted(path.stem for path in CATALOGUE.glob("*.toml"))


def read_entry(name: str) -> Entry:
    """Return what the catalogue says of the data set `name`.

    Raises
    ------
    ParameterError
        For an unknown name.

    Examples
    --------
    >>> entry = read_entry("wordnet")
    >>> entry.num_nodes, entry.num_labels
    (117659, 45)
    """
    if name not in available():
        raise unknown_choice("data set", str(name), available())
    with (CATALOGUE / f"{name}.toml").open("rb") as file:
        fields = tomllib.load(file)
    fields["files"] = tuple(DataFile(**file) for file in fields["files"])
    return Entry(name=name, **fields)
