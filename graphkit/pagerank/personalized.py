"""Personalised PageRank from any number of sources: the nodes that matter most to each, or one whole vector.

With P = D^-1 A the matrix of the random walk, and e_s the unit vector of the source s:

    pi_s = restart * e_s + (1 - restart) * P^T pi_s

R. Andersen, F. Chung, K. Lang, "Local graph partitioning using PageRank vectors", FOCS 2006: forward push.
H. Wu, J. Gan, Z. Wei, R. Zhang, "Unifying the global and local approaches: an efficient power iteration with
forward push", SIGMOD 2021: sweeps over all rows where many nodes wait.
K. Avrachenkov, N. Litvak, D. Nemirovsky, N. Osipova, "Monte Carlo methods in PageRank computation: when
one iteration is sufficient", SIAM J. Numer. Anal. 45(2), 2007; D. Fogaras, B. Rácz, K. Csalogány,
T. Sarlós, "Towards scaling fully personalized PageRank", Internet Math. 2(3), 2005: random walks.

Where papers leave a choice, or differ:

- A node without out-arcs leads back to the source, as in networkx, whose ``dangling`` is the personalisation
  unless given. So pi_s sums to 1, and a source without out-arcs has all of its own.
- Andersen, Chung and Lang walk lazily, staying with probability 1/2; we do not. Their alpha with a lazy
  walk is restart = 2 alpha / (1 + alpha) here. networkx's and igraph's damping is 1 - restart.
- Push on weighted graphs: mass moves by weights, but whether a residual is large is asked by the number of
  arcs, so that the bound of the work holds for any weights.
- Push: the scores are p + restart * r, since pi_u(u) >= restart: nearer to pi than p, and still below it.
- Sweeps begin at any tolerance when more than one node in 256 waits, and end as push does, when no residual
  is large; Wu et al. begin at a quarter of the nodes, and end at a sum. `graphkit.kernels.cpu.push_sweeps`
  has the rest.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_whole
from graphkit.errors import ParameterError, naming_ours
from graphkit.graph.graph import check_graph
from graphkit.graph.size import GraphSize, csr_bytes
from graphkit.pagerank.engines import ENGINES, MAX_WALKS, Engine
from graphkit.pagerank.top_nodes import TopNodes
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.parameters import Count, check_declared, real, whole
from graphkit.resources import SECONDS_TO_BEGIN, Estimate, check_host_memory
from graphkit.seeds import Seed, Stream, generator

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

CHUNK_SOURCES = 1 << 10
"""Sources between two reports of progress."""

_MOST_SECONDS = 3600.0
"""That one source may take, as it is estimated: beyond that, a parameter is not what was meant."""

_TRIED, _TRIED_SECONDS = 64, 1.0
"""Nodes whose time is measured for an estimate, where the bound of their time is not more."""

_RANGES_PER_THREAD = 4 * RANGES_PER_THREAD
"""Some sources take a thousand times as long as others."""


@naming_ours
@dataclass(frozen=True, kw_only=True)
class PersonalizedPageRank:
    """PageRank as each source sees it: where a walk is that goes back to its source every now and then.

    ``pi_s = restart * e_s + (1 - restart) * P^T pi_s``; a node without out-arcs leads back to the source.

    Parameters
    ----------
    restart
        Probability, in (0, 1), to jump back to the source in front of each step; with walks at least 1e-6.
        Work grows as 1 / restart: what would take more than an hour a source is refused when the graph is
        known.
    method
        ``"push"``: forward push, with a bound of the error. ``"walks"``: Monte Carlo, without bias.
    tolerance
        Push goes on while a node's residual is at least this, in (0, 1), times the number of its out-arcs (1
        if it has none). None for 1e-5; ``1e-8 / graph.num_arcs`` for scores that are wrong by about 1e-8 in
        all at most. Not for ``"walks"``.
    walks_per_node
        Walks from each source, 1 to 2,147,483,648. None for 10,000; not for ``"push"``.
    seed
        Random seed of the walks, in [0, 2**64); not for ``"push"``.
    num_threads
        Threads to use, >= 1; None for all cores. The result is the same for any number of them.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect.

    Notes
    -----
    Push, all graphs: no score is above pi, and all differences of a source sum to `TopNodes.missing`.
    Undirected graphs: ``pi(v) - score(v) <= tolerance * degree(v)``; weighted ones:
    ``tolerance * strength(v)`` times the largest degree / strength of a node. `missing` is at most
    (1 - restart) * tolerance * (arcs + nodes without any). A source costs at most 1 / (restart * tolerance)
    arcs and, while more than one node in 256 waits, looks at all rows.

    Walks: the score is restart / walks_per_node times the number of visits. Its mean over seeds is pi, its
    standard error at most sqrt(2 pi / walks_per_node).

    Memory: the graph, 24 bytes a node and thread (walks: 12, and 8 bytes an arc of a weighted graph), the
    result.

    References
    ----------
    Andersen, Chung, Lang, "Local graph partitioning using PageRank vectors", FOCS 2006; Wu, Gan, Wei, Zhang,
    "Unifying the global and local approaches: an efficient power iteration with forward push", SIGMOD 2021;
    Avrachenkov, Litvak, Nemirovsky, Osipova, "Monte Carlo methods in PageRank computation", SIAM J. Numer.
    Anal. 2007.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "d")])
    >>> top = PersonalizedPageRank(tolerance=1e-9).top(graph, k=2)
    >>> [node_id for node_id, score in top["d"]]
    ['c', 'd']
    """

    restart: Annotated[float, real("(0, 1)")] = 0.15
    method: Literal["push", "walks"] = "push"
    tolerance: Annotated[float, real("(0, 1)")] | None = None
    walks_per_node: Annotated[int, whole(1, MAX_WALKS)] | None = None
    seed: Seed = 0
    num_threads: Count | None = None

    def __post_init__(self) -> None:
        check_declared(type(self), vars(self))
        ENGINES[self.method].check(self)

    def top(
        self,
        graph: Graph,
        k: int = 100,
        sources: Iterable[Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> TopNodes:
        """Return the `k` nodes of the highest scores for each source.

        Parameters
        ----------
        graph
            Any graph; weights and directions count.
        k
            Nodes a source, >= 1; the source itself is one of them.
        sources
            Ids of the sources; None for all nodes.
        progress
            Called with ("ppr", sources done, sources).

        Returns
        -------
        TopNodes
            Best first, equal scores by row; fewer than `k` where the others' scores are 0.

        Raises
        ------
        ParameterError
            If k < 1.
        UnknownNodeError
            For a source that the graph does not hold.

        Examples
        --------
        >>> from graphkit import Graph
        >>> path = Graph.from_edges([(0, 1), (1, 2)], directed=True)
        >>> top = PersonalizedPageRank(restart=0.5, tolerance=1e-9).top(path, k=2, sources=[1])
        >>> top.rows, top.scores.round(4)
        (array([[1, 2]], dtype=int32), array([[0.6667, 0.3333]], dtype=float32))
        """
        check_graph(graph)
        source_rows = np.arange(graph.num_nodes) if sources is None else graph.rows(sources)
        return self.top_of_rows(graph, source_rows, k, progress=progress)

    def top_of_rows(
        self, graph: Graph, source_rows: NDArray[np.int64], k: int, *, progress: Progress | None = None
    ) -> TopNodes:
        """Return what `top` does for sources given as rows of the graph, int64 [num_sources]."""
        check_whole("k", k, 1)
        remedy = "ask for a smaller k or fewer sources"
        check_host_memory(8 * k * len(source_rows), "the result takes", remedy)
        num_threads = resolve_threads(self.num_threads)
        engine = self._engine(graph, num_threads)
        top = TopNodes.allocate(graph.node_ids, source_rows, k, missing=self.method == "push")
        spaces = [engine.space() for _ in range(num_threads)]

        def work(start: int, stop: int) -> None:
            space = spaces.pop()
            engine.top(space, top, start, stop)
            spaces.append(space)

        for first in range(0, len(source_rows), CHUNK_SOURCES):
            size = min(CHUNK_SOURCES, len(source_rows) - first)
            bounds = even_bounds(size, _RANGES_PER_THREAD * num_threads)
            run_ranges(work, [first + bound for bound in bounds], num_threads)
            if progress is not None:
                progress("ppr", first + size, len(source_rows))
        return top

    def vector(self, graph: Graph, source: Any) -> NDArray[np.float64]:
        """Return the scores of all nodes for one source, float64 [num_nodes].

        Parameters
        ----------
        graph
            Any graph; weights and directions count.
        source
            Id of the source.

        Returns
        -------
        float64 [num_nodes]
            In the order of the graph's nodes; with push, what they leave out of 1 is `TopNodes.missing`.

        Raises
        ------
        UnknownNodeError
            If the graph does not hold the source.

        Examples
        --------
        >>> from graphkit import Graph
        >>> path = Graph.from_edges([(0, 1), (1, 2)], directed=True)
        >>> PersonalizedPageRank(restart=0.5, tolerance=1e-9).vector(path, 1).round(4)
        array([0.    , 0.6667, 0.3333])
        """
        check_graph(graph)
        engine = self._engine(graph, resolve_threads(self.num_threads))
        return engine.vector(engine.space(), graph.index.row(source))

    def estimate(
        self,
        num_nodes: int,
        num_arcs: int,
        *,
        k: int = 100,
        num_sources: int | None = None,
        weighted: bool = False,
    ) -> Estimate:
        """Return the memory and time that `top` will need for a graph of this size.

        Parameters
        ----------
        num_nodes, num_arcs
            Size of the graph; an undirected edge is two arcs.
        k, num_sources
            Size of the result; None for all nodes as sources.
        weighted
            Whether arcs carry weights.

        Returns
        -------
        Estimate
            Peak memory, by what it is for, and rough seconds; of push, half of the bound of its work.

        Examples
        --------
        >>> PersonalizedPageRank(num_threads=2).estimate(300_000, 3_000_000).bytes // 10**6
        276
        """
        check_whole("k", k, 1)
        num_threads = resolve_threads(self.num_threads)
        num_sources = num_nodes if num_sources is None else num_sources
        engine = ENGINES[self.method]
        a_node, an_arc = engine.weighted_bytes if weighted else (0, 0)
        memory = {
            "graph": csr_bytes(GraphSize(num_nodes, num_arcs, weighted)),
            "tables": a_node * num_nodes + an_arc * num_arcs,
            "work space": engine.bytes_per_node * num_nodes * num_threads,
            "result": num_sources * (8 * k + 16),
        }
        seconds = num_sources * engine.seconds(self, num_arcs) / max(1, min(num_threads, num_sources))
        return Estimate(memory, SECONDS_TO_BEGIN + seconds)

    def estimate_for(self, graph: Graph, *, k: int = 100, num_sources: int | None = None) -> Estimate:
        """Return the memory and time that `top` will need for a graph, measured on a few of its nodes.

        Parameters
        ----------
        graph, k, num_sources
            As for `top`; None for all nodes as sources.

        Returns
        -------
        Estimate
            Peak memory, by what it is for, and seconds.
        """
        num_sources = graph.num_nodes if num_sources is None else num_sources
        bound = self.estimate(
            graph.num_nodes, graph.num_arcs, k=k, num_sources=num_sources, weighted=graph.is_weighted
        )
        bound_each = ENGINES[self.method].seconds(self, graph.num_arcs)
        tried = min(_TRIED, int(_TRIED_SECONDS / bound_each))
        if not graph.num_nodes or num_sources <= tried or tried < 2:
            return bound
        rows = generator(0, Stream.ORDER).integers(0, graph.num_nodes, tried)
        alone = PersonalizedPageRank(**vars(self) | {"num_threads": 1})
        # Tables are made, and kernels compiled, before the clock starts.
        engine = alone._engine(graph, 1)
        space, top = engine.space(), TopNodes.allocate(graph.node_ids, rows, k, missing=self.method == "push")
        engine.top(space, top, 0, 1)
        began = time.process_time()
        engine.top(space, top, 1, len(rows))
        each = (time.process_time() - began) / (len(rows) - 1)
        threads = max(1, min(resolve_threads(self.num_threads), num_sources))
        return Estimate(bound.memory, SECONDS_TO_BEGIN + num_sources * each / threads)

    def check_time(self, num_arcs: int) -> None:
        """Raise `ParameterError` if one source would take more than an hour, as with a restart near 0."""
        engine = ENGINES[self.method]
        seconds = engine.seconds(self, num_arcs)
        if seconds > _MOST_SECONDS:
            raise ParameterError(
                f"restart={self.restart:g} with {engine.accuracy(self)} would take about "
                f"{seconds / 3600:,.3g} hours for each source of this graph; take a larger restart or "
                f"{engine.less_work}"
            )

    def _engine(self, graph: Graph, num_threads: int) -> Engine:
        self.check_time(graph.num_arcs)
        return ENGINES[self.method](self, graph, num_threads)
