"""NRP: node-reweighted PageRank, source and target vectors for links that have a direction.

R. Yang, J. Shi, X. Xiao, Y. Yang, S. Bhowmick, "Homogeneous Network Embedding for Massive Graphs via
Reweighted Personalized PageRank", VLDB 2020, arXiv:1906.06826.

With P = D^-1 A and restart alpha, X Y^T ~ sum_{i=1..l} alpha (1 - alpha)^i P^i is factorised: personalised
PageRank without its first term. Then X_u is multiplied by a weight f_u, Y_v by b_v, such that over all other
nodes f_u X_u . Y_v b_v adds up to about the out-degree of u, and to the in-degree of v: coordinate descent,
backward and forward weights in turn.

Where we differ, and why:

- The paper factorises A ~ U S V^T and sums the series of U's rows: the best vectors for A, not for PageRank,
  since P^i multiplies what was left out of A as well. Here V, with columns to spare, is where one step of
  subspace iteration on D times the series begins: two products by all its terms, where the paper makes one.
- The penalty is 0 where the paper's is 10. Beside degrees of a few tens it pulls the weights of most nodes to
  almost nothing, and reweighting then loses what it should gain. Measured on three samples of cnr-2000, Cora,
  Citeseer and wiki with their directions, Facebook and PPI: with a fifth of the links held out both changes
  together gain 1.5 to 11 points of AUC beside pairs drawn by degree, MRR never falls; u -> v is told from
  v -> u with .935 on cnr-2000 where it was .891, on Cora with .958 where it was .928.
- Weights are set by the paper's formulas (`kernels/cpu/degree_weights.py`), its estimate of the curvature
  among them: the exact curvature would take no longer, and changes little. The authors' code leaves a node's
  product with itself in one of the sums, and has a sum of squares for the square of a sum in another.
- Weights of edges count: D and the degrees to reach are sums of them, in units of their mean, so that the
  unit does not. The paper has none.
- Both halves are brought to the same size: columns of sources are multiplied by what those of targets are
  divided by, which changes no product.
- The factorisation of A is our block Krylov iteration to a residual of a hundredth; the paper's is one to a
  spectral error of 0.2.
- The restart is 0.15, 20 terms and 10 sweeps, as in the paper and the authors' code.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.kernels.cpu.degree_weights import sweep_weights
from graphkit.methods.base import Embedder, embedder
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, at_least, real, whole
from graphkit.propagation.factorization import (
    factorization_bytes,
    factorization_seconds,
    leading_singular_vectors,
)
from graphkit.propagation.operators import SparseOperator
from graphkit.propagation.pagerank_series import PageRankSeries
from graphkit.propagation.randomized_svd import improved_singular_vectors
from graphkit.propagation.row_sums import reciprocal
from graphkit.propagation.thin_products import ThinProducts, single_threaded_blas
from graphkit.resources import SECONDS_TO_BEGIN, Estimate
from graphkit.seeds import Seed

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

TOLERANCE = 1e-2
"""Of the residual of A's singular vectors."""

SPARE = 32
"""Columns that the step on the series has beyond those that are kept."""

# For the estimate of time, on one thread: seconds a value gathered, and a column of a node in a sweep.
_SECONDS_PER_VALUE, _SECONDS_PER_SWEPT = 2.5e-10, 8e-9

_MOST_STEPS = 10_000
"""Terms, or sweeps."""


