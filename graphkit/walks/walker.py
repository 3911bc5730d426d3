"""Walks of many walkers on one graph, on the CPU's threads or on a GPU.

`graphkit.walks.random_walks` holds their law.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.checks import as_real, check_between, check_finite, check_kinds, check_whole, shown
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.gpu.backend import Backend
from graphkit.graph.gpu.graph import device_for, on_device
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.host_memory import check_host_memory
from graphkit.kernels.cpu.row_filter import num_filter_words
from graphkit.kernels.cpu.walk_bias import bias_of
from graphkit.kernels.cpu.walks_first_order import halt_threshold, walk_first_order
from graphkit.kernels.cpu.walks_second_order import walk_second_order
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.seeds import Stream, check_seed
from graphkit.walks.gpu.tables import tables_on
from graphkit.walks.gpu.walks import DeviceWalker, device_bytes
from graphkit.walks.tables import build_tables

if TYPE_CHECKING:
    import torch

    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

Numbers = NDArray[np.int64]
"""Walk numbers, which key the randomness, ``[num_walks]``."""

CHUNK_WALKS = 1 << 16
"""Walks between two reports of progress, and in one array of `iter_walks`."""

_WALKS_PER_RANGE = 256
"""At least; a kernel keeps 64 walkers going at a time."""


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
        # Of a number of NumPy's another kernel would be compiled.
        p, q, gamma, restart, stop = map(float, (p, q, gamma, restart, stop))
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
            needed = 4 * num_walks * self.walk_length
            check_host_memory(needed, "the walks take", "ask for fewer or shorter walks, or for `iter_walks`")
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
        if not 1e-300 <= as_real(value) <= 1e300:
            raise ParameterError(f"{name} must be > 0 and finite, got {shown(value)}")
    return not p == q == 1


def _check_law(
    graph: Graph, p: float, q: float, extend: bool, gamma: float, restart: float, stop: float
) -> None:
    check_kinds(_check_law, {"extend": extend})
    is_second_order(p, q)
    for name, value in (("restart", restart), ("stop", stop)):
        check_between(name, value, "[0, 1)")
    check_finite("gamma", gamma)
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
