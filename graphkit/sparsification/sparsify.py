"""sparsify: fewer edges, nearly the same Laplacian, by walks or by sampling.

The two ways, and which is better where: walks (`graphkit.sparsification.sparsifier`, dyGRASS) keep some edges
as they are; sampling by effective resistances keeps edges at random and makes their weights larger, so that
the Laplacian is right on average.

D. Spielman, N. Srivastava, "Graph Sparsification by Effective Resistances", STOC 2008. Where we differ from
them: they draw edges with replacement, in proportion to w R; here each edge is there or not by a coin of its
own, p = min(1, c w R) and the weight w / p, with c such that the expected number of edges is as asked for.
So no edge is drawn twice, and bridges, for which w R = 1, are kept for sure from c = 1 on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_between, check_choice, check_whole
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph, check_graph
from graphkit.graph.size import csr_bytes
from graphkit.graph.sorting import sort_edges
from graphkit.kernels.cpu.bucket_sort import SUM
from graphkit.methods.base import check_undirected
from graphkit.parallel import resolve_threads
from graphkit.resources import SECONDS_TO_BEGIN, Estimate
from graphkit.seeds import Stream, check_seed, generator
from graphkit.sparsification.resistances import effective_resistances, resistance_bytes
from graphkit.sparsification.sparsifier import Sparsifier

if TYPE_CHECKING:
    from graphkit.progress import Progress

SparsifyMethod = Literal["walks", "resistances"]

_WALKS = {"distortion", "walkers", "steps"}
_SAMPLING = {"share", "projections"}
_DEFAULT_SHARE, _DEFAULT_PROJECTIONS = 0.5, 64
_BISECTIONS = 60

_SECONDS_PER_ARC = 1.2e-7
"""Of a system: a hundred products, as social graphs take."""


def sparsify(
    graph: Graph,
    *,
    method: SparsifyMethod = "walks",
    distortion: float | None = None,
    walkers: int | None = None,
    steps: int | None = None,
    share: float | None = None,
    projections: int | None = None,
    seed: int = 0,
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> Graph:
    """Return a graph of the same nodes and fewer edges, whose Laplacian is nearly the same.

    Parameters
    ----------
    graph
        Undirected; weights count, loops are left out.
    method
        ``"walks"``: edges are left out where non-backtracking walks find a path of little resistance; those
        kept have their weights, and the components are those of the graph. ``"resistances"``: edges are kept
        at random by their effective resistance, with larger weights; the Laplacian is right on average.
    distortion
        Of walks, > 0: an edge of weight w is left out if a path of a resistance <= distortion / w is found
        between its ends; without weights, a path of at most so many edges. None for 4.
    walkers
        Of walks: how many look for such a path, >= 1; None for 16.
    steps
        Of walks: how many a walker takes at most, 1 to 1000; None for 16.
    share
        Of resistances: edges to expect, as a share of all, in (0, 1]; None for 0.5.
    projections
        Of resistances: random projections they are estimated by, >= 1; None for 64.
    seed
        Random seed, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    progress
        Of walks: called with ("sparsify", edges done, edges).

    Returns
    -------
    Graph
        The same nodes; of walks weighted if the graph is, of resistances always.

    Raises
    ------
    ParameterError
        For a parameter outside its range or of the other method, a directed graph, memory that is not there.
    RunError
        If the solver that resistances need does not get to its tolerance.

    Notes
    -----
    `relative_condition_number` says how near a small graph's sparsifier is. For a graph whose edges come and
    go see `Sparsifier`.

    References
    ----------
    Yuan, Aghdaei, Feng, "dyGRASS: Dynamic Spectral Graph Sparsification via Localized Random Walks on GPUs",
    ICCAD 2025. Spielman, Srivastava, "Graph Sparsification by Effective Resistances", STOC 2008.

    Examples
    --------
    >>> from graphkit import datasets
    >>> club = datasets.load("karate_club").graph
    >>> club.num_edges, sparsify(club, seed=1).num_edges, sparsify(club, distortion=2, seed=1).num_edges
    (78, 51, 53)
    """
    check_graph(graph)
    check_undirected(graph, "sparsify")
    check_choice("method", method, get_args(SparsifyMethod))
    given: dict[str, Any] = {
        "distortion": distortion,
        "walkers": walkers,
        "steps": steps,
        "share": share,
        "projections": projections,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    for name in (_SAMPLING if method == "walks" else _WALKS) & chosen.keys():
        raise ParameterError(f"{name} has no effect with method={method!r}")
    if method == "walks":
        walking = Sparsifier(graph, **chosen, seed=seed, num_threads=num_threads, progress=progress)
        return walking.sparse_graph()
    return _sampled(graph, chosen, seed, resolve_threads(num_threads))


def estimate_sparsify(
    graph: Graph, *, method: SparsifyMethod = "walks", projections: int | None = None
) -> Estimate:
    """Return the memory, the graph's included, and the time that `sparsify` will need on one thread, roughly.

    Examples
    --------
    >>> from graphkit import datasets
    >>> estimate_sparsify(datasets.load("karate_club").graph).seconds < 1
    True
    """
    check_choice("method", method, get_args(SparsifyMethod))
    memory = {"graph": csr_bytes(graph), "edges": 8 * graph.num_arcs}
    if method == "walks":
        walks = Sparsifier.estimate(graph.num_nodes, graph.num_arcs, weighted=graph.is_weighted)
        return Estimate({**memory, **walks.memory}, walks.seconds)
    systems = projections or _DEFAULT_PROJECTIONS
    memory["resistances"] = resistance_bytes(graph.num_nodes, graph.num_arcs // 2)
    return Estimate(memory, SECONDS_TO_BEGIN + _SECONDS_PER_ARC * systems * graph.num_arcs)


def keeping_probabilities(leverage: NDArray[np.float64], expected: float) -> NDArray[np.float64]:
    """Return min(1, c x) of each x >= 0, with c such that they add up to `expected`, or all that there is.

    Examples
    --------
    >>> keeping_probabilities(np.array([0.1, 0.2, 0.9]), 2.0).round(4)
    array([0.3333, 0.6667, 1.    ])
    """
    if not len(leverage) or expected >= np.count_nonzero(leverage):
        return np.where(leverage > 0, 1.0, 0.0)
    low, high = 0.0, 1.0 / leverage[leverage > 0].min()
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(1, middle * leverage).sum() < expected else (low, middle)
    probabilities: NDArray[np.float64] = np.minimum(1, high * leverage)
    return probabilities


def _sampled(graph: Graph, chosen: dict[str, Any], seed: int, num_threads: int) -> Graph:
    share = chosen.get("share", _DEFAULT_SHARE)
    check_between("share", share, "(0, 1]")
    projections = check_whole("projections", chosen.get("projections", _DEFAULT_PROJECTIONS), 1)
    check_seed(seed)
    resistances = effective_resistances(graph, projections=projections, seed=seed, num_threads=num_threads)
    source, target, weights = graph.edge_rows()
    conductances = np.ones(len(source)) if weights is None else weights.astype(np.float64)
    leverage = conductances * resistances
    probabilities = keeping_probabilities(leverage, share * np.count_nonzero(source != target))
    kept = generator(seed, Stream.EDGE_SAMPLE).random(len(source)) < probabilities
    values = (conductances[kept] / probabilities[kept]).astype(np.float32)
    arcs, _ = sort_edges(
        source[kept], target[kept], values, graph.num_nodes, symmetric=True, rule=SUM, num_threads=num_threads
    )
    return Graph(*arcs, graph.node_ids)
