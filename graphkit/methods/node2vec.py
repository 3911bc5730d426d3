"""node2vec: skip-gram on second-order walks.

A. Grover, J. Leskovec, "node2vec: scalable feature learning for networks", KDD 2016, arXiv:1607.00653.

Where we differ, and why:

- Walks: see `graphkit/walks/random_walks.py`. Directed graphs as in the authors' Python; weights count from
  the first step on, as there and not as in SNAP's C++; no table of the size of all pairs of arcs, which is
  what makes the authors' codes run out of memory: the same distribution is drawn by rejection.
- Training: see `graphkit/sgns/trainer.py`. The authors call gensim, whose sub-sampling of frequent nodes
  (1e-3) comes with it; it is ours too.
- `extend` is node2vec+ (Liu, Hirn, Krishnan 2023): how strong an edge is decides how much of a neighbour a
  node is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from graphkit.gpu.backend import Backend
from graphkit.graph.size import Sizes
from graphkit.methods.base import embedder
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.parameters import Count, Finite, Positive, real
from graphkit.seeds import Seed
from graphkit.walks.walker import Bias, Walker

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph


@embedder
class Node2Vec(WalkSkipGram):
    """Node vectors by skip-gram with negative sampling on biased random walks.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    walks_per_node
        Walks from each node, >= 1 (r in the paper).
    walk_length
        Nodes in a walk, its start among them, >= 1 (l).
    window
        Nodes on each side in a walk that count as a node's context at most, >= 1 (k); for each centre a
        number from 1 to this one is drawn.
    p
        Return parameter, > 0: the larger, the less often a walk goes straight back; inf for never, but from a
        node with no other neighbour, which with q = 1 is a non-backtracking walk.
    q
        In-out parameter, > 0: the larger, the nearer a walk stays to the node it comes from.
    extend
        Whether to walk by node2vec+, which asks how strong edges are; weighted undirected graphs.
    gamma
        With `extend`, an edge is strong from the mean of its node's weights plus gamma standard deviations
        on.
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
        Threshold of word2vec's sub-sampling of frequent nodes, in [0, 1]; 0 for none, which suits graphs of
        less than a thousand nodes: in them every node is frequent.
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
        The vectors that nodes have as contexts: ``embedding_[u] @ context_embedding_[v]`` scores v as met
        near u. Windows look both ways, so it does not tell an arc from its reverse; LINE's second order does.
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
    Time is O(num_nodes * walks_per_node * walk_length * (window + num_negatives) * dim). Peak memory is the
    graph, two tables [num_nodes, dim] and at most 9 bytes an arc, 44 a node and 64 MB of walks. A node that
    no walk meets twice keeps its small random vector.

    References
    ----------
    Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016. Liu, Hirn, Krishnan,
    "Accurately modeling biased random walks on weighted networks using node2vec+", Bioinformatics 2023.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
    >>> Node2Vec(dim=4, p=0.25, q=0.25, seed=1).fit_transform(graph).shape
    (4, 4)
    """

    name = "node2vec"

    dim: Count = 128
    walks_per_node: Count = 10
    walk_length: Count = 80
    window: Count = 10
    p: Bias = 1.0
    q: Bias = 1.0
    extend: bool = False
    gamma: Finite = 0.0
    num_negatives: Positive = 5.0
    epochs: Count = 1
    learning_rate: Positive = 0.025
    noise_exponent: Finite = 0.75
    subsample: Annotated[float, real("[0, 1]")] = 1e-3
    seed: Seed = 0
    backend: Backend = "cpu"
    num_threads: Count | None = None

    def _walker(self, graph: Graph, backend: Backend, num_threads: int) -> Walker:
        return Walker(
            graph,
            walk_length=self.walk_length,
            p=self.p,
            q=self.q,
            extend=self.extend,
            gamma=self.gamma,
            seed=self.seed,
            backend=backend,
            num_threads=num_threads,
        )

    def _is_extended(self, graph: Sizes) -> bool:
        return self.extend and graph.is_weighted

    def _bias(self) -> tuple[float, float]:
        return self.p, self.q
