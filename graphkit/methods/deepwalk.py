"""DeepWalk: skip-gram on uniform walks.

B. Perozzi, R. Al-Rfou, S. Skiena, "DeepWalk: online learning of social representations", KDD 2014,
arXiv:1403.6652.

Where we differ, and why:

- Negative sampling in place of hierarchical softmax, as most who use DeepWalk now have it: the README has
  the F1 of both.
- Weights count, where a graph has them: a step follows an arc in proportion to its weight.
- Training: see `graphkit/sgns/trainer.py`.
"""

from __future__ import annotations

from typing import Annotated

from graphkit.gpu.backend import Backend
from graphkit.methods.base import embedder
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.parameters import Count, Finite, Positive, real
from graphkit.seeds import Seed


@embedder
class DeepWalk(WalkSkipGram):
    """Node vectors by skip-gram with negative sampling on random walks.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    walks_per_node
        Walks from each node, >= 1 (gamma in the paper).
    walk_length
        Nodes in a walk, its start among them, >= 1 (t).
    window
        Nodes on each side in a walk that count as a node's context at most, >= 1 (w); for each centre a
        number from 1 to this one is drawn.
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
    graph, two tables [num_nodes, dim] and at most 8 bytes an arc, 32 a node and 64 MB of walks.

    References
    ----------
    Perozzi, Al-Rfou, Skiena, "DeepWalk: online learning of social representations", KDD 2014.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
    >>> DeepWalk(dim=4, seed=1).fit_transform(graph).shape
    (4, 4)
    """

    name = "deepwalk"

    dim: Count = 128
    walks_per_node: Count = 80
    walk_length: Count = 40
    window: Count = 10
    num_negatives: Positive = 5.0
    epochs: Count = 1
    learning_rate: Positive = 0.025
    noise_exponent: Finite = 0.75
    subsample: Annotated[float, real("[0, 1]")] = 1e-3
    seed: Seed = 0
    backend: Backend = "cpu"
    num_threads: Count | None = None
