"""Random walks: uniform, weighted, second-order (node2vec, node2vec+), with restarts or random lengths.

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
- A walk ends at a node without out-arcs, and -1 follows; SNAP's code goes on with node 0.
- node2vec+, as PecanPy, its authors' code, has it: with thr(v) = mean + gamma * std of v's weights, for x
  other than t, alpha = 1 if w(t, x) >= thr(x); else min(1, 1/q) if w(v, x) < thr(v); else
  1/q + (1 - 1/q) * w(t, x) / thr(x). The paper has thr(x) in the second test too.
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.backend import Backend
from graphkit.device.graph import device_for, on_device
from graphkit.device.tensor_graph import TensorGraph
from graphkit.device.walk_tables import tables_on
from graphkit.device.walks import DeviceWalker, device_bytes
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.graph import check_graph
from graphkit.kernels.cpu.row_filter import num_filter_words
from graphkit.kernels.cpu.walk_bias import bias_of
from graphkit.kernels.cpu.walks_first_order import halt_threshold, walk_first_order
from graphkit.kernels.cpu.walks_second_order import walk_second_order
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.seeds import Stream, check_seed
from graphkit.walk_starts import start_rows
from graphkit.walk_tables import build_tables

if TYPE_CHECKING:
    import torch

    from graphkit.graph import Graph
    from graphkit.progress import Progress

Numbers = NDArray[np.int64]
"""Walk numbers, which key the randomness, ``[num_walks]``."""

CHUNK_WALKS = 1 << 16
"""Walks between two reports of progress, and in one array of `iter_walks`."""

_WALKS_PER_RANGE = 256
"""At least; a kernel keeps 64 walkers going at a time."""


def random_walks(
    graph: Graph,
    *,
    walk_length: int = 80,
    walks_per_node: NDArray[np.integer] | int = 10,
    p: float = 1.0,
    q: float = 1.0,
    extend: bool = False,
    gamma: float = 0.0,
    restart: float = 0.0,
    stop: float = 0.0,
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
        Return parameter, > 0: the larger, the less often a walk goes straight back.
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
    out: Rows = walks.room(walks.num_walks)
    for first in range(0, len(out), walks.walks_at_once):
        part = out[first : first + walks.walks_at_once]
        walks.part(first, part)
        if progress is not None:
            progress("walks", first + len(part), len(out))
    return out


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


class Walks:
    """The walks of `random_walks`, made when they are asked for; iterating yields chunks of them.

    Parameters
    ----------
    graph, walk_length, walks_per_node, starts, start_at_arcs, seed, backend, **law
        As for `random_walks`, without `progress`.

    Attributes
    ----------
    num_walks, walk_length : int
        The shape of all walks together.
    walks_at_once : int
        How many are best asked for at a time.
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
        self._walker = Walker(graph, walk_length=walk_length, seed=seed, backend=backend, **law)
        self._starts = start_rows(graph, walks_per_node, starts, start_at_arcs=start_at_arcs, seed=seed)
        self.num_walks, self.walk_length = len(self._starts), self._walker.walk_length
        self.walks_at_once = self._walker.walks_at_once

    def room(self, num_walks: int) -> Any:
        """Return room for so many walks, as `part` fills it."""
        return self._walker.room(num_walks)

    def part(self, first: int, out: Rows) -> Rows:
        """Write the walks from number `first` on into `out`, int32 [any, walk_length], and return it."""
        last = first + len(out)
        return self._walker.walk(self._starts[first:last], np.arange(first, last), out)

    def chunks(self, chunk_walks: int = CHUNK_WALKS) -> Iterator[Rows]:
        """Return an iterator over arrays of `chunk_walks` walks, the last one perhaps shorter."""
        check_whole("chunk_walks", chunk_walks, 1)
        firsts = range(0, self.num_walks, chunk_walks)
        sizes = (min(chunk_walks, self.num_walks - first) for first in firsts)
        return (self.part(first, self.room(size)) for first, size in zip(firsts, sizes))

    def __iter__(self) -> Iterator[Rows]:
        return self.chunks()


