"""Filters of vectors on a graph: functions of its Laplacian times thin matrices, by Chebyshev expansion.

L = I - P, P = (D + wI)^-1 (A + wI), w being the mean weight of an arc: every node has a loop beside its
edges, so that it keeps a share of itself. A filter is X -> f(L) X for a function f on [0, 2], where the
eigenvalues of L are. What follows from the band-pass is multiplied by D + wI besides, as ProNE has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import ParameterError
from graphkit.propagation.operators import SparseOperator
from graphkit.propagation.projection import BLOCK_WIDTH
from graphkit.propagation.row_sums import is_moderate, reciprocal
from graphkit.propagation.thin_products import ThinProducts

if TYPE_CHECKING:
    from graphkit.arrays import Indptr, Rows, Vectors, Weights
    from graphkit.graph.graph import Graph

Array = NDArray[np.float64]

_NARROW = 32
_CACHE_BYTES = 4e6
"""Columns go by so few at a time where they then stay in a core's cache."""

_MOST_TERMS = 256
_HIGHEST = 1e27
"""Of a response: the largest degrees beside it, float32 does not overflow."""

_ACCURACY = 1e-5
"""Terms are left out from where all coefficients together are below so much of the largest."""


@dataclass(frozen=True)
class Filter:
    """A function of the Laplacian.

    Attributes
    ----------
    response
        f, for arrays of eigenvalues in [0, 2].
    by_degree
        Whether rows are multiplied by their (weighted) degree afterwards.
    """

    response: Callable[[Array], Array]
    by_degree: bool = False

    def coefficients(self) -> Array:
        """Return c of f(x) = sum_k c_k T_k(x - 1), as many as float32 sees."""
        points = np.cos(np.pi * (np.arange(_MOST_TERMS) + 0.5) / _MOST_TERMS)
        orders = np.arange(_MOST_TERMS)[:, None]
        cosines = np.cos(np.pi * orders * (np.arange(_MOST_TERMS) + 0.5) / _MOST_TERMS)
        terms = 2 / _MOST_TERMS * cosines @ self.response(1 + points)
        terms[0] /= 2
        # A tail is what is lost by leaving it out, at most.
        tails = np.cumsum(np.abs(terms[::-1]))[::-1]
        return terms[: max(1, int((tails > _ACCURACY * np.abs(terms).max()).sum()))]


def band_pass(mu: float, theta: float) -> Filter:
    """Return ProNE's filter, (A + I)(I - g(L)) with g(x) = exp(-theta ((x - mu)^2 / 2 - 1)).

    Raises
    ------
    ParameterError
        If float32 does not hold what passes.
    """

    def response(x: Array) -> Array:
        passed: Array = (1 - x) * (1 - np.exp(-theta * ((x - mu) ** 2 / 2 - 1)))
        return passed

    with np.errstate(over="ignore", invalid="ignore"):
        highest = float(np.abs(response(np.linspace(0, 2, _MOST_TERMS))).max())
    # NaN is not below.
    if not highest < _HIGHEST:
        raise ParameterError(
            f"the band-pass of mu={mu:g}, theta={theta:g} passes {highest:.3g} times a vector, more than "
            "float32 holds; choose theta nearer to 0.5 and mu in [0, 2]"
        )
    return Filter(response, by_degree=True)


def low_pass(steps: int) -> Filter:
    """Return ((I + P) / 2)^steps: so many steps of a walk that rests every other time."""
    return Filter(lambda x: np.asarray((1 - x / 2) ** steps))


def heat(time: float) -> Filter:
    """Return exp(-time L)."""
    return Filter(lambda x: np.exp(-time * x))


def ppr(restart: float) -> Filter:
    """Return restart (I - (1 - restart) P)^-1: personalised PageRank."""
    return Filter(lambda x: restart / (1 - (1 - restart) * (1 - x)))


def columns_at_a_time(num_nodes: int) -> int:
    """Return how many columns go by side by side."""
    return _NARROW if 4 * _NARROW * num_nodes <= _CACHE_BYTES else BLOCK_WIDTH


def filtered(graph: Graph, vectors: Vectors, chosen: Filter, *, num_threads: int) -> Vectors:
    """Return f(L) X of an undirected graph, float32 [num_nodes, dim], by as many products as f has terms."""
    coefficients = chosen.coefficients().astype(np.float32)
    out = np.empty(vectors.shape, np.float32)
    walk = LazyWalk.of(graph, num_threads=num_threads)
    width = columns_at_a_time(graph.num_nodes)
    for first in range(0, vectors.shape[1], width):
        columns = slice(first, first + width)
        block = np.ascontiguousarray(vectors[:, columns], np.float32)
        total = coefficients[0] * block
        for coefficient, term in zip(coefficients[1:], walk.chebyshev(block)):
            walk.add(total, coefficient, term)
        out[:, columns] = total * walk.degrees if chosen.by_degree else total
    return out


