"""The three diffusions that clusters are swept from: what each checks, how much it may touch, how it runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_between, check_positive
from graphkit.errors import ParameterError
from graphkit.kernels.cpu.dense_diffusion import settled_scores
from graphkit.kernels.cpu.eight_columns import COLUMNS
from graphkit.kernels.cpu.heat_push import REACHED, push_heat
from graphkit.kernels.cpu.local_push import (
    ARCS_READ,
    DIAGONAL,
    FAULT,
    FULL,
    GAP,
    HEAD,
    NUM_COUNTS,
    SOLUTION,
    SPREAD,
    TOUCHED_ARCS,
    UNKNOWN,
    USED,
    WAITING,
    push,
)
from graphkit.kernels.cpu.touched_nodes import make_space
from graphkit.local.everywhere import (
    Everywhere,
    arcs_to_push,
    heat_everywhere,
    pagerank_everywhere,
    pageranks_everywhere,
    spread_out,
    start_of,
)
from graphkit.parallel import run_ranges
from graphkit.propagation.push_work import check_push_time

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.local.label_weights import LabelWeights

Space = tuple[NDArray[Any], ...]

_FIRST_CAPACITY = 1 << 10

MOST_TIME = 300.0
"""Of heat kernels: exp(time) is a number up to 709, and terms are not lost to rounding."""

SECONDS_PER_ARC = 2e-8
"""On one thread, the sweep for the cluster included."""

LARGEST_MASS = 50_000
"""Where flow diffusion stops looking for larger clusters unless told otherwise."""

_FULL_SHARE = 0.9
"""Of what sinks hold: nearer to it, mass settles ever more slowly."""


class Diffused(NamedTuple):
    """Where a diffusion has come to."""

    slots: NDArray[np.int32] | None
    """Way from nodes to places, as `graphkit.kernels.cpu.touched_nodes`; None: each node is its place."""

    nodes: NDArray[np.int32]
    """By place."""

    places: NDArray[np.int64]
    """Of the nodes that have a score > 0."""

    scores: NDArray[np.float64]
    """Of these."""

    strengths: NDArray[np.float64] | None
    """Of these, as labels have them, where they are known."""

    per_strength: bool
    """Whether scores are ranked by what they are to the nodes' strengths."""

    num_touched: int
    arcs_read: int


class Diffusion(Protocol):
    """What `local_cluster` needs of a diffusion."""

    def most_arcs(self, num_arcs: int) -> float:
        """Return what the number of arcs read in first pushes is at most."""

    def run(self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]) -> Iterator[Diffused]:
        """Yield the diffusion from seeds, or several, ever farther ones; each is used before the next."""

    def run_each(
        self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]
    ) -> Iterator[Iterator[Diffused]]:
        """Yield what `run` does for each seed alone."""


def _each(
    diffusion: Diffusion, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]
) -> Iterator[Iterator[Diffused]]:
    for place in range(len(rows)):
        yield diffusion.run(graph, labels, rows[place : place + 1])


class PageRankPush:
    """Personalised PageRank: ``p = restart * s + (1 - restart) P^T p``."""

    default_tolerance = 1e-5

    def __init__(self, restart: float, tolerance: float):
        check_between("restart", restart, "(0, 1)")
        check_between("tolerance", tolerance, "(0, 1)")
        self.restart, self.tolerance = float(restart), float(tolerance)

    def most_arcs(self, num_arcs: int) -> float:  # noqa: ARG002
        """Each push of a node leaves `restart` of at least tolerance times its arcs."""
        return 1 / self.restart / self.tolerance

    def run(self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]) -> Iterator[Diffused]:
        """Yield one diffusion."""
        law = self.restart, self.tolerance
        counts = np.zeros(NUM_COUNTS, np.int64)
        last = self._arcs_to_push(graph)
        if not last:
            yield self._settled(pagerank_everywhere(graph, labels, law, start_of(graph, rows)), counts)
            return
        push_law = (0.0, 1 / (1 - self.restart), 0.0, self.tolerance, 0.0, last)
        start = np.full(len(rows), 1 / len(rows))
        space, ended = _pushed(graph, labels, push_law, make_space(_FIRST_CAPACITY), counts, rows, start)
        touched, values = space[1][: counts[USED]], space[2][: counts[USED]]
        # From a residual that would not do for one arc only that of one arc has been taken.
        sized = np.flatnonzero(values[:, DIAGONAL] != UNKNOWN)
        sizes = np.ones(len(touched))
        sizes[sized] = graph.indptr[touched[sized] + 1] - graph.indptr[touched[sized]]
        residual = values[:, GAP] + self.tolerance * sizes
        if ended == SPREAD:
            state = spread_out(graph, labels, touched, values[:, SOLUTION], residual)
            yield self._settled(pagerank_everywhere(graph, labels, law, state), counts)
            return
        places = np.flatnonzero(values[:, DIAGONAL] > 0)
        # p + restart * r, as PersonalizedPageRank: nearer to PageRank than p, and still below it.
        scores = self.restart * (values[:, DIAGONAL] * values[:, SOLUTION] + residual)
        yield _found(space, places, scores[places], True, counts)

    def run_each(
        self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]
    ) -> Iterator[Iterator[Diffused]]:
        """Yield what `run` does for each seed alone; of a small graph some seeds share each look at a row."""
        if self._arcs_to_push(graph):
            yield from _each(self, graph, labels, rows)
            return
        law = self.restart, self.tolerance
        for first in range(0, len(rows), COLUMNS):
            for found in pageranks_everywhere(graph, labels, law, rows[first : first + COLUMNS]):
                yield iter([self._settled(found, np.zeros(NUM_COUNTS, np.int64))])

    def _arcs_to_push(self, graph: Graph) -> float:
        check_push_time(self.restart, self.tolerance, graph.num_arcs, SECONDS_PER_ARC)
        return arcs_to_push(graph.num_nodes, graph.num_arcs, self.most_arcs(graph.num_arcs))

    def _settled(self, found: Everywhere, counts: NDArray[np.int64]) -> Diffused:
        """Scores of the nodes that were pushed, after a push of these counts."""
        state = found.residual, found.values, found.strengths
        places, scores, strengths, touched = settled_scores((self.restart, self.tolerance), *state)
        nodes = np.arange(len(found.values), dtype=np.int32)
        arcs_read = int(counts[ARCS_READ]) + found.arcs_read
        return Diffused(None, nodes, places, scores, strengths, True, touched, arcs_read)


