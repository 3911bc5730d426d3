"""The bias of second-order walks, alpha(t, v, x) of node2vec and node2vec+; a draw of exactly that law."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.csr import find_arc

ONE = 31
"""Acceptance probabilities are in units of 2**-31: times a word they stay below 2**64."""


class Bias(NamedTuple):
    """p and q as kernels want them: multiples of 2**-31 of the envelope M, and plain numbers.

    `excess` is 1 / (p M) - 1, or 0 if that is negative; `back`, `low`, `common`, `far` are min(1/p, M),
    min(1, 1/q), 1 and 1/q over M; `inverse_p`, `inverse_q`, `envelope` are 1/p, 1/q and M.
    """

    excess: float
    back: int
    low: int
    common: int
    far: int
    inverse_p: float
    inverse_q: float
    envelope: float


def bias_of(p: float, q: float) -> Bias:
    """Return the thresholds of p and q."""
    inverse_p, inverse_q = 1 / p, 1 / q
    envelope = max(1.0, inverse_q)
    shares = (min(inverse_p, envelope), min(1.0, inverse_q), 1.0, inverse_q)
    back, low, common, far = (round(share / envelope * 2**ONE) for share in shares)
    return Bias(max(0.0, inverse_p / envelope - 1), back, low, common, far, inverse_p, inverse_q, envelope)


@njit(inline="always")
def share_of(probability, span):
    """A probability in units of 2**-31, of a span of at most 2**32."""
    return np.int64((uint64(probability) * uint64(span)) >> uint64(ONE))


@njit(inline="always")
def extended_alpha(near, noise_there, weight, noise_here, inverse_q):
    """Weigh x by node2vec+, x other than t: w(t, x), threshold of x, w(v, x), threshold of v, 1/q."""
    if near >= noise_there:
        return 1.0
    if weight < noise_here:
        return min(1.0, inverse_q)
    return inverse_q + (1.0 - inverse_q) * (near / np.float64(noise_there))


@njit(nogil=True, cache=True)
def draw_exactly(indptr, indices, weights, noise, directed, bias, node, previous, share):
    """Return the place of an arc of `node` drawn by inversion, share in [0, 1)."""
    first, end = indptr[node], indptr[node + 1]
    sums = np.empty(end - first)
    total = 0.0
    for place in range(first, end):
        weight = 1.0 if weights is None else np.float64(weights[place])
        total += weight * _alpha(indptr, indices, weights, noise, directed, bias, node, previous, place)
        sums[place - first] = total
    # Never behind the last arc, should the product be rounded up to the sum.
    return first + min(np.searchsorted(sums, share * total, side="right"), end - first - 1)


@njit(inline="always")
def _alpha(indptr, indices, weights, noise, directed, bias, node, previous, place):
    neighbor = np.int64(indices[place])
    if neighbor == previous:
        return bias.inverse_p
    found = (
        find_arc(indptr, indices, neighbor, previous)
        if directed
        else find_arc(indptr, indices, previous, neighbor)
    )
    if noise is None:
        return 1.0 if found >= 0 else bias.inverse_q
    near = 0.0 if found < 0 else np.float64(weights[found])
    return extended_alpha(near, noise[neighbor], weights[place], noise[node], bias.inverse_q)
