"""NetMF: network embedding as matrix factorisation.

J. Qiu, Y. Dong, H. Ma, J. Li, K. Wang, J. Tang, "Network Embedding as Matrix Factorization: Unifying
DeepWalk, LINE, PTE, and node2vec", WSDM 2018, arXiv:1710.02971.

With P = D^-1 A, a window of T and b negatives, DeepWalk's skip-gram factorises, in the limit of many walks,

    log max(1, M),    M = vol / (b T) (P + P^2 + ... + P^T) D^-1,

element by element, vol being the sum of D. Vectors are U S^1/2 of the truncated singular value
decomposition U S V^T. Two forms: "exact" (Algorithm 3 of the paper, there for small windows) computes M;
"rank" (Algorithm 4, for large ones) takes the h leading eigenpairs (l, U) of D^-1/2 A D^-1/2 and

    M ~ vol / b D^-1/2 U diag(max(0, (l + ... + l^T) / T)) U^T D^-1/2.

Where we differ, and why:

- M is made by sparse products, block of columns by block of columns, where the authors' code multiplies
  dense matrices: O(T m n) in place of O(T n^3).
- The factorisation is that of a symmetric matrix: leading eigenpairs by absolute value, which are its
  singular triplets but for signs, by our block Krylov iteration to a residual of 0.01.
- The eigenvectors of eigenvalue 1, one for each component with an edge, are known. All of them count, as one
  of the h together: on Citeseer, of 438 components, they would take all places.
- Loops count, in degrees too. The authors' code takes SciPy's Laplacian, which leaves them out.
- `form="auto"` is exact on graphs of up to 20,000 nodes where sparse products take a few seconds, and by rank
  on others; the paper chooses by the size of the window. Neither is better everywhere: exact gains 0.2 to 0.6
  points of micro-F1 on Cora, LastFM and PubMed, and by rank 1.4 on BlogCatalog (half of the nodes).
- Beyond 20,000 nodes the rank form's matrix, dense by nature, is never kept: its products are made tile by
  tile. Time still grows as num_nodes squared; NetSMF samples the matrix instead.
- Directed graphs are refused: M is not symmetric there, and D^-1 has no such meaning.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import ParameterError
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.methods.base import Embedder, check_undirected, embedder
from graphkit.methods.symmetric_vectors import TOLERANCE, symmetric_vectors
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, Positive, whole
from graphkit.propagation.block_krylov import BLOCK
from graphkit.propagation.component_space import ComponentSpace, Deflated
from graphkit.propagation.factorization import (
    expected_products,
    factorization_bytes,
    factorization_seconds,
    leading_eigenvectors,
)
from graphkit.propagation.operators import SparseOperator
from graphkit.propagation.row_sums import reciprocal
from graphkit.propagation.window_matrix import LowRankMatrix, exact_matrix, log_shares, mean_power
from graphkit.resources import SECONDS_TO_BEGIN, Estimate
from graphkit.seeds import Seed

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

_LONGEST_WINDOW = 10_000

DENSE_NODES = 20_000
"""Up to so many nodes a matrix is kept, unless `form="exact"`: 1.6 GB."""

EXACT_VALUES = 2e10
"""Values that sparse products may gather for `form="auto"` to be exact: some three seconds of one core."""

RANK = 256
"""Eigenpairs of the rank form, as in the paper."""

# For the estimate of time, on one thread: seconds a value gathered, a cell of the matrix made exactly, made
# by rank and eigenpair, and multiplied by one column.
_SECONDS_PER_VALUE, _SECONDS_PER_CELL, _SECONDS_PER_TILE_CELL, _SECONDS_PER_PRODUCT = (
    1.6e-10,
    7e-9,
    4e-11,
    2.5e-11,
)


@embedder
class NetMF(Embedder):
    """Node vectors by factorising the matrix that DeepWalk's skip-gram factorises in the limit.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    window
        T, nodes on each side in a walk that count as a node's context, 1 to 10,000.
    num_negatives
        b, negatives for each pair of skip-gram, > 0: entries of M below it in relation count as none.
    form
        ``"exact"``, ``"rank"``, or ``"auto"``: exact on small graphs, those with num_nodes <= 20,000 and
        (window - 1) * num_arcs * num_nodes <= 2e10.
    rank
        h, eigenpairs of the rank form, >= 1, those of eigenvalue 1 counting once; None for 256.
    seed
        Random seed of the factorisations, in [0, 2**64). The same seed gives the same bits for any number of
        threads.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes; zeros for nodes without edges.
    singular_values_ : float64 [dim]
        Of the matrix, descending; the square of a column's length.
    form_ : str
        ``"exact"`` or ``"rank"``.
    residual_ : float
        Of the factorisation, relative to the largest singular value.
    node_ids_ : [num_nodes]
        The graph's node ids.

    Notes
    -----
    Exact: O(window * num_arcs * num_nodes) time and 4 num_nodes^2 bytes. By rank: O(num_nodes^2 * rank)
    time; 4 num_nodes^2 bytes up to 20,000 nodes, and beyond them no more than the basis of the eigenvectors,
    16 num_nodes rank bytes. In memory and on the CPU only. Weights and loops count.

    References
    ----------
    Qiu, Dong, Ma, Li, Wang, Tang, "Network Embedding as Matrix Factorization: Unifying DeepWalk, LINE, PTE,
    and node2vec", WSDM 2018.

    Examples
    --------
    >>> from graphkit import Graph
    >>> ring = Graph.from_edges([(i, (i + 1) % 9) for i in range(9)])
    >>> model = NetMF(dim=3, window=3).fit(ring)
    >>> model.embedding_.shape, model.form_
    ((9, 3), 'exact')
    """

    name = "netmf"
    memory_remedy = "choose form='rank', which keeps none beyond 20,000 nodes, or netsmf, which samples"

    singular_values_: NDArray[np.float64] = field(init=False)
    form_: str = field(init=False)
    residual_: float = field(init=False)

    dim: Count = 128
    window: Annotated[int, whole(1, _LONGEST_WINDOW)] = 10
    num_negatives: Positive = 1.0
    form: Literal["auto", "exact", "rank"] = "auto"
    rank: Count | None = None
    seed: Seed = 0
    num_threads: Count | None = None

    def fit(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Compute the vectors of all nodes.

        Parameters
        ----------
        graph
            An undirected graph; weights and loops count.
        progress
            Called with ("netmf", stages done, stages) and, in the exact form, ("window matrix", columns done,
            columns).

        Returns
        -------
        NetMF
            The method itself, with its attributes.

        Raises
        ------
        ParameterError
            For a parameter outside its range, a directed graph, or one too large for the memory.
        """
        self.check_run(graph)
        check_undirected(graph, self.name)
        threads = resolve_threads(self.num_threads)
        self.form_ = self._form(graph.num_nodes, graph.num_arcs)
        matrix = self._matrix(graph, threads, progress)
        if progress is not None:
            progress(self.name, 1, 2)
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
        >>> NetMF(dim=128, form="exact", num_threads=1).estimate(10_000, 1_000_000).bytes // 10**6
        433
        """
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        exact, rank = self._form(num_nodes, num_arcs) == "exact", self._rank(num_nodes)
        kept = exact or num_nodes <= DENSE_NODES
        threads = resolve_threads(self.num_threads)
        matrix = 4 * num_nodes**2 if kept else 0
        work = factorization_bytes(num_nodes, self.dim) + 4 * num_nodes * self.dim
        products = expected_products(self.dim)
        seconds = num_nodes**2 * products * _SECONDS_PER_PRODUCT
        if exact:
            work = max(work, threads * 1024 * num_nodes)
            seconds += self.window * num_arcs * num_nodes * _SECONDS_PER_VALUE
            seconds += num_nodes**2 * _SECONDS_PER_CELL
        else:
            matrix += 4 * num_nodes * rank
            work = max(work, factorization_bytes(num_nodes, rank) - matrix)
            times_made = 1 if kept else products / BLOCK
            seconds += times_made * num_nodes**2 * (_SECONDS_PER_CELL + rank * _SECONDS_PER_TILE_CELL)
            # What this takes on its threads is divided by them again below.
            seconds += threads * factorization_seconds(num_nodes, num_arcs, rank, threads)
        memory = {"graph": csr_bytes(size), "matrix": matrix, "factorization": work}
        return Estimate(memory, SECONDS_TO_BEGIN + seconds / threads)

    def measured(self) -> dict[str, Any]:
        """Return the form of the matrix and the residual of its factorisation."""
        return {"form": self.form_, "residual": self.residual_}

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        if self.rank is not None and self.form == "exact":
            raise ParameterError("rank has no effect with form='exact'")

    def _form(self, num_nodes: int, num_arcs: int) -> str:
        if self.form != "auto":
            return self.form
        values = (self.window - 1) * num_arcs * num_nodes
        return "exact" if num_nodes <= DENSE_NODES and values <= EXACT_VALUES else "rank"

    def _rank(self, num_nodes: int) -> int:
        return min(num_nodes, RANK if self.rank is None else self.rank)

    def _matrix(self, graph: Graph, threads: int, progress: Progress | None) -> Any:
        """The matrix log max(1, M), as `leading_eigenvectors` takes it."""
        if self.form_ == "exact":
            return exact_matrix(
                graph,
                window=self.window,
                num_negatives=self.num_negatives,
                num_threads=threads,
                progress=progress,
            )
        components = graph.connected_components()
        matrix = LowRankMatrix(
            self._factor(graph, threads), components, self._shares(graph, components), num_threads=threads
        )
        return matrix.dense() if graph.num_nodes <= DENSE_NODES else matrix

    def _factor(self, graph: Graph, threads: int) -> Vectors:
        """F, float32 [num_nodes, rank - 1], such that M ~ F F^T but for what components have."""
        rank = self._rank(graph.num_nodes) - 1
        if rank < 1:
            return np.zeros((graph.num_nodes, 0), np.float32)
        adjacency = SparseOperator.normalized_adjacency(graph, num_threads=threads)
        space = ComponentSpace(graph, num_threads=threads)
        found = leading_eigenvectors(
            Deflated(adjacency, space), rank, tolerance=TOLERANCE, seed=self.seed, num_threads=threads
        )
        columns = np.sqrt(mean_power(found.values, self.window) / self.num_negatives)
        # D^-1/2 vol^1/2, but 0 for a node without edges.
        rows = np.where(graph.strength > 0, np.exp(-0.5 * log_shares(graph.strength)), 0)
        factor: Vectors = (found.vectors * columns * rows[:, None]).astype(np.float32)
        return factor

    def _shares(self, graph: Graph, components: NDArray[np.int32]) -> NDArray[np.float32]:
        """What eigenvalue 1 gives to M_ij within each component: vol / b over the component's own."""
        volumes = np.bincount(components, weights=graph.strength).astype(np.float64)
        shares: NDArray[np.float32] = (volumes.sum() * reciprocal(volumes) / self.num_negatives).astype(
            np.float32
        )
        return shares
