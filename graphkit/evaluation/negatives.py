"""Pairs of nodes without an edge, drawn in one of three ways.

Each way is a distribution over pairs; non-edges are drawn from it one after the other, leaving out
edges, self-loops and pairs that were drawn before. Where the pairs are few enough to be listed, the
list is weighted and cut at random instead (Gumbel's trick), which has the same distribution and ends
even when nearly every pair is taken.
"""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask
from graphkit.errors import InputError
from graphkit.graph.graph import Graph

Negatives = Literal["uniform", "degree", "two-hop", "reversed"]

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

_LISTED_PAIRS = 1_000_000
_MAX_ROUNDS = 50


class _Distribution(Protocol):
    """A distribution over ordered pairs of rows."""

    num_pairs: int
    """At most so many pairs (or steps to them) have to be listed."""

    def draw(self, count: int, rng: np.random.Generator) -> Pairs:
        """Draw `count` pairs, independent of each other."""

    def all_pairs(self) -> tuple[Pairs, NDArray[np.float64]]:
        """All pairs of probability > 0, each once or more, and weights in proportion to it."""


def draw_non_edges(graph: Graph, kind: str, count: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Draw distinct pairs of different nodes that have no edge, in random order.

    Parameters
    ----------
    graph
        For a directed graph pairs are ordered, and (u, v) may be drawn where only (v, u) is an arc; for
        an undirected one u < v.
    kind
        ``"uniform"``, ``"degree"`` or ``"two-hop"``.
    count
        How many, >= 0.
    rng
        Source of randomness.

    Returns
    -------
    int32 [count, 2]

    Raises
    ------
    InputError
        If there are not so many, or they cannot be found in reasonable time.
    """
    distribution = _DISTRIBUTIONS[kind](graph)
    if distribution.num_pairs <= max(_LISTED_PAIRS, 8 * count):
        keys = _choose(graph, distribution, count, rng)
    else:
        keys = _reject(graph, distribution, count, rng)
    if len(keys) < count:
        raise InputError(
            f"negatives='{kind}': {count:,} pairs without an edge are needed, {len(keys):,} were found; "
            "lower negatives_per_edge or choose other negatives"
        )
    keys = rng.permutation(keys)
    return np.column_stack(np.divmod(keys, max(graph.num_nodes, 1))).astype(np.int32)


def _choose(
    graph: Graph, distribution: _Distribution, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Choose from all non-edges by weight, without replacement: the largest log(weight) + Gumbel noise."""
    (source, target), weights = distribution.all_pairs()
    free = _is_free(graph, source, target)
    keys, first = np.unique(_keys(graph, source[free], target[free]), return_index=True)
    luck = np.log(weights[free][first]) + rng.gumbel(size=len(keys))
    return keys[np.argsort(-luck, kind="stable")[:count]]


def _reject(
    graph: Graph, distribution: _Distribution, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw pairs until `count` different non-edges are among them."""
    keys = np.empty(0, np.int64)
    for _ in range(_MAX_ROUNDS):
        source, target = distribution.draw(max(1000, 2 * (count - len(keys))), rng)
        free = _is_free(graph, source, target)
        keys = np.concatenate([keys, _keys(graph, source[free], target[free])])
        _, first = np.unique(keys, return_index=True)
        keys = keys[np.sort(first)][:count]
        if len(keys) == count:
            break
    return keys


def _is_free(graph: Graph, source: NDArray[np.int64], target: NDArray[np.int64]) -> Mask:
    free: Mask = (source != target) & ~graph.has_edges(source, target)
    return free


def _keys(graph: Graph, source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number a pair, the same for both orders in an undirected graph."""
    if not graph.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    return source * graph.num_nodes + target


class _Uniform:
    """All pairs alike."""

    def __init__(self, graph: Graph) -> None:
        self.num_nodes = graph.num_nodes
        self.num_pairs = graph.num_nodes**2

    def draw(self, count: int, rng: np.random.Generator) -> Pairs:
        source, target = rng.integers(self.num_nodes, size=(2, count))
        return source, target

    def all_pairs(self) -> tuple[Pairs, NDArray[np.float64]]:
        source, target = np.divmod(np.arange(self.num_pairs), max(self.num_nodes, 1))
        return (source, target), np.ones(self.num_pairs)


class _Degree:
    """Sources in proportion to their out-degree, targets in proportion to their in-degree."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.num_pairs = graph.num_nodes**2

    def draw(self, count: int, rng: np.random.Generator) -> Pairs:
        # The end of a random arc is a node drawn in proportion to its degree.
        arcs = rng.integers(self.graph.num_arcs, size=(2, count))
        source = np.searchsorted(self.graph.indptr, arcs[0], side="right") - 1
        return source, self.graph.indices[arcs[1]].astype(np.int64)

    def all_pairs(self) -> tuple[Pairs, NDArray[np.float64]]:
        weights = np.outer(self.graph.degree, self.graph.in_degree).astype(np.float64)
        source, target = np.nonzero(weights)
        return (source, target), weights[source, target]


class _TwoHop:
    """The first and the last node of two steps: a random arc, then a random arc on from its end."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.num_pairs = int((graph.in_degree * graph.degree).sum())

    def draw(self, count: int, rng: np.random.Generator) -> Pairs:
        arcs = rng.integers(self.graph.num_arcs, size=count)
        source = np.searchsorted(self.graph.indptr, arcs, side="right") - 1
        middle = self.graph.indices[arcs]
        going_on = self.graph.degree[middle] > 0
        source, middle = source[going_on], middle[going_on]
        onward = self.graph.indptr[middle] + rng.integers(self.graph.degree[middle])
        return source, self.graph.indices[onward].astype(np.int64)

    def all_pairs(self) -> tuple[Pairs, NDArray[np.float64]]:
        import scipy.sparse

        arcs = self.graph.to_scipy().astype(np.float64)
        arcs.data[:] = 1
        step = scipy.sparse.diags_array(1 / np.maximum(self.graph.degree, 1)) @ arcs
        paths = (arcs @ step).tocoo()
        return (paths.row.astype(np.int64), paths.col.astype(np.int64)), paths.data


_DISTRIBUTIONS: dict[str, type[_Uniform] | type[_Degree] | type[_TwoHop]] = {
    "uniform": _Uniform,
    "degree": _Degree,
    "two-hop": _TwoHop,
}
