"""What was found in a file and done to it, in a few lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

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

    def _mirror_lines(self) -> list[str]:
        """What became of edges that a matrix lists in both directions, and of those that it does not."""
        if not self._is_matrix or self.build is None:
            return []
        num_edges = self.graph.num_edges - self.graph.num_self_loops
        # Without weights an edge's other direction was merged into it.
        single = num_edges - self.build.num_merged if self.mirrored is None else self.mirrored.num_single
        if single <= 0:
            lines = ["each edge listed in both directions, taken once"]
        else:
            both = num_edges - single
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
