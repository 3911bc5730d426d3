"""Graph random features: sparse features whose products estimate a graph kernel without bias.

K. Choromanski, "Taming graph kernels with random features", ICML 2023, arXiv:2305.00156; I. Reid,
K. Choromanski, E. Berger, A. Weller, "General graph random features", ICLR 2024, arXiv:2310.04859.

With U = scale D^-1/2 W D^-1/2 and K = sum_k alpha_k U^k, f * f = alpha
(`graphkit.graph_kernels.modulation`), and C_l what walkers leave at length l
(`graphkit.graph_kernels.feature_walks`), E[C_l] = U^l:

    Phi = sum_l f_l C_l,    K ~ Phi Phi^T.

Rows are independent, so K(i, j) is without bias for i != j. On the diagonal the variance of a row is added;
with two independent sets of walks, K ~ Phi_1 Phi_2^T, it is not, but that is neither symmetric nor positive
semidefinite.

Where we differ, and why:

- Walkers of a row are coupled by default, both by antithetic halts (Reid, Choromanski, Weller, NeurIPS 2023)
  and by repelling directions (Reid, Berger, Choromanski, Weller, ICLR 2024): each of them walks as before,
  so nothing is biased, and errors are smaller at the same number of walkers. Repelling gains where nodes
  have few neighbours beside the walkers, and little on hubs; antithetic halts gain a tenth of the squared
  error, and nothing where p_halt is small. The reinforced walks of the 2023 paper are left out: a walker
  whose steps depend on where others have been has another law, and is biased.
- Walks end after `max_length` steps: what is estimated is the series cut there.
- Vectors of `dim` columns are Phi J / sqrt(dim) with random signs J (Johnson and Lindenstrauss; Achlioptas
  2003): their products estimate K too. Signs, not normal numbers: the norm of a row with one large entry,
  which most rows have, then hardly varies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from graphkit.checks import check_whole
from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.graph_kernels.feature_walks import (
    Coupling,
    Normalization,
    RowWalker,
    check_walkers,
    length_features,
    row_walker,
)
from graphkit.graph_kernels.modulation import Series, kernel_series
from graphkit.graph_kernels.sparse_product import multiply
from graphkit.methods.base import Embedder, embedder
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count
from graphkit.propagation.projection import CELLS_PER_THRESHOLD, Projection, allocate_blocks
from graphkit.resources import SECONDS_TO_BEGIN, Estimate
from graphkit.seeds import Seed, Stream, check_seed

if TYPE_CHECKING:
    import scipy.sparse

    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph
    from graphkit.graph_kernels.kernel_operator import KernelOperator
    from graphkit.graph_kernels.length_features import LengthFeatures
    from graphkit.progress import Progress

Kernel = Literal["regularized-laplacian", "diffusion", "p-step", "inverse-cosine", "matern", "coefficients"]

SIGNS = 1.0
"""The sparsity of a projection of random signs."""

# For the estimate of time, on one thread: seconds a deposit, an entry of the features, and a value of the
# projection made or gathered.
_SECONDS_PER_DEPOSIT, _SECONDS_PER_ENTRY, _SECONDS_PER_CELL = 3.5e-8, 6e-8, 1e-9


@embedder
class RandomFeatures(Embedder):
    """Sparse random features of a graph kernel, the kernel as an operator, and node vectors.

    Parameters
    ----------
    dim
        Columns of the vectors, >= 1.
    kernel
        ``"regularized-laplacian"`` (I + sigma^2 L)^-power, ``"diffusion"`` exp(-beta L), ``"p-step"``
        (offset I - L)^steps, ``"inverse-cosine"`` cos(pi L / 4), ``"matern"`` (2 nu / kappa^2 I + L)^-nu, L
        being the normalised Laplacian; ``"coefficients"`` for any series.
    sigma
        Of the regularised Laplacian, in [1e-150, 1e150]; None for 1.
    power
        Of the regularised Laplacian, > 0; None for 2.
    beta
        Of the diffusion kernel, its time, > 0; None for 1.
    steps
        Of the p-step kernel, >= 1; None for 2.
    offset
        Of the p-step kernel, >= 2; None for 2.
    nu
        Smoothness of the Matérn kernel, > 0; None for 1.5.
    kappa
        Inverse length of the Matérn kernel, in [1e-150, 1e150]; None for 1.
    coefficients
        alpha_0, alpha_1, ... of a kernel "coefficients", at most max_length + 1, the first > 0.
    scale
        Factor of the matrix of a kernel "coefficients", > 0; None for 1.
    normalization
        Matrix of a kernel "coefficients": ``"symmetric"`` for D^-1/2 W D^-1/2, ``"none"`` for W; None for
        symmetric.
    num_walkers
        Walkers from each node, >= 1, even with antithetic halts: the relative error falls as its root.
    p_halt
        Probability, in (0, 1), that a walker halts in front of each step.
    max_length
        Steps after which a walker is stopped, in [0, 255]: the last power of the series.
    coupling
        How the walkers of a node depend on each other: ``"independent"``, ``"antithetic"`` (pairs do not
        halt at the same time), ``"repelling"`` (those on the same node take different arcs), or both.
    two_sided
        Whether K is estimated by two independent sets of walks: without bias on the diagonal too, but
        neither symmetric nor positive semidefinite.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads, and on a GPU.
    backend
        Where to walk: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes a GPU
        where there is one, and room on it.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    features_ : SciPy CSR, float32 [num_nodes, num_nodes]
        Phi; the columns are nodes too.
    right_features_ : SciPy CSR, float32 [num_nodes, num_nodes]
        Phi of the other set of walks if `two_sided`; else `features_` itself.
    length_features_ : LengthFeatures
        C_0 to C_max_length, from which ``combine(f)`` makes features of another modulation f.
    series_ : Series
        The kernel's coefficients and modulation.
    kernel_ : KernelOperator
        K ~ Phi Phi^T: products, ``diagonal()``, ``block(rows, columns)``, ``solve(b, noise=...)``,
        ``to_dense()``.
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes.
    node_ids_ : [num_nodes]
        The graph's node ids.

    Notes
    -----
    Time is O(num_nodes * num_walkers / p_halt), and O(num_entries * dim) for the vectors; the features have
    at most 1 + num_walkers * (1 - p_halt) / p_halt entries a row on average. A node without edges has f_0 as
    its only entry.

    Where f does not fall, the variance stays finite at any length if the spectral radius of the matrix
    deg(v) U(v, w)^2 / (1 - p_halt) is below 1: on unweighted graphs for p_halt < 1 - scale^2 (scale as
    in `series_`). For a scale near 1, or weights that differ much at a node, choose a small p_halt or a short
    `max_length`.

    References
    ----------
    Choromanski, "Taming graph kernels with random features", ICML 2023; Reid, Choromanski, Berger, Weller,
    "General graph random features", ICLR 2024.

    Examples
    --------
    >>> from graphkit import Graph
    >>> ring = Graph.from_edges([(i, (i + 1) % 6) for i in range(6)])
    >>> model = RandomFeatures(kernel="diffusion", beta=0.5, num_walkers=1000, dim=4, seed=1).fit(ring)
    >>> model.kernel_.to_dense()[0].round(2)
    array([0.65, 0.16, 0.02, 0.  , 0.02, 0.16])
    >>> model.embedding_.shape
    (6, 4)
    """

    name = "grf"

    features_: scipy.sparse.csr_array = field(init=False)
    right_features_: scipy.sparse.csr_array = field(init=False)
    length_features_: LengthFeatures = field(init=False)
    series_: Series = field(init=False)
    kernel_: KernelOperator = field(init=False)

    dim: Count = 128
    kernel: Kernel = "regularized-laplacian"
    sigma: float | None = None
    power: float | None = None
    beta: float | None = None
    steps: int | None = None
    offset: float | None = None
    nu: float | None = None
    kappa: float | None = None
    coefficients: Sequence[float] | None = None
    scale: float | None = None
    normalization: Normalization | None = None
    num_walkers: int = 16
    p_halt: float = 0.5
    max_length: int = 20
    coupling: Coupling = "antithetic-repelling"
    two_sided: bool = False
    seed: Seed = 0
    backend: Backend = "cpu"
    num_threads: Count | None = None

    def fit(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Compute features, kernel and vectors of all nodes.

        Parameters
        ----------
        graph
            An undirected graph; weights count.
        progress
            Called with ("random features", rows done, rows).

        Returns
        -------
        RandomFeatures
            The method itself, with its attributes.

        Raises
        ------
        ParameterError
            For a parameter outside its range, a directed graph, or a series that diverges on this graph.
        """
        check_whole("dim", self.dim, 1)
        self.fit_features(graph, progress=progress)
        self.embedding_ = self._projected()
        return self

    def fit_features(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Do as `fit` does, without the vectors (`embedding_`), which a kernel does not need."""
        from graphkit.graph_kernels.kernel_operator import KernelOperator

        self.check_run(graph)
        series = self._checked_series()
        if graph.directed:
            raise ParameterError("graph kernels are for undirected graphs, got a directed one")
        series.check_convergence(graph)
        self.series_, self.node_ids_ = series, graph.node_ids
        self.length_features_ = self._walk(graph, 0, progress)
        self.features_ = self.right_features_ = self._combined(self.length_features_)
        if self.two_sided:
            # Walkers 2k and 2k + 1 are a pair.
            other = self.num_walkers + self.num_walkers % 2
            self.right_features_ = self._combined(self._walk(graph, other, progress))
        right = self.right_features_ if self.two_sided else None
        self.kernel_ = KernelOperator(self.features_, right, num_threads=self.num_threads)
        return self

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size.

        Examples
        --------
        >>> RandomFeatures(dim=128).estimate(1_000_000, 20_000_000).bytes // 10**6
        1425
        """
        num_nodes = size.num_nodes
        self._checked_series()
        sides = 2 if self.two_sided else 1
        deposits = num_nodes * self.num_walkers * (1 + self._mean_steps())
        entries = num_nodes * self.most_entries(num_nodes)
        vectors = 8 * num_nodes * self.dim + 16 * self.dim
        memory = {
            "graph": csr_bytes(size),
            "walkers": 16 * num_nodes,
            "features": math.ceil((9 + 8 * sides) * entries),
            "vectors": math.ceil(max(9 * entries, vectors)),
        }
        cells = (num_nodes + entries + CELLS_PER_THRESHOLD) * self.dim
        seconds = (
            sides * (deposits * _SECONDS_PER_DEPOSIT + entries * _SECONDS_PER_ENTRY)
            + cells * _SECONDS_PER_CELL
        ) / resolve_threads(self.num_threads)
        return Estimate(memory, SECONDS_TO_BEGIN + seconds)

    def most_entries(self, num_nodes: int) -> float:
        """Return the entries of a row on average, at most: where no two walkers meet."""
        return 1 + min(self.num_walkers * self._mean_steps(), num_nodes * (self.max_length + 1.0))

    def _mean_steps(self) -> float:
        """Steps of a walker on average: what is left of it at each length."""
        return float(sum((1 - self.p_halt) ** length for length in range(1, self.max_length + 1)))

    def row_walker(self, graph: Graph) -> tuple[RowWalker, Series]:
        """Return what makes any rows of `features_` without the others, and the kernel's series.

        Raises
        ------
        ParameterError
            As `fit` does.
        """
        series = self._checked_series()
        if graph.directed:
            raise ParameterError("graph kernels are for undirected graphs, got a directed one")
        series.check_convergence(graph)
        return row_walker(graph, **self._law(series, 0)), series

    def _walk(self, graph: Graph, first_walker: int, progress: Progress | None) -> LengthFeatures:
        return length_features(
            graph,
            **self._law(self.series_, first_walker),
            backend=self.backend,
            num_threads=self.num_threads,
            progress=progress,
        )

    def _law(self, series: Series, first_walker: int) -> dict[str, Any]:
        return {
            "num_walkers": self.num_walkers,
            "p_halt": self.p_halt,
            "max_length": self.max_length,
            "coupling": self.coupling,
            "normalization": series.normalization,
            "scale": series.scale,
            "first_walker": first_walker,
            "seed": self.seed,
        }

    def _combined(self, lengths: LengthFeatures) -> scipy.sparse.csr_array:
        return lengths.combine(self.series_.modulation, num_threads=self.num_threads)

    def _projected(self) -> Vectors:
        """Phi J / sqrt(dim), J of random signs."""
        num_nodes, threads = self.features_.shape[0], resolve_threads(self.num_threads)
        signs = Projection(self.dim, SIGNS, check_seed(self.seed), Stream.KERNEL_PROJECTION, threads)
        blocks, out = allocate_blocks(num_nodes, self.dim), allocate_blocks(num_nodes, self.dim)
        signs.fill(np.ones(num_nodes), blocks)
        for block, product in zip(blocks, out):
            multiply(self.features_, block, threads, product)
        return out[0] if len(out) == 1 else np.hstack(list(out))[:, : self.dim]

    def _checked_series(self) -> Series:
        """The kernel's series, all parameters being in their ranges."""
        self.check_parameters()
        series = kernel_series(
            self.kernel,
            check_whole("max_length", self.max_length, 0, 255),
            sigma=self.sigma,
            power=self.power,
            beta=self.beta,
            steps=self.steps,
            offset=self.offset,
            nu=self.nu,
            kappa=self.kappa,
            coefficients=self.coefficients,
            scale=self.scale,
            normalization=self.normalization,
        )
        check_walkers(
            self.num_walkers, self.p_halt, self.max_length, self.coupling, series.normalization, series.scale
        )
        return series