@embedder
class NRP(Embedder):
    """Source and target vectors by factorised PageRank, reweighted to the nodes' degrees.

    Parameters
    ----------
    dim
        Columns of the result, even, >= 2: the first half are of a node as a source, the second as a target.
    alpha
        Restart of PageRank, in (0, 1).
    num_terms
        Powers of P that are summed, 1 to 10,000 (l1 in the paper).
    sweeps
        How often all weights are set anew, 0 to 10,000 (l2 in the paper); 0 for the out-degree and 1.
    penalty
        Of the squares of the weights, >= 0 (lambda in the paper).
    seed
        Random seed of the factorisation, in [0, 2**64). The same seed gives the same bits for any number of
        threads.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        Source and target vectors side by side, in the order of the graph's nodes; zeros for nodes without
        edges.
    source_embedding_ : float32 [num_nodes, dim / 2]
        The first half: a link u → v has the score ``source_embedding_[u] @ target_embedding_[v]``.
    target_embedding_ : float32 [num_nodes, dim / 2]
        The second half.
    forward_weights_ : float64 [num_nodes]
        f, the weights of the sources.
    backward_weights_ : float64 [num_nodes]
        b, the weights of the targets.
    residual_ : float
        Of the factorisation of A, relative to its largest singular value.
    node_ids_ : [num_nodes]
        The graph's node ids.

    Notes
    -----
    O((3 num_terms + products) * num_arcs * dim + sweeps * num_nodes * dim^2) time; memory is the graph, its
    transpose where it is directed, and the basis of the factorisation. In memory and on the CPU only.
    Weights, loops and directions count. A link's score is a product of halves: a symmetric product of whole
    rows is not what the vectors are made for.

    References
    ----------
    Yang, Shi, Xiao, Yang, Bhowmick, "Homogeneous Network Embedding for Massive Graphs via Reweighted
    Personalized PageRank", VLDB 2020.

    Examples
    --------
    >>> from graphkit import Graph
    >>> links = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4), (4, 5), (5, 0)]
    >>> model = NRP(dim=8).fit(Graph.from_edges(links, directed=True))
    >>> model.embedding_.shape, model.source_embedding_.shape
    ((6, 8), (6, 4))
    >>> scores = model.source_embedding_ @ model.target_embedding_.T
    >>> bool(scores[4, 5] > scores[5, 4])
    True
    """

    name = "nrp"
    memory_remedy = "choose a smaller dim"

    source_embedding_: Vectors = field(init=False)
    target_embedding_: Vectors = field(init=False)
    forward_weights_: NDArray[np.float64] = field(init=False)
    backward_weights_: NDArray[np.float64] = field(init=False)
    residual_: float = field(init=False)

    dim: Annotated[int, whole(2)] = 128
    alpha: Annotated[float, real("(0, 1)")] = 0.15
    num_terms: Annotated[int, whole(1, _MOST_STEPS)] = 20
    sweeps: Annotated[int, whole(0, _MOST_STEPS)] = 10
    penalty: Annotated[float, at_least(0)] = 0.0
    seed: Seed = 0
    num_threads: Count | None = None

    def fit(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Compute the vectors of all nodes.

        Parameters
        ----------
        graph
            Any graph; weights, loops and directions count.
        progress
            Called with ("nrp", stages done, stages).

        Returns
        -------
        NRP
            The method itself, with its attributes.

        Raises
        ------
        ParameterError
            For a parameter outside its range.
        """
        self.check_run(graph)
        factors = _Factors(graph, self.dim // 2, resolve_threads(self.num_threads))
        stages = self.sweeps + 2
        if graph.num_arcs:
            start = factors.start(self.seed)
            _say(progress, 1, stages)
            factors.factorize(start, self.alpha, self.num_terms)
        _say(progress, 2, stages)
        for done in range(1, self.sweeps + 1):
            factors.sweep(self.penalty)
            _say(progress, done + 2, stages)
        self.embedding_ = factors.weighted()
        self.source_embedding_, self.target_embedding_ = np.hsplit(self.embedding_, 2)
        self.forward_weights_, self.backward_weights_ = factors.forward, factors.backward
        self.residual_, self.node_ids_ = factors.residual, graph.node_ids
        if factors.rank < self.dim // 2:
            warnings.warn(
                f"nrp: the matrix of PageRank has rank {factors.rank}: columns beyond it are zeros in both"
                f" halves; choose dim <= {2 * max(1, factors.rank)}",
                GraphkitWarning,
                stacklevel=2,
            )
        return self

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size.

        Examples
        --------
        >>> NRP(dim=128).estimate(1_000_000, 20_000_000).bytes // 10**6
        2800
        """
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        half, threads = self.dim // 2, resolve_threads(self.num_threads)
        vectors, wide = 4 * num_nodes * half, half + SPARE
        # While the matrix is factorised; then sources, targets, and two of float64 in a sweep.
        most = max(factorization_bytes(num_nodes, wide) + 2 * vectors, 7 * vectors)
        memory = {
            "graph": csr_bytes(size),
            "transition matrix": 32 * num_nodes + (16 if size.is_weighted else 12) * num_arcs,
            "vectors": most,
        }
        seconds = 2 * factorization_seconds(num_nodes, num_arcs, wide, threads)
        seconds += 2 * self.num_terms * num_arcs * wide * _SECONDS_PER_VALUE / threads
        seconds += 2 * self.sweeps * num_nodes * half * _SECONDS_PER_SWEPT
        return Estimate(memory, SECONDS_TO_BEGIN + seconds)

    def measured(self) -> dict[str, Any]:
        """Return the residual of the factorisation."""
        return {"residual": self.residual_}

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        if self.dim % 2:
            raise ParameterError(f"dim must be even, half for sources and half for targets, got {self.dim}")


class _Factors:
    """X and Y of a graph, and the weights of their rows."""

    def __init__(self, graph: Graph, half: int, num_threads: int):
        self._threads = num_threads
        # In units of the mean weight.
        mean = (
            1.0
            if graph.weights is None
            else float(np.mean(graph.weights, dtype=np.float64) if graph.num_arcs else 1)
        )
        values = None if graph.weights is None else (graph.weights / np.float64(mean)).astype(np.float32)
        self.out_degree, self.in_degree = graph.strength / mean, graph.in_strength / mean
        self._matrix = SparseOperator(
            graph.indptr,
            graph.indices,
            values,
            (graph.num_nodes, graph.num_nodes),
            symmetric=not graph.directed,
            num_threads=num_threads,
        )
        self.sources, self.targets = np.zeros((2, graph.num_nodes, half), np.float32)
        self.forward, self.backward = self.out_degree.copy(), np.ones(graph.num_nodes)
        self.residual, self.rank = 0.0, 0

    def start(self, seed: int) -> Vectors:
        """Return A's leading right singular vectors, more than the columns of a half."""
        num_nodes, half = self.sources.shape
        found = leading_singular_vectors(
            self._matrix,
            min(half + SPARE, num_nodes),
            tolerance=TOLERANCE,
            seed=seed,
            num_threads=self._threads,
        )
        self.residual = found.residual
        return found.right.astype(np.float32, copy=False)

    def factorize(self, start: Vectors, alpha: float, num_terms: int) -> None:
        """Make X and Y, so that D X Yᵀ is D times the series of PageRank."""
        series = PageRankSeries(
            self._matrix, self.out_degree, alpha=alpha, num_terms=num_terms, num_threads=self._threads
        )
        left, values, right = improved_singular_vectors(
            series, start, self.sources.shape[1], num_threads=self._threads
        )
        self.rank = len(values)
        root = np.sqrt(values)
        self.sources[:, : self.rank] = left * root * reciprocal(self.out_degree)[:, None]
        self.targets[:, : self.rank] = right * root
        self.targets[self.in_degree == 0] = 0

    def sweep(self, penalty: float) -> None:
        """Set the backward weights anew, then the forward ones."""
        size = len(self.sources)
        least = 1 / max(1, size)
        for vectors, others, degrees, weights, other_degrees, other_weights in (
            (self.targets, self.sources, self.in_degree, self.backward, self.out_degree, self.forward),
            (self.sources, self.targets, self.out_degree, self.forward, self.in_degree, self.backward),
        ):
            turned = self._turned(vectors, others, other_weights)
            sweep_weights(
                vectors, others, turned, degrees, other_degrees, other_weights, float(penalty), least, weights
            )

    def _turned(self, vectors: Vectors, others: Vectors, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """`vectors` times sum_j w_j^2 y_j y_j^T, float64."""
        weighted = np.multiply(others, weights[:, None])
        turned = vectors.astype(np.float64)
        with single_threaded_blas():
            thin = ThinProducts(len(vectors), self._threads)
            thin.times(turned, thin.gram(weighted, weighted), turned)
        return turned

    def weighted(self) -> Vectors:
        """Return the weighted sources and targets side by side, of the same size."""
        half = self.sources.shape[1]
        out = np.empty((len(self.sources), 2 * half), np.float32)
        parts = (self.sources, self.forward), (self.targets, self.backward)
        sizes = [_size(vectors, weights) for vectors, weights in parts]
        factor = math.sqrt(sizes[1] / sizes[0]) if min(sizes) > 0 else 1.0
        for place, ((vectors, weights), scale) in enumerate(zip(parts, (factor, 1 / factor))):
            rows = (weights * scale).astype(np.float32)[:, None]
            np.multiply(vectors, rows, out=out[:, place * half : (place + 1) * half])
        return out


def _size(vectors: Vectors, weights: NDArray[np.float64]) -> float:
    """Norm of the weighted vectors as one."""
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return float(np.sqrt((weights**2 * squares).sum()))


def _say(progress: Progress | None, done: int, stages: int) -> None:
    if progress is not None:
        progress("nrp", done, stages)
