"""FastRP: fast network embedding by very sparse random projection.

H. Chen, S. F. Sultan, Y. Tian, M. Chen, S. Skiena, "Fast and Accurate Network Embeddings via Very Sparse
Random Projection", CIKM 2019, arXiv:1908.11512.

With P = D⁻¹A, L = diag((d_j / 2m)^beta) and a random matrix R:

    N_1 = P L R,   N_i = P N_{i-1},   N = sum_i w_i N_i / |N_i| (row by row),   columns standardised.

Where we differ, and why:

- R is made from counters and never stored; its law is the paper's (each entry +-sqrt(s) with
  probability 1/(2s) each), its bits are not those of scikit-learn's generator that the authors' code
  calls. Its default s = sqrt(n) is theirs.
- The row norms and the standardisation of columns are the authors' code's, not the paper's text; without
  the norms F1 on BlogCatalog falls by a fifth. Each can be switched off.
- The authors' code scales R by d^beta, the paper by (d / 2m)^beta: a common factor, which the row norms
  and the standardisation remove. We do as the paper.
- Directed graphs, which the paper leaves out: P follows arcs, and d_j in L is the weight that arrives at j
  (in the power P^k, columns of nodes that are reached often are what L damps). A node without out-arcs
  has zeros in every power.
- Defaults: the paper tunes four powers for each graph. Ours, ten powers of which the first two are left
  out and the others count alike, beta = -0.3, are meant for no graph in particular: beside the paper's
  best setting for BlogCatalog they lose 0.3 points of micro-F1 there and gain 1.6 on PPI, 11 on Cora and
  12 on PubMed and WordNet (benchmarks/results/fastrp_weights.csv).
- A in place of P: the paper has only P, whose rows sum to 1, so that the scale of the weights does not count
  and powers stay of one size. Of A both are ours to settle, and the scale of weights, which is a choice of
  units, does not count either: row norms remove it; without them each power is divided by its largest row
  sum, ||A^i||_inf, which is 1 for P^i. Rows are scaled on the way, by powers of two
  (`graphkit.propagation.row_sums`), so that no power leaves float32's range, whatever the weights.
- Features, as in Neo4j's FastRP: a share of the columns starts from projected node features instead of
  random rows, at the same mean square; L does not apply to them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_array, shown
from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend
from graphkit.graph.gpu.graph import device_for, on_device
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.methods.base import Embedder, embedder
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, Finite, at_least, real
from graphkit.propagation.gpu.powers import DevicePropagation, propagation_bytes
from graphkit.propagation.powers import Blocks, Propagation
from graphkit.propagation.projection import BLOCK_WIDTH, CELLS_PER_THRESHOLD, Projection, allocate_blocks
from graphkit.resources import SECONDS_TO_BEGIN, Estimate
from graphkit.seeds import Seed, Stream, check_seed

if TYPE_CHECKING:
    import torch

    from graphkit.arrays import Vectors
    from graphkit.graph.gpu.tensor_graph import TensorGraph
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

FEATURE_SPARSITY = 3.0
"""s of the projection of features (Achlioptas 2003): there are few of them, so it need not be sparser."""

# For the estimate of time: seconds a value gathered, on one thread, from the cache and from memory; seconds
# a value of a power, for all passes over it; the largest block that counts as being in the cache.
_SECONDS_CACHED, _SECONDS_UNCACHED, _SECONDS_PER_CELL = 1.2e-10, 4e-10, 3e-9
_CACHE_BYTES = 16e6


@embedder
class FastRP(Embedder):
    """Node vectors from weighted powers of the transition matrix times a random projection.

    Parameters
    ----------
    dim
        Columns of the result, >= 1 (of each power's block with `concatenate`).
    weights
        w_1 … w_k, the weight of each power; finite, at least one not zero. Low powers see near
        neighbours, high ones whole communities; the paper's best for BlogCatalog is
        ``(0, 0, 1, 6.67)`` with ``beta=-0.64``.
    beta
        Exponent of the degree normalisation (d_j / 2m)^beta; below 0 hubs weigh less.
    matrix
        ``"transition"`` for P = D⁻¹A, ``"adjacency"`` for A in its place: much better on sparse, tree-like
        graphs (WordNet), much worse on dense ones with hubs (BlogCatalog).
    projection
        ``"sparse"`` or ``"gaussian"``.
    sparsity
        s >= 1: one entry in s of a sparse projection is not zero. None: sqrt(num_nodes).
    normalize
        Whether the rows of each power are divided by their L2 norm before they are weighted. If not, powers
        of A are divided by their largest row sum.
    standardize
        Whether each column of the result is brought to mean 0 and standard deviation 1.
    concatenate
        Whether the powers with a weight that is not zero stand side by side instead of being summed;
        block i is w_i times its (standardised) power.
    feature_ratio
        Share of the columns, in (0, 1], that starts from node features, where some are given; None for 0.5.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    backend
        Where to compute: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes a GPU
        where there is one, and room on it. A GPU sums in another order: the same vectors up to rounding.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes; [num_nodes, dim * number of weights that are not
        zero] with `concatenate`.
    node_ids_ : [num_nodes]
        The graph's node ids.

    Notes
    -----
    Time is O(num_arcs * dim * k); peak memory is the graph and three arrays [num_nodes, dim] (with
    `concatenate` two and the result). A node without edges gets zeros, before the standardisation. FastRP is
    inductive only by its features: a graph with other nodes has another R.

    References
    ----------
    Chen, Sultan, Tian, Chen, Skiena, "Fast and Accurate Network Embeddings via Very Sparse Random
    Projection", CIKM 2019.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
    >>> FastRP(dim=4, seed=1).fit_transform(graph).shape
    (4, 4)
    """

    name = "fastrp"

    dim: Count = 128
    weights: Sequence[float] = (0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    beta: Finite = -0.3
    matrix: Literal["transition", "adjacency"] = "transition"
    projection: Literal["sparse", "gaussian"] = "sparse"
    sparsity: Annotated[float, at_least(1)] | None = None
    normalize: bool = True
    standardize: bool = True
    concatenate: bool = False
    feature_ratio: Annotated[float, real("(0, 1]")] | None = None
    seed: Seed = 0
    backend: Backend = "cpu"
    num_threads: Count | None = None

    def fit(
        self, graph: Graph | TensorGraph, features: Any = None, *, progress: Progress | None = None
    ) -> Self:
        """Compute the vectors of all nodes.

        Parameters
        ----------
        graph
            Any graph; weights and directions count. With one on a GPU the vectors are a tensor there.
        features
            Finite node features to mix in, dense or SciPy sparse, [num_nodes, num_features]; bring the
            columns to a common scale first.
        progress
            Called with ("fastrp", powers done, powers).

        Returns
        -------
        FastRP
            The method itself, with `embedding_` and `node_ids_`.

        Raises
        ------
        ParameterError
            For a parameter outside its range.
        InputError
            For features of another number of rows, or not finite.
        """
        self.check_run(graph)
        if features is None and self.feature_ratio is not None:
            raise ParameterError("feature_ratio has no effect without features")
        operator = self._operator(graph)
        parts = [float(weight) for weight in self.weights]
        total = operator.zeros(self.num_columns())
        used = 0
        # The weights come first, so that no power is computed beyond the last of them.
        powers = zip(parts, operator.powers(self._first_power(graph, operator, features)))
        for power, (weight, blocks) in enumerate(powers, start=1):
            if weight != 0:
                column = used * self.dim if self.concatenate else 0
                part = total[:, column : column + self.dim]
                operator.add_scaled(blocks, weight, part, normalize=self.normalize)
                if self.concatenate and self.standardize:
                    operator.standardize(part, weight)
                used += 1
            if progress is not None:
                progress("fastrp", power, len(parts))
        if self.standardize and not self.concatenate:
            operator.standardize(total, 1.0)
        self.embedding_, self.node_ids_ = operator.result(total), graph.node_ids
        return self

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size.

        Examples
        --------
        >>> FastRP(dim=128).estimate(1_000_000, 20_000_000).bytes // 10**6
        1632
        """
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        powers, on_adjacency = len(self.weights), self.matrix == "adjacency"
        memory = {
            "graph": csr_bytes(size),
            "scaled matrix": (4 * num_arcs + 24 * num_nodes) if on_adjacency else 0,
            # Thresholds, each of them a sum of exact terms.
            "projection": 16 * self.dim,
            "powers": 4 * num_nodes * (1 if powers == 1 else 2) * self.dim,
            "vectors": 4 * num_nodes * self.num_columns(),
        }
        in_cache = 4 * num_nodes * min(self.dim, BLOCK_WIDTH) <= _CACHE_BYTES
        gathered = num_arcs * self.dim * max(1, powers - 1) / resolve_threads(self.num_threads)
        seconds = (
            gathered * (_SECONDS_CACHED if in_cache else _SECONDS_UNCACHED)
            + (num_nodes * powers + CELLS_PER_THRESHOLD) * self.dim * _SECONDS_PER_CELL
        )
        return Estimate(memory, SECONDS_TO_BEGIN + seconds)

    def device_for_tensors(self, sizes: Sizes) -> torch.device | None:
        """Return the GPU that `fit` would run on."""
        return device_for(sizes, self.backend, lambda: self._device_bytes(sizes))

    def _device_bytes(self, sizes: Sizes) -> Mapping[str, int]:
        transition = self.matrix == "transition"
        return propagation_bytes(sizes, self.dim, self.num_columns(), transition=transition)

    def _operator(self, graph: Any) -> Any:
        """The operator on the backend; `Propagation` and `DevicePropagation` are used alike."""
        num_threads, transition = resolve_threads(self.num_threads), self.matrix == "transition"
        device = self.device_for_tensors(graph)
        if device is None:
            return Propagation(graph, transition=transition, num_threads=num_threads)
        return DevicePropagation(on_device(graph, device, num_threads), transition=transition)

    def _first_power(self, graph: Graph | TensorGraph, operator: Any, features: Any) -> Any:
        """N_1 = P L R, with the features' columns behind R's."""
        row_values = degree_normalization(graph.in_strength, self.beta)
        feature_dim = 0 if features is None else _feature_columns(self.dim, self.feature_ratio)
        random = self.random_projection(graph.num_nodes, self.dim - feature_dim)
        if feature_dim == 0:
            return operator.times_projection(random, row_values)
        start = allocate_blocks(graph.num_nodes, self.dim)
        if random.dim:
            random.fill(row_values, start)
        else:
            # Columns of padding count in the rows' norms.
            start[:] = 0
        level = math.sqrt(float(np.mean(row_values**2)) / (random.dim or self.dim))
        projected = self._project_features(features, graph.num_nodes, feature_dim, level)
        _write_columns(projected, start, random.dim)
        return operator.times(start)

    def random_projection(self, num_nodes: int, dim: int) -> Projection:
        """Return R, of `dim` columns."""
        sparsity = math.sqrt(max(1, num_nodes)) if self.sparsity is None else float(self.sparsity)
        return Projection(
            dim,
            None if self.projection == "gaussian" else sparsity,
            check_seed(self.seed),
            Stream.PROJECTION,
            resolve_threads(self.num_threads),
        )

    def _project_features(self, features: Any, num_nodes: int, feature_dim: int, level: float) -> Vectors:
        """Random combinations of the features, brought to the root mean square `level`."""
        from graphkit.graph.features import as_features

        matrix = as_features(features, num_nodes)
        projection = Projection(
            feature_dim, FEATURE_SPARSITY, check_seed(self.seed), Stream.FEATURE_PROJECTION, 1
        )
        combined = projection.dense(matrix.shape[1])
        projected = np.asarray(matrix @ combined, np.float32)
        size = math.sqrt(float(np.mean(np.square(projected, dtype=np.float64)))) if projected.size else 0.0
        return projected * np.float32(level / size) if size > 0 else projected

    def num_columns(self) -> int:
        """Return the number of columns of the result."""
        return self.dim * (sum(weight != 0 for weight in self.weights) if self.concatenate else 1)

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        weights = as_array("weights", self.weights, np.float64)
        if weights.ndim != 1 or not np.isfinite(weights).all() or not weights.any():
            raise ParameterError(f"weights must be finite numbers, not all 0, got {shown(self.weights)}")
        if self.sparsity is not None and self.projection == "gaussian":
            raise ParameterError("sparsity has no effect with projection='gaussian'")


def degree_normalization(strength: NDArray[np.float64], beta: float) -> NDArray[np.float64]:
    """Return (d_j / 2m)^beta; 0 for a node that no arc reaches, whose row is never read."""
    share = np.divide(strength, max(strength.sum(), 1e-300))
    return np.power(share, beta, out=np.zeros_like(share), where=share > 0)


def _feature_columns(dim: int, feature_ratio: float | None) -> int:
    return max(1, round(dim * (0.5 if feature_ratio is None else feature_ratio)))


def _write_columns(columns: Vectors, blocks: Blocks, first: int) -> None:
    """Write `columns` into the matrix held by `blocks`, from column `first` on."""
    width = blocks.shape[2]
    for offset in range(columns.shape[1]):
        block, place = divmod(first + offset, width)
        blocks[block, :, place] = columns[:, offset]
