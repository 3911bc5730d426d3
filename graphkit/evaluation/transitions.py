"""Whether random walks, by whatever library, obey the law that they claim to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import ParameterError
from graphkit.evaluation.report import Row, table
from graphkit.evaluation.transition_contexts import Contexts, arcs_of, as_rows, faults_of
from graphkit.graph.graph import Graph, check_graph
from graphkit.parallel import even_bounds, resolve_threads, run_ranges
from graphkit.parameters import Finite, Positive, check_declared

_KINDS = ("the node before", "its neighbors", "others", "rare ones")
"""What next nodes are to the node before; pools of rare ones are called so."""

_NUM_WORST = 5
_NUM_RANGES = 64
"""Not a matter of threads: the order of sums must not depend on them."""

_LEAST_VARIANCE = 5.0


@dataclass(frozen=True)
class TransitionTest:
    """How well walks agree with their law.

    Attributes
    ----------
    p_value
        Probability of deviations at least as large if the walks obey the law: twice the smaller one of the
        two tests' p-values; 0 if anything is impossible; NaN if there is nothing to test.
    statistic, degrees_of_freedom
        Chi-square of single transitions, summed over all contexts visited by enough walks; 0 and 0 without
        any.
    kinds_statistic, kinds_degrees_of_freedom
        Chi-square of the kinds of transitions, all contexts together.
    num_steps
        Steps along arcs.
    num_tested
        Steps that `statistic` counts.
    faults
        How many entries are no node of the graph, steps no arc, entries behind the end of their walk; how
        many walks end at a node with out-arcs before the last entry.
    kinds
        Rows of a table: steps back to the node before, to its neighbours, and to others, as observed and as
        expected.
    worst
        Rows of a table, the cells that deviate most: previous, node, next (ids, or what a pool of rare next
        nodes is called; previous is None at the start of a walk), observed and expected.
    """

    p_value: float
    statistic: float
    degrees_of_freedom: int
    kinds_statistic: float
    kinds_degrees_of_freedom: int
    num_steps: int
    num_tested: int
    faults: dict[str, int]
    kinds: list[Row]
    worst: list[Row]

    @property
    def impossible(self) -> int:
        """All faults together: what no walk on this graph does."""
        return sum(self.faults.values())

    def __str__(self) -> str:
        found = [f"{count:,} {name}" for name, count in self.faults.items() if count]
        lines = [
            f"p-value: {self.p_value:.3g}",
            f"impossible: {'; '.join(found) or 'nothing'}",
            f"kinds of steps: chi-square {self.kinds_statistic:,.1f} on {self.kinds_degrees_of_freedom} "
            f"degrees of freedom, {self.num_steps:,} steps",
            table(self.kinds),
            f"single transitions: chi-square {self.statistic:,.1f} on {self.degrees_of_freedom:,} degrees of "
            f"freedom, {self.num_tested:,} steps in contexts visited by enough walks",
        ]
        return "\n".join(lines + ([table(self.worst)] if self.worst else []))


def transition_test(
    graph: Graph,
    walks: Any,
    *,
    p: Positive = 1.0,
    q: Positive = 1.0,
    extend: bool = False,
    gamma: Finite = 0.0,
    ids: bool = False,
    num_threads: int | None = None,
) -> TransitionTest:
    """Compare the transitions of walks with the exact law of `graphkit.random_walks`, by chi-square.

    Parameters
    ----------
    graph
        The graph that was walked on.
    walks
        Rows of the graph, int [num_walks, walk_length] with -1 behind the end of a walk that ended early; or
        a sequence of walks of any lengths. Made by any library, with neither restarts nor random lengths.
    p, q, extend, gamma
        The law, as for `graphkit.random_walks`; p and q > 0.
    ids
        Whether `walks` holds node ids in place of rows.
    num_threads
        Threads to use, >= 1; None for all cores.

    Returns
    -------
    TransitionTest
        A p-value below 1e-6, say, means that the walks do not obey the law.

    Raises
    ------
    ParameterError
        For p or q not > 0, or `extend` on a directed graph.
    InputError
        For walks of another shape.

    Notes
    -----
    Steps are counted by context: the node before and the present one, (t, v); at the start of a walk the
    node alone. Two tests. One sums up kinds of steps over all contexts: back to t, to neighbours of t, to
    others; it sees a wrong p or q from few walks. The other takes each context that enough walks visited
    on its own, next node by next node; those expected less than five times are pooled, first with others
    of their kind, then together. It sees what the kinds leave open, such as wrong weights. It counts the
    first visit of each walk only: walks that go to and fro come back because of what they chose, and
    contexts picked for being visited often would show it.

    Limits: contexts visited by fewer than ten walks have no part in the second test; where most are, as on a
    large graph walked a little, a fault within a kind goes unseen. Where the walks begin, and whether
    different walks are independent, is not tested. Both laws are limits for many visits, so p-values near a
    threshold are rough. On large graphs some contexts, chosen by their number, are left out to bound the
    time.

    Examples
    --------
    >>> from graphkit import random_walks
    >>> ring = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
    >>> walks = random_walks(ring, walks_per_node=100, p=4, q=0.5, seed=1)
    >>> transition_test(ring, walks, p=4, q=0.5).p_value > 0.001
    True
    >>> transition_test(ring, walks, p=0.5, q=4).p_value < 1e-6
    True
    """
    check_graph(graph)
    check_declared(transition_test, {"p": p, "q": q, "extend": extend, "gamma": gamma, "ids": ids})
    if extend and graph.directed:
        raise ParameterError("extend is for undirected graphs, got a directed one")
    threads = resolve_threads(num_threads)
    rows = as_rows(graph, walks, ids)
    arcs = arcs_of(graph, rows, threads)
    noise = _noise(graph, gamma) if extend and graph.is_weighted else None
    contexts = Contexts.of(graph, rows, arcs, threads)
    scores = _score(graph, contexts, (noise, graph.directed, 1 / float(p), 1 / float(q)), threads)
    faults = faults_of(graph, rows, arcs)
    statistic, freedom = float(scores.statistic.sum()), int(scores.freedom.sum())
    kinds_statistic, kinds_freedom = _kinds_statistic(scores.by_kind)
    tails = _tail(statistic, freedom), _tail(kinds_statistic, kinds_freedom)
    visits = np.diff(np.concatenate([[0], np.cumsum(contexts.firsts)])[contexts.begins])
    return TransitionTest(
        p_value=0.0 if any(faults.values()) else float(np.minimum(1.0, 2 * np.fmin(*tails))),
        statistic=statistic,
        degrees_of_freedom=freedom,
        kinds_statistic=kinds_statistic,
        kinds_degrees_of_freedom=kinds_freedom,
        num_steps=int((arcs >= 0).sum()),
        num_tested=int(visits[scores.freedom > 0].sum()),
        faults=faults,
        kinds=_kind_rows(scores.by_kind),
        worst=_worst_rows(graph, contexts, scores),
    )


class _Scores(NamedTuple):
    """What `score_contexts` writes and returns."""

    statistic: NDArray[np.float64]
    freedom: NDArray[np.int64]
    worst: NDArray[np.float64]
    by_kind: NDArray[np.float64]


def _score(graph: Graph, contexts: Contexts, law: tuple[Any, ...], threads: int) -> _Scores:
    from graphkit.kernels.cpu.transitions import score_contexts

    size = len(contexts.nodes)
    scores, freedom, worst = np.empty(size), np.empty(size, np.int64), np.empty((size, 4))
    met = contexts.previous, contexts.nodes, contexts.begins, contexts.slots
    times = contexts.counts, contexts.firsts
    arrays = (graph.indptr, graph.indices, graph.weights, *law, *met, *times, scores, freedom, worst)
    parts = run_ranges(
        lambda start, stop: score_contexts(*arrays, start, stop), even_bounds(size, _NUM_RANGES), threads
    )
    return _Scores(scores, freedom, worst, np.sum(parts, axis=0))


def _kinds_statistic(by_kind: NDArray[np.float64]) -> tuple[float, int]:
    """Chi-square of observed against expected kinds with their own covariance, and its rank.

    Given the contexts, the counts are sums of independent multinomial ones. Kinds that hardly vary are left
    out: their counts are far from normal.
    """
    variable = np.flatnonzero(by_kind[2:].diagonal() >= _LEAST_VARIANCE)
    deviation = (by_kind[0] - by_kind[1])[variable]
    values, vectors = np.linalg.eigh(by_kind[2:][np.ix_(variable, variable)])
    kept = values > 1e-9 * by_kind[1].sum()
    along = vectors.T[kept] @ deviation
    return float((along**2 / values[kept]).sum()), int(kept.sum())


def _tail(statistic: float, freedom: int) -> float:
    from scipy.stats import chi2

    return float(chi2.sf(statistic, freedom)) if freedom else float("nan")


def _kind_rows(by_kind: NDArray[np.float64]) -> list[Row]:
    return [
        {"next": _KINDS[kind], "observed": int(by_kind[0, kind]), "expected": float(by_kind[1, kind])}
        for kind in range(3)
    ]


def _worst_rows(graph: Graph, contexts: Contexts, scores: _Scores) -> list[Row]:
    largest = np.argsort(-np.abs(scores.worst[:, 0]), kind="stable")[:_NUM_WORST]
    rows: list[Row] = []
    for context in largest[scores.freedom[largest] > 0]:
        before, node = contexts.previous[context], contexts.nodes[context]
        _, label, observed, expected = scores.worst[context]
        slot = int(label)
        neighbor = graph.indices[graph.indptr[node] + max(slot, 0)]
        follows = str(graph.node_ids[neighbor]) if slot >= 0 else _KINDS[-1 - slot]
        rows.append(
            {
                "previous": str(graph.node_ids[before]) if before >= 0 else None,
                "node": str(graph.node_ids[node]),
                "next": follows,
                "observed": int(observed),
                "expected": float(expected),
            }
        )
    return rows


def _noise(graph: Graph, gamma: float) -> NDArray[np.float64]:
    """max(0, mean + gamma * std) of each node's weights, rounded as float32."""
    weights = np.asarray(graph.weights, np.float64)
    source = np.repeat(np.arange(graph.num_nodes), graph.degree)
    degree = np.maximum(graph.degree, 1)
    mean = np.bincount(source, weights, graph.num_nodes) / degree
    square = np.bincount(source, (weights - mean[source]) ** 2, graph.num_nodes) / degree
    return np.maximum(0, mean + gamma * np.sqrt(square)).astype(np.float32).astype(np.float64)
