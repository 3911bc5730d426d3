"""Temporal walks: each step is later than the one before, or at least not earlier.

G. H. Nguyen, J. B. Lee, R. A. Rossi, N. K. Ahmed, E. Koh, S. Kim, "Continuous-time dynamic network
embeddings", companion of WWW 2018. A walk begins with an arc, drawn from all, and goes on by arcs of later
times. Having come to v at the time t, the next arc is one of those that leave v after t, chosen

- alike (`"uniform"`);
- in proportion to its rank, the soonest first (`"linear"`): the soonest of m arcs has m parts, the last one;
- in proportion to exp(-(t' - t) / timescale) (`"exponential"`).

The first arc is drawn alike, or by the same rules from the other end: the later the likelier, by its rank or
by exp(t' / timescale). Where the paper leaves a choice, or differs:

- Its definition of a walk lets times be equal, its neighbourhoods do not; `equal_times` says which. Without,
  as by default, events of one time never follow one another, whatever stands first in the file. With, a walk
  may go straight back over the edge that it came by.
- The paper's weights grow with the time of the next arc, and it names decay as the other choice; here steps
  decay, as in the codes that people use. Its exponents have no unit of time; here one is stated.
- Ranks: arcs of one row and one time are ranked in the order of the file; first arcs of one time have one
  rank, the highest of theirs.
- An undirected edge is walked in both directions and begins walks in both. Weights do not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.checks import check_choice, check_positive, check_whole
from graphkit.errors import InputError, ParameterError, naming_ours
from graphkit.graph.graph import check_graph
from graphkit.graph.temporal import TemporalGraph
from graphkit.kernels.cpu import walks_temporal as kernels
from graphkit.kernels.cpu.row_alias import build_row_alias, draw_starts
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, run_ranges
from graphkit.parameters import check_declared
from graphkit.resources import check_host_memory
from graphkit.seeds import Stream
from graphkit.walks.drawn_walks import DrawnWalks
from graphkit.walks.host_walker import HostWalker, Numbers

if TYPE_CHECKING:
    from graphkit.progress import Progress

Choice = Literal["uniform", "linear", "exponential"]

_RULES = {
    "uniform": kernels.UNIFORM,
    "linear": kernels.LINEAR,
    "exponential": kernels.EXPONENTIAL,
}


@naming_ours
def temporal_walks(
    graph: TemporalGraph,
    *,
    walk_length: int = 80,
    walks_per_node: int = 10,
    step_choice: Choice = "uniform",
    start_choice: Choice = "uniform",
    timescale: float | None = None,
    equal_times: bool = False,
    seed: int = 0,
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Walk in the order of time: int32 [num_walks, walk_length], entries are rows of the graph.

    Parameters
    ----------
    graph
        A `TemporalGraph`; directions count.
    walk_length
        Nodes in a walk, the ends of its first arc among them, >= 1.
    walks_per_node
        How many walks there are, divided by the number of nodes, >= 0; each begins with an arc drawn from
        all.
    step_choice
        How the next arc is chosen of those that are later: "uniform"; "linear", the sooner the likelier by
        rank; or "exponential", by how much later it is.
    start_choice
        How the first arc is drawn: "uniform"; "linear", the later the likelier by rank; or "exponential", by
        how much later it is.
    timescale
        Of "exponential", > 0, in the unit of the times (microseconds for dates): so much later is e times
        less likely; None, for steps, for the mean time from an arc of a node to the next, and for first arcs
        for a quarter of all the time.
    equal_times
        Whether an arc may follow one of the same time.
    seed
        Random seed, in [0, 2**64). The same seed gives the same walks on any number of threads.
    num_threads
        Threads to use, >= 1; None for all cores.
    progress
        Called with ("walks", walks done, walks).

    Returns
    -------
    int32 [num_walks, walk_length]
        -1 behind the end of a walk that nothing could follow.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect, or a graph without times.
    InputError
        If there is no arc to begin with.

    Notes
    -----
    Memory: the walks, and tables of 8 bytes a timed arc, 8 more for each choice that is not uniform (24 while
    they are built).

    References
    ----------
    Nguyen, Lee, Rossi, Ahmed, Koh, Kim, "Continuous-time dynamic network embeddings", WWW 2018.

    Examples
    --------
    >>> from graphkit import TemporalGraph
    >>> path = TemporalGraph.from_events([(0, 1), (1, 2), (2, 3), (3, 4)], [1, 2, 3, 2], directed=True)
    >>> temporal_walks(path, walk_length=5, walks_per_node=1, seed=1)
    array([[ 0,  1,  2,  3, -1],
           [ 3,  4, -1, -1, -1],
           [ 3,  4, -1, -1, -1],
           [ 1,  2,  3, -1, -1],
           [ 1,  2,  3, -1, -1]], dtype=int32)
    """
    return TemporalWalks(
        graph,
        walk_length=walk_length,
        walks_per_node=walks_per_node,
        step_choice=step_choice,
        start_choice=start_choice,
        timescale=timescale,
        equal_times=equal_times,
        seed=seed,
        num_threads=num_threads,
    ).all(progress)


