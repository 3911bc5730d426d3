"""Walks of many walkers on the CPU's threads: what all kinds of walks share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.checks import check_whole
from graphkit.errors import ParameterError
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.resources import check_host_memory
from graphkit.seeds import check_seed

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.walks.gpu.walks import DeviceWalker

Numbers = NDArray[np.int64]
"""Walk numbers, which key the randomness, ``[num_walks]``."""

CHUNK_WALKS = 1 << 16
"""Walks between two reports of progress, and in one array of `iter_walks`."""

_WALKS_PER_RANGE = 256
"""At least; a kernel keeps 64 walkers going at a time."""


class HostWalker:
    """Walks on one graph of one kind; a subclass says by which kernel.

    Parameters
    ----------
    graph
        Where to walk.
    walk_length
        Nodes in a walk, >= 1.
    seed
        Random seed, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    device_walker : DeviceWalker or None
        What walks on the GPU, if something does.
    walks_at_once : int
        How many walks are best asked for at a time.
    """

    device_walker: DeviceWalker | None = None
    walks_at_once = CHUNK_WALKS

    def __init__(self, graph: Graph, *, walk_length: int, seed: int, num_threads: int | None):
        self.graph = graph
        self.walk_length = check_whole("walk_length", walk_length, 1)
        self.seed = np.uint64(check_seed(seed))
        self.num_threads = resolve_threads(num_threads)

    @cached_property
    def leaving(self) -> NDArray[np.bool_]:
        """Whether a walk that starts from a node can leave it, bool [num_nodes]."""
        leaving: NDArray[np.bool_] = self.graph.degree > 0
        return leaving

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
        else:
            self._walk_into(starts, numbers, out)
        return out

    def room(self, num_walks: int) -> Any:
        """Return room for so many walks, int32 [num_walks, walk_length]: a tensor for a `TensorGraph`."""
        if not isinstance(self.graph, TensorGraph):
            # NumPy counts the bytes of an array without rows as if it had one.
            needed = 4 * max(1, num_walks) * self.walk_length
            check_host_memory(needed, "the walks take", "ask for fewer or shorter walks, or for `iter_walks`")
            return np.empty((num_walks, self.walk_length), np.int32)
        import torch

        return torch.empty((num_walks, self.walk_length), dtype=torch.int32, device=self.graph.device)

    def _walk_into(self, starts: Rows, numbers: Numbers, out: Rows) -> None:
        """Write the walks from `starts` on the threads."""
        num_ranges = min(self.num_threads * RANGES_PER_THREAD, len(starts) // _WALKS_PER_RANGE)
        run_ranges(self._kernel(starts, numbers, out), even_bounds(len(starts), num_ranges), self.num_threads)

    def _kernel(self, starts: Rows, numbers: Numbers, out: Rows) -> Callable[[int, int], None]:
        """Return what writes the walks of a range."""
        raise NotImplementedError
