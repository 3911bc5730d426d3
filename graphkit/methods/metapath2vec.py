"""metapath2vec: skip-gram on walks along a metapath.

Y. Dong, N. V. Chawla, A. Swami, "metapath2vec: scalable representation learning for heterogeneous networks",
KDD 2017.

Where we differ, and why:

- Walks: see `graphkit/walks/metapath.py`. They start from all nodes whose type is in the metapath, so that
  each of them is trained; others keep their small random vectors.
- Negatives are nodes of any type, as in the paper's metapath2vec; its metapath2vec++ draws them of the
  context's type.
- Weights count, where a graph has them.
- Training: see `graphkit/sgns/trainer.py`. The window of the paper, 7, and its 1,000 walks of 100 nodes from
  each node are the authors'; 10 walks here, as for node2vec, since each window is a sample more of the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from graphkit.gpu.backend import Backend
from graphkit.methods.base import embedder
from graphkit.methods.walk_skipgram import HostWalkSkipGram
from graphkit.parameters import Count, Finite, Positive, real
from graphkit.seeds import Seed
from graphkit.walks.host_walker import HostWalker
from graphkit.walks.metapath import MetapathWalker, check_metapath

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph


@embedder
class MetaPath2Vec(HostWalkSkipGram):
    """Node vectors by skip-gram with negative sampling on walks whose nodes have the types of a metapath.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    metapath
        Types, the first and the last the same: ``["author", "paper", "author"]``; None for the only one where
        there is one type, or for there and back where there are two.
    walks_per_node
        Walks from each node whose type is in the metapath, >= 1.
    walk_length
        Nodes in a walk, its start among them, >= 1.
    window
        Nodes on each side in a walk that count as a node's context at most, >= 1; for each centre a
        number from 1 to this one is drawn.
    num_negatives
        Negatives for each pair of centre and context, > 0; need not be whole.
    epochs
        How often the walks are gone through, >= 1.
    learning_rate
        At the beginning, > 0; it falls linearly to 1e-4 of it.
    noise_exponent
        Negatives are drawn in proportion to how often a node is walked on, to this power.
    subsample
        Threshold of word2vec's sub-sampling of frequent nodes, in [0, 1]; 0 for none.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
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

    Notes
    -----
    `fit` takes a `TypedGraph`, or a `Graph` whose ids begin with their type and a colon, as those of two
    columns read as bipartite do. Time and memory are DeepWalk's; the graph that is walked takes about as much
    as the graph itself once more.

    References
    ----------
    Dong, Chawla, Swami, "metapath2vec: scalable representation learning for heterogeneous networks", KDD
    2017.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([("user:a", "item:x"), ("user:b", "item:x"), ("user:a", "item:y")])
    >>> MetaPath2Vec(dim=4, metapath=["user", "item", "user"], seed=1).fit_transform(graph).shape
    (4, 4)
    """

    name = "metapath2vec"
    takes = "types"

    dim: Count = 128
    metapath: Sequence[str] | None = None
    walks_per_node: Count = 10
    walk_length: Count = 80
    window: Count = 7
    num_negatives: Positive = 5.0
    epochs: Count = 1
    learning_rate: Positive = 0.025
    noise_exponent: Finite = 0.75
    subsample: Annotated[float, real("[0, 1]")] = 1e-3
    seed: Seed = 0
    num_threads: Count | None = None

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        if self.metapath is not None:
            check_metapath(self.metapath)

    def _walker_bytes(self, num_nodes: int, num_arcs: int, *, weighted: bool) -> int:
        names = list(self.metapath or "")
        most_arcs = max(Counter(pairwise(names)).values(), default=1)
        most_nodes = max(Counter(names[:-1]).values(), default=1)
        # The graph of places, its alias tables, and what is at hand while it is made.
        return num_arcs * (most_arcs * (16 if weighted else 4) + 17) + 16 * num_nodes * most_nodes

    def _walker(self, graph: Graph, backend: Backend, num_threads: int) -> HostWalker:  # noqa: ARG002
        return MetapathWalker(
            graph,
            metapath=self.metapath,
            walk_length=self.walk_length,
            seed=self.seed,
            num_threads=num_threads,
        )
