"""The two ways to compute personalised PageRank: what each checks, holds, calls and costs."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import ParameterError
from graphkit.kernels.cpu.forward_push import push, push_top
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.visits import count_visits, visit_top
from graphkit.kernels.cpu.walks_first_order import halt_threshold
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, run_ranges
from graphkit.seeds import Stream, check_seed

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.pagerank.personalized import PersonalizedPageRank
    from graphkit.pagerank.top_nodes import TopNodes

DEFAULT_TOLERANCE = 1e-5
DEFAULT_WALKS = 10_000

Space = tuple[NDArray[Any], ...]
"""The arrays that one thread works in, left as they were found when a source is done."""

MAX_WALKS = 2**31

_LEAST_RESTART = 1e-6
"""Of walks: rounded to a multiple of 2**-32, it is off by a share of 1e-4 at most."""

# For the estimate of time: seconds a unit of the bound of a push's work and a step of a walk, on one thread.
_SECONDS_PER_ARC, _SECONDS_PER_STEP = 8e-9, 1.6e-8

_WORK_SHARE, _WORK_POWER, _LEAST_LEFT = 0.86, 0.3, 0.7
"""The share of the bound that push needs on graphs in use falls by a power of tolerance * num_arcs, of what
may be left at the nodes. Where hardly anything may, it is the same."""

_SWEEPS = 9
"""Over all arcs, until no node has more than its share of what is left."""


class Push:
    """Forward push on one graph; a work space holds residuals, scores, the queue and what was touched."""

    bytes_per_node: ClassVar = 24
    weighted_bytes: ClassVar = (8, 0)
    """A node and an arc, for strengths."""
    less_work: ClassVar = "a larger tolerance"

    def __init__(self, pagerank: PersonalizedPageRank, graph: Graph, num_threads: int):  # noqa: ARG002
        strength = graph.strength if graph.is_weighted else None
        self._graph = graph.indptr, graph.indices, graph.weights, strength
        self._law = float(pagerank.restart), _tolerance(pagerank)

    @staticmethod
    def check(pagerank: PersonalizedPageRank) -> None:
        """Raise `ParameterError` for what push cannot do, or has no use for."""
        if pagerank.walks_per_node is not None:
            raise ParameterError("walks_per_node has no effect with method='push'")
        if pagerank.seed != 0:
            raise ParameterError("seed has no effect with method='push', which draws nothing")

    @staticmethod
    def accuracy(pagerank: PersonalizedPageRank) -> str:
        """Return the parameter that sets it, and its value."""
        return f"tolerance={_tolerance(pagerank):g}"

    @staticmethod
    def seconds(pagerank: PersonalizedPageRank, num_arcs: int) -> float:
        """Return the rough time of one source."""
        left = max(_tolerance(pagerank), 1e-300) * max(1, num_arcs)
        share: float = _WORK_SHARE * max(left, _LEAST_LEFT) ** -_WORK_POWER
        bound = share / (pagerank.restart * _tolerance(pagerank))
        # Where the bound is beyond the graph: a sweep over all arcs leaves 1 - restart of what is missing.
        sweeps = _SWEEPS + max(0.0, math.log(left) / math.log1p(-pagerank.restart))
        return min(bound, num_arcs * sweeps) * _SECONDS_PER_ARC

    def space(self) -> Space:
        """Return a new work space."""
        size = len(self._graph[0]) - 1
        return np.full(size, np.nan), np.zeros(size), np.empty(size, np.int32), np.empty(size, np.int32)

    def top(self, space: Space, top: TopNodes, start: int, stop: int) -> None:
        """Write the result of the sources `start` to `stop`."""
        found = top.rows, top.scores, top.missing
        push_top(*self._graph, self._law, space, top.source_rows, found, start, stop)

    def vector(self, space: Space, source: int) -> NDArray[np.float64]:
        """Return all scores of one source; the work space is spent."""
        push(*self._graph, self._law, space, source)
        return space[1]


class Walks:
    """Random walks on one graph; a work space holds visits, which become scores, and what was touched."""

    bytes_per_node: ClassVar = 12
    weighted_bytes: ClassVar = (0, 8)
    """A node and an arc, for alias tables."""
    less_work: ClassVar = "fewer walks_per_node"

    def __init__(self, pagerank: PersonalizedPageRank, graph: Graph, num_threads: int):
        self._graph = graph.indptr, graph.indices, _alias_table(graph, num_threads)
        threshold = np.uint64(halt_threshold(pagerank.restart))
        self._law = float(pagerank.restart), threshold, _walks_per_node(pagerank)
        self._key = np.uint64(check_seed(pagerank.seed)), int(Stream.VISIT)

    @staticmethod
    def check(pagerank: PersonalizedPageRank) -> None:
        """Raise `ParameterError` for what walks cannot do, or have no use for."""
        if pagerank.restart < _LEAST_RESTART:
            raise ParameterError(
                f"restart must be >= {_LEAST_RESTART:g} with method='walks', got {pagerank.restart:g}: "
                "a walk takes 1 / restart steps, and its end is drawn by words of 32 bits"
            )
        if pagerank.tolerance is not None:
            raise ParameterError("tolerance has no effect with method='walks'")

    @staticmethod
    def accuracy(pagerank: PersonalizedPageRank) -> str:
        """Return the parameter that sets it, and its value."""
        return f"walks_per_node={_walks_per_node(pagerank):,}"

    @staticmethod
    def seconds(pagerank: PersonalizedPageRank, num_arcs: int) -> float:  # noqa: ARG004
        """Return the rough time of one source."""
        return _walks_per_node(pagerank) / pagerank.restart * _SECONDS_PER_STEP

    def space(self) -> Space:
        """Return a new work space."""
        size = len(self._graph[0]) - 1
        return np.zeros(size), np.empty(size, np.int32)

    def top(self, space: Space, top: TopNodes, start: int, stop: int) -> None:
        """Write the result of the sources `start` to `stop`."""
        found = top.rows, top.scores
        visit_top(self._graph, self._law, self._key, space, top.source_rows, found, start, stop)

    def vector(self, space: Space, source: int) -> NDArray[np.float64]:
        """Return all scores of one source; the work space is spent."""
        count_visits(self._graph, self._law, self._key, space, source)
        return space[0]


Engine = Push | Walks

ENGINES: dict[str, type[Push] | type[Walks]] = {"push": Push, "walks": Walks}
"""By the value of the parameter `method`."""


def _tolerance(pagerank: PersonalizedPageRank) -> float:
    return DEFAULT_TOLERANCE if pagerank.tolerance is None else float(pagerank.tolerance)


def _walks_per_node(pagerank: PersonalizedPageRank) -> int:
    return DEFAULT_WALKS if pagerank.walks_per_node is None else pagerank.walks_per_node


def _alias_table(graph: Graph, num_threads: int) -> NDArray[np.uint32] | None:
    if not graph.is_weighted:
        return None
    table = np.empty((graph.num_arcs, 2), np.uint32)
    if graph.num_arcs:
        fill = partial(build_row_alias, graph.indptr, graph.weights, table)
        run_ranges(fill, balanced_bounds(graph.indptr, RANGES_PER_THREAD * num_threads), num_threads)
    return table