class HeatKernelPush:
    """Heat-kernel PageRank: ``h = exp(-time) sum_k time^k / k! (P^T)^k s``."""

    default_tolerance = 1e-4

    def __init__(self, time: float, tolerance: float):
        check_positive("time", time)
        if time > MOST_TIME:
            raise ParameterError(
                f"time must be at most {MOST_TIME:g}, got {time:g}: what is left by then is the graph's"
            )
        check_between("tolerance", tolerance, "(0, 1)")
        self.time, self.tolerance = float(time), float(tolerance)

    @property
    def terms(self) -> int:
        """N, behind which the series is cut, so that half of the tolerance is lost there."""
        most = self.tolerance / 2
        term, rest, number = math.exp(-self.time), 1.0 - math.exp(-self.time), 0
        while rest > most or number + 2 <= self.time:
            number += 1
            term *= self.time / number
            rest -= term
            # What follows is below a geometric series, where rounding leaves nothing of 1 - sum.
            if number + 2 > self.time and term * self.time / (number + 2 - self.time) < most:
                break
        return number

    @property
    def limits(self) -> NDArray[np.float64]:
        """The residual that an arc lets stand in each step, [N + 1]; together half of the tolerance."""
        number = self.terms
        remaining = np.ones(number + 1)
        for step in range(number - 1, -1, -1):
            remaining[step] = 1 + remaining[step + 1] * self.time / (step + 1)
        limits: NDArray[np.float64] = np.exp(self.time) * self.tolerance / (2 * (number + 1) * remaining)
        return limits

    def most_arcs(self, num_arcs: int) -> float:  # noqa: ARG002
        """In step k there is t^k / k! to push, at least the limit for each arc."""
        limits, total, there = self.limits, 0.0, 1.0
        for step, limit in enumerate(limits):
            total += there / limit
            there *= self.time / (step + 1)
        return float(total)

    def run(self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]) -> Iterator[Diffused]:
        """Yield one diffusion."""
        counts = np.zeros(NUM_COUNTS, np.int64)
        start = np.full(len(rows), 1 / len(rows))
        limits, space = self.limits, make_space(_FIRST_CAPACITY)
        most = arcs_to_push(graph.num_nodes, graph.num_arcs, self.most_arcs(graph.num_arcs))
        arrays = (*graph.unchecked_rows(), tuple(labels), self.time, limits, most, space, counts, rows, start)
        ((space, ended),) = run_ranges(lambda *_: push_heat(*arrays), [0, 1], 1)
        if ended == FAULT:
            raise graph.fault_at(int(counts[USED]))
        nodes, values = space[1][: counts[USED]], space[2][: counts[USED]]
        if ended == SPREAD:
            step, waiting = int(counts[HEAD]), space[3][: counts[WAITING]]
            residual = np.zeros(len(nodes))
            residual[waiting] = values[waiting, 2 * (step & 1)]
            state = spread_out(graph, labels, nodes, values[:, REACHED], residual)
            found = heat_everywhere(graph, labels, self.time, limits, step, state)
            yield _everywhere(found, math.exp(-self.time) * found.values, counts)
            return
        places = np.flatnonzero(values[:, REACHED] > 0)
        yield _found(space, places, math.exp(-self.time) * values[places, REACHED], True, counts)

    def run_each(
        self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]
    ) -> Iterator[Iterator[Diffused]]:
        """Yield what `run` does for each seed alone."""
        return _each(self, graph, labels, rows)


