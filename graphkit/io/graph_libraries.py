"""Graphs of networkx and igraph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.graph.node_ids import as_node_ids
from graphkit.io.edge_table import EdgeTable
from graphkit.io.options import ReadOptions

_USUAL_ATTRIBUTES = ("weight",)


def from_networkx(
    graph: Any,
    options: ReadOptions,
    usual: Sequence[str] = _USUAL_ATTRIBUTES,
    ids_of: Callable[[list[Any]], NodeIds] = as_node_ids,
) -> EdgeTable:
    """Take a networkx graph of any kind; isolated nodes keep their row, parallel edges are repeated ones.

    `usual` are the names of an attribute that is the weight; `ids_of` makes node ids of the nodes.
    """
    nodes = list(graph.nodes)
    row = {node: place for place, node in enumerate(nodes)}
    edges = list(graph.edges(data=True))
    attribute = weight_attribute(options, {name for *_, data in edges for name in data}, usual)
    return EdgeTable(
        np.array([row[source] for source, _, _ in edges], np.int32),
        np.array([row[target] for _, target, _ in edges], np.int32),
        None
        if attribute is None
        else attribute_values(attribute, [data.get(attribute) for *_, data in edges], edges),
        node_ids=ids_of(nodes),
        are_rows=True,
        directed=bool(graph.is_directed()),
        description="networkx graph",
        remarks=[] if attribute is None else [f"weight: edge attribute {attribute!r}"],
        fault=lambda position, message: InputError(f"edge {edges[position][:2]}: {message}"),
    )


def from_igraph(graph: Any, options: ReadOptions) -> EdgeTable:
    """Take an igraph graph; ids are the vertex attribute ``name`` if there is one, else 0 .. n - 1."""
    ends = np.array(graph.get_edgelist(), np.int32).reshape(-1, 2)
    attribute = weight_attribute(options, set(graph.es.attributes()))
    named = "name" in graph.vs.attributes()
    return EdgeTable(
        ends[:, 0],
        ends[:, 1],
        None if attribute is None else attribute_values(attribute, graph.es[attribute], ends.tolist()),
        node_ids=as_node_ids(graph.vs["name"]) if named else np.arange(graph.vcount()),
        are_rows=True,
        directed=bool(graph.is_directed()),
        description="igraph graph",
        fault=lambda position, message: InputError(f"edge {tuple(ends[position].tolist())}: {message}"),
    )


def weight_attribute(
    options: ReadOptions, held: set[str], usual: Sequence[str] = _USUAL_ATTRIBUTES
) -> str | None:
    """Return the edge attribute that is the weight: what was asked for, else one with a usual name."""
    if options.weights is None:
        return None
    if options.weights == "auto":
        return next((name for name in usual if name in held), None)
    if options.weights not in held:
        have = ", ".join(sorted(map(str, held))) or "none"
        raise InputError(f"no edge attribute is called {options.weights!r} (weights); there are: {have}")
    return str(options.weights)


def attribute_values(attribute: str, values: list[Any], edges: list[Any]) -> Any:
    """Return the attribute's values as numbers; an edge without one has no weight, rather than 1."""
    for position, value in enumerate(values):
        if isinstance(value, bool) or not (value is None or isinstance(value, (int, float, np.number))):
            raise InputError(
                f"edge {tuple(edges[position][:2])} has {value!r} as {attribute!r}; expected a number"
            )
    return np.array([np.nan if value is None else value for value in values], np.float64)
