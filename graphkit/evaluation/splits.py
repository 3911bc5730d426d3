"""Splitting a graph's edges into some to train on and some to test, so that nothing leaks.

References
----------
Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016, section 4.4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask
from graphkit.errors import InputError, ParameterError
from graphkit.evaluation.forest import outside_random_forest
from graphkit.evaluation.negatives import Negatives, draw_non_edges
from graphkit.graph.graph import Graph, check_graph
from graphkit.parameters import Count, check_declared, real
from graphkit.seeds import Seed, Stream, generator

PairRows = NDArray[np.int32]


@dataclass(frozen=True)
class EdgeSplit:
    """A graph to train on, and pairs of nodes with and without an edge to train on and to test.

    All pairs are rows of `train_graph`, int32 [num_pairs, 2]; undirected ones have the lower row first.

    Attributes
    ----------
    train_graph
        The graph without the test edges; all nodes keep their rows. Compute vectors from this one.
    train_edges, test_edges
        Edges that stayed and edges that were taken out; no self-loops.
    train_negatives, test_negatives
        Pairs that are no edges of the whole graph, all different.
    info
        How the split was made.
    """

    train_graph: Graph
    train_edges: PairRows
    train_negatives: PairRows
    test_edges: PairRows
    test_negatives: PairRows
    info: dict[str, Any] = field(default_factory=dict)

    @property
    def statement(self) -> str:
        """How the split was made, in words."""
        counts = (
            f"Split: {len(self.test_edges):,} test edges taken out of the graph, "
            f"{len(self.train_edges):,} left to train on; {len(self.test_negatives):,} and "
            f"{len(self.train_negatives):,} pairs without an edge to go with them"
        )
        if not self.info:
            return f"{counts}."
        kept = (
            "all components kept connected" if self.info["keep_connected"] else "components may have broken"
        )
        return f"{counts} (negatives {self.info['negatives']}, seed {self.info['seed']}); {kept}."

    def __str__(self) -> str:
        return f"{self.statement}\nTraining graph: {self.train_graph!r}"


def split_edges(
    graph: Graph,
    test_ratio: Annotated[float, real("(0, 1)")] = 0.5,
    *,
    negatives: Negatives = "uniform",
    negatives_per_edge: Count = 1,
    keep_connected: bool = True,
    seed: Seed = 0,
) -> EdgeSplit:
    """Take a share of the edges out of a graph for a test of link prediction.

    Parameters
    ----------
    graph
        Any graph; weights stay with the edges that stay.
    test_ratio
        Share of the edges (self-loops left out) to test on, in (0, 1), rounded to the nearest number.
    negatives
        Which pairs without an edge stand against the edges. ``"uniform"``: all alike, the easiest.
        ``"degree"``: both ends in proportion to their degree, as the ends of edges are. ``"two-hop"``:
        ends of two random steps, so that each pair has a common neighbour, the hardest. ``"reversed"``,
        directed graphs only: the reverse of each test (or training) arc unless it is an arc too; fewer
        than the arcs therefore.
    negatives_per_edge
        Negatives for each edge, >= 1; 1 for "reversed".
    keep_connected
        Whether a random spanning forest stays, so that the training graph has the same (weakly) connected
        components. Edges whose loss would part a component are then never test edges.
    seed
        In [0, 2**64).

    Returns
    -------
    EdgeSplit
        Nothing in it leaks: test edges are in the training graph in neither direction (for a directed
        graph: in the same direction), negatives are no edges of the whole graph, and no pair is twice
        among the negatives of training and test.

    Raises
    ------
    ParameterError
        If a parameter lies outside its range, or the components cannot stay connected; the message
        says the highest possible ratio.
    InputError
        If the graph has too few edges, or too few pairs without an edge.

    Notes
    -----
    O(num_edges log num_edges). The graph's edges are drawn by seed alone: another kind or number of
    negatives leaves the same test edges.

    References
    ----------
    Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016.

    Examples
    --------
    >>> split = split_edges(Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5)]), 0.1)
    >>> split.train_graph, len(split.test_edges)
    (Graph(6 nodes, 5 edges, undirected, unweighted), 1)
    """
    check_graph(graph)
    check_declared(split_edges, locals())
    _check_effects(graph, negatives, negatives_per_edge)
    source, target, _ = graph.edge_rows()
    edges = np.column_stack([source, target])[source != target]
    is_test = _choose_test(graph, edges, test_ratio, keep_connected, generator(seed, Stream.SPLIT))
    train_edges, test_edges = edges[~is_test], edges[is_test]
    if negatives == "reversed":
        train_negatives, test_negatives = _reversed(graph, train_edges), _reversed(graph, test_edges)
    else:
        rng = generator(seed, Stream.NEGATIVES)
        drawn = draw_non_edges(graph, negatives, negatives_per_edge * len(edges), rng)
        test_negatives, train_negatives = np.split(drawn, [negatives_per_edge * len(test_edges)])
    info = {
        "test_ratio": test_ratio,
        "negatives": negatives,
        "negatives_per_edge": negatives_per_edge,
        "keep_connected": keep_connected,
        "seed": int(seed),
    }
    return EdgeSplit(
        without_edges(graph, test_edges), train_edges, train_negatives, test_edges, test_negatives, info
    )


def without_edges(graph: Graph, edges: PairRows) -> Graph:
    """Return the graph without some of its edges (both arcs of an undirected one); rows stay."""
    source = np.repeat(np.arange(graph.num_nodes), graph.degree)
    keys = source * graph.num_nodes + graph.indices
    first, second = edges.T.astype(np.int64)
    gone = first * graph.num_nodes + second
    if not graph.directed:
        gone = np.concatenate([gone, second * graph.num_nodes + first])
    keep = np.ones(graph.num_arcs, np.bool_)
    keep[np.searchsorted(keys, gone)] = False
    indptr = np.zeros(graph.num_nodes + 1, np.int64)
    np.cumsum(np.bincount(source[keep], minlength=graph.num_nodes), out=indptr[1:])
    weights = None if graph.weights is None else graph.weights[keep]
    return Graph(indptr, graph.indices[keep], weights, graph.node_ids, directed=graph.directed)


def _choose_test(
    graph: Graph, edges: PairRows, test_ratio: float, keep_connected: bool, rng: np.random.Generator
) -> Mask:
    """Mark the test edges: a random choice, among those outside a spanning forest if asked for."""
    num_test = round(test_ratio * len(edges))
    if not 0 < num_test < len(edges):
        raise InputError(
            f"test_ratio={test_ratio:g} of {len(edges):,} edges leaves no edge to "
            f"{'train on' if num_test else 'test on'}"
        )
    free = np.arange(len(edges))
    if keep_connected:
        free = np.flatnonzero(outside_random_forest(edges[:, 0], edges[:, 1], graph.num_nodes, rng))
    if num_test > len(free):
        if not len(free):
            raise ParameterError(
                f"no edge can be held out: without any of the {len(edges):,} a component would fall apart; "
                "pass keep_connected=False, or take a graph with cycles"
            )
        raise ParameterError(
            f"test_ratio must be <= {len(free) / len(edges):.4f} to keep the graph's components connected "
            f"({len(free):,} of {len(edges):,} edges), got {test_ratio:g}; or pass keep_connected=False"
        )
    is_test = np.zeros(len(edges), np.bool_)
    is_test[rng.choice(free, num_test, replace=False)] = True
    return is_test


def _reversed(graph: Graph, arcs: PairRows) -> PairRows:
    """The reverses of arcs that are no arcs themselves."""
    back = arcs[:, ::-1]
    one_way: PairRows = np.ascontiguousarray(back[~graph.has_edges(back[:, 0], back[:, 1])])
    if not len(one_way):
        raise InputError(
            "negatives='reversed': each arc has its reverse in the graph; choose other negatives"
        )
    return one_way


def _check_effects(graph: Graph, negatives: str, negatives_per_edge: int) -> None:
    if negatives == "reversed" and not graph.directed:
        raise ParameterError("negatives='reversed' needs a directed graph, got an undirected one")
    if negatives == "reversed" and negatives_per_edge != 1:
        raise ParameterError(
            f"negatives_per_edge must be 1 for negatives='reversed', got {negatives_per_edge}"
        )
