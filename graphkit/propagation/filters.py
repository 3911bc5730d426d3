"""Filters of vectors on a graph: functions of its Laplacian times thin matrices, by Chebyshev expansion.

L = I - P, P = (D + wI)^-1 (A + wI), w being the mean weight of an arc: every node has a loop beside its
edges, so that it keeps a share of itself. A filter is X -> f(L) X for a function f on [0, 2], where the
eigenvalues of L are. What follows from the band-pass is multiplied by D + wI besides, as ProNE has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import aligned_zeros
from graphkit.errors import ParameterError
from graphkit.kernels.cpu import chebyshev, simd
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, run_ranges
from graphkit.propagation.projection import BLOCK_WIDTH
from graphkit.propagation.row_sums import is_moderate, reciprocal

if TYPE_CHECKING:
    from graphkit.arrays import Indptr, Rows, Vectors, Weights
    from graphkit.graph.graph import Graph

Array = NDArray[np.float64]

_NARROW = 64
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
        block = padded(vectors[:, columns])
        total = aligned_zeros(*block.shape)
        np.multiply(coefficients[0], block, out=total)
        walk.add_terms(block, coefficients[1:], total)
        if chosen.by_degree:
            total *= walk.degrees
        part = out[:, columns]
        part[:] = total[:, : part.shape[1]]
    return out


def padded(vectors: Vectors, *, copy: bool = True) -> Vectors:
    """Return vectors with columns of zeros behind, a multiple of 16 in all, as `LazyWalk` takes them.

    Without `copy` what has such a number of columns is returned as it is.
    """
    num_rows, dim = vectors.shape
    if not copy and dim == simd.padded(dim):
        return vectors
    out = aligned_zeros(num_rows, simd.padded(dim))
    out[:, :dim] = vectors
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
        self._arcs, self._num_threads = arcs, num_threads
        self._unit = np.float32(1 / scales.unit)
        self._own = own
        self._scale = scales.arcs[own].astype(np.float32)
        self._stay, self.degrees = np.ascontiguousarray(scales.stay[own, 0]), scales.degrees[own]

    @classmethod
    def of(cls, graph: Graph, *, num_threads: int) -> LazyWalk:
        """Return all rows of a graph's."""
        scales = WalkScales.of(graph.strength, graph.num_arcs)
        arcs = graph.indptr, graph.indices, graph.weights
        return cls(arcs, scales, slice(0, graph.num_nodes), num_threads=num_threads)

    def add_term(
        self, block: Vectors, term: Vectors, coefficient: np.float32, total: Vectors, *, is_first: bool
    ) -> None:
        """Write the term of the series that follows on `block` into `term`, and add it to `total`.

        Terms are T_k(L - I) X: T_1(L - I) is -P, and T_k+1 = -2 P T_k - T_k-1. Unless this is the first,
        `term` has the rows of the one before `block` when it is called. Rows of `block` are all of the
        graph's, those of the others are these; all have a multiple of 16 columns.
        """
        indptr = self._arcs[0]
        own, gathered = block[self._own], block if self._unit == 1 else self._unit * block
        factor, behind = (np.float32(-1), np.float32(0)) if is_first else (np.float32(-2), np.float32(-1))
        run_ranges(
            lambda start, stop: chebyshev.add_term(
                *(*self._arcs, self._scale, self._stay, gathered, own, factor, behind, term),
                *(coefficient, total, start, stop),
            ),
            balanced_bounds(indptr, self._num_threads * RANGES_PER_THREAD),
            self._num_threads,
        )

    def add_terms(self, block: Vectors, coefficients: NDArray[np.float32], total: Vectors) -> None:
        """Add c_k T_k(L - I) block to `total`, k = 1, 2, ...; `block` is written to, and has all rows."""
        term = aligned_zeros(*block.shape)
        for number, coefficient in enumerate(coefficients):
            self.add_term(block, term, coefficient, total, is_first=number == 0)
            block, term = term, block
