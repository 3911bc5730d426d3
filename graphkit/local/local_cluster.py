"""Clusters around seeds: a diffusion that stays near them, and the sweep cut of smallest conductance.

R. Andersen, F. Chung, K. Lang, "Local graph partitioning using PageRank vectors", FOCS 2006; K. Kloster,
D. Gleich, "Heat kernel based community detection", KDD 2014; K. Fountoulakis, D. Wang, S. Yang, "p-Norm flow
diffusion for local graph clustering", ICML 2020; A. Back de Luca, K. Fountoulakis, S. Yang, "Local graph
clustering with noisy labels", ICLR 2024 (`graphkit.local.label_weights`).

Where papers leave a choice, or differ:

- Andersen, Chung and Lang walk lazily, staying with probability 1/2; we do not. Their alpha is restart / (2 -
  restart) here, and the vectors are the same. Scores are p + restart * r, as those of
  `graphkit.PersonalizedPageRank`, at the nodes that were pushed: others are only touched, and their rows are
  not read.
- Where push has read as many arcs as there are nodes, or the graph is small and the tolerance too, passes
  through all rows go on (`graphkit.kernels.cpu.dense_diffusion`), for PageRank by over-relaxation: residuals
  end below the same limit, but may be negative.
- Heat kernel: what comes to a node in the last step is kept back there until it is as much as in other steps,
  so that no row is swept which was not pushed. Error and bound are the paper's, with N + 1 steps that leave
  something.
- Flow diffusion is for p = 2. A node's sink is its number of arcs, whatever their weights. Nodes are pushed
  first come, first served, not in random passes. Without a mass, masses double, each going on from the
  solution of the one before (solutions grow with the mass), and the best set of all sweeps counts.
- Several seeds share the start, or the mass, alike.
- Weighted graphs: mass moves by weights, and volumes are sums of weights, but whether a residual is large is
  asked by the number of arcs, so that the bound of the work holds for any weights.
- The bound is not the papers', which know the cluster that is looked for, but Cheeger's inequality for the
  scores at hand: it always holds.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_choice, kind_of
from graphkit.errors import GraphkitWarning, InputError, ParameterError
from graphkit.files.page_reads import few_pages
from graphkit.graph.graph import check_graph
from graphkit.kernels.cpu.eight_columns import COLUMNS
from graphkit.local.cluster import LocalCluster
from graphkit.local.diffusions import (
    SECONDS_PER_ARC,
    Diffused,
    Diffusion,
    FlowPush,
    HeatKernelPush,
    PageRankPush,
)
from graphkit.local.label_weights import LabelWeights, read_label_weights
from graphkit.local.sweep import Swept, pieces_of, sweep
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.parameters import check_declared
from graphkit.resources import SECONDS_TO_BEGIN, Estimate, check_host_memory

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

METHODS = ("pagerank", "heat-kernel", "flow")

DEFAULT_RESTART, DEFAULT_TIME = 0.1, 10.0

_BYTES_PER_NODE = 160
"""Of a node that is touched: its numbers and slots, the same again while they grow, and the sweep's."""

_FLOW_PASSES = 60
"""Flow diffusion reads an arc so many times as long as others do."""


