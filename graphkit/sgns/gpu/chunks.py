"""Ranges of a run's samples that a device trains in one go, as large as its memory allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphkit.errors import RunError
from graphkit.sgns.trainer import Chunks

if TYPE_CHECKING:
    import torch

_FEWEST = 1 << 10
"""Halving an episode for want of memory ends here."""

_AHEAD = 2


@dataclass
class DeviceChunks(Chunks):
    """Ranges of a run's samples, from the moment on half as long that the device has no memory for one.

    The host is at most `_AHEAD` ranges ahead of the device, which thus has work while the next is prepared.

    Attributes
    ----------
    total, size
        As of `Chunks`.
    device
        Where they are trained.
    """

    device: torch.device
    _ends: tuple[Any, ...] = field(default=(), repr=False)

    def run(self, first: int, train: Callable[[int, int], None]) -> int:
        """Train the range that begins at `first`, and return where it ends."""
        import torch

        while True:
            last = min(self.total, first + self.size)
            try:
                train(first, last)
            except torch.OutOfMemoryError as error:
                if self.size <= _FEWEST:
                    raise RunError(f"the device has no memory left to train {self.size:,} samples") from error
                self.size //= 2
            else:
                self._wait()
                return last

    def _wait(self) -> None:
        """Mark the end of a range on the device, and wait for an earlier one."""
        import torch

        if self.device.type == "cuda":
            end: Any = torch.cuda.Event()  # type: ignore[no-untyped-call]
            end.record(torch.cuda.current_stream(self.device))
            self._ends = (*self._ends, end)
            if len(self._ends) > _AHEAD:
                self._ends[0].synchronize()
                self._ends = self._ends[1:]
