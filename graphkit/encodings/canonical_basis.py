"""One basis of an eigenspace for all orders of the nodes, as far as there is one.

J. Ma, Y. Wang, Y. Wang, "Laplacian Canonization: A Minimalist Approach to Sign and Basis Invariant Spectral
Embedding", NeurIPS 2023: maximal axis projection.

An eigenvector u is as good as -u, and of an eigenspace any orthonormal basis is as good as another; what is
unique is the projection P = U U^T. The nodes are grouped by the length of their axis' projection, |P e_i|,
and with x the indicator of a group, P x is a vector of the space that depends on nothing but the graph, and
moves along when the nodes are numbered anew. The first group, lengths descending, whose P x is not 0 gives
the first vector, and so on in what is left of the space. For a single eigenvector: the sum of its entries
over the first group of equal |u_i| that has one is positive.

Where we differ, and why:

- Lengths are compared up to a relative 1e-6, as eigenvectors have rounding errors; groups are taken by
  descending length, so that entries near 0 decide last.
- The groups are formed anew in what is left of the space after each vector, as the projections are.
- Where no group has a vector (the two halves of a path: u turned over is -u; all eigenspaces of a ring) no
  rule can prefer one. Then the axis of the longest projection is taken, the first of equal ones: the vector
  is right, but another order of the nodes may turn it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu.column_signs import write_signs

Array = NDArray[np.float64]

_SAME = 1e-6
"""Lengths that differ by less, relative to the longest, are equal; so is what is shorter than this 0."""


def canonical_basis(vectors: Array, count: int) -> Array:
    """Return the first vectors of the basis of an eigenspace.

    Parameters
    ----------
    vectors
        Any orthonormal basis, [num_nodes, dimension].
    count
        Vectors wanted, at most the dimension.

    Returns
    -------
    float64 [num_nodes, count]

    Examples
    --------
    >>> u = np.array([[-2.0], [1.0], [0.0]]) / 5**0.5
    >>> np.array_equal(canonical_basis(u, 1), canonical_basis(-u, 1))
    True
    """
    rest = np.asarray(vectors, np.float64)
    if rest.shape[1] == 1:
        return rest * canonical_signs(rest)
    found = np.empty((len(rest), count))
    for column in range(count):
        inside = _direction(rest)
        found[:, column] = rest @ inside
        rest = rest @ _complement(inside)
    return found


def canonical_signs(vectors: Array) -> Array:
    """Return the sign, 1 or -1, that each column's canonical basis gives it, [num_columns].

    Examples
    --------
    >>> canonical_signs(np.array([[0.8, -0.6], [0.6, 0.8]])).tolist()
    [1.0, 1.0]
    """
    signs = np.empty(vectors.shape[1])
    write_signs(np.ascontiguousarray(vectors), _SAME, signs)
    return signs


def _direction(basis: Array) -> Array:
    """The coordinates, of length 1, of the first vector in a basis of the space."""
    lengths = np.sqrt((basis * basis).sum(axis=1))
    order = np.argsort(-lengths, kind="stable")
    sums = np.add.reduceat(basis[order], _group_begins(lengths[order]), axis=0)
    sizes = np.sqrt((sums * sums).sum(axis=1))
    decisive = np.flatnonzero(sizes > _SAME * lengths[order[0]])
    chosen = sums[decisive[0]] if len(decisive) else basis[order[0]]
    direction: Array = chosen / np.sqrt(chosen @ chosen)
    return direction


def _group_begins(descending: Array) -> NDArray[np.intp]:
    """Where groups of equal lengths begin."""
    gaps = descending[:-1] - descending[1:] > _SAME * descending[0]
    return np.flatnonzero(np.append(True, gaps))


def _complement(direction: Array) -> Array:
    """An orthonormal basis of what is orthogonal to a unit vector, [size, size - 1]: Householder's matrix."""
    mirror = direction.copy()
    sign = 1.0 if direction[0] >= 0 else -1.0
    mirror[0] += sign
    reflected = np.eye(len(direction)) - np.outer(mirror, mirror) * (2 / (mirror @ mirror))
    complement: Array = reflected[:, 1:]
    return complement
