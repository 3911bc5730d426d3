"""CoreWalk: DeepWalk with fewer walks from nodes that lie further out.

S. Brandeis, A. Jarret, P. Sevestre, "About graph degeneracy, representation learning and scalability", 2020,
arXiv:2009.02085. From a node of core number k, k_max being the largest of the graph and n `walks_per_node`,
start

    linear   floor((n - offset) * k / k_max + offset)        power   floor(n * (k / k_max) ** exponent)
    sigmoid  floor(n * s(10 * (k - k_max / 2) / k_max)),     s(z) = 1 / (1 + e**-z)

walks, and at least `min_walks`. Where we differ, and why:

- Negative sampling alone; the authors' code trains hierarchical softmax and negative sampling, both.
- Loops and isolated nodes stay; a loop counts for nothing in core numbers, and no walk starts from a node
  without edges.
- Weights count in the walks, not in the core numbers. A directed graph's core numbers are those of the total
  degree.
- n = 15, walks of 30 nodes, window 5 and 150 columns are the paper's; rate, negatives and sub-sampling are
  those of `DeepWalk`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_whole
from graphkit.cores.core_numbers import core_numbers
from graphkit.cores.gpu import core_bytes, total_core_numbers
from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.graph.size import Sizes
from graphkit.methods.base import embedder
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.parameters import Count, Finite, Positive, real
from graphkit.resources import Estimate
from graphkit.seeds import Seed

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

Scaling = Literal["linear", "power", "sigmoid"]

_USUAL_SHARE = 0.35
"""Of all walks, for the estimate of time: .2 to .3 on graphs in use, .6 on random ones, 1 if cores agree."""


@embedder
class CoreWalk(WalkSkipGram):
    """Node vectors by skip-gram on random walks, as many from a node as its core number allows.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    walks_per_node
        Walks from each node of the innermost core, >= 1 (n in the paper).
    scaling
        How their number falls outwards: ``"linear"``, ``"power"`` or ``"sigmoid"``.
    offset
        With "linear", walks that a node of core number 0 would have, in [0, walks_per_node].
    exponent
        With "power", the exponent of k / k_max, > 0: above 1 the number falls faster than linearly.
    min_walks
        Walks from each node at least, >= 1, at most walks_per_node.
    walk_length
        Nodes in a walk, its start among them, >= 1.
    window
        Nodes on each side in a walk that count as a node's context at most, >= 1; for each centre a number
        from 1 to this one is drawn.
    num_negatives
        Negatives for each pair of centre and context, > 0; need not be whole.
    epochs
        How often the walks are gone through, >= 1.
    learning_rate
        At the beginning, > 0; it falls linearly to 1e-4 of it. The default is the best for the mean of many
        graphs; few walks on a graph of hubs want more, 0.05.
    noise_exponent
        Negatives are drawn in proportion to how often a node is walked on, to this power.
    subsample
        Threshold of word2vec's sub-sampling of frequent nodes, in [0, 1]; 0 for none.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    backend
        Where to walk and train: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes
        a GPU where there is one, and room on it. A GPU trains the same pairs, but adds steps as they come:
        its vectors differ from run to run.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes.
    context_embedding_ : float32 [num_nodes, dim]
        The vectors that nodes have as contexts.
    node_ids_ : [num_nodes]
        The graph's node ids.
    loss_ : float
        Mean of the sampled objective for a pair with its negatives, over the last tenth of the training.
    pairs_ : int
        Pairs of centre and context that were trained.
    parts_ : int
        Parts that the tables were trained in: 1, or more where they were too large for a GPU's memory.

    Notes
    -----
    Walks of the same seed are DeepWalk's: a node's first ones. `estimate` knows no core numbers: its
    memory is that of `walks_per_node` walks from every node, its time that of a share which is usual.

    References
    ----------
    Brandeis, Jarret, Sevestre, "About graph degeneracy, representation learning and scalability", 2020.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)])
    >>> CoreWalk(dim=4, seed=1).fit_transform(graph).shape
    (5, 4)
    """

    name = "corewalk"

    dim: Count = 150
    walks_per_node: Count = 15
    scaling: Scaling = "linear"
    offset: Finite = 0.0
    exponent: Positive = 1.0
    min_walks: Count = 1
    walk_length: Count = 30
    window: Count = 5
    num_negatives: Positive = 5.0
    epochs: Count = 1
    learning_rate: Positive = 0.025
    noise_exponent: Finite = 0.75
    subsample: Annotated[float, real("[0, 1]")] = 1e-3
    seed: Seed = 0
    backend: Backend = "cpu"
    num_threads: Count | None = None

    def _plans(self, sizes: Sizes) -> Iterator[tuple[int, dict[str, int]]]:
        """What a GPU needs: of a graph of tensors the cores are found there, too."""
        cores = {"cores": core_bytes(sizes)} if isinstance(sizes, TensorGraph) else {}
        for num_parts, needed in super()._plans(sizes):
            yield num_parts, needed | cores

    def _walk_counts(self, graph: Graph | TensorGraph) -> NDArray[np.integer]:
        numbers = self._core_numbers(graph)
        deepest, most = max(1.0, numbers.max(initial=0)), self.walks_per_node
        if self.scaling == "linear":
            # Multiplied first, divided last: a whole number of walks comes out whole.
            counts = (most - self.offset) * numbers / deepest + self.offset
        elif self.scaling == "power":
            counts = most * (numbers / deepest) ** self.exponent
        else:
            counts = most / (1 + np.exp(-10 * (numbers - deepest / 2) / deepest))
        walks: NDArray[np.int64] = np.maximum(np.floor(counts), self.min_walks).astype(np.int64)
        return walks

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory for `walks_per_node` walks from every node, the time for the usual share."""
        all_walks = super().resources(size)
        return Estimate(all_walks.memory, _USUAL_SHARE * all_walks.seconds)

    def estimate_for(self, graph: Graph) -> Estimate:
        """Return the memory and time that `fit` will need, by the walks that the graph's cores ask for."""
        self.check_parameters()
        all_walks = super().resources(graph)
        share = self._walk_counts(graph).sum() / max(1, graph.num_nodes * self.walks_per_node)
        return Estimate(all_walks.memory, float(share) * all_walks.seconds)

    def _core_numbers(self, graph: Graph | TensorGraph) -> NDArray[np.float64]:
        if isinstance(graph, TensorGraph):
            found: NDArray[np.float64] = total_core_numbers(graph).double().cpu().numpy()
            return found
        return core_numbers(graph, num_threads=self.num_threads).astype(np.float64)

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        if self.offset != 0 and self.scaling != "linear":
            raise ParameterError(f"offset has no effect with scaling={self.scaling!r}")
        if self.exponent != 1 and self.scaling != "power":
            raise ParameterError(f"exponent has no effect with scaling={self.scaling!r}")
        if not 0 <= self.offset <= self.walks_per_node:
            raise ParameterError(f"offset must lie in [0, {self.walks_per_node}], got {self.offset!r}")
        check_whole("min_walks", self.min_walks, 1, self.walks_per_node)
