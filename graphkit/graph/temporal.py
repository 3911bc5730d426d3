"""TemporalGraph: a graph whose edges have times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, NodeIds, Rows
from graphkit.checks import as_array
from graphkit.errors import InputError
from graphkit.graph.build import build_graph
from graphkit.graph.edges import rows_of_edges
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu.walks_temporal import are_timed_rows
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, resolve_threads, run_ranges
from graphkit.parameters import check_declared

Times = NDArray[Any]
"""int64 or float64, ``[num_timed_arcs]``."""


class TemporalGraph(Graph):
    """A `Graph` and the times of its edges, an edge as often as it was given.

    As a `Graph` it is that of the edges without their times, each once, so that whatever takes a graph takes
    it; what walks in time takes the timed arcs.

    Parameters
    ----------
    graph
        The edges without times.
    timed_indptr
        Row offsets of the timed arcs, int64 [num_nodes + 1].
    timed_indices
        Rows that they lead to, int32 [num_timed_arcs]; a row is in the order of time, and of equal times in
        that of the edges as they were given.
    times
        Their times, in any unit, int64 or float64 [num_timed_arcs].

    Raises
    ------
    InputError
        If the arrays do not fit together.

    Notes
    -----
    Takes 12 bytes a timed arc and 8 a node more than the graph.

    Examples
    --------
    >>> graph = TemporalGraph.from_events([(0, 1), (1, 2), (1, 0)], [2020, 2021, 2022])
    >>> graph
    TemporalGraph(3 nodes, 2 edges, undirected, unweighted, 3 times from 2020 to 2022)
    """

    def __init__(self, graph: Graph, timed_indptr: Indptr, timed_indices: Rows, times: Times):
        self.__dict__.update(graph.__dict__)
        self.timed_indptr, self.timed_indices, self.times = timed_indptr, timed_indices, times
        self._check_timed()
        for array in (timed_indptr, timed_indices, times):
            array.flags.writeable = False

    @classmethod
    def from_events(
        cls,
        edges: Any,
        times: Any,
        node_ids: Iterable[Any] | None = None,
        num_nodes: int | None = None,
        directed: bool = False,
    ) -> TemporalGraph:
        """Build a graph from pairs of node ids and a time for each.

        Parameters
        ----------
        edges, node_ids, num_nodes, directed
            As for `Graph.from_edges`; repeated edges stay, each with its time.
        times
            Numbers, or ``datetime64``, which become microseconds since 1970; [num_edges].

        Raises
        ------
        InputError
            As `Graph.from_edges`; for a time that is missing, infinite or no number.

        Examples
        --------
        >>> TemporalGraph.from_events([("a", "b"), ("b", "c")], [0.5, 1.5]).times.tolist()
        [0.5, 0.5, 1.5, 1.5]
        """
        check_declared(cls.from_events, {"directed": directed})
        source, target, ids = rows_of_edges(edges, node_ids, num_nodes)
        return cls.from_rows(source, target, as_times(times, len(source)), ids, directed=directed)

    @classmethod
    def from_rows(
        cls, source: Rows, target: Rows, times: Times, node_ids: NodeIds, *, directed: bool
    ) -> TemporalGraph:
        """Build a graph from rows of `node_ids`, int32 [num_edges], and checked times."""
        graph, _ = build_graph(source, target, node_ids=node_ids, directed=directed)
        if directed:
            sources, targets, arc_times = source, target, times
        else:
            # Both arcs of an edge side by side: equal times keep the order of the edges.
            there = np.ones(2 * len(source), np.bool_)
            there[1::2] = source != target
            sources = np.column_stack([source, target]).ravel()[there]
            targets = np.column_stack([target, source]).ravel()[there]
            arc_times = np.repeat(times, 2)[there]
        order = np.lexsort((arc_times, sources))
        indptr = np.zeros(len(node_ids) + 1, np.int64)
        np.cumsum(np.bincount(sources, minlength=len(node_ids)), out=indptr[1:])
        return cls(graph, indptr, targets[order].astype(np.int32, copy=False), arc_times[order])

    def __repr__(self) -> str:
        text = super().__repr__().replace("Graph(", "TemporalGraph(", 1)[:-1]
        if not self.num_timed_arcs:
            return f"{text}, no times)"
        counted = self.num_timed_arcs if self.directed else self._num_events
        return f"{text}, {counted:,} times from {self.times.min()} to {self.times.max()})"

    @property
    def num_timed_arcs(self) -> int:
        """Number of timed arcs: two an undirected edge as often as it was given, one a self-loop."""
        return len(self.times)

    @property
    def _num_events(self) -> int:
        """Edges as often as they were given, of an undirected graph."""
        sources = np.repeat(np.arange(self.num_nodes), np.diff(self.timed_indptr))
        return (self.num_timed_arcs + int(np.count_nonzero(sources == self.timed_indices))) // 2

    def more_arrays(self) -> dict[str, NDArray[Any]]:
        """Return what there is beside the arcs and the node ids, by name."""
        return {
            "timed_indptr": self.timed_indptr,
            "timed_indices": self.timed_indices,
            "times": self.times,
        }

    def _check_timed(self) -> None:
        indptr, indices, times = self.timed_indptr, self.timed_indices, self.times
        fits = (
            indptr.dtype == np.int64
            and indices.dtype == np.int32
            and times.dtype in (np.int64, np.float64)
            and indptr.shape == (self.num_nodes + 1,)
            and indices.shape == times.shape == (int(indptr[-1]),)
            and indptr[0] == 0
        )
        if fits and len(times):
            bounds = balanced_bounds(indptr, resolve_threads() * RANGES_PER_THREAD)
            fits = all(
                run_ranges(
                    lambda start, stop: are_timed_rows(indptr, indices, times, self.num_nodes, start, stop),
                    bounds,
                    resolve_threads(),
                )
            )
        if not fits:
            raise InputError(
                "the timed arcs are no rows of this graph in the order of time; build it by "
                "TemporalGraph.from_events",
                self._origin,
            )


def as_times(times: Any, num_edges: int) -> Times:
    """Return times as int64 or float64, refusing any that is missing, infinite or no number.

    Examples
    --------
    >>> as_times(np.array(["1970-01-02"], "datetime64[D]"), 1)
    array([86400000000])
    """
    given = as_array("times", times)
    if given.shape != (num_edges,) or given.dtype.kind not in "fiuM":
        advice = "; read_temporal_graph reads dates as text" if given.dtype.kind in "UTO" else ""
        raise InputError(
            f"times must be {num_edges:,} numbers or datetime64, one an edge; got {given.dtype} "
            f"{list(given.shape)}{advice}"
        )
    missing = np.isnat(given) if given.dtype.kind == "M" else ~np.isfinite(given)
    if missing.any():
        place = int(np.argmax(missing))
        raise InputError(
            f"edge {place}: the time is missing or infinite, got {given[place]}; leave such edges out"
            + (f" ({int(missing.sum()):,} of them)" if missing.sum() > 1 else "")
        )
    if given.dtype.kind == "M":
        return given.astype("datetime64[us]").astype(np.int64)
    if given.dtype.kind == "f":
        return given.astype(np.float64)
    if given.size and (int(given.max()) >= 2**62 or int(given.min()) < -(2**62)):
        raise InputError("times must lie in [-2**62, 2**62); give them in a larger unit")
    return given.astype(np.int64)
