"""Any file → Graph."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graphkit.arrays import NodeIds
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import DATASET, PathLike, check_path
from graphkit.graph.graph import Graph
from graphkit.graph.node_ids import as_node_ids
from graphkit.graph.storage import is_graph_folder
from graphkit.io.assemble import assemble
from graphkit.io.formats import FORMATS, SAVED, check_format, find_format
from graphkit.io.memory import check_memory
from graphkit.io.node_lists import read_node_list
from graphkit.io.opening import Source
from graphkit.io.options import Column, ReadOptions
from graphkit.io.report import LoadedGraph, LoadReport
from graphkit.io.text_table import COMMENTS, Note


def read_graph(
    path: PathLike,
    *,
    format: str = "auto",
    directed: bool | None = None,
    weights: Column | None = "auto",
    columns: tuple[Column, Column] | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    comments: str = "#%",
    id_type: str = "auto",
    nodes: PathLike | Iterable[Any] | None = None,
    bipartite: bool | None = None,
    duplicates: str | None = None,
    self_loops: str = "keep",
    bad_weights: str = "error",
    mat_network: str = "network",
) -> Graph:
    r"""Read a graph from a file of any format.

    Parameters
    ----------
    path
        The file; ``"-"`` for standard input; or the folder of a saved graph. Compression (gzip, bz2, xz,
        zstd) is recognised.
    format
        ``"text"`` (edge list, CSV), ``"matrix"`` (adjacency matrix as text), ``"parquet"``, ``"feather"``,
        ``"mtx"``, ``"npz"``, ``"mat"``, ``"metis"``, ``"graphml"``, ``"json"`` (node-link, Cytoscape),
        ``"adjlist"`` or ``"graphkit"``; ``"gexf"``, ``"gml"`` and ``"pajek"`` where networkx is installed;
        ``"auto"`` finds out.
    directed
        Whether edges have a direction; None for what the file says, undirected where it says nothing.
    weights
        The column or edge attribute of the weights, by name or by number from 1; None for none.
        ``"auto"`` takes one with a usual name, else a third column of numbers, unless they look like
        times.
    columns
        The columns of source and target, by name or by number from 1; None for those with usual names
        (source and target, src and dst, from and to, ...), else the first two.
    delimiter
        The character between columns; a space stands for any number of spaces and tabs. None finds out.
    decimal
        The decimal point of weights in text, ``"."`` or ``","``; None finds out, and asks where 1,234 may be
        a thousand and more.
    comments
        Lines that begin with one of these characters are passed over; those between rows are counted in the
        report.
    id_type
        ``"int"``, ``"string"`` or ``"auto"``: whole numbers if the first ids of the file are.
    nodes
        All nodes in the order of their rows, as ids or as a file for `read_node_list`; nodes without an
        edge keep their row. None for the nodes that edges name: numbers ascending, strings by first
        appearance.
    bipartite
        Whether source and target are nodes of two kinds, so that 1 in one column is not 1 in the other. Ids
        then are strings that begin with the column's name, ``account:1`` and ``merchant:1``, without a header
        ``source:1`` and ``target:1``. None for what the file says (KONECT's ``% bip``), else no.
    duplicates
        What to do with repeated edges: ``"sum"``, ``"max"`` or ``"first"`` of the weights, or
        ``"error"``. None sums weights; without weights a repeated edge is the same edge again. A matrix read
        as undirected has two entries for an edge: where they differ, None takes their mean.
    self_loops
        ``"keep"`` or ``"drop"``.
    bad_weights
        What to do with weights that are missing, NaN, infinite, zero or negative: ``"error"``; ``"drop"``
        the edge; ``"abs"`` takes the absolute value and drops zeros. In text NA and null are missing too.
    mat_network
        The variable of a MATLAB file that holds the adjacency matrix.

    Returns
    -------
    Graph

    Raises
    ------
    InputError
        For anything in the file that is not as it should be, with the line.
    ParameterError
        For an unknown choice, or an option that has no effect on the format.

    See Also
    --------
    load_graph : the same, with a report of what was found.
    as_graph : from objects in memory.

    Notes
    -----
    A first line of counts (``n m`` or ``n n m``) is recognised by being true. A quote within a CSV field
    is doubled. Text is UTF-8. Reading uses all cores. A saved graph is read once, against its digests, since
    a damaged one would be walked out of its arrays; `Graph.open` leaves that out.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "edges.csv"
    >>> _ = path.write_text("source,target,weight\nann,bob,2\nbob,eve,0.5\n")
    >>> read_graph(path)
    Graph(3 nodes, 2 edges, undirected, weighted)
    """
    return load_graph(
        path,
        format=format,
        directed=directed,
        weights=weights,
        columns=columns,
        delimiter=delimiter,
        decimal=decimal,
        comments=comments,
        id_type=id_type,
        nodes=nodes,
        bipartite=bipartite,
        duplicates=duplicates,
        self_loops=self_loops,
        bad_weights=bad_weights,
        mat_network=mat_network,
    ).graph


def load_graph(path: PathLike, *, format: str = "auto", **options: Any) -> LoadedGraph:
    r"""Read a graph from a file of any format, and report what was found and done.

    Parameters
    ----------
    path, format, **options
        As `read_graph` takes them.

    Returns
    -------
    LoadedGraph
        ``.graph`` and ``.report``; ``str(report)`` is a summary of a few lines.

    Raises
    ------
    InputError, ParameterError
        As `read_graph`.

    Examples
    --------
    >>> import os, pathlib, tempfile
    >>> os.chdir(tempfile.mkdtemp())
    >>> _ = pathlib.Path("edges.txt").write_text("# a comment\n1 2\n2 3\n3 3\n")
    >>> print(load_graph("edges.txt").report)
    edges.txt: text, columns separated by blanks
      no header
      rows: 3
      self-loops: 1 kept
      graph: 3 nodes (ids 1 to 3), 3 edges, undirected, unweighted
    """
    _check_path(path)
    chosen = ReadOptions(**options)
    check_format(format)
    if format == SAVED or (format == "auto" and is_graph_folder(path)):
        return _open_saved(path, chosen)
    source = Source(path)
    name = find_format(source, chosen) if format == "auto" else format
    chosen.check_effects(name, FORMATS[name].effective)
    check_memory(source, name)
    remarks: list[str] = []
    nodes = None if chosen.nodes is None else listed_nodes(chosen.nodes, chosen.comments, remarks.append)
    try:
        table = FORMATS[name].reader()(source, chosen)
        table.remarks += remarks
        return assemble(table, chosen, nodes, source.name, source.compression)
    except MemoryError:
        raise InputError("needs more memory than there is; see estimate_memory", source.name) from None


def _check_path(path: Any) -> None:
    """Refuse what is no path, and the command line's name of a data set."""
    check_path(path, "; as_graph takes objects")
    if str(path).startswith(DATASET) and not Path(path).exists():
        name = str(path).removeprefix(DATASET)
        raise InputError(f"is a data set, no file; load it by graphkit.datasets.load({name!r}).graph", path)


def listed_nodes(
    nodes: PathLike | Iterable[Any], comments: str = COMMENTS, note: Note | None = None
) -> NodeIds:
    """Return the ids of a list of nodes, given as ids or as a file, of which `note` is told."""
    if isinstance(nodes, (str, os.PathLike)):
        return read_node_list(nodes, comments=comments, note=note)
    return as_node_ids(nodes)


def _open_saved(path: PathLike, options: ReadOptions) -> LoadedGraph:
    options.check_effects(SAVED, {"directed"})
    graph = Graph.open(path, verify=True)
    if options.directed is not None and options.directed != graph.directed:
        kinds = ("directed", "undirected") if graph.directed else ("undirected", "directed")
        raise ParameterError(
            f"the saved graph is {kinds[0]} and cannot be opened as {kinds[1]}; read its edges again"
        )
    return LoadedGraph(graph, LoadReport(graph=graph, origin=str(path), format="saved graph"))