class TemporalWalks(DrawnWalks):
    """The walks of `temporal_walks`, made when they are asked for; iterating yields chunks of them.

    Parameters
    ----------
    graph, walks_per_node, **law
        As for `temporal_walks`, without `progress`.
    """

    def __init__(self, graph: TemporalGraph, *, walks_per_node: int = 10, **law: Any):
        check_temporal(graph, "temporal_walks")
        walker = TemporalWalker(graph, **law)
        num_walks = check_whole("walks_per_node", walks_per_node, 0) * graph.num_nodes
        check_host_memory(4 * num_walks, "so many walks take", "ask for fewer walks")
        if num_walks and not graph.num_timed_arcs:
            raise InputError("temporal_walks finds no arc to begin with: the graph has no edges")
        super().__init__(walker, np.zeros(num_walks, np.int32))


def check_temporal(graph: Any, name: str) -> None:
    """Raise `ParameterError` for what is no `TemporalGraph`; `name` takes nothing else."""
    check_graph(graph)
    if not isinstance(graph, TemporalGraph):
        raise ParameterError(
            f"{name} walks in the order of time and takes a graphkit.TemporalGraph, got a "
            f"{type(graph).__name__} without times; gk.read_temporal_graph(PATH) or "
            "TemporalGraph.from_events(edges, times) makes one"
        )


def check_choices(step_choice: str, start_choice: str, timescale: float | None) -> None:
    """Raise `ParameterError` for choices that are none, or a timescale without effect."""
    check_choice("step_choice", step_choice, get_args(Choice))
    check_choice("start_choice", start_choice, get_args(Choice))
    if timescale is not None:
        check_positive("timescale", timescale)
        if "exponential" not in (step_choice, start_choice):
            raise ParameterError("timescale has no effect unless a choice is exponential; leave it out")


