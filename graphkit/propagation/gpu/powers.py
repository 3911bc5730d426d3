"""Powers of a graph's matrix times dense rows, on a device: the counterpart of `graphkit.propagation.powers`.

Sums are made in another order than on the CPU, always the same one: results are equal up to rounding, and
have the same bits from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.arrays import Vectors
from graphkit.gpu.launch import launch
from graphkit.gpu.rows import padded, power_of_two
from graphkit.graph.gpu.graph import DeviceGraph, check_size, graph_bytes, upload
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.graph.size import Sizes
from graphkit.propagation.gpu.row_sums import (
    next_row_sums,
    of_identity,
    scaled_arcs,
    scaling_bytes,
    transition_operands,
)
from graphkit.propagation.powers import Blocks
from graphkit.propagation.projection import Projection

if TYPE_CHECKING:
    import torch

_MOST_COLUMNS = 128
"""Columns of one program."""

SEGMENT_ARCS = 256
"""A row of more arcs is cut into segments of as many."""

_ARCS = 8
"""Rows asked for at a time."""

_ROW_LANES = 32
"""Rows of a projection that a program draws; it is one warp, so that its barriers cost nothing."""


class DevicePropagation:
    """The operator P = D⁻¹A (transition) or A (adjacency) of a graph, on a device.

    Parameters
    ----------
    graph
        The graph, on the device.
    transition
        Whether rows are divided by the sum of their weights.

    Notes
    -----
    Of A, each product is the next power, and its rows are scaled: see `graphkit.propagation.row_sums`.
    """

    def __init__(self, graph: DeviceGraph, *, transition: bool):
        self.graph = graph
        self._sums = None if transition else of_identity(graph)
        self._weights: torch.Tensor | None = None
        self._scale: torch.Tensor | None = None
        if transition:
            self._weights, self._scale = transition_operands(graph)

    def zeros(self, num_columns: int) -> torch.Tensor:
        """Return room for a result, float32 [num_nodes, num_columns], all 0."""
        import torch

        return torch.zeros((self.graph.num_nodes, num_columns), device=self.graph.device)

    def times_projection(self, random: Projection, row_values: Any) -> torch.Tensor:
        """Return P diag(row_values) R, float32 [num_nodes, padded dim]; the entries of R are the CPU's."""
        from graphkit.kernels.gpu.projection import fill_dense

        thresholds = random.thresholds()
        if thresholds is None:
            return self.times(random.filled(row_values))
        start, num_rows = self.zeros(padded(random.dim)), len(row_values)
        if num_rows:
            launch(
                fill_dense,
                -(-num_rows // _ROW_LANES),
                random.seed,
                int(random.stream),
                random.dim,
                upload(thresholds, self.graph.device),
                upload(random.entry_values(row_values), self.graph.device),
                start,
                num_rows,
                start.shape[1],
                LANES=_ROW_LANES,
                num_warps=1,
            )
        return self._product(start, self.zeros(start.shape[1]))

    def times(self, blocks: Blocks) -> torch.Tensor:
        """Return P times a matrix of the host, float32 [num_blocks, num_nodes, width], padded."""
        num_blocks, _, width = blocks.shape
        start = self.zeros(padded(num_blocks * width))
        for number, block in enumerate(blocks):
            start[:, number * width : (number + 1) * width] = upload(block, self.graph.device)
        return self._product(start, self.zeros(start.shape[1]))

    def powers(self, first: torch.Tensor) -> Iterator[torch.Tensor]:
        """Yield N_1 = `first`, N_2 = P N_1, N_3 = P N_2, …; each is overwritten by the next but one."""
        current = first
        yield current
        spare = self.zeros(first.shape[1])
        while True:
            current, spare = self._product(current, spare), current
            yield current

    def add_scaled(self, block: torch.Tensor, weight: float, total: torch.Tensor, *, normalize: bool) -> None:
        """Add `weight` times the rows of `block`, each divided by its L2 norm if `normalize`, to `total`.

        `block` is the last product. If not `normalize`, a power of A is divided by its largest row sum.
        """
        from graphkit.kernels.gpu.spmm import add_scaled

        num_rows, dim = total.shape
        columns = power_of_two(dim)
        rows = max(1, 1024 // columns)
        if num_rows:
            launch(
                add_scaled,
                -(-num_rows // rows),
                block,
                None if normalize or self._sums is None else self._sums.factors(),
                weight,
                total,
                num_rows,
                dim,
                block.shape[1],
                total.stride(0),
                NORMALIZE=normalize,
                ROWS=rows,
                COLUMNS=columns,
            )

    def standardize(self, matrix: torch.Tensor, weight: float) -> None:
        """Bring each column to mean 0 and standard deviation `weight`, in place; a constant one becomes 0."""
        import torch

        if len(matrix) == 0:
            return
        mean = matrix.mean(0, dtype=torch.float64)
        squares = torch.linalg.vector_norm(matrix, dim=0, dtype=torch.float64) ** 2 / len(matrix)
        variance = squares - mean**2
        # Of a constant column only rounding errors of the two sums are left.
        constant = variance < 1e-14 * mean**2
        factor = torch.where(constant | (variance <= 0), 0.0, weight / variance.clamp(min=1e-300).sqrt())
        matrix.sub_(mean.float()).mul_(factor.float())

    def result(self, total: torch.Tensor) -> Vectors | torch.Tensor:
        """Return the result where the graph came from: as an array, or as it is."""
        if isinstance(self.graph, TensorGraph):
            return total
        vectors: Vectors = total.cpu().numpy()
        return vectors

    def _product(self, block: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
        """Write P times `block` into `out`, and return it."""
        from graphkit.kernels.gpu import spmm

        self._scale_next()
        graph, width = self.graph, block.shape[1]
        columns = min(_MOST_COLUMNS, power_of_two(width))
        shape: dict[str, Any] = {"COLUMNS": columns, "num_warps": 1}
        num_parts = -(-width // columns)
        arcs = graph.indices, self._weights
        if len(block):
            operands = graph.rows, *arcs, self._scale, block, out, width
            programs = len(block), num_parts
            launch(spmm.multiply, programs, *operands, SEGMENT=SEGMENT_ARCS, ARCS=_ARCS, **shape)
        long_rows, bounds, firsts, lengths = self._segments
        if len(long_rows):
            sums = block.new_empty((len(firsts), width))
            segments = firsts, lengths, *arcs, block, sums, width
            launch(spmm.multiply_segments, (len(firsts), num_parts), *segments, ARCS=_ARCS, **shape)
            added = long_rows, bounds, sums, self._scale, out, width
            launch(spmm.add_segments, (len(long_rows), num_parts), *added, **shape)
        return out

    def _scale_next(self) -> None:
        """Find the weights of the next product of A."""
        if self._sums is not None:
            before, self._sums = self._sums, next_row_sums(self.graph, self._sums)
            # Room for one set of weights, not two.
            self._weights = None
            self._weights = scaled_arcs(self.graph, before.exponents, self._sums.exponents)

    @cached_property
    def _segments(self) -> tuple[torch.Tensor, ...]:
        """The rows that are cut, the bounds of their segments, and each segment's first place and length."""
        degree = self.graph.degree
        long_rows = np.flatnonzero(degree > SEGMENT_ARCS)
        ends = np.cumsum(degree)[long_rows]
        counts = -(-degree[long_rows] // SEGMENT_ARCS)
        bounds = np.concatenate([[0], np.cumsum(counts)])
        number = np.arange(bounds[-1]) - np.repeat(bounds[:-1], counts)
        firsts = np.repeat(ends - degree[long_rows], counts) + number * SEGMENT_ARCS
        lengths = np.minimum(SEGMENT_ARCS, np.repeat(ends, counts) - firsts).astype(np.int32)
        arrays = long_rows, bounds, firsts, lengths
        return tuple(upload(array, self.graph.device) for array in arrays)


def propagation_bytes(
    graph: Sizes, dim: int, num_columns: int, *, transition: bool = True
) -> Mapping[str, int]:
    """Return what powers of `dim` columns and a result of `num_columns` take on the device at most, in bytes.

    Raises
    ------
    ParameterError
        For a graph that no device holds.
    """
    check_size(graph.num_arcs)
    num_nodes, num_arcs, width = graph.num_nodes, graph.num_arcs, padded(dim)
    num_segments = 2 * num_arcs // SEGMENT_ARCS
    return {
        "graph": graph_bytes(graph) + (0 if transition else scaling_bytes(graph)),
        "buffers": 2 * 4 * num_nodes * width + 4 * num_segments * width,
        # Row values or scale; and a copy in doubles of a part of the result, as it is standardised.
        "result": 4 * num_nodes * (num_columns + 2),
    }
