"""Typed walks: each next node has the type that a metapath asks for.

Y. Dong, N. V. Chawla, A. Swami, "metapath2vec: scalable representation learning for heterogeneous networks",
KDD 2017. A metapath is a list of types that ends with the one it begins with, such as author, paper, author;
a walk repeats it. From a node of the i-th type the next one is a neighbour of the (i + 1)-th, in proportion
to the weights of the arcs to those. Where the paper leaves a choice:

- Walks start from all nodes whose type is in the metapath, at the first place that it has there: the authors'
  code starts from one type.
- A walk ends at a node without a neighbour of the next type.

Such a walk is a walk of the first order on a graph of places: a node at each place of the metapath that has
its type, with arcs to its neighbours at the next one. That graph is walked by the usual kernel. Each arc is
in it once for each place where the metapath takes it, so at most once for author, paper, venue, paper,
author.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.checks import shown
from graphkit.errors import InputError, ParameterError, naming_ours
from graphkit.gpu.backend import Backend
from graphkit.graph.graph import MAX_NODES, Graph, check_graph
from graphkit.graph.typed import TypedGraph, types_of_ids
from graphkit.parallel import even_bounds, run_ranges
from graphkit.walks.drawn_walks import DrawnWalks
from graphkit.walks.host_walker import HostWalker, Numbers
from graphkit.walks.starts import start_rows
from graphkit.walks.walker import Walker

if TYPE_CHECKING:
    from graphkit.progress import Progress


@naming_ours
def metapath_walks(
    graph: Graph,
    *,
    metapath: Sequence[str] | None = None,
    walk_length: int = 80,
    walks_per_node: NDArray[np.integer] | int = 10,
    starts: Iterable[Any] | None = None,
    seed: int = 0,
    backend: Backend = "auto",
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Walk along a metapath: int32 [num_walks, walk_length], entries are rows of the graph.

    Parameters
    ----------
    graph
        A `TypedGraph`, or a `Graph` whose ids begin with their type and a colon; weights and directions
        count.
    metapath
        Types, the first and the last the same: ``["author", "paper", "author"]``; None for the only one where
        there is one type, or for there and back where there are two.
    walk_length
        Nodes in a walk, the start among them, >= 1.
    walks_per_node
        Walks from each start, >= 0. An int array holds one number for each start.
    starts
        Ids of the nodes to start from; None for all whose type is in the metapath.
    seed
        Random seed, in [0, 2**64). The same seed gives the same walks on any number of threads, and on a GPU.
    backend
        Where to walk, as for `random_walks`: on a GPU the graph of places is there.
    num_threads
        Threads to use, >= 1; None for all cores.
    progress
        Called with ("walks", walks done, walks).

    Returns
    -------
    int32 [num_walks, walk_length]
        Walks in rounds, as of `random_walks`. -1 behind the end of a walk that could not go on.

    Raises
    ------
    ParameterError
        For a parameter outside its range, or a start whose type is not in the metapath.
    InputError
        For a metapath that names a type that no node has, or that no edge follows; nodes without types.
    UnknownNodeError
        For a start that the graph does not hold.

    Notes
    -----
    Memory: the walks; for each place of the metapath 12 bytes a node of its type, and 4 bytes (16 with
    weights) an arc that leaves them for the next.

    References
    ----------
    Dong, Chawla, Swami, "metapath2vec: scalable representation learning for heterogeneous networks", KDD
    2017.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([("user:a", "item:x"), ("user:b", "item:x"), ("user:a", "user:b")])
    >>> walks = metapath_walks(graph, metapath=["user", "item", "user"], walk_length=4, walks_per_node=1)
    >>> graph.node_ids[walks[0, :2]].tolist()
    ['user:a', 'item:x']
    """
    return MetapathWalks(
        graph,
        metapath=metapath,
        walk_length=walk_length,
        walks_per_node=walks_per_node,
        starts=starts,
        seed=seed,
        backend=backend,
        num_threads=num_threads,
    ).all(progress)


class MetapathWalks(DrawnWalks):
    """The walks of `metapath_walks`, made when they are asked for; iterating yields chunks of them.

    Parameters
    ----------
    graph, walks_per_node, starts, backend, **law
        As for `metapath_walks`, without `progress`.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        walks_per_node: NDArray[np.integer] | int = 10,
        starts: Iterable[Any] | None = None,
        backend: Backend = "auto",
        **law: Any,
    ):
        check_graph(graph)
        walker = MetapathWalker(graph, backend=backend, **law)
        if starts is None:
            starts = graph.node_ids[walker.places >= 0]
        super().__init__(walker, start_rows(graph, walks_per_node, starts))


class MetapathWalker(HostWalker):
    """Walks along a metapath on one graph; its tables are built once.

    Parameters
    ----------
    graph, metapath, walk_length, seed, num_threads
        As for `metapath_walks`.
    backend
        As for `metapath_walks`; the CPU, if not given.

    Attributes
    ----------
    places : int32 [num_nodes]
        The node of the graph of places where a walk from each node starts, -1 for one whose type is not in
        the metapath.
    leaving : bool [num_nodes]
        Whether a walk from the node can go on.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        metapath: Sequence[str] | None = None,
        walk_length: int = 80,
        seed: int = 0,
        backend: Backend = "cpu",
        num_threads: int | None = None,
    ):
        super().__init__(graph, walk_length=walk_length, seed=seed, num_threads=num_threads)
        typed = graph if isinstance(graph, TypedGraph) else types_of_ids(graph)
        path = usual_metapath(typed) if metapath is None else check_metapath(metapath)
        cycle = _codes(path, typed)
        self._nodes, self.places, lifted = graph_of_places(typed, cycle)
        if graph.num_arcs:
            _check_followed(path, lifted, [int(np.count_nonzero(typed.node_types == code)) for code in cycle])
        degrees = np.append(lifted.degree, 0)
        self.leaving = degrees[self.places] > 0
        self._walker = Walker(
            lifted, walk_length=walk_length, seed=seed, backend=backend, num_threads=num_threads
        )
        self.walks_at_once = self._walker.walks_at_once

    def _walk_into(self, starts: Rows, numbers: Numbers, out: Rows) -> None:
        places = self.places[starts]
        if (places < 0).any():
            node = self.graph.node_ids[starts[[int(np.argmax(places < 0))]]].tolist()[0]
            raise ParameterError(f"starts: the type of the node {node!r} is not in the metapath")
        self._walker.walk(places, numbers, out)

        def put_nodes(start: int, stop: int) -> None:
            # -1 is the last of them, which stands for the end.
            out[start:stop] = self._nodes[out[start:stop]]

        run_ranges(put_nodes, even_bounds(len(out), self.num_threads), self.num_threads)


