"""GraphML files: small graphs with attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import numpy as np

from graphkit.arrays import NodeIds, Weights
from graphkit.errors import InputError
from graphkit.graph.node_ids import STRING, as_node_ids
from graphkit.io.columns import WEIGHTS
from graphkit.io.edge_table import EdgeTable
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.rows import RowError, integer_id, number
from graphkit.io.sniff import ids_are_text
from graphkit.io.weights import as_float32

_DIRECTED = {"directed": True, "undirected": False, "true": True, "false": False}


@dataclass
class _Content:
    """What a GraphML file holds; `attributes` and `defaults` by the ids of their keys."""

    directed: bool | None = None
    nodes: list[str] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)


def read_graphml(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a GraphML file; the weight is an edge attribute."""
    content = _parse(source)
    as_text = ids_are_text(content.nodes, options.id_type, source.name, 1)
    key = None if options.weights is None else _weight_key(content, str(options.weights), source)
    return EdgeTable(
        _ids((start for start, _ in content.ends), as_text, source),
        _ids((end for _, end in content.ends), as_text, source),
        None if key is None else _weights(content, key, source),
        node_ids=_unique(_ids(content.nodes, as_text, source), source),
        directed=content.directed,
        description="GraphML",
        remarks=[] if key is None else [f"weight: edge attribute {content.keys[key]!r}"],
        fault=lambda position, message: _fault(content, position, message, source),
    )


def _parse(source: Source) -> _Content:
    content = _Content()
    try:
        with source.open() as stream:
            for event, element in ElementTree.iterparse(stream, events=["start", "end"]):
                kind = element.tag.rpartition("}")[2]
                if event == "start" and kind == "graph":
                    _take_graph(element, content, source)
                elif event == "end" and kind in _TAKE:
                    _TAKE[kind](element, content, source)
                    element.clear()
    except InputError:
        raise
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        # An encoding that is not known, or of several bytes a character, is none of the parser's errors.
        raise InputError(f"is no well-formed XML: {error}", source.name) from None
    if not content.nodes:
        raise InputError("holds no graph with nodes", source.name)
    return content


def _take_graph(element: ElementTree.Element, content: _Content, source: Source) -> None:
    if content.directed is not None:
        raise InputError("holds more than one graph, or a graph within a graph", source.name)
    content.directed = _DIRECTED.get(element.get("edgedefault", ""), False)


def _take_key(element: ElementTree.Element, content: _Content, _source: Source) -> None:
    key = element.get("id", "")
    if element.get("for") in ("edge", "all"):
        content.keys[key] = element.get("attr.name", key)
        for child in element:
            content.defaults[key] = child.text or ""


def _take_node(element: ElementTree.Element, content: _Content, source: Source) -> None:
    node_id = element.get("id")
    if not node_id:
        raise InputError("a node has no id", source.name)
    content.nodes.append(node_id)


def _take_edge(element: ElementTree.Element, content: _Content, source: Source) -> None:
    ends = element.get("source"), element.get("target")
    if ends[0] is None or ends[1] is None:
        raise InputError(f"edge {len(content.ends)} lacks its source or target", source.name)
    content.ends.append((ends[0], ends[1]))
    own = element.get("directed")
    if own is not None and _DIRECTED.get(own, content.directed) != content.directed:
        raise _fault(
            content, -1, "is directed otherwise than the graph; a graph must be all of one kind", source
        )
    content.attributes.append({child.get("key", ""): (child.text or "").strip() for child in element})


_TAKE: dict[str, Any] = {"key": _take_key, "node": _take_node, "edge": _take_edge}


def _weight_key(content: _Content, weights: str, source: Source) -> str | None:
    """The key of the edge attribute that is the weight."""
    wanted = WEIGHTS if weights == "auto" else (weights,)
    for name in wanted:
        for key, attribute in content.keys.items():
            if attribute.lower() == name.lower():
                return key
    if weights == "auto":
        return None
    have = ", ".join(content.keys.values()) or "none"
    raise InputError(f"no edge attribute is called {weights!r} (weights); there are: {have}", source.name)


def _weights(content: _Content, key: str, source: Source) -> Weights:
    values = np.empty(len(content.ends))
    for position, attributes in enumerate(content.attributes):
        text = attributes.get(key, content.defaults.get(key, ""))
        try:
            values[position] = number(text, repr(content.keys[key]))
        except RowError as error:
            raise _fault(content, position, error.message, source) from None
    return as_float32(values)


def _ids(texts: Iterable[str], as_text: bool, source: Source) -> NodeIds:
    if as_text:
        return np.array(list(texts), dtype=STRING)
    try:
        return np.array([integer_id(text, "node", strict=True) for text in texts], np.int64)
    except RowError as error:
        raise InputError(error.message, source.name) from None


def _unique(ids: NodeIds, source: Source) -> NodeIds:
    try:
        return as_node_ids(ids)
    except InputError as error:
        raise InputError(error.message, source.name) from None


def _fault(content: _Content, position: int, message: str, source: Source) -> InputError:
    ends = " to ".join(content.ends[position])
    return InputError(f"the edge {ends}: {message}", source.name)