class FlowPush:
    """Flow diffusion with p = 2: mass spreads from the seeds until no node holds more than it has arcs."""

    default_tolerance = 1e-3

    def __init__(self, mass: float | None, tolerance: float):
        if mass is not None:
            check_positive("mass", mass)
        check_between("tolerance", tolerance, "(0, 1)")
        self.mass, self.tolerance = None if mass is None else float(mass), float(tolerance)

    def most_arcs(self, num_arcs: int) -> float:
        """Nodes that are pushed are full."""
        if self.mass is not None:
            return self.mass
        return min(LARGEST_MASS, num_arcs / 2)

    def run(self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]) -> Iterator[Diffused]:
        """Yield the diffusion of one mass, or of masses that double: each goes on from the one before."""
        if self.mass is not None and self.mass > _FULL_SHARE * graph.num_arcs:
            raise ParameterError(
                f"mass must be at most {_FULL_SHARE:g} times the number of arcs, "
                f"{_FULL_SHARE * graph.num_arcs:,.0f} here, got {self.mass:,.6g}, for which there is no place"
            )
        counts = np.zeros(NUM_COUNTS, np.int64)
        space: Space = make_space(_FIRST_CAPACITY)
        before = 0.0
        for mass in self._masses(graph, rows):
            law = (0.0, 1.0, 1.0, self.tolerance, mass / _FULL_SHARE, math.inf)
            more = np.full(len(rows), (mass - before) / len(rows))
            space, ended = _pushed(graph, labels, law, space, counts, rows, more)
            before = mass
            if ended == FULL and self.mass is not None:
                raise ParameterError(
                    f"mass must be at most {_FULL_SHARE:g} times the number of arcs that the seeds reach, "
                    f"{_FULL_SHARE * counts[TOUCHED_ARCS]:,.0f} here, got {mass:,.6g}: give less"
                )
            solution = space[2][: counts[USED], SOLUTION]
            places = np.flatnonzero(solution > 0)
            if len(places):
                yield _found(space, places, solution[places], False, counts)
            if ended == FULL:
                return

    def run_each(
        self, graph: Graph, labels: LabelWeights, rows: NDArray[np.int64]
    ) -> Iterator[Iterator[Diffused]]:
        """Yield what `run` does for each seed alone."""
        return _each(self, graph, labels, rows)

    def _masses(self, graph: Graph, rows: NDArray[np.int64]) -> Iterator[float]:
        if self.mass is not None:
            yield self.mass
            return
        most = self.most_arcs(graph.num_arcs)
        mass = 2.0 * float((graph.indptr[rows + 1] - graph.indptr[rows]).sum())
        while mass < most:
            yield mass
            mass *= 2
        yield most


def _found(
    space: Space,
    places: NDArray[np.int64],
    scores: NDArray[np.float64],
    per_strength: bool,
    counts: NDArray[np.int64],
) -> Diffused:
    """What push has found, scores by place."""
    slots, nodes = space[:2]
    counted = int(counts[USED]), int(counts[ARCS_READ])
    return Diffused(slots, nodes, places, scores, None, per_strength, *counted)


def _everywhere(found: Everywhere, scores: NDArray[np.float64], counts: NDArray[np.int64]) -> Diffused:
    """What passes over all nodes have found, scores by node, after a push of these counts."""
    pushed = found.strengths > 0
    places = np.flatnonzero(pushed & (scores > 0))
    touched = int(np.count_nonzero(pushed | (found.residual != 0)))
    nodes = np.arange(len(scores), dtype=np.int32)
    arcs_read = int(counts[ARCS_READ]) + found.arcs_read
    return Diffused(None, nodes, places, scores[places], found.strengths[places], True, touched, arcs_read)


def _pushed(
    graph: Graph,
    labels: LabelWeights,
    law: tuple[float, ...],
    space: Space,
    counts: NDArray[np.int64],
    rows: NDArray[np.int64],
    amounts: NDArray[np.float64],
) -> tuple[Space, int]:
    """The space after a push, and how it ended; `InputError` for a row that is none of a graph."""
    arrays = (*graph.unchecked_rows(), tuple(labels), law, space, counts, rows, amounts)
    ((space, ended),) = run_ranges(lambda *_: push(*arrays), [0, 1], 1)
    if ended == FAULT:
        raise graph.fault_at(int(counts[USED]))
    return space, ended