class TemporalWalker(HostWalker):
    """Temporal walks on one graph; its tables are built once.

    Where walks start, which `walk` is told, has no effect: each begins with an arc that its number draws.

    Parameters
    ----------
    graph, walk_length, step_choice, start_choice, timescale, equal_times, seed, num_threads
        As for `temporal_walks`.

    Attributes
    ----------
    temporal : TemporalGraph
        The graph.
    timescale : float
        Of steps, in use.
    """

    def __init__(
        self,
        graph: TemporalGraph,
        *,
        walk_length: int = 80,
        step_choice: Choice = "uniform",
        start_choice: Choice = "uniform",
        timescale: float | None = None,
        equal_times: bool = False,
        seed: int = 0,
        num_threads: int | None = None,
    ):
        super().__init__(graph, walk_length=walk_length, seed=seed, num_threads=num_threads)
        check_declared(TemporalWalker.__init__, {"equal_times": equal_times})
        check_choices(step_choice, start_choice, timescale)
        self.temporal = graph
        self.timescale = float(mean_gap(graph) if timescale is None else timescale)
        self._rule = _RULES[step_choice]
        rows = graph.timed_indptr, graph.timed_indices, graph.times
        self._following = np.empty(graph.num_timed_arcs, np.int64)
        self._fill(
            lambda start, stop: kernels.find_following(*rows, equal_times, self._following, start, stop)
        )
        self._sums = np.empty(graph.num_timed_arcs if step_choice == "exponential" else 0)
        if len(self._sums):
            self._fill(
                lambda start, stop: kernels.sum_decays(
                    graph.timed_indptr, graph.times, self.timescale, self._sums, start, stop
                )
            )
        self._table = _table_of_starts(graph, start_choice, timescale)

    def _fill(self, fill: Callable[[int, int], None]) -> None:
        bounds = balanced_bounds(self.temporal.timed_indptr, self.num_threads * RANGES_PER_THREAD)
        run_ranges(fill, bounds, self.num_threads)

    def _kernel(self, starts: Rows, numbers: Numbers, out: Rows) -> Callable[[int, int], None]:
        del starts
        graph, arcs = self.temporal, np.empty(len(numbers), np.int64)
        tables = graph.timed_indptr, graph.timed_indices, graph.times, self._following, self._sums
        law = self._rule, self.timescale

        def walk(start: int, stop: int) -> None:
            self._draw_arcs(numbers, arcs, start, stop)
            draws = numbers, self.seed, int(Stream.WALK)
            kernels.walk_temporal(*tables, *law, arcs, *draws, out, start, stop)

        return walk

    def _draw_arcs(self, numbers: Numbers, arcs: NDArray[np.int64], start: int, stop: int) -> None:
        """Draw the first arcs of a range of walks."""
        draws = self.seed, int(Stream.START), numbers, arcs, start, stop
        if self._table is None:
            kernels.draw_arcs(self.temporal.num_timed_arcs, *draws)
        else:
            draw_starts(self._table, *draws)


def mean_gap(graph: TemporalGraph) -> float:
    """Return the mean time from an arc of a node to the next; 1 where no time passes.

    Examples
    --------
    >>> mean_gap(TemporalGraph.from_events([(0, 1), (0, 2), (0, 3)], [5, 7, 13], directed=True))
    4.0
    """
    indptr, times = graph.timed_indptr, graph.times
    leaving = np.diff(indptr) > 1
    first, last = times[indptr[:-1][leaving]], times[indptr[1:][leaving] - 1]
    passed = float((last - first).sum(dtype=np.float64))
    steps = int((np.diff(indptr)[leaving] - 1).sum())
    return passed / steps if passed > 0 else 1.0


def temporal_bytes(num_arcs: int, *, step_choice: str, start_choice: str) -> int:
    """Return the most that a `TemporalWalker`'s tables take, in bytes.

    Examples
    --------
    >>> temporal_bytes(100, step_choice="uniform", start_choice="uniform")
    800
    """
    return num_arcs * (8 + 8 * (step_choice == "exponential") + 24 * (start_choice != "uniform"))


def _table_of_starts(graph: TemporalGraph, choice: str, timescale: float | None) -> NDArray[np.uint32] | None:
    """The alias table that first arcs are drawn from, of one row; None where all are alike."""
    times = graph.times
    if choice == "uniform" or not len(times):
        return None
    if choice == "linear":
        weights = np.searchsorted(np.sort(times), times, side="right").astype(np.float64)
    else:
        quarter = float(times.max() - times.min()) / 4 or 1.0
        weights = np.exp((times - times.max()) / (quarter if timescale is None else timescale))
    table = np.empty((len(times), 2), np.uint32)
    build_row_alias(np.array([0, len(times)]), weights, table, 0, 1)
    return table