def local_cluster(
    graph: Graph,
    seeds: Any,
    *,
    method: Literal["pagerank", "heat-kernel", "flow"] = "pagerank",
    restart: float | None = None,
    time: float | None = None,
    mass: float | None = None,
    tolerance: float | None = None,
    labels: Any = None,
    label_weight: float | None = None,
) -> LocalCluster:
    """Return the cluster around seeds, at a cost that does not grow with the graph.

    A diffusion spreads from the seeds and stays near them; of the sets of its first nodes, ranked by score
    over strength, the one of the smallest conductance, cut / volume, is the cluster.

    Parameters
    ----------
    graph
        An undirected graph, in memory or opened from a folder: of a file the pages that are needed are read.
    seeds
        The id of a node, or several ids; they share the start alike.
    method
        ``"pagerank"``: personalised PageRank by push. ``"heat-kernel"``: heat-kernel PageRank, which
        stays nearer to the seeds at the same number of steps. ``"flow"``: flow diffusion, which has a mass to
        put somewhere, and leaks less.
    restart
        Of ``"pagerank"``: probability in (0, 1) to jump back to the seeds; smaller for larger clusters. None
        for 0.1.
    time
        Of ``"heat-kernel"``: the mean number of steps, in (0, 300]. None for 10.
    mass
        Of ``"flow"``: what the seeds have to spread, > 0; a node holds as much as it has arcs. Two to four
        times the volume of the cluster that is looked for, and at most nine tenths of the number of arcs.
        None for all masses that double from twice the seeds' arcs to half of the arcs, or to 50,000, the best
        cluster of all.
    tolerance
        In (0, 1): what is left of the diffusion, at a node, for each of its arcs; the cost grows as
        1 / tolerance. None for 1e-5 (``"pagerank"``), 1e-4 (``"heat-kernel"``), 1e-3 (``"flow"``).
    labels
        Noisy labels of nodes, in [0, 1]: 1 for those that seem to belong to the cluster, 0 for the others. An
        array, [num_nodes], or a dict of ids and labels, 0 for all that it does not name. None for none.
    label_weight
        What the weight of an edge between labels 0 and 1 is multiplied by, in (0, 1]. None for 0.05.

    Returns
    -------
    LocalCluster
        Ids, scores, conductance, volume, and a bound that the conductance cannot be above.

    Raises
    ------
    ParameterError
        For a directed graph, no seeds, a parameter outside its range or without effect, or a mass that has no
        place.
    UnknownNodeError
        For a seed or a label's node that the graph does not hold.
    InputError
        For a seed without edges, labels that are not in [0, 1] or all the same, or a damaged file.

    Warns
    -----
    GraphkitWarning
        If seeds end in different pieces of the cluster, between which there is no edge.

    Notes
    -----
    Time and memory do not depend on the size of the graph: ``"pagerank"`` reads at most
    1 / (restart * tolerance) arcs, pushes with ``"flow"`` stay within nodes of `mass` arcs in all. When
    ``"pagerank"`` or ``"heat-kernel"`` has read as many arcs as there are nodes, it goes on with 40 bytes for
    each node of the graph. The result is the same bits everywhere, as nothing runs at once. Of a weighted
    graph the weights are summed once.

    How large a cluster can be found is up to `tolerance`: a diffusion that leaves so much at each arc cannot
    tell more than 1 / tolerance arcs from nothing. On the web graph cnr-2000 (2.8 million edges) the mean
    conductance around ten nodes is .21 at 1e-5, .013 at 1e-6.

    Error, of undirected graphs without weights: ``"pagerank"`` ``|pi(v) - score(v)| <= tolerance *
    degree(v)``, ``"heat-kernel"`` the same, ``"flow"``: no node has more than (1 + tolerance) times what it
    holds.

    References
    ----------
    Andersen, Chung, Lang, FOCS 2006; Kloster, Gleich, KDD 2014; Fountoulakis, Wang, Yang, ICML 2020; Back de
    Luca, Fountoulakis, Yang, ICLR 2024.

    Examples
    --------
    >>> from graphkit import Graph
    >>> two = Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3)])
    >>> cluster = local_cluster(two, 0)
    >>> sorted(cluster), cluster.cut, cluster.volume, round(cluster.conductance, 3)
    ([0, 1, 2], 1.0, 7.0, 0.143)
    >>> sorted(local_cluster(two, 2, labels={0: 1, 1: 1, 2: 1}))
    [0, 1, 2]
    """
    own = {"restart": restart, "time": time, "mass": mass, "tolerance": tolerance}
    check_declared(local_cluster, own | {"label_weight": label_weight})
    diffusion = make_diffusion(method, **own)
    _check_undirected(graph)
    _check_memory(diffusion, graph)
    with few_pages((graph.node_ids, *graph.unchecked_rows())):
        rows = _seed_rows(graph, seeds)
        weights = read_label_weights(graph, labels, label_weight)
        cluster, pieces = _cluster_of(graph, weights, diffusion.run(graph, weights, rows))
    if len(rows) > 1 and len(np.unique(pieces[np.isin(cluster.rows, rows)])) > 1:
        warnings.warn(
            "the seeds lie in different pieces of the cluster, between which there is no edge; give those of "
            "one cluster at a time",
            GraphkitWarning,
            stacklevel=2,
        )
    return cluster


