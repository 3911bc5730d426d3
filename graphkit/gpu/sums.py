"""Sums of numbers on a device, in float64 and in the numbers' order: the CPU's bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.gpu.launch import launch

if TYPE_CHECKING:
    import torch

_LANES = 256
_READ_AHEAD = 32


def ordered_sums(values: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Sum the first ``counts[0]`` values, the next ``counts[1]``, …, each sum from its first value on.

    Parameters
    ----------
    values
        float64 [total of counts].
    counts
        int64 [num_groups]; a group of none has the sum 0.

    Returns
    -------
    float64 [num_groups]
        The same bits in each run: a group is summed by one lane, so the largest one tells how long it takes.
    """
    from graphkit.kernels.gpu.deposit_table import add_deposits

    sums = values.new_zeros(len(counts))
    filled = counts.nonzero().flatten()
    if len(filled):
        sizes = counts[filled]
        found = values.new_empty(len(filled))
        firsts = sizes.cumsum(0) - sizes
        groups = firsts, sizes, values, found, len(filled)
        launch(add_deposits, -(-len(filled) // _LANES), *groups, BLOCK=_LANES)
        sums[filled] = found
    return sums


def ordered_sum(values: torch.Tensor) -> torch.Tensor:
    """Sum all values, float32 [num_values], from the first one on: float64 [1].

    A lane does it all, which reads ahead: for a hundred million values a matter of seconds.
    """
    import torch

    from graphkit.kernels.gpu.ordered_sum import sum_in_order

    total = torch.empty(1, dtype=torch.float64, device=values.device)
    launch(sum_in_order, 1, values, total, len(values), AHEAD=_READ_AHEAD, num_warps=1)
    return total
