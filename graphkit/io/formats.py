"""Which format a file has, which reader it needs, and which options have an effect on it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import NamedTuple

from graphkit.errors import InputError, unknown_choice
from graphkit.io.edge_table import EdgeTable
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions

Reader = Callable[[Source, ReadOptions], EdgeTable]

SAVED = "graphkit"
"""The format of the folder that `Graph.save` writes."""

_BUILDING = {"directed", "duplicates", "self_loops"}
_WEIGHTS = {*_BUILDING, "weights", "bad_weights"}
_TABLE = {*_WEIGHTS, "columns", "nodes", "bipartite"}


class Format(NamedTuple):
    """Where the reader is, and the options that it heeds."""

    module: str
    function: str
    effective: set[str]

    def reader(self) -> Reader:
        """Return the reader, imported now."""
        reader: Reader = getattr(importlib.import_module(f"graphkit.io.{self.module}"), self.function)
        return reader


FORMATS = {
    "text": Format("text", "read_text", {*_TABLE, "delimiter", "decimal", "comments", "id_type"}),
    "matrix": Format(
        "matrix_text", "read_matrix_text", {*_WEIGHTS, "delimiter", "decimal", "comments", "id_type"}
    ),
    "parquet": Format("arrow_tables", "read_parquet", _TABLE),
    "feather": Format("arrow_tables", "read_feather", _TABLE),
    "mtx": Format("matrix_market", "read_matrix_market", _WEIGHTS),
    "npz": Format("npz", "read_npz", _WEIGHTS),
    "mat": Format("mat", "read_mat", {*_WEIGHTS, "mat_network"}),
    "metis": Format("metis", "read_metis", _WEIGHTS),
    "graphml": Format("graphml", "read_graphml", {*_WEIGHTS, "id_type"}),
    "json": Format("json_graphs", "read_json", {*_WEIGHTS, "id_type"}),
    "gexf": Format("networkx_files", "read_gexf", {*_WEIGHTS, "id_type"}),
    "gml": Format("networkx_files", "read_gml", {*_WEIGHTS, "id_type"}),
    "pajek": Format("networkx_files", "read_pajek", {*_WEIGHTS, "id_type"}),
    "adjlist": Format(
        "adjacency", "read_adjacency", {*_BUILDING, "weights", "delimiter", "comments", "id_type"}
    ),
}

MATRIX_MARKET_BANNER = b"%%MatrixMarket"

_SUFFIXES = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".ipc": "feather",
    ".mtx": "mtx",
    ".npz": "npz",
    ".mat": "mat",
    ".metis": "metis",
    ".graph": "metis",
    ".graphml": "graphml",
    ".adjlist": "adjlist",
    ".cyjs": "json",
    ".gexf": "gexf",
    ".gml": "gml",
    ".json": "json",
    ".net": "pajek",
    ".paj": "pajek",
}

_BEGINNINGS = {
    b"PAR1": "parquet",
    b"ARROW1": "feather",
    MATRIX_MARKET_BANNER: "mtx",
    b"MATLAB 5.0": "mat",
    b"MATLAB 7.3": "mat",
}

_MARKS = {
    "graphml": re.compile(rb"\s*<.*<graphml\b", re.DOTALL),
    "gexf": re.compile(rb"\s*<.*<gexf\b", re.DOTALL),
    "gml": re.compile(rb"\s*(#.*\n|(creator|version|comment|label)\b.*\n|\s)*graph\s*\[", re.IGNORECASE),
    "pajek": re.compile(rb"\s*(%.*\s+)*\*(network|vertices)\b", re.IGNORECASE),
    "json": re.compile(rb"\s*(\{\s*\"|\[\s*[\[{\"])"),
}
"""How the text of these formats begins, whatever the file is called."""

_PICKLE = "a Python pickle, which is unsafe to read; save the graph in another format"
_OTHERS = {
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"SQLite format 3": "an SQLite database; export a table as CSV or Parquet",
    b"\x89HDF": "an HDF5 file; export the edges as CSV or Parquet",
    b"\x80\x03": _PICKLE,
    b"\x80\x04": _PICKLE,
    b"\x80\x05": _PICKLE,
}


def check_format(given: str) -> None:
    """Raise `ParameterError` for an unknown format."""
    if not isinstance(given, str) or given not in ("auto", SAVED, *FORMATS):
        raise unknown_choice("format", given, ["auto", *FORMATS, SAVED])


def find_format(source: Source, options: ReadOptions | None = None) -> str:
    """Return the format of a file, by its first bytes, else by its suffix, else text.

    Text is looked at more closely where `options` say how: it may be a matrix.

    Raises
    ------
    InputError
        For a file of a kind that holds no graph, or text that may be edges or a matrix.
    """
    for beginning, name in _BEGINNINGS.items():
        if source.head.startswith(beginning):
            return name
    if source.suffix in _SUFFIXES:
        return _SUFFIXES[source.suffix]
    for beginning, what in _OTHERS.items():
        if source.head.startswith(beginning):
            raise InputError(f"is {what}", source.name)
    found = next((name for name, mark in _MARKS.items() if mark.match(source.head)), "text")
    if found == "text" and options is not None:
        from graphkit.io.matrix_text import is_matrix

        return "matrix" if is_matrix(source, options) else found
    return found