class Walker:
    """Walks on one graph with one law; its tables are built once, and nothing in it changes.

    Parameters
    ----------
    graph, walk_length, p, q, extend, gamma, restart, stop, seed, num_threads
        As for `random_walks`.
    backend
        As for `random_walks`; the CPU, if not given.
    progress
        Called with ("walk tables", tables done, tables) while the tables are built.

    Attributes
    ----------
    device_walker : DeviceWalker or None
        What walks on the GPU, if the backend is one.
    walks_at_once : int
        How many walks are best asked for at a time.

    Raises
    ------
    ParameterError, MissingDependencyError
        As for `random_walks`.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        walk_length: int,
        p: float = 1.0,
        q: float = 1.0,
        extend: bool = False,
        gamma: float = 0.0,
        restart: float = 0.0,
        stop: float = 0.0,
        seed: int = 0,
        backend: Backend = "cpu",
        num_threads: int | None = None,
        progress: Progress | None = None,
    ):
        _check_law(graph, p, q, extend, gamma, restart, stop)
        self.graph = graph
        self.walk_length = check_whole("walk_length", walk_length, 1)
        self.bias = bias_of(p, q)
        self.halts = np.uint64(halt_threshold(stop)), np.uint64(halt_threshold(restart))
        self.seed = np.uint64(check_seed(seed))
        self.num_threads = resolve_threads(num_threads)
        self.second_order = is_second_order(p, q)
        # With q = 1 no step asks whether two nodes are neighbours.
        needs = {"second_order": self.second_order, "asks": q != 1}
        extended = extend and graph.is_weighted
        device = device_for(
            graph, backend, lambda: device_bytes(graph, walk_length=walk_length, extended=extended, **needs)
        )
        law: dict[str, Any] = {
            "gamma": gamma if extended else None,
            "num_threads": self.num_threads,
            "progress": progress,
            **needs,
        }
        self._tables = build_tables(graph, **law) if device is None else None
        self.device_walker = None if device is None else self._on(device, law)
        self.walks_at_once = CHUNK_WALKS if self.device_walker is None else self.device_walker.launch_walks

    def walk(self, starts: Rows, numbers: Numbers, out: Rows | None = None) -> Rows:
        """Walk from given rows; walk i depends on starts[i], numbers[i] and the seed alone.

        Parameters
        ----------
        starts
            Rows to start from, int32 [num_walks].
        numbers
            Walk numbers >= 0, int64 [num_walks]: equal numbers mean equal random words.
        out
            Where to write, int32 [num_walks, walk_length]; None for a new array.

        Returns
        -------
        int32 [num_walks, walk_length]
            -1 behind the end of a walk that ended early.

        Raises
        ------
        ParameterError
            For arrays that do not fit, or a row that the graph has not.
        """
        if out is None:
            out = self.room(len(starts))
        if len(numbers) != len(starts) or out.shape != (len(starts), self.walk_length):
            raise ParameterError(
                f"{len(starts)} starts, but {len(numbers)} numbers and out {list(out.shape)}, "
                f"walk_length {self.walk_length}"
            )
        if len(starts) and not 0 <= starts.min() <= starts.max() < self.graph.num_nodes:
            raise ParameterError(
                f"starts must be rows below {self.graph.num_nodes:,}, or a walk leaves the graph"
            )
        if self.device_walker is not None:
            self.device_walker.walk_into(starts, numbers, out)
            return out
        walks = starts, numbers, self.seed, (int(Stream.WALK), int(Stream.HALT)), self.halts
        num_ranges = min(self.num_threads * RANGES_PER_THREAD, len(starts) // _WALKS_PER_RANGE)
        run_ranges(self._kernel(walks, out), even_bounds(len(starts), num_ranges), self.num_threads)
        return out

    def room(self, num_walks: int) -> Any:
        """Return room for so many walks, int32 [num_walks, walk_length]: a tensor for a `TensorGraph`."""
        if not isinstance(self.graph, TensorGraph):
            return np.empty((num_walks, self.walk_length), np.int32)
        import torch

        return torch.empty((num_walks, self.walk_length), dtype=torch.int32, device=self.graph.device)

    def _kernel(self, walks: tuple[Any, ...], out: Rows) -> Callable[[int, int], None]:
        graph, tables = self.graph, self._tables
        assert tables is not None
        rows = graph.indptr, graph.indices
        if not self.second_order:
            return lambda start, stop: walk_first_order(*rows, tables.alias, *walks, out, start, stop)
        law = graph.weights, tables.alias, tables.strength, tables.noise, tables.filters, graph.directed
        return lambda start, stop: walk_second_order(*rows, *law, *walks, self.bias, out, start, stop)

    def _on(self, device: torch.device, law: dict[str, Any]) -> DeviceWalker:
        graph = on_device(self.graph, device, self.num_threads)
        return DeviceWalker(
            graph,
            tables_on(graph, law),
            bias=self.bias if self.second_order else None,
            halts=self.halts,
            seed=self.seed,
            walk_length=self.walk_length,
        )


def walker_bytes(num_nodes: int, num_arcs: int, *, weighted: bool, second_order: bool) -> int:
    """Return the most that a `Walker`'s tables take, in bytes.

    Examples
    --------
    >>> walker_bytes(10, 100, weighted=False, second_order=False)
    0
    """
    per_arc = 8 * num_arcs if weighted else 0
    if not second_order:
        return per_arc
    per_node = 12 * num_nodes if weighted else 0
    return per_arc + per_node + 8 * num_filter_words(num_nodes, num_arcs)


def is_second_order(p: float, q: float) -> bool:
    """Whether the step before matters: p = q = 1 is the first-order walk.

    Raises
    ------
    ParameterError
        Unless both are > 0 and finite.
    """
    for name, value in (("p", p), ("q", q)):
        # Beyond these its reciprocal is no finite number either.
        if not 1e-300 <= value <= 1e300:
            raise ParameterError(f"{name} must be > 0 and finite, got {value}")
    return not p == q == 1


def _check_law(
    graph: Graph, p: float, q: float, extend: bool, gamma: float, restart: float, stop: float
) -> None:
    is_second_order(p, q)
    for name, value in (("restart", restart), ("stop", stop)):
        if not 0 <= value < 1:
            raise ParameterError(f"{name} must lie in [0, 1), got {value}")
    if not math.isfinite(gamma):
        raise ParameterError(f"gamma must be finite, got {gamma}")
    if gamma != 0 and not extend:
        raise ParameterError("gamma has no effect without extend")
    if extend and graph.directed:
        raise ParameterError("extend is for undirected graphs, got a directed one")
    if extend and not graph.is_weighted:
        warnings.warn(
            "extend has no effect on a graph without weights: node2vec+ is node2vec there",
            GraphkitWarning,
            stacklevel=4,
        )


def check_whole(name: str, value: int, lowest: int) -> int:
    """Return `value` as an int, or raise `ParameterError` unless it is whole and >= `lowest`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise ParameterError(f"{name} must be a whole number >= {lowest}, got {value!r}")
    if number < lowest:
        raise ParameterError(f"{name} must be >= {lowest}, got {number}")
    return number
