"""The walks that a model is trained on, made and left on the device, as in `graphkit.sgns.corpus`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.gpu.launch import made_present
from graphkit.sgns.corpus import SAMPLE_TOKENS, Corpus
from graphkit.walks.gpu.walks import DeviceWalker

if TYPE_CHECKING:
    import torch

_COUNTED_AT_ONCE = 1 << 22
"""Nodes of walks."""


class DeviceCorpus(Corpus):
    """A `Corpus` whose walks are tensors, int32 [walk_length, num_walks], and so are their numbers.

    Its walker must have a `device_walker`. Nothing is stored: a walk is made as fast as it is read.
    """

    def walks(self, first: int, last: int) -> tuple[Any, Any]:
        """Return the walks at places `first` to `last`, and the numbers that key their training."""
        starts, numbers = self._starts(first, last)
        return self._device_walks(starts, numbers), _copied(numbers, self._device.graph.device)

    def frequencies(self) -> NDArray[np.int64]:
        """Count how often each node occurs in the first walks: the counts of `Corpus.frequencies`."""
        import torch

        num_nodes, length = self.walker.graph.num_nodes, self.walker.walk_length
        counts = torch.zeros(num_nodes, dtype=torch.int64, device=self._device.graph.device)
        total = min(self.num_walks, max(1, SAMPLE_TOKENS // length))
        step = max(1, _COUNTED_AT_ONCE // length)
        for first in range(0, total, step):
            walks = self._device_walks(*self._starts(first, min(first + step, total)))
            counts += torch.bincount(walks[walks >= 0], minlength=num_nodes)
        found: NDArray[np.int64] = counts.cpu().numpy()
        found[self.starts] = np.maximum(found[self.starts], 1)
        return found

    def _device_walks(self, starts: NDArray[np.int32], numbers: NDArray[np.int64]) -> torch.Tensor:
        device, walked = self._device.graph.device, self._numbers_walked(numbers)
        return self._device.walk(_copied(starts, device), _copied(walked, device))

    @property
    def _device(self) -> DeviceWalker:
        assert self.walker.device_walker is not None
        return self.walker.device_walker


def _copied(array: NDArray[Any], device: torch.device) -> torch.Tensor:
    """Copy to the device without a wait for what the device is at, so that it always has work."""
    import torch

    tensor = torch.from_numpy(array)
    if device.type == "cpu":
        return tensor
    with made_present(device):
        return tensor.pin_memory().to(device, non_blocking=True)
