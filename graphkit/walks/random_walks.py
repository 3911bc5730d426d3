"""Random walks: uniform, weighted, second-order (node2vec, node2vec+, non-backtracking), with restarts or
random lengths.

A. Grover, J. Leskovec, "node2vec: scalable feature learning for networks", KDD 2016.
R. Liu, M. Hirn, A. Krishnan, "Accurately modeling biased random walks on weighted networks using node2vec+",
Bioinformatics 2023.

Having gone t -> v, the next node x is a neighbour of v with probability proportional to w(v, x) * alpha:

    alpha = 1/p if x is t; 1 if there is an arc x -> t; 1/q otherwise.

The first step, and the one behind a restart, are in proportion to w(v, x) alone. Where papers and codes leave
a choice, or differ:

- Directed graphs: "neighbour of t" is an arc from x to t, as in node2vec's reference code; SNAP's asks for
  an arc from t to x.
- A self-loop is an arc like any other; that x is t is asked first.
- p = inf with q = 1 is the non-backtracking walk (Alon, Benjamini, Lubetzky, Sodin, Commun. Contemp. Math.
  2007; dyGRASS estimates resistances by it): x is any neighbour of v but t, in proportion to w(v, x). Where t
  is the only one, as at a leaf, the walk turns round there, for any p, rather than end.
- A walk ends at a node without out-arcs, and -1 follows; SNAP's code goes on with node 0.
- node2vec+, as PecanPy, its authors' code, has it: with thr(v) = mean + gamma * std of v's weights, for x
  other than t, alpha = 1 if w(t, x) >= thr(x); else min(1, 1/q) if w(v, x) < thr(v); else
  1/q + (1 - 1/q) * w(t, x) / thr(x). The paper has thr(x) in the second test too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.errors import naming_ours
from graphkit.gpu.backend import Backend
from graphkit.graph.graph import check_graph
from graphkit.parameters import Finite
from graphkit.walks.drawn_walks import DrawnWalks
from graphkit.walks.host_walker import CHUNK_WALKS
from graphkit.walks.starts import start_rows
from graphkit.walks.walker import Bias, Chance, Walker

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress


@naming_ours
def random_walks(
    graph: Graph,
    *,
    walk_length: int = 80,
    walks_per_node: NDArray[np.integer] | int = 10,
    p: Bias = 1.0,
    q: Bias = 1.0,
    extend: bool = False,
    gamma: Finite = 0.0,
    restart: Chance = 0.0,
    stop: Chance = 0.0,
    starts: Iterable[Any] | None = None,
    start_at_arcs: bool = False,
    seed: int = 0,
    backend: Backend = "auto",
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Walk at random from every node: int32 [num_walks, walk_length], entries are rows of the graph.

    Parameters
    ----------
    graph
        Any `Graph`; weights and directions count. The walks on a `TensorGraph` are a tensor on its device.
    walk_length
        Nodes in a walk, the start among them, >= 1.
    walks_per_node
        Walks from each start, >= 0. An int array holds one number for each start.
    p
        Return parameter, > 0: the larger, the less often a walk goes straight back; inf for never, but from a
        node with no other neighbour, which with q = 1 is a non-backtracking walk.
    q
        In-out parameter, > 0: the larger, the nearer a walk stays to the node it comes from.
    extend
        Whether to use the weights as node2vec+ does; undirected graphs only.
    gamma
        With `extend`, an arc counts as strong from the mean plus gamma standard deviations of its node's
        weights on.
    restart
        Probability, in [0, 1), to jump back to the start in front of each step; the start is then the next
        entry, in place of a step.
    stop
        Probability, in [0, 1), to end in front of each step.
    starts
        Ids of the nodes to start from; None for all nodes.
    start_at_arcs
        Whether each walk starts with an arc drawn in proportion to its weight, in place of a given node; as
        many walks as otherwise.
    seed
        Random seed, in [0, 2**64). The same seed gives the same walks on any number of threads, and on a GPU.
    backend
        Where to walk: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes a GPU
        where there is one, and room on it.
    num_threads
        Threads to use, >= 1; None for all cores.
    progress
        Called with ("walks", walks done, walks).

    Returns
    -------
    int32 [num_walks, walk_length]
        Walks in rounds: walk k starts at the node of row k % num_nodes (of `starts`, if given). Where
        `walks_per_node` is an array, round r holds the starts that have more than r walks. -1 behind the end
        of a walk that ended early.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect; for a GPU that is not there, or too small.
    MissingDependencyError
        If backend "gpu" misses torch or triton.
    UnknownNodeError
        For a start that the graph does not hold.
    InputError
        If `start_at_arcs` finds no arc.

    Notes
    -----
    Memory: the walks, and tables of at most 9 bytes an arc and 20 a node (`walker_bytes`), for any p and q.
    A second-order step takes a few trials, bounded by the cost of a look at the node's whole row.

    References
    ----------
    Perozzi, Al-Rfou, Skiena, "DeepWalk: online learning of social representations", KDD 2014; Grover,
    Leskovec, "node2vec: scalable feature learning for networks", KDD 2016.

    Examples
    --------
    >>> from graphkit import Graph
    >>> path = Graph.from_edges([(0, 1), (1, 2)], directed=True)
    >>> random_walks(path, walk_length=4, walks_per_node=1)
    array([[ 0,  1,  2, -1],
           [ 1,  2, -1, -1],
           [ 2, -1, -1, -1]], dtype=int32)
    """
    walks = Walks(
        graph,
        walk_length=walk_length,
        walks_per_node=walks_per_node,
        starts=starts,
        start_at_arcs=start_at_arcs,
        seed=seed,
        backend=backend,
        p=p,
        q=q,
        extend=extend,
        gamma=gamma,
        restart=restart,
        stop=stop,
        num_threads=num_threads,
    )
    return walks.all(progress)


def iter_walks(graph: Graph, *, chunk_walks: int = CHUNK_WALKS, **options: Any) -> Iterator[Rows]:
    """Yield the walks of `random_walks`, which takes the same parameters, a chunk at a time.

    Parameters
    ----------
    graph
        As for `random_walks`.
    chunk_walks
        Walks in one array, >= 1; the walks do not depend on it.
    **options
        What else `random_walks` takes, without `progress`.

    Yields
    ------
    int32 [chunk_walks, walk_length]
        The last one may be shorter.

    Examples
    --------
    >>> from graphkit import Graph
    >>> ring = Graph.from_edges([(0, 1), (1, 2), (2, 0)])
    >>> [len(walks) for walks in iter_walks(ring, walks_per_node=3, walk_length=5, chunk_walks=4)]
    [4, 4, 1]
    """
    return Walks(graph, **options).chunks(chunk_walks)


class Walks(DrawnWalks):
    """The walks of `random_walks`, made when they are asked for; iterating yields chunks of them.

    Parameters
    ----------
    graph, walk_length, walks_per_node, starts, start_at_arcs, seed, backend, **law
        As for `random_walks`, without `progress`.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        walk_length: int = 80,
        walks_per_node: NDArray[np.integer] | int = 10,
        starts: Iterable[Any] | None = None,
        start_at_arcs: bool = False,
        seed: int = 0,
        backend: Backend = "auto",
        **law: Any,
    ):
        check_graph(graph)
        walker = Walker(graph, walk_length=walk_length, seed=seed, backend=backend, **law)
        super().__init__(
            walker, start_rows(graph, walks_per_node, starts, start_at_arcs=start_at_arcs, seed=seed)
        )
