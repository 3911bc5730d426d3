"""NetSMF: large-scale network embedding as sparse matrix factorisation, thinned as LightNE does.

J. Qiu, Y. Dong, H. Ma, J. Li, C. Wang, K. Wang, J. Tang, "NetSMF: Large-Scale Network Embedding as Sparse
Matrix Factorization", WWW 2019, arXiv:1906.11156; J. Qiu, L. Dhulipala, J. Tang, R. Peng, C. Wang, "LightNE:
A Lightweight Graph Processing System for Network Embedding", SIGMOD 2021.

NetMF's matrix M = vol / (b T) (P + ... + P^T) D^-1 is sampled: a random path of r edges through an edge, r
uniform in 1 .. T, adds to the entry of its two ends. Of N samples in all, each of value x,

    M_ij ~ vol^2 / (b N) (sum of x over the paths between i and j) / (2 d_i d_j),

and log max(1, M) is factorised: vectors are U S^1/2. LightNE keeps a sample of edge (i, j) with probability
p = min(1, c (w_ij / d_i + w_ij / d_j)), c = log n, at x = 1 / p: of the many edges between hubs a few tell.

Where we differ, and why:

- An edge is drawn in proportion to its weight, so that every path counts alike. NetSMF draws edges uniformly
  and weighs paths by the harmonic mean of their weights; the expectation is the same, the variance larger. On
  unweighted graphs both are one.
- An edge's samples are not drawn one by one: of the number expected, after thinning, the whole part is taken
  and the rest rounded at random. The expectation is the same, the variance smaller, and thinning costs no
  draws.
- M is the sum itself. NetSMF goes by the Laplacian of what was sampled, D^-1 (D - L) D^-1, whose diagonal has
  D minus the sampled degrees on it: zero on average.
- Sums are in the order of the samples, whose randomness is by their number: the same bits on any number of
  threads. The authors' hash tables add as threads come.
- LightNE's spectral propagation, a step of its own, is not part of this method.
- Directed graphs are refused: the sum of paths is symmetric by construction.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import MOST
from graphkit.errors import ParameterError
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.methods.base import Embedder, check_undirected, embedder
from graphkit.methods.symmetric_vectors import symmetric_vectors
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, Positive, real, whole
from graphkit.propagation.factorization import factorization_bytes, factorization_seconds
from graphkit.propagation.operators import SparseOperator
from graphkit.propagation.sampled_window import PathSampler, expected_samples, sampled_bytes
from graphkit.resources import SECONDS_TO_BEGIN, Estimate, check_host_memory
from graphkit.seeds import Seed

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

# For the estimate of time, on one thread: seconds a step of a path, and a sample sorted.
_SECONDS_PER_STEP, _SECONDS_PER_SAMPLE = 2e-8, 8e-8

_LONGEST_WINDOW = 10_000


@embedder
class NetSMF(Embedder):
    """Node vectors by factorising the matrix that DeepWalk factorises in the limit, sampled by random paths.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    window
        T, edges of the longest paths, 1 to 10,000.
    num_negatives
        b, negatives for each pair of skip-gram, > 0.
    samples_per_edge
        Paths through each edge on average, before thinning, > 0: the papers' M is samples_per_edge times the
        number of edges, 100 is their 10 T m. Sparse graphs want no more, dense ones ten times as many.
    thinning
        c of the probability min(1, c (w / d_i + w / d_j)) that a path through an edge is kept, in (0, inf];
        None for the logarithm of num_nodes, inf to keep all.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes; zeros for nodes without edges.
    singular_values_ : float64 [dim]
        Of the sampled matrix, descending; the square of a column's length.
    num_samples_ : int
        Paths that were kept.
    num_entries_ : int
        Entries of the sampled matrix that are not zero.
    residual_ : float
        Of the factorisation, relative to the largest singular value.
    node_ids_ : [num_nodes]
        The graph's node ids.

    Notes
    -----
    O(samples * window) time for the paths, and memory of some 30 bytes for each of the entries, of which
    there are no more than samples, and pairs of nodes: `estimate` says how many at most, and `fit` counts the
    samples and refuses what does not fit before it walks. In memory and on the CPU only. Weights and loops
    count.

    Where the matrix is nearly full, as on small dense graphs (BlogCatalog), it takes thousands of samples an
    edge to know it; NetMF computes it there in less time.

    References
    ----------
    Qiu, Dong, Ma, Li, Wang, Wang, Tang, "NetSMF: Large-Scale Network Embedding as Sparse Matrix
    Factorization", WWW 2019; Qiu, Dhulipala, Tang, Peng, Wang, "LightNE: A Lightweight Graph Processing
    System for Network Embedding", SIGMOD 2021.

    Examples
    --------
    >>> from graphkit import Graph
    >>> ring = Graph.from_edges([(i, (i + 1) % 30) for i in range(30)])
    >>> model = NetSMF(dim=3, window=3, thinning=float("inf"), seed=1).fit(ring)
    >>> model.embedding_.shape, model.num_samples_
    ((30, 3), 3000)
    """

    name = "netsmf"
    memory_remedy = "choose fewer samples_per_edge, a lower thinning or dim"

    singular_values_: NDArray[np.float64] = field(init=False)
    num_samples_: int = field(init=False)
    num_entries_: int = field(init=False)
    residual_: float = field(init=False)

    dim: Count = 128
    window: Annotated[int, whole(1, _LONGEST_WINDOW)] = 10
    num_negatives: Positive = 1.0
    samples_per_edge: Positive = 100.0
    thinning: Annotated[float, real("(0, inf]")] | None = None
    seed: Seed = 0
    num_threads: Count | None = None

    def fit(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Sample the matrix, and compute the vectors of all nodes.

        Parameters
        ----------
        graph
            An undirected graph; weights and loops count.
        progress
            Called with ("paths", samples done, samples) and ("netsmf", stages done, stages).

        Returns
        -------
        NetSMF
            The method itself, with its attributes.

        Raises
        ------
        ParameterError
            For a parameter outside its range, a directed graph, or more samples than memory holds.
        """
        self.check_run(graph)
        check_undirected(graph, self.name)
        threads = resolve_threads(self.num_threads)
        sampler = PathSampler(
            graph,
            window=self.window,
            samples_per_edge=self.samples_per_edge,
            thinning=self._thinning(graph.num_nodes),
            seed=self.seed,
            num_threads=threads,
        )
        needed = sampled_bytes(graph.num_nodes, sampler.num_samples)
        check_host_memory(needed, f"{sampler.num_samples:,} paths need", self.memory_remedy)
        entries = sampler.matrix(self.num_negatives, progress)
        if progress is not None:
            progress(self.name, 1, 2)
        self.num_samples_, self.num_entries_ = sampler.num_samples, len(entries[1])
        shape = graph.num_nodes, graph.num_nodes
        matrix = SparseOperator(*entries, shape, symmetric=True, num_threads=threads)
        self.embedding_, self.singular_values_, self.residual_ = symmetric_vectors(
            matrix, self.dim, graph.strength == 0, name=self.name, seed=self.seed, num_threads=threads
        )
        self.node_ids_ = graph.node_ids
        if progress is not None:
            progress(self.name, 2, 2)
        return self

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size.

        Examples
        --------
        >>> NetSMF(dim=128, samples_per_edge=20).estimate(1_000_000, 6_000_000).bytes // 10**6
        3944
        """
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        thinning = self._thinning(num_nodes)
        samples = expected_samples(
            num_nodes, num_arcs / 2, samples_per_edge=self.samples_per_edge, thinning=thinning
        )
        if samples > MOST:
            raise ParameterError(f"{samples:.3g} paths are too many to be counted; ask for fewer")
        entries = min(2.0 * samples, float(num_nodes) ** 2)
        threads = resolve_threads(self.num_threads)
        walked = samples * (_SECONDS_PER_STEP * self.window / 2 + _SECONDS_PER_SAMPLE) / threads
        # Samples meet in an entry as balls do in a box, or more often.
        distinct = float(num_nodes) ** 2 * -np.expm1(-2.0 * samples / max(1.0, float(num_nodes) ** 2))
        factorized = factorization_seconds(num_nodes, int(distinct), self.dim, threads)
        graph = {"graph": csr_bytes(size), "walk tables": 8 * num_arcs if size.is_weighted else 0}
        sampling = graph | {"samples": sampled_bytes(num_nodes, samples)}
        factorization = graph | {
            "matrix": int(8 * entries),
            "factorization": factorization_bytes(num_nodes, self.dim),
            "vectors": 4 * num_nodes * self.dim,
        }
        return Estimate(sampling, SECONDS_TO_BEGIN + walked).then(Estimate(factorization, factorized))

    def measured(self) -> dict[str, Any]:
        """Return the samples, the entries, and the residual of the factorisation."""
        return {"samples": self.num_samples_, "entries": self.num_entries_, "residual": self.residual_}

    def _thinning(self, num_nodes: int) -> float:
        """Return c: no less than 1 where log n is, lest whole neighbourhoods of tiny graphs be left out."""
        return max(1.0, math.log(max(1, num_nodes))) if self.thinning is None else float(self.thinning)
