"""Graphs as JSON: node-link, as networkx and D3 have it, Cytoscape's, and the JSON Graph Format."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np

from graphkit.arrays import Rows
from graphkit.errors import InputError
from graphkit.io.columns import WEIGHTS
from graphkit.io.edge_table import EdgeTable
from graphkit.io.graph_libraries import attribute_values, weight_attribute
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.typed_ids import ids_of_file

_KINDS = (
    "expected nodes with links or edges, as networkx.node_link_data, D3 and the JSON Graph Format have them, "
    "or elements, as Cytoscape has them"
)

Record = dict[str, Any]


class _Content(NamedTuple):
    nodes: list[Record]
    edges: list[Record]
    directed: bool | None
    description: str


def read_json(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a graph from JSON; nodes without an edge keep their row, the weight is an attribute of edges."""
    try:
        content = _content(_parsed(source))
        ends = _ends(content)
        attribute = weight_attribute(options, {name for edge in content.edges for name in edge}, WEIGHTS)
        values = [edge.get(str(attribute)) for edge in content.edges]
        weights = (
            None if attribute is None else attribute_values(attribute, values, [*map(_pair, content.edges)])
        )
        node_ids = ids_of_file(_node_ids(content), options.id_type, text_is_text=True)
    except InputError as error:
        raise InputError(error.message, source.name) from None
    return EdgeTable(
        ends[0],
        ends[1],
        weights,
        node_ids=node_ids,
        are_rows=True,
        directed=content.directed,
        description=content.description,
        remarks=[] if attribute is None else [f"weight: edge attribute {attribute!r}"],
        fault=lambda position, message: InputError(
            f"edge {_pair(content.edges[position])}: {message}", source.name
        ),
    )


def _parsed(source: Source) -> Any:
    try:
        with source.open() as stream:
            return json.loads(stream.read().decode("utf-8-sig"))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"is no JSON that can be read as a whole: {error}") from None


def _content(data: Any) -> _Content:
    if isinstance(data, dict) and "nodes" not in data and isinstance(data.get("graph"), dict):
        data = data["graph"]
    if not isinstance(data, dict):
        raise InputError(f"holds no graph in a form that is known; {_KINDS}")
    if "elements" in data:
        return _cytoscape(data)
    nodes, edges = data.get("nodes"), data.get("links", data.get("edges"))
    if isinstance(nodes, dict):
        nodes = [{**(node if isinstance(node, dict) else {}), "id": key} for key, node in nodes.items()]
    if nodes is None or edges is None:
        raise InputError(f"holds {', '.join(data) or 'nothing'}; {_KINDS}")
    return _Content(_records(nodes, "nodes"), _records(edges, "edges"), _directed(data), "JSON, node-link")


def _cytoscape(data: Record) -> _Content:
    elements = data["elements"]
    if isinstance(elements, list):
        groups: dict[bool, list[Any]] = {True: [], False: []}
        for element in _records(elements, "elements"):
            groups["source" in _data(element)].append(element)
        elements = {"nodes": groups[False], "edges": groups[True]}
    if not isinstance(elements, dict):
        raise InputError(f"holds elements of no kind that is known; {_KINDS}")
    nodes = [_data(element) for element in _records(elements.get("nodes", []), "nodes")]
    edges = [_data(element) for element in _records(elements.get("edges", []), "edges")]
    return _Content(nodes, edges, _directed(data), "JSON, Cytoscape")


def _data(element: Record) -> Record:
    found = element.get("data")
    if not isinstance(found, dict):
        raise InputError(f"an element of Cytoscape's has no data: {str(element)[:60]}")
    return found


def _records(values: Any, name: str) -> list[Record]:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise InputError(f"the {name} must be a list of objects; {_KINDS}")
    return values


def _directed(data: Record) -> bool | None:
    return data["directed"] if isinstance(data.get("directed"), bool) else None


def _node_ids(content: _Content) -> list[Any]:
    """The ids of nodes; their places where they have none, as networkx has it."""
    # networkx writes ids as text for Cytoscape, and what they were as value.
    for name in ("value", "id"):
        if all(_is_id(node.get(name)) for node in content.nodes) and (
            name == "id" or all(str(node[name]) == node.get("id") for node in content.nodes)
        ):
            return [node[name] for node in content.nodes]
    if any("id" in node for node in content.nodes):
        place = next(place for place, node in enumerate(content.nodes) if not _is_id(node.get("id")))
        raise InputError(f"node {place} (counted from 0) has no id that is a whole number or a string")
    return list(range(len(content.nodes)))


def _is_id(value: Any) -> bool:
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def _ends(content: _Content) -> tuple[Rows, Rows]:
    """The places of the nodes that edges name by id, or, where all ids are text, by place."""
    ids = _node_ids(content)
    places: dict[Any, int] = {node_id: place for place, node_id in enumerate(ids)}
    for place, node in enumerate(content.nodes):
        places.setdefault(node.get("id"), place)
    by_place = not any(isinstance(key, int) for key in places)
    rows = np.empty((2, len(content.edges)), np.int32)
    for position, edge in enumerate(content.edges):
        for side, end in enumerate(_pair(edge)):
            if _is_id(end) and end in places:
                rows[side, position] = places[end]
            elif by_place and _is_id(end) and isinstance(end, int) and 0 <= end < len(ids):
                rows[side, position] = end
            else:
                raise InputError(
                    f"edge {position} (counted from 0) names the node {end!r}, which is not listed"
                )
    return rows[0], rows[1]


def _pair(edge: Record) -> tuple[Any, Any]:
    """(source, target); D3 puts the nodes themselves there."""
    ends = [edge.get("source"), edge.get("target")]
    source, target = (end.get("id") if isinstance(end, dict) else end for end in ends)
    return source, target
