"""Any object that is a graph → Graph."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from graphkit.checks import kind_of
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import PathLike
from graphkit.graph.graph import Graph
from graphkit.io.assemble import assemble
from graphkit.io.edge_table import EdgeTable
from graphkit.io.options import Column, ReadOptions
from graphkit.io.read import listed_nodes, load_graph

Taker = Callable[[Any, ReadOptions], EdgeTable]

_COMMON = {"directed", "nodes", "duplicates", "self_loops", "bad_weights"}

_LIBRARIES = {"networkx", "igraph", "torch_geometric", "torch", "scipy", "pandas"}

_ACCEPTED = (
    "a path, pairs of ids, (source, target) or (source, target, weights), a table of pandas, Polars or "
    "PyArrow, a graph of networkx, igraph or PyTorch Geometric, an edge_index, a SciPy sparse matrix, "
    "or a Graph"
)


def as_graph(
    x: Any,
    *,
    directed: bool | None = None,
    weights: Column | None = "auto",
    columns: tuple[Column, Column] | None = None,
    nodes: PathLike | Iterable[Any] | None = None,
    bipartite: bool | None = None,
    duplicates: str | None = None,
    self_loops: str = "keep",
    bad_weights: str = "error",
) -> Graph:
    """Make a graph of whatever holds one.

    Parameters
    ----------
    x
        A path (see `read_graph`); an integer array [num_edges, 2] or [2, num_edges], or a list of pairs; a
        tuple (source, target) or (source, target, weights) of columns; a table of pandas, Polars, PyArrow
        or anything else that speaks Arrow; a networkx or igraph graph; a PyTorch Geometric ``Data`` or an
        ``edge_index``; a square SciPy sparse matrix; a `Graph`, returned as it is.
    directed
        Whether edges have a direction; None for what the object says, undirected where it says nothing.
    weights
        The column or edge attribute of the weights; None for none. ``"auto"``: of a table as in
        `read_graph`; of networkx and igraph the attribute ``weight``, if there is one; of a sparse
        matrix the entries, unless all are 1; of ``Data`` ``edge_weight``.
    columns
        The columns of source and target of a table, by name or by number from 1.
    nodes, bipartite, duplicates, self_loops, bad_weights
        As in `read_graph`; `bipartite` of pairs, columns and tables.

    Returns
    -------
    Graph

    Raises
    ------
    InputError
        If the object is of no known kind or holds something that is no edge.
    ParameterError
        For an option that has no effect on this kind of object.

    Notes
    -----
    None of the libraries is imported: an object is recognised by the module of its type.

    Examples
    --------
    >>> as_graph([(0, 1), (1, 2)])
    Graph(3 nodes, 2 edges, undirected, unweighted)
    >>> as_graph((["a", "b"], ["b", "c"], [1.0, 2.5]), directed=True)
    Graph(3 nodes, 2 edges, directed, weighted)
    """
    given: dict[str, Any] = {
        "directed": directed,
        "weights": weights,
        "columns": columns,
        "nodes": nodes,
        "bipartite": bipartite,
        "duplicates": duplicates,
        "self_loops": self_loops,
        "bad_weights": bad_weights,
    }
    if isinstance(x, (str, os.PathLike)):
        return load_graph(x, **given).graph
    options = ReadOptions(**given)
    if isinstance(x, Graph):
        options.check_effects("Graph", set())
        return x
    kind, take, effective = _taker(x)
    options.check_effects(kind, _COMMON | effective)
    listed = None if nodes is None else listed_nodes(nodes)
    return assemble(take(x, options), options, listed, kind).graph


def _taker(x: Any) -> tuple[str, Taker, set[str]]:
    """(kind of object, what takes its edges, options that have an effect besides the common ones)."""
    library = _library(x)
    if library == "networkx":
        from graphkit.io.graph_libraries import from_networkx

        return "networkx graph", from_networkx, {"weights"}
    if library == "igraph":
        from graphkit.io.graph_libraries import from_igraph

        return "igraph graph", from_igraph, {"weights"}
    if library == "torch_geometric":
        from graphkit.io.tensors import from_data

        return "PyTorch Geometric Data", from_data, {"weights"}
    if library == "torch":
        from graphkit.io.tensors import from_tensor

        return "tensor", from_tensor, set()
    if library == "scipy" and hasattr(x, "tocoo"):
        from graphkit.io.sparse import take_matrix

        return "SciPy sparse matrix", take_matrix, {"weights"}
    if hasattr(x, "__arrow_c_stream__") or library == "pandas":
        return f"{library} table", _from_table, {"weights", "columns", "bipartite"}
    if isinstance(x, (np.ndarray, list, tuple)):
        return "edges", _from_pairs, {"bipartite", "weights"} if _has_weights(x) else {"bipartite"}
    raise InputError(f"cannot make a graph of {kind_of(x)}; give {_ACCEPTED}")


def _library(x: Any) -> str:
    """The library that an object's type comes from, or the type that it is derived from, as of ``Batch``."""
    libraries = [kind.__module__.partition(".")[0] for kind in type(x).__mro__]
    return next((library for library in libraries if library in _LIBRARIES), libraries[0])


def _from_table(x: Any, options: ReadOptions) -> EdgeTable:
    import pyarrow as pa

    from graphkit.io.arrow_tables import from_table

    library = _library(x)
    try:
        table = pa.Table.from_pandas(x, preserve_index=False) if library == "pandas" else pa.table(x)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(
            f"a column holds values of several kinds ({error.args[0]}); give ids as strings, for instance by "
            ".astype(str), and leave out columns that are not needed"
        ) from None
    return from_table(table, options, f"{library} table")


def _has_weights(x: Any) -> bool:
    return isinstance(x, tuple) and len(x) == 3 and all(np.ndim(column) == 1 for column in x)


def _from_pairs(x: Any, options: ReadOptions) -> EdgeTable:
    from graphkit.graph.edges import edge_columns

    values = None
    if _has_weights(x):
        if options.weights not in ("auto", None):
            raise ParameterError(
                f"weights must be 'auto' or None for a tuple of columns, got {options.weights!r}"
            )
        *ends, values = x
        source, target = edge_columns(tuple(ends))
        values = None if options.weights is None else _weight_column(values, len(source))
    elif isinstance(x, np.ndarray) and x.ndim == 2 and x.shape[0] == 2 and x.shape[1] != 2:
        source, target = edge_columns((x[0], x[1]))
    else:
        source, target = edge_columns(x)
    return EdgeTable(source, target, values, description="edges")


def _weight_column(values: Any, num_edges: int) -> Any:
    weights = np.asarray(values)
    if weights.dtype == object and None in values:
        weights = np.array([np.nan if value is None else value for value in values])
    if len(weights) != num_edges or weights.dtype.kind not in "fiu":
        raise InputError(
            f"weights must be {num_edges} numbers, one an edge; got {len(weights)} of type {weights.dtype}"
        )
    return weights
