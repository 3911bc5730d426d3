"""Skip-gram on Lévy flights: walks that follow a fractional power of the random-walk Laplacian.

Y. Chen, Y. R. Gel, K. Avrachenkov, "LFGCN: levitating over graphs with Lévy flights", ICDM 2020,
arXiv:2009.02365.

Where we differ, and why:

- The paper puts the transition matrix of the flights in place of the adjacency matrix of a graph
  convolutional network, which needs features and labels; here nodes that flights visit one after the other
  are trained by skip-gram, as DeepWalk does with plain walks, and nothing dense is made.
- Flights: see `graphkit/walks/levy.py`.
- Training: see `graphkit/sgns/trainer.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from graphkit.gpu.backend import Backend
from graphkit.methods.base import embedder
from graphkit.methods.walk_skipgram import HostWalkSkipGram
from graphkit.parameters import Count, Finite, Positive, real, whole
from graphkit.seeds import Seed
from graphkit.walks.host_walker import HostWalker
from graphkit.walks.levy import MOST_HOPS, LevyWalker, check_flights, mean_hops

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph


@embedder
class LevyWalk(HostWalkSkipGram):
    """Node vectors by skip-gram with negative sampling on Lévy flights.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    walks_per_node
        Walks from each node, >= 1.
    walk_length
        Nodes in a walk, its start among them, >= 1; those that a flight passes are not in it.
    window
        Nodes on each side in a walk that count as a node's context at most, >= 1; for each centre a
        number from 1 to this one is drawn.
    alpha
        Power of the random-walk Laplacian, in (0, 1): the smaller, the longer the flights.
    max_hops
        Longest flight, in steps of the plain walk, 2 to 1,048,576.
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
    Time is DeepWalk's and that of the flights, each of which takes as many steps of a plain walk as
    `graphkit.walks.levy.mean_hops` says: 4 by default, 36 for alpha = 0.5. Peak memory is DeepWalk's.

    References
    ----------
    Chen, Gel, Avrachenkov, "LFGCN: levitating over graphs with Lévy flights", ICDM 2020; Riascos, Mateos,
    "Fractional dynamics on networks using generalized Laplacian", Phys. Rev. E 2014.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
    >>> LevyWalk(dim=4, alpha=0.5, seed=1).fit_transform(graph).shape
    (4, 4)
    """

    name = "levy"

    dim: Count = 128
    walks_per_node: Count = 10
    walk_length: Count = 80
    window: Count = 10
    alpha: Annotated[float, real("(0, 1)")] = 0.8
    max_hops: Annotated[int, whole(2, MOST_HOPS)] = 1024
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
        check_flights(self.alpha, self.max_hops, self.walk_length)

    def _walker(self, graph: Graph, backend: Backend, num_threads: int) -> HostWalker:  # noqa: ARG002
        return LevyWalker(
            graph,
            walk_length=self.walk_length,
            alpha=self.alpha,
            max_hops=self.max_hops,
            seed=self.seed,
            num_threads=num_threads,
        )

    def _plain_steps(self) -> float:
        return mean_hops(self.alpha, self.max_hops)