def check_metapath(metapath: Any) -> list[str]:
    """Return the types; raise `ParameterError` for what is no list of them that ends as it begins."""
    names = list(metapath) if isinstance(metapath, (list, tuple)) else []
    if len(names) < 2 or not all(isinstance(name, str) and name for name in names) or names[0] != names[-1]:
        raise ParameterError(
            "metapath must be two types or more, the last the same as the first, such as "
            f"author,paper,author; got {shown(metapath)}"
        )
    return names


def usual_metapath(graph: TypedGraph) -> list[str]:
    """Return the metapath of a graph with one type of nodes, or two: there and back.

    Raises
    ------
    ParameterError
        For more types.
    """
    names = graph.type_names
    if len(names) > 2:
        raise ParameterError(
            f"metapath must be given for nodes of {len(names)} types; there are: {', '.join(names)}"
        )
    return [*names, *names[:1]]


def graph_of_places(
    graph: TypedGraph, cycle: Sequence[int]
) -> tuple[NDArray[np.int32], NDArray[np.int32], Graph]:
    """Return what a walk of the first order follows in place of a metapath.

    Parameters
    ----------
    graph
        The graph.
    cycle
        The types of the metapath without its last one, as places in `type_names`.

    Returns
    -------
    nodes
        The row of each node of the graph of places, and -1 at the end, int32 [num_places + 1].
    places
        Where a walk from each row starts, int32 [num_nodes]; -1 where its type is not in the cycle.
    lifted
        The graph of places, directed.
    """
    rows_at = [np.flatnonzero(graph.node_types == code).astype(np.int32) for code in cycle]
    ends = np.cumsum([0, *map(len, rows_at)])
    if ends[-1] > MAX_NODES:
        raise InputError(f"the metapath has {ends[-1]:,} places of nodes, at most {MAX_NODES:,} are walked")
    places = np.full(graph.num_nodes, -1, np.int32)
    rank = np.empty(graph.num_nodes, np.int32)
    for first, rows in reversed(list(zip(ends, rows_at, strict=False))):
        places[rows] = np.arange(first, first + len(rows), dtype=np.int32)
    sources, targets = graph.node_types.repeat(graph.degree), graph.node_types[graph.indices]
    degrees, indices, weights = [], [], []
    for turn, code in enumerate(cycle):
        following = (turn + 1) % len(cycle)
        taken = (sources == code) & (targets == cycle[following])
        rank[rows_at[following]] = np.arange(ends[following], ends[following + 1], dtype=np.int32)
        indices.append(rank[graph.indices[taken]])
        before = np.concatenate([[0], np.cumsum(taken)])
        degrees.append((before[graph.indptr[1:]] - before[graph.indptr[:-1]])[rows_at[turn]])
        if graph.weights is not None:
            weights.append(graph.weights[taken])
    indptr = np.concatenate([[0], np.cumsum(np.concatenate([[], *degrees]))]).astype(np.int64)
    lifted = Graph(
        indptr,
        np.concatenate([np.empty(0, np.int32), *indices]),
        np.concatenate(weights) if weights else None,
        directed=True,
    )
    return np.concatenate([*rows_at, [np.int32(-1)]]).astype(np.int32), places, lifted


def _codes(metapath: Sequence[str], graph: TypedGraph) -> list[int]:
    """The types of a metapath without its last one."""
    for name in metapath:
        if name not in graph.type_names:
            there = ", ".join(graph.type_names) or "none"
            raise InputError(f"metapath names the type {name!r}, which no node has; there are: {there}")
    return [graph.type_names.index(name) for name in metapath[:-1]]


def _check_followed(metapath: Sequence[str], lifted: Graph, sizes: Sequence[int]) -> None:
    """Refuse a metapath that no walk can follow beyond some place."""
    ends = np.cumsum([0, *sizes])
    for (name, following), (first, last) in zip(pairwise(metapath), pairwise(ends), strict=True):
        if lifted.indptr[first] == lifted.indptr[last]:
            raise InputError(
                f"metapath cannot be followed: no edge leads from a node of type {name!r} to one of type "
                f"{following!r}"
            )