@dataclass(frozen=True)
class WalkScales:
    """What rows are multiplied by in P = (D + wI)^-1 (A + wI), w being the mean weight of an arc.

    Attributes
    ----------
    arcs
        Factors of A's rows, float64 [num_nodes].
    unit
        What A's columns are divided by, which the factors have in them: 1, or a power of two near the ends of
        float32's range, that sums stay within it.
    stay
        Factors of the loops, float32 [num_nodes, 1].
    degrees
        Diagonal of D / w + I, float32 [num_nodes, 1]: in units of w, so that the weights' unit does not
        count.
    """

    arcs: Array
    unit: float
    stay: Vectors
    degrees: Vectors

    @classmethod
    def of(cls, strength: Array, num_arcs: int) -> WalkScales:
        """Return those of an undirected graph with such sums of weights, float64 [num_nodes]."""
        # Of a graph without arcs any loop will do.
        weight = float(strength.sum()) / num_arcs if num_arcs else 1.0
        inverse = reciprocal(strength + weight)
        # Half way to the weights' size, that vectors stay within the range too.
        unit = 1.0 if is_moderate(strength) else 2.0 ** (int(np.frexp(weight)[1]) // 2)
        stay = (weight * inverse).astype(np.float32)[:, None]
        return cls(inverse * unit, unit, stay, (1 + strength / weight).astype(np.float32)[:, None])


class LazyWalk:
    """Rows of P = (D + wI)^-1 (A + wI) of an undirected graph, w being the mean weight of an arc.

    Parameters
    ----------
    arcs
        A's rows, as `SparseOperator` takes them: offsets from 0, indices, weights or None.
    scales
        Of all rows of the graph.
    own
        Which rows these are.
    num_threads
        Threads to use.

    Attributes
    ----------
    degrees
        Diagonal of D / w + I, of these rows.
    """

    def __init__(
        self,
        arcs: tuple[Indptr, Rows, Weights | None],
        scales: WalkScales,
        own: slice,
        *,
        num_threads: int,
    ):
        num_nodes = len(scales.arcs)
        num_rows = len(arcs[0]) - 1
        self._thin = ThinProducts(num_rows, num_threads)
        self._arcs = SparseOperator(
            *arcs,
            (num_rows, num_nodes),
            row_scale=scales.arcs[own],
            column_scale=None if scales.unit == 1 else np.full(num_nodes, 1 / scales.unit),
            symmetric=True,
            num_threads=num_threads,
        )
        self._own = own
        self._stay, self.degrees = scales.stay[own], scales.degrees[own]

    @classmethod
    def of(cls, graph: Graph, *, num_threads: int) -> LazyWalk:
        """Return all rows of a graph's."""
        scales = WalkScales.of(graph.strength, graph.num_arcs)
        arcs = graph.indptr, graph.indices, graph.weights
        return cls(arcs, scales, slice(0, graph.num_nodes), num_threads=num_threads)

    def times(self, block: Vectors, factor: float, out: Vectors) -> None:
        """Write factor P block into `out`, rows of `block` being all of the graph's."""
        own = block[self._own]
        self._arcs.times(block, out)

        def add_loops(rows: slice) -> None:
            out[rows] += self._stay[rows] * own[rows]
            out[rows] *= np.float32(factor)

        self._thin.each_block(add_loops)

    def add(self, total: Vectors, factor: np.float32, block: Vectors) -> None:
        """Add factor block to `total`."""

        def add(rows: slice) -> None:
            total[rows] += factor * block[rows]

        self._thin.each_block(add)

    def chebyshev(self, block: Vectors) -> Iterator[Vectors]:
        """Yield T_k(L - I) block for k = 1, 2, ...; the array is written to again two steps later.

        T_1(L - I) is -P, and T_k+1 = -2 P T_k - T_k-1.
        """
        before, current, following = block, np.empty_like(block), np.empty_like(block)
        self.times(block, -1, current)
        yield current
        while True:
            self.times(current, -2, following)
            self.add(following, np.float32(-1), before)
            yield following
            # The caller's own block is not written to.
            spare = np.empty_like(block) if before is block else before
            before, current, following = current, following, spare
