"""Graphs of networkx and igraph."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.options import ReadOptions
from graphkit.node_ids import as_node_ids

_USUAL_ATTRIBUTE = "weight"


def from_networkx(graph: Any, options: ReadOptions) -> EdgeTable:
    """Take a networkx graph of any kind; isolated nodes keep their row, parallel edges are repeated ones."""
    nodes = list(graph.nodes)
    row = {node: place for place, node in enumerate(nodes)}
    edges = list(graph.edges(data=True))
    attribute = _attribute(options, {name for *_, data in edges for name in data})
    return EdgeTable(
        np.array([row[source] for source, _, _ in edges], np.int32),
        np.array([row[target] for _, target, _ in edges], np.int32),
        None
        if attribute is None
        else _numbers(attribute, [data.get(attribute) for *_, data in edges], edges),
        node_ids=as_node_ids(nodes),
        are_rows=True,
        directed=bool(graph.is_directed()),
        description="networkx graph",
        fault=lambda position, message: InputError(f"edge {edges[position][:2]}: {message}"),
    )


def from_igraph(graph: Any, options: ReadOptions) -> EdgeTable:
    """Take an igraph graph; ids are the vertex attribute ``name`` if there is one, else 0 .. n - 1."""
    ends = np.array(graph.get_edgelist(), np.int32).reshape(-1, 2)
    attribute = _attribute(options, set(graph.es.attributes()))
    named = "name" in graph.vs.attributes()
    return EdgeTable(
        ends[:, 0],
        ends[:, 1],
        None if attribute is None else _numbers(attribute, graph.es[attribute], ends.tolist()),
        node_ids=as_node_ids(graph.vs["name"]) if named else np.arange(graph.vcount()),
        are_rows=True,
        directed=bool(graph.is_directed()),
        description="igraph graph",
        fault=lambda position, message: InputError(f"edge {tuple(ends[position].tolist())}: {message}"),
    )


def _attribute(options: ReadOptions, held: set[str]) -> str | None:
    """The edge attribute that is the weight."""
    if options.weights is None:
        return None
    if options.weights == "auto":
        return _USUAL_ATTRIBUTE if _USUAL_ATTRIBUTE in held else None
    if options.weights not in held:
        have = ", ".join(sorted(map(str, held))) or "none"
        raise InputError(f"no edge attribute is called {options.weights!r} (weights); there are: {have}")
    return str(options.weights)


def _numbers(attribute: str, values: list[Any], edges: list[Any]) -> Any:
    """The attribute's values as numbers; an edge without one has no weight, rather than 1."""
    for position, value in enumerate(values):
        if isinstance(value, bool) or not (value is None or isinstance(value, (int, float, np.number))):
            raise InputError(
                f"edge {tuple(edges[position][:2])} has {value!r} as {attribute!r}; expected a number"
            )
    return np.array([np.nan if value is None else value for value in values], np.float64)
