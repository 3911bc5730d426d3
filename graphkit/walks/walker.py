"""Walks of many walkers on one graph, on the CPU's threads or on a GPU.

`graphkit.walks.random_walks` holds their law.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from graphkit.arrays import Rows
from graphkit.checks import as_real, shown
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.gpu.backend import Backend
from graphkit.graph.gpu.graph import device_for, on_device
from graphkit.kernels.cpu.row_filter import num_filter_words
from graphkit.kernels.cpu.walk_bias import bias_of
from graphkit.kernels.cpu.walks_first_order import halt_threshold, walk_first_order
from graphkit.kernels.cpu.walks_second_order import walk_second_order
from graphkit.parameters import Finite, Range, check_declared, real
from graphkit.seeds import Stream
from graphkit.walks.gpu.tables import tables_on
from graphkit.walks.gpu.walks import DeviceWalker, device_bytes
from graphkit.walks.host_walker import CHUNK_WALKS, HostWalker, Numbers
from graphkit.walks.tables import build_tables

if TYPE_CHECKING:
    import torch

    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress


def _check_bias(name: str, value: Any) -> None:
    if name == "p" and as_real(value) == math.inf:
        return
    # Beyond these its reciprocal is no finite number either.
    if not 1e-300 <= as_real(value) <= 1e300:
        or_inf = ", or inf" if name == "p" else ""
        raise ParameterError(f"{name} must be > 0 and finite{or_inf}, got {shown(value)}")


Bias = Annotated[float, Range("> 0", _check_bias)]
"""Node2vec's p, which may be infinite, or its q."""

Chance = Annotated[float, real("[0, 1)")]
"""Of an end or a restart at each step."""


class Walker(HostWalker):
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
        p: Bias = 1.0,
        q: Bias = 1.0,
        extend: bool = False,
        gamma: Finite = 0.0,
        restart: Chance = 0.0,
        stop: Chance = 0.0,
        seed: int = 0,
        backend: Backend = "cpu",
        num_threads: int | None = None,
        progress: Progress | None = None,
    ):
        law = {"p": p, "q": q, "extend": extend, "gamma": gamma, "restart": restart, "stop": stop}
        check_declared(Walker, law)
        _check_effects(graph, extend, gamma)
        # Of a number of NumPy's another kernel would be compiled.
        p, q, gamma, restart, stop = map(float, (p, q, gamma, restart, stop))
        super().__init__(graph, walk_length=walk_length, seed=seed, num_threads=num_threads)
        self.bias = bias_of(p, q)
        self.halts = np.uint64(halt_threshold(stop)), np.uint64(halt_threshold(restart))
        self.second_order = is_second_order(p, q)
        # With q = 1 no step asks whether two nodes are neighbours.
        needs = {"second_order": self.second_order, "asks": q != 1}
        extended = extend and graph.is_weighted
        device = device_for(
            graph, backend, lambda: device_bytes(graph, walk_length=walk_length, extended=extended, **needs)
        )
        settings: dict[str, Any] = {
            "gamma": gamma if extended else None,
            "num_threads": self.num_threads,
            "progress": progress,
            **needs,
        }
        self._tables = build_tables(graph, **settings) if device is None else None
        self.device_walker = None if device is None else self._on(device, settings)
        self.walks_at_once = CHUNK_WALKS if self.device_walker is None else self.device_walker.launch_walks

    def _kernel(self, starts: Rows, numbers: Numbers, out: Rows) -> Callable[[int, int], None]:
        graph, tables = self.graph, self._tables
        assert tables is not None
        walks = starts, numbers, self.seed, (int(Stream.WALK), int(Stream.HALT)), self.halts
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
    """Whether the step before matters: p = q = 1 is the first-order walk."""
    return not p == q == 1


def _check_effects(graph: Graph, extend: bool, gamma: float) -> None:
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