def local_clusters(
    graph: Graph,
    seeds: Iterable[Any],
    *,
    method: Literal["pagerank", "heat-kernel", "flow"] = "pagerank",
    restart: float | None = None,
    time: float | None = None,
    mass: float | None = None,
    tolerance: float | None = None,
    labels: Any = None,
    label_weight: float | None = None,
    num_threads: int | None = None,
) -> list[LocalCluster]:
    """Return the cluster around each of some seeds, each as `local_cluster` gives it.

    Parameters
    ----------
    graph, method, restart, time, mass, tolerance, labels, label_weight
        As of `local_cluster`.
    seeds
        Ids of nodes, in any order, repetitions allowed; a cluster each.
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.

    Returns
    -------
    list of LocalCluster
        One a seed, in their order.

    Raises
    ------
    ParameterError, UnknownNodeError, InputError
        As of `local_cluster`.

    Notes
    -----
    Of a graph of at most 2**15 arcs, which PageRank reads again and again, eight seeds share each look at a
    row. Memory is that of `local_cluster` for each thread.

    Examples
    --------
    >>> from graphkit import Graph
    >>> two = Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3)])
    >>> [sorted(cluster) for cluster in local_clusters(two, [0, 4])]
    [[0, 1, 2], [3, 4, 5]]
    """
    own = {"restart": restart, "time": time, "mass": mass, "tolerance": tolerance}
    check_declared(local_clusters, own | {"label_weight": label_weight, "num_threads": num_threads})
    diffusion = make_diffusion(method, **own)
    _check_undirected(graph)
    if isinstance(seeds, (str, bytes)) or not isinstance(seeds, Iterable):
        raise InputError(f"seeds must be a list or an array of ids, got {kind_of(seeds)}; one alone is [id]")
    threads = resolve_threads(num_threads)
    _check_memory(diffusion, graph, threads)

    def clusters(start: int, stop: int) -> list[LocalCluster]:
        each = diffusion.run_each(graph, weights, rows[start * COLUMNS : stop * COLUMNS])
        return [_cluster_of(graph, weights, runs)[0] for runs in each]

    with few_pages((graph.node_ids, *graph.unchecked_rows())):
        rows = _with_edges(graph, graph.rows(seeds))
        weights = read_label_weights(graph, labels, label_weight)
        groups = -(-len(rows) // COLUMNS)
        found = run_ranges(clusters, even_bounds(groups, RANGES_PER_THREAD * threads), threads)
    return list(itertools.chain.from_iterable(found))


def _cluster_of(
    graph: Graph, weights: LabelWeights, runs: Iterator[Diffused]
) -> tuple[LocalCluster, NDArray[np.int32]]:
    """The best cluster of what a diffusion has come to, and the piece of each of its members."""
    best: Swept | None = None
    for found in runs:
        swept = sweep(graph, weights, found)
        if swept is not None and (best is None or swept.swept_conductance < best.swept_conductance):
            best, pieces = swept, pieces_of(graph, found, swept)
    if best is None:
        raise InputError(
            "there is no cluster: the diffusion reached half of the graph before any set could be told from "
            "the rest; take a larger tolerance"
        )
    cluster = LocalCluster(
        graph.node_ids[best.rows],
        best.rows,
        best.scores,
        best.conductance,
        best.volume,
        best.cut,
        best.swept_conductance,
        best.bound,
        int(pieces.max()) + 1,
        best.num_swept,
        found.num_touched,
        found.arcs_read,
    )
    return cluster, pieces


def make_diffusion(
    method: str, restart: float | None, time: float | None, mass: float | None, tolerance: float | None
) -> Diffusion:
    """Return the diffusion of a method's name; `ParameterError` for a parameter of another one."""
    check_choice("method", method, METHODS)
    for name, value, owner in (
        ("restart", restart, "pagerank"),
        ("time", time, "heat-kernel"),
        ("mass", mass, "flow"),
    ):
        if value is not None and method != owner:
            raise ParameterError(f"{name} has no effect with method={method!r}; it belongs to {owner!r}")
    if method == "pagerank":
        left = PageRankPush.default_tolerance if tolerance is None else tolerance
        return PageRankPush(DEFAULT_RESTART if restart is None else restart, left)
    if method == "heat-kernel":
        left = HeatKernelPush.default_tolerance if tolerance is None else tolerance
        return HeatKernelPush(DEFAULT_TIME if time is None else time, left)
    return FlowPush(mass, FlowPush.default_tolerance if tolerance is None else tolerance)


def estimate_local_cluster(diffusion: Diffusion, num_nodes: int, num_arcs: int) -> Estimate:
    """Return the memory that `local_cluster` needs beside the graph at most, and the time at most.

    Examples
    --------
    >>> estimate_local_cluster(PageRankPush(0.1, 1e-4), 10**9, 10**11).bytes // 10**6
    16
    """
    passes = _FLOW_PASSES if isinstance(diffusion, FlowPush) else 1
    seconds = diffusion.most_arcs(num_arcs) * passes * SECONDS_PER_ARC
    return Estimate({"touched nodes": _bytes(diffusion, num_nodes, num_arcs)}, SECONDS_TO_BEGIN + seconds)


def _bytes(diffusion: Diffusion, num_nodes: int, num_arcs: int) -> int:
    return math.ceil(_BYTES_PER_NODE * min(num_nodes, diffusion.most_arcs(num_arcs)))


def _check_memory(diffusion: Diffusion, graph: Graph, num_threads: int = 1) -> None:
    needed = num_threads * _bytes(diffusion, graph.num_nodes, graph.num_arcs)
    check_host_memory(needed, "local_cluster may need", "take a larger tolerance")


def _check_undirected(graph: Graph) -> None:
    check_graph(graph)
    # Of a weighted graph it is summed once: before pages are read one by one.
    _ = graph.total_weight
    if graph.directed:
        raise ParameterError(
            "local_cluster is for undirected graphs, got a directed one; read it as undirected"
        )


def _seed_rows(graph: Graph, seeds: Any) -> NDArray[np.int64]:
    """The rows of the seeds, ascending, each once."""
    if not isinstance(seeds, Iterable) or isinstance(seeds, (str, bytes)):
        return _with_edges(graph, np.array([graph.index.row(seeds)]))
    rows = np.unique(graph.rows(seeds))
    if not len(rows):
        raise ParameterError("seeds must be at least one node's id, got none")
    return _with_edges(graph, rows)


def _with_edges(graph: Graph, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows; `InputError` for one that has no edges."""
    alone = rows[graph.indptr[rows + 1] <= graph.indptr[rows]]
    if len(alone):
        raise InputError(
            f"the seed {graph.node_ids[alone].tolist()[0]!r} has no edges: nothing is around it; leave it out"
        )
    return rows
