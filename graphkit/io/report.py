"""What was found in a file and done to it, in a few lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.graph.graph import Graph
from graphkit.io.weights import WeightChanges

if TYPE_CHECKING:
    from graphkit.graph.build import BuildReport


@dataclass(frozen=True)
class MirrorReport:
    """How the entries of a matrix compare with those across the diagonal.

    Attributes
    ----------
    num_different
        Pairs of entries whose weights differ by more than rounding.
    largest_difference
        The largest difference of such a pair, as a share of the larger weight.
    num_single
        Entries that have none across the diagonal.
    rule
        What an edge of two weights has.
    """

    num_different: int = 0
    largest_difference: float = 0.0
    num_single: int = 0
    rule: str = "mean"

    def __str__(self) -> str:
        return (
            f"entries that differ from the one across the diagonal: {2 * self.num_different:,}, by up to "
            f"{100 * self.largest_difference:.3g} %; such an edge has the {self.rule} of the two weights"
        )


@dataclass(frozen=True)
class LoadReport:
    """What reading a graph found and did; ``str(report)`` is a summary of a few lines.

    The summary tells what a pass over the arrays tells. The components, which take longer to find than many a
    method runs, are found when they are asked for.

    Attributes
    ----------
    graph
        The graph.
    origin
        The file or the kind of object.
    format
        The format in words.
    compression
        ``"gzip"``, ``"bz2"``, ``"xz"``, ``"zstd"`` or None.
    remarks
        What was understood: header, columns, a line of counts.
    build
        Rows, self-loops, merged edges; None for a graph that was saved ready.
    weight_changes
        Weights that could not be one: edges dropped, signs taken off.
    lists_both_directions
        Whether the format lists an undirected edge in both directions.
    doubts
        What the file does not say, and was decided: whether ids of two columns are of one kind of nodes,
        whether the first row is a header. Found in memory only.
    mirrored
        How weighted entries of such a format, read as undirected, compare with those across the diagonal.
    """

    graph: Graph
    origin: str
    format: str
    compression: str | None = None
    remarks: tuple[str, ...] = ()
    build: BuildReport | None = None
    weight_changes: WeightChanges = field(default_factory=WeightChanges)
    lists_both_directions: bool = False
    doubts: tuple[str, ...] = ()
    mirrored: MirrorReport | None = None

    @cached_property
    def num_isolated(self) -> int:
        """Number of nodes without an edge to another node or to themselves."""
        touched = self.graph.degree > 0
        if self.graph.directed:
            touched |= self.graph.in_degree > 0
        return int(np.count_nonzero(~touched))

    @cached_property
    def component_sizes(self) -> np.typing.NDArray[np.int64]:
        """Sizes of the (weakly) connected components, the largest first."""
        return np.bincount(self.graph.connected_components())

    def __str__(self) -> str:
        return "\n  ".join([*self.reading_lines(), *self.doubts, *self._graph_lines()])

    def to_dict(self) -> dict[str, Any]:
        """Return all that the summary says, and the components, as JSON can hold it.

        What is not known of a graph, as of one that was saved ready how many rows its file had, is None.
        """
        graph, build, changes, single = self.graph, self.build, self.weight_changes, self._num_single
        ends = _ends(graph.weights) if graph.num_arcs else None
        ids = _ends(graph.node_ids) if graph.num_nodes and graph.node_ids.dtype == np.int64 else None
        return {
            "origin": self.origin,
            "format": self.format,
            "compression": self.compression,
            "remarks": list(self.remarks),
            "doubts": list(self.doubts),
            "num_rows": None if build is None else build.num_rows + changes.num_dropped,
            "num_rows_dropped_for_weight": None if build is None else changes.num_dropped,
            "num_weights_made_positive": None if build is None else changes.num_made_positive,
            "num_merged": None if build is None else build.num_merged,
            "num_self_loops_given": None if build is None else build.num_self_loops,
            "self_loops_dropped": None if build is None else build.loops_dropped,
            "lists_both_directions": (build is not None and build.both_directions) or single == 0,
            "num_edges_in_both_directions": None if single is None else self._num_between - single,
            "num_edges_in_one_direction": single,
            "num_entries_that_differ": None if self.mirrored is None else 2 * self.mirrored.num_different,
            "largest_difference": None if self.mirrored is None else self.mirrored.largest_difference,
            "rule_for_different_entries": None if self.mirrored is None else self.mirrored.rule,
            "num_nodes": graph.num_nodes,
            "num_edges": graph.num_edges,
            "num_self_loops": graph.num_self_loops,
            "directed": graph.directed,
            "weighted": graph.is_weighted,
            "weight_min": ends and ends[0],
            "weight_max": ends and ends[1],
            "id_kind": "int64" if graph.node_ids.dtype == np.int64 else "string",
            "id_min": ids and ids[0],
            "id_max": ids and ids[1],
            "num_isolated": self.num_isolated,
            "num_components": len(self.component_sizes),
            "component_sizes": self.component_sizes[:10].tolist(),
        }

    def reading_lines(self) -> list[str]:
        """Return what was read and built, without what only a look at the whole graph can tell."""
        packed = f" ({self.compression})" if self.compression else ""
        return [f"{self.origin}: {self.format}{packed}", *self.remarks, *self._build_lines()]

    def component_line(self) -> str:
        """Return the number of components and the size of the largest, in words."""
        sizes = self.component_sizes
        largest = f", the largest of {sizes[0]:,} nodes" if len(sizes) > 1 else ""
        return f"components: {len(sizes):,}{largest}"

    def _build_lines(self) -> list[str]:
        if self.build is None:
            return []
        build, changes = self.build, self.weight_changes
        lines = [f"rows: {build.num_rows + changes.num_dropped:,}"]
        if changes.num_dropped:
            why = "missing, zero, negative or not finite"
            lines.append(f"rows left out for their weight ({why}): {changes.num_dropped:,}")
        if changes.num_made_positive:
            lines.append(f"negative weights made positive: {changes.num_made_positive:,}")
        lines += self._mirror_lines()
        if build.both_directions:
            lines.append("each edge listed in both directions, taken once")
        elif build.num_merged and self.mirrored is not None:
            lines.append(f"repeated entries merged: {build.num_merged:,}")
        elif build.num_merged and not self._is_matrix:
            either = "" if self.graph.directed else ", in either direction"
            lines.append(f"repeated edges merged{either}: {build.num_merged:,}")
        if build.num_self_loops:
            lines.append(
                f"self-loops: {build.num_self_loops:,} {'dropped' if build.loops_dropped else 'kept'}"
            )
        return lines

    @property
    def _is_matrix(self) -> bool:
        """Whether an edge may stand in it in both directions, once in each."""
        return self.lists_both_directions and not self.graph.directed

    @property
    def _num_between(self) -> int:
        """Number of edges between two nodes."""
        return self.graph.num_edges - self.graph.num_self_loops

    @property
    def _num_single(self) -> int | None:
        """Number of edges that a matrix lists in one direction alone; None of what is no matrix."""
        if not self._is_matrix or self.build is None:
            return None
        if self.mirrored is not None:
            return max(self.mirrored.num_single, 0)
        # Without weights an edge's other direction was merged into it.
        return max(self._num_between - self.build.num_merged, 0)

    def _mirror_lines(self) -> list[str]:
        """What became of edges that a matrix lists in both directions, and of those that it does not."""
        single = self._num_single
        if single is None:
            return []
        if single == 0:
            lines = ["each edge listed in both directions, taken once"]
        else:
            both = self._num_between - single
            lines = [f"edges listed in both directions, taken once: {both:,}; in one: {single:,}"]
        if self.mirrored is not None and self.mirrored.num_different:
            lines.append(str(self.mirrored))
        return lines

    def _graph_lines(self) -> list[str]:
        graph = self.graph
        kind = "directed" if graph.directed else "undirected"
        weighted = "unweighted"
        if graph.weights is not None and graph.num_arcs:
            weighted = f"weights {graph.weights.min():g} to {graph.weights.max():g}"
        lines = [
            f"graph: {graph.num_nodes:,} nodes ({_ids(graph)}), {graph.num_edges:,} edges, {kind}, {weighted}"
        ]
        if self.num_isolated:
            lines.append(f"isolated nodes: {self.num_isolated:,}")
        return lines


def _ends(values: NDArray[Any] | None) -> tuple[float, float] | None:
    """Smallest and largest value, those of float32 with the digits that people gave; None for no values."""
    if values is None:
        return None
    low, high = values.min(), values.max()
    return (low.item(), high.item()) if values.dtype.kind == "i" else (float(str(low)), float(str(high)))


def _ids(graph: Graph) -> str:
    if graph.num_nodes == 0:
        return "none"
    if graph.node_ids.dtype != np.int64:
        return "string ids"
    return f"ids {graph.node_ids.min()} to {graph.node_ids.max()}"


@dataclass(frozen=True)
class LoadedGraph:
    """A graph and what reading it found.

    Attributes
    ----------
    graph
        The graph.
    report
        The report.
    """

    graph: Graph
    report: LoadReport
