"""TypedGraph: a graph whose nodes have types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_array, shown
from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import Graph
from graphkit.graph.node_ids import STRING

_SHOWN = 10


class TypedGraph(Graph):
    """A `Graph` and a type for each node.

    Parameters
    ----------
    graph
        The graph; its arrays are shared.
    types
        The type of each node, strings or whole numbers, in the order of the rows, [num_nodes].

    Attributes
    ----------
    node_types : int32 [num_nodes]
        The place of each node's type in `type_names`.
    type_names : list of str
        The types, ascending.

    Raises
    ------
    InputError
        If there is not one type for each node, or a type is empty.

    Examples
    --------
    >>> graph = TypedGraph(Graph.from_edges([(0, 1), (1, 2)]), ["author", "paper", "author"])
    >>> graph.type_names, graph.node_types.tolist()
    (['author', 'paper'], [0, 1, 0])
    """

    def __init__(self, graph: Graph, types: Iterable[Any] | NDArray[Any]):
        self.__dict__.update(graph.__dict__)
        names = _names(types, graph)
        unique, codes = np.unique(names, return_inverse=True)
        self.type_names: list[str] = unique.tolist()
        self.node_types: NDArray[np.int32] = codes.astype(np.int32)
        self.node_types.flags.writeable = False

    @classmethod
    def of_codes(cls, graph: Graph, codes: NDArray[Any], names: list[str]) -> TypedGraph:
        """Return the graph with types given as places in a list of names, int32 [num_nodes]."""
        if codes.shape != (graph.num_nodes,) or codes.dtype != np.int32:
            raise InputError("its types are not one for each node; save the graph again", graph._origin)
        if len(codes) and not 0 <= codes.min() <= codes.max() < len(names):
            raise InputError("its types have no names; save the graph again", graph._origin)
        return cls(graph, np.array(names, np.str_)[codes] if len(codes) else [])

    def __repr__(self) -> str:
        shown = ", ".join(self.type_names[:_SHOWN]) + (", …" if len(self.type_names) > _SHOWN else "")
        return f"{super().__repr__().replace('Graph(', 'TypedGraph(', 1)[:-1]}, of {shown or 'no types'})"

    def more_arrays(self) -> dict[str, NDArray[Any]]:
        """Return what there is beside the arcs and the node ids, by name."""
        names = "\n".join(self.type_names).encode()
        return {"node_types": self.node_types, "type_names": np.frombuffer(names, np.uint8)}


def types_of_ids(graph: Graph) -> TypedGraph:
    """Return the graph with what stands before the first colon of each id as its type.

    So ids are where a graph was read with ``bipartite=True``: ``account:1`` and ``merchant:1``.

    Raises
    ------
    ParameterError
        If an id has no colon.

    Examples
    --------
    >>> types_of_ids(Graph.from_edges([("user:1", "item:1")])).type_names
    ['item', 'user']
    """
    ids = graph.node_ids
    plain = ids[:1] if ids.dtype != STRING else [name for name in ids.tolist() if name.find(":") <= 0]
    if len(plain):
        raise ParameterError(
            f"nodes have no types, and ids such as {plain[0]} do not begin with one, as user:1 does; give "
            "types by TypedGraph(graph, types), --types FILE, or read two columns as bipartite"
        )
    return TypedGraph(graph, [name.partition(":")[0] for name in ids.tolist()])


def _names(types: Any, graph: Graph) -> NDArray[Any]:
    """The types as strings, one for each node."""
    if isinstance(types, (str, bytes)) or not isinstance(types, Iterable):
        raise ParameterError(f"types must be one for each node, got {shown(types)}")
    given = as_array("types", types if isinstance(types, np.ndarray) else list(types))
    if given.shape != (graph.num_nodes,):
        raise InputError(f"types must be one for each of {graph.num_nodes:,} nodes, got {list(given.shape)}")
    if len(given) and given.dtype.kind not in "iuUT" and given.dtype != object:
        raise InputError(f"types must be strings or whole numbers, got {given.dtype}")
    names = given.astype(np.str_) if given.dtype != object else np.array([_text(each) for each in given])
    if len(names) and (names == "").any():
        node = graph.node_ids[names == ""].tolist()[0]
        raise InputError(f"the node {node!r} has no type; give one to each node")
    return names


def _text(name: Any) -> str:
    if not isinstance(name, (str, int)) or isinstance(name, bool):
        raise InputError(f"types must be strings or whole numbers, got {name!r}")
    return str(name)
