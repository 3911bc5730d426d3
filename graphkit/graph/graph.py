"""Graph: a frozen CSR adjacency with the caller's node ids."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Mask, NodeIds, Rows, Weights
from graphkit.checks import kind_of
from graphkit.errors import InputError, ParameterError
from graphkit.files.mapped import check_mapped
from graphkit.graph.node_ids import NodeIndex
from graphkit.lazy import public
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, resolve_threads, run_ranges
from graphkit.preview import ROWS, html_preview

if TYPE_CHECKING:
    import networkx
    import scipy.sparse
    import torch_geometric.data

    from graphkit.files.atomic import PathLike
    from graphkit.maps.picture import Picture

MAX_NODES = 2**31 - 1

_FEW_ARCS = 1 << 20
"""That one thread looks through before others have begun."""


class Graph:
    """A graph as sorted CSR rows, with one id a row; nothing in it changes after it is made.

    Parameters
    ----------
    indptr
        Row offsets, int64 [num_nodes + 1].
    indices
        Rows of the neighbours, sorted within a row, no repetition, int32 [num_arcs].
    weights
        Arc weights, finite and > 0, float32 [num_arcs]; None for an unweighted graph.
    node_ids
        Unique ids, int64 or strings, [num_nodes]; None for 0 .. num_nodes - 1.
    directed
        If false, each edge is stored in both directions, a self-loop once.

    Raises
    ------
    InputError
        If the arrays do not fit together.

    Notes
    -----
    The constructor takes arrays as they are; it is for code that holds CSR already. Edges of any kind go
    through `Graph.from_edges` or `graphkit.as_graph`. What is memory-mapped is looked through when it is
    first used: whatever stands in a damaged file, no kernel follows it out of its arrays.

    Examples
    --------
    >>> graph = Graph.from_edges([(10, 20), (20, 30)])
    >>> graph
    Graph(3 nodes, 2 edges, undirected, unweighted)
    >>> graph.neighbors(20).tolist()
    [10, 30]
    """

    _is_checked = False
    _origin: PathLike | None = None

    def __init__(
        self,
        indptr: Indptr,
        indices: Rows,
        weights: Weights | None = None,
        node_ids: NodeIds | None = None,
        *,
        directed: bool = False,
    ):
        num_nodes = len(indptr) - 1
        if node_ids is None:
            node_ids = np.arange(num_nodes)
        _check_arrays(indptr, indices, weights, node_ids)
        self.indptr = _frozen(indptr)
        self._arcs = _frozen(indices), None if weights is None else _frozen(weights)
        self.node_ids = _frozen(node_ids)
        self.directed = directed
        if not isinstance(indices, np.memmap):
            self._check_rows()

    @classmethod
    def from_edges(
        cls,
        edges: Any,
        weights: Any = None,
        node_ids: Iterable[Any] | None = None,
        num_nodes: int | None = None,
        directed: bool = False,
        *,
        duplicates: str | None = None,
        self_loops: str = "keep",
    ) -> Graph:
        """Build a graph from pairs of node ids.

        Parameters
        ----------
        edges
            An array or list of pairs [num_edges, 2], or a tuple ``(source, target)`` of two columns.
            Ids are whole numbers of 64 bits or strings.
        weights
            Finite numbers > 0, [num_edges].
        node_ids
            All nodes, in the order of the rows; nodes without an edge keep their row.
        num_nodes
            Short for ``node_ids=range(num_nodes)``.
        directed
            If false, (u, v) and (v, u) are the same edge.
        duplicates
            ``"sum"``, ``"max"``, ``"first"`` or ``"error"`` for repeated edges; None sums weights, and
            takes a repeated edge without weight as the same edge again.
        self_loops
            ``"keep"`` or ``"drop"``.

        Returns
        -------
        Graph
            Rows are in the order of `node_ids`; else ascending for numbers, by first appearance for
            strings.

        Raises
        ------
        InputError
            For ids of a wrong type, an edge that names an unlisted node, or a weight that is not a
            finite number > 0.
        ParameterError
            For an unknown choice, or both `node_ids` and `num_nodes`.

        Examples
        --------
        >>> Graph.from_edges([("a", "b"), ("b", "c")], weights=[1, 2.5])
        Graph(3 nodes, 2 edges, undirected, weighted)
        >>> Graph.from_edges([(0, 1)], num_nodes=4).degree.tolist()
        [1, 1, 0, 0]
        """
        from graphkit.graph.edges import graph_from_edges

        return graph_from_edges(
            edges,
            weights,
            node_ids,
            num_nodes,
            directed=directed,
            duplicates=duplicates,
            self_loops=self_loops,
        )

    def __repr__(self) -> str:
        kind = "directed" if self.directed else "undirected"
        weighted = "weighted" if self.is_weighted else "unweighted"
        return f"Graph({self.num_nodes:,} nodes, {self.num_edges:,} edges, {kind}, {weighted})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the first arcs."""
        sources = np.searchsorted(self.indptr, np.arange(min(self.num_arcs, ROWS)), side="right") - 1
        columns = [self.node_ids[sources].tolist(), self.node_ids[self.indices[:ROWS]].tolist()]
        header = ["source", "target"]
        if self.weights is not None:
            header.append("weight")
            columns.append(self.weights[:ROWS].tolist())
        return html_preview(repr(self), header, zip(*columns, strict=True), num_rows=self.num_arcs)

    def plot(self, color: Any = None, **options: Any) -> Picture:
        """Draw the graph; see `graphkit.plot` for the options."""
        picture: Picture = public("plot")(self, color, **options)
        return picture

    def __copy__(self) -> Self:
        """Return the graph itself: nothing in it changes."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the graph itself: nothing in it changes."""
        return self

    @property
    def indices(self) -> Rows:
        """Rows of the neighbours, int32 [num_arcs]; see `Graph`."""
        self._check_rows()
        return self._arcs[0]

    @property
    def weights(self) -> Weights | None:
        """Weights of the arcs, float32 [num_arcs]; None for an unweighted graph."""
        self._check_rows()
        return self._arcs[1]

    @property
    def num_nodes(self) -> int:
        """Number of nodes, those without an edge included."""
        return len(self.node_ids)

    @property
    def num_arcs(self) -> int:
        """Number of stored arcs: two an undirected edge, one a self-loop."""
        return len(self._arcs[0])

    @property
    def num_edges(self) -> int:
        """Number of edges; an undirected edge and a self-loop count once."""
        return self.num_arcs if self.directed else (self.num_arcs + self.num_self_loops) // 2

    @property
    def is_weighted(self) -> bool:
        """Whether arcs carry weights."""
        return self._arcs[1] is not None

    @cached_property
    def num_self_loops(self) -> int:
        """Number of edges from a node to itself."""
        from graphkit.kernels.cpu.csr import count_loops

        return int(count_loops(self.indptr, self.indices, 0, self.num_nodes))

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """Number of arcs leaving each node, int64 [num_nodes]; a self-loop counts once."""
        return _frozen(np.diff(self.indptr))

    @cached_property
    def in_degree(self) -> NDArray[np.int64]:
        """Number of arcs reaching each node, int64 [num_nodes]."""
        if not self.directed:
            return self.degree
        return _frozen(np.bincount(self.indices, minlength=self.num_nodes))

    @cached_property
    def strength(self) -> NDArray[np.float64]:
        """Sum of the weights of the arcs leaving each node, float64 [num_nodes]; unweighted: the degree."""
        if self.weights is None:
            return _frozen(self.degree.astype(np.float64))
        return _frozen(np.bincount(self._arc_sources(), weights=self.weights, minlength=self.num_nodes))

    @cached_property
    def in_strength(self) -> NDArray[np.float64]:
        """Sum of the weights of the arcs reaching each node, float64 [num_nodes]; or the in-degree."""
        if not self.directed:
            return self.strength
        arriving = np.bincount(self.indices, weights=self.weights, minlength=self.num_nodes)
        return _frozen(arriving.astype(np.float64, copy=False))

    @cached_property
    def total_weight(self) -> float:
        """Sum of the weights of all arcs; unweighted: their number."""
        weights = self._arcs[1]
        return float(self.num_arcs if weights is None else np.add.reduce(weights, dtype=np.float64))

    @cached_property
    def index(self) -> NodeIndex:
        """The way from node ids to rows."""
        return NodeIndex(self.node_ids)

    def rows(self, ids: Iterable[Any]) -> NDArray[np.int64]:
        """Return the row of each id, int64 [len(ids)]; `UnknownNodeError` for one that is not there."""
        return self.index.rows(ids)

    def neighbors(self, node_id: Any) -> NodeIds:
        """Return the ids that arcs from `node_id` lead to, in the order of their rows.

        Examples
        --------
        >>> Graph.from_edges([("a", "b"), ("c", "a")]).neighbors("a").tolist()
        ['b', 'c']
        """
        row = self.index.row(node_id)
        ids: NodeIds = self.node_ids[self.indices[self.indptr[row] : self.indptr[row + 1]]]
        return ids

    def has_edges(self, source: NDArray[np.integer], target: NDArray[np.integer]) -> Mask:
        """Return whether each arc (source row, target row) is there, bool [len(source)]."""
        from graphkit.kernels.cpu.csr import contains_arcs

        found = np.empty(len(source), np.bool_)
        pairs = np.asarray(source, np.int64), np.asarray(target, np.int64)
        contains_arcs(self.indptr, self.indices, *pairs, found, 0, len(found))
        return found

    def edge_rows(self) -> tuple[Rows, Rows, Weights | None]:
        """Return (source rows, target rows, weights), each undirected edge once, source <= target."""
        source = self._arc_sources()
        if self.directed:
            return source, self.indices, self.weights
        once = source <= self.indices
        return source[once], self.indices[once], None if self.weights is None else self.weights[once]

    def to_edges(self) -> tuple[NodeIds, NodeIds, Weights | None]:
        """Return (source ids, target ids, weights), each undirected edge once.

        Examples
        --------
        >>> source, target, weights = Graph.from_edges([("b", "a"), ("b", "c")]).to_edges()
        >>> list(zip(source.tolist(), target.tolist()))
        [('b', 'a'), ('b', 'c')]
        """
        source, target, weights = self.edge_rows()
        return self.node_ids[source], self.node_ids[target], weights

    def subgraph(self, ids: Iterable[Any]) -> Graph:
        """Return the graph of these nodes, in this order, and all edges between them.

        Examples
        --------
        >>> Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3)]).subgraph([2, 3, 0])
        Graph(3 nodes, 2 edges, undirected, unweighted)
        """
        rows = self.rows(ids)
        if len(np.unique(rows)) < len(rows):
            raise InputError("subgraph: a node id is given more than once")
        return self._take(rows)

    def connected_components(self) -> NDArray[np.int32]:
        """Return the component of each node, int32 [num_nodes]; 0 is the largest.

        For a directed graph the weakly connected components. Equal sizes are ordered by the first row.
        """
        from scipy.sparse.csgraph import connected_components

        count, labels = connected_components(self.to_scipy(), directed=self.directed, connection="weak")
        sizes = np.bincount(labels, minlength=count)
        _, first_row = np.unique(labels, return_index=True)
        rank = np.empty(count, np.int32)
        rank[np.lexsort((first_row, -sizes))] = np.arange(count)
        return rank[labels]

    def largest_component(self) -> Graph:
        """Return the graph of the largest (weakly) connected component, rows in their order."""
        return self._take(np.flatnonzero(self.connected_components() == 0))

    def to_scipy(self) -> scipy.sparse.csr_array:
        """Return the adjacency matrix as a SciPy CSR array; indices and weights are not copied.

        The entries are float32 weights, ones for an unweighted graph.
        """
        import scipy.sparse

        data = np.ones(self.num_arcs, np.float32) if self.weights is None else self.weights
        indptr = self.indptr.astype(np.int32) if self.num_arcs <= MAX_NODES else self.indptr
        matrix: Any = scipy.sparse.csr_array((self.num_nodes, self.num_nodes), dtype=np.float32)
        # Assigned, not passed: the constructor would copy 32-bit indices beside 64-bit offsets.
        matrix.data, matrix.indices, matrix.indptr = data, self.indices, indptr
        matrix.has_sorted_indices = matrix.has_canonical_format = True
        adjacency: scipy.sparse.csr_array = matrix
        return adjacency

    def to_networkx(self) -> networkx.Graph[Any] | networkx.DiGraph[Any]:
        """Return a networkx graph with the same ids; weights in the edge attribute ``weight``."""
        import networkx

        graph = networkx.DiGraph() if self.directed else networkx.Graph()
        graph.add_nodes_from(self.node_ids.tolist())
        source, target, weights = self.to_edges()
        if weights is None:
            graph.add_edges_from(zip(source.tolist(), target.tolist(), strict=True))
        else:
            graph.add_weighted_edges_from(
                zip(source.tolist(), target.tolist(), weights.tolist(), strict=True)
            )
        return graph

    def to_pyg(self) -> torch_geometric.data.Data:
        """Return a PyTorch Geometric ``Data`` with ``edge_index``, ``num_nodes`` and any ``edge_weight``.

        ``edge_index`` is int64 [2, num_arcs]. Undirected edges appear in both directions, as
        is usual there; node ids stay behind.
        """
        import torch
        from torch_geometric.data import Data

        edge_index = torch.from_numpy(np.stack([self._arc_sources(), self.indices]).astype(np.int64))
        data = Data(edge_index=edge_index, num_nodes=self.num_nodes)
        if self.weights is not None:
            data.edge_weight = torch.from_numpy(self.weights.copy())
        return data

    def more_arrays(self) -> dict[str, NDArray[Any]]:
        """Return what there is beside the arcs and the node ids, by name; of a plain graph nothing."""
        return {}

    def save(self, folder: PathLike, *, overwrite: bool = False) -> None:
        """Write the graph as a folder of plain arrays and a manifest; see `graphkit.graph.storage`."""
        from graphkit.graph.storage import save_graph

        save_graph(self, folder, overwrite=overwrite)

    @staticmethod
    def open(folder: PathLike, *, verify: bool = False) -> Graph:
        """Open a saved graph memory-mapped, at once whatever its size; see `graphkit.graph.storage`."""
        from graphkit.graph.storage import open_graph

        return open_graph(folder, verify=verify)

    def unchecked_rows(self) -> tuple[Indptr, Rows, Weights | None]:
        """Return (indptr, indices, weights) without a look through them.

        For kernels that look at each row before they follow it: of a graph in a file they read what they
        need. `fault_at` is the error for a row that is none.
        """
        for array in (self.indptr, *self._arcs):
            check_mapped(array)
        return self.indptr, *self._arcs

    def fault_at(self, row: int) -> InputError:
        """Return the error for a row that is none of a graph."""
        return InputError(row_fault(row, self.num_nodes), self._origin)

    def _check_rows(self) -> None:
        """Raise `InputError` if the rows are none of a graph; each graph is looked through once.

        `RunError` if they lie in a file that has become shorter.
        """
        for array in (self.indptr, *self._arcs):
            check_mapped(array)
        if not self._is_checked:
            try:
                check_rows(self.indptr, *self._arcs, 0, self.num_nodes)
            except InputError as error:
                raise InputError(error.message, self._origin) from None
            self._is_checked = True

    def _arc_sources(self) -> Rows:
        """The row that each arc leaves, int32 [num_arcs]."""
        return np.repeat(np.arange(self.num_nodes, dtype=np.int32), self.degree)

    def _take(self, rows: NDArray[np.int64]) -> Graph:
        """The graph of these rows, in this order."""
        matrix = self.to_scipy()[rows][:, rows]
        matrix.sort_indices()
        return Graph(
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32, copy=False),
            None if self.weights is None else matrix.data,
            self.node_ids[rows],
            directed=self.directed,
        )


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A view of the array that cannot be written through."""
    view = array.view()
    view.flags.writeable = False
    return view


def _check_arrays(indptr: Indptr, indices: Rows, weights: Weights | None, node_ids: NodeIds) -> None:
    expected: Sequence[tuple[str, NDArray[Any] | None, Any]] = (
        ("indptr", indptr, np.int64),
        ("indices", indices, np.int32),
        ("weights", weights, np.float32),
    )
    for name, array, dtype in expected:
        if array is not None and (array.dtype != dtype or array.ndim != 1):
            raise InputError(f"{name} must be {np.dtype(dtype)} [:], got {array.dtype} {list(array.shape)}")
    if len(indptr) == 0 or indptr[0] != 0 or indptr[-1] != len(indices):
        raise InputError("indptr must begin with 0 and end with the number of arcs")
    if weights is not None and len(weights) != len(indices):
        raise InputError(f"{len(indices)} arcs but {len(weights)} weights")
    if len(node_ids) != len(indptr) - 1:
        raise InputError(f"{len(indptr) - 1} rows but {len(node_ids)} node ids")
    if len(node_ids) > MAX_NODES:
        raise InputError(f"a graph holds at most {MAX_NODES:,} nodes for now, got {len(node_ids):,}")


def check_rows(indptr: Indptr, indices: Rows, weights: Weights | None, first_row: int, end_row: int) -> None:
    """Raise `InputError` if some of the rows from `first_row` to `end_row` are none of a graph."""
    from graphkit.kernels.cpu.csr import find_fault

    offsets = np.asarray(indptr[first_row : end_row + 1])
    # Compared, not subtracted: what a damaged file holds may be further apart than int64 reaches.
    falls = offsets[1:] < offsets[:-1]
    if falls.any() or offsets[0] < 0 or offsets[-1] > len(indices):
        row = first_row + int(np.append(falls, True).argmax())
        raise InputError(f"indptr does not ascend within the arcs, at row {row:,}")
    arrays = [None if array is None else np.asarray(array) for array in (indptr, indices, weights)]
    faults = run_ranges(
        lambda low, high: find_fault(*arrays, first_row + low, first_row + high, len(indptr) - 1),
        balanced_bounds(offsets - offsets[0], RANGES_PER_THREAD),
        resolve_threads() if offsets[-1] - offsets[0] > _FEW_ARCS else 1,
    )
    fault = next((row for row in faults if row >= 0), None)
    if fault is not None:
        raise InputError(row_fault(fault, len(indptr) - 1))


def row_fault(row: int, num_nodes: int) -> str:
    """Say what is wrong with a row that is none of a graph."""
    return (
        f"row {row:,} is none of a graph: its neighbours must be rows (0 .. {num_nodes - 1:,}) in "
        "ascending order, each once, and its weights finite and > 0"
    )


def check_graph(graph: object) -> None:
    """Raise `ParameterError` for what is neither a `Graph` nor a `TensorGraph`, and say what makes one."""
    if not hasattr(graph, "num_arcs"):
        reader = (
            "gk.read_graph(...) reads files"
            if isinstance(graph, (str, os.PathLike))
            else ("gk.as_graph(...) makes one of graphs of other libraries, pairs, tables and matrices")
        )
        raise ParameterError(f"graph must be a graphkit.Graph, got {kind_of(graph)}; {reader}")
