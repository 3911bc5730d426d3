"""Work on a device side by side: what computes, and what is copied from and to the host."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from graphkit.gpu.launch import made_present

if TYPE_CHECKING:
    import torch

Mark = Any
"""The end of some work: an event of torch's, or None for work that is done already."""


class Streams:
    """A stream that computes, torch's present one, and one beside it that copies.

    Each works in the order in which it is given work, and the two side by side, but for what a mark makes
    them wait for. The host waits for neither. Under Triton's interpreter everything is done at once.

    Parameters
    ----------
    device
        Where they are.
    """

    def __init__(self, device: torch.device):
        import torch

        self.device = device
        self._copies: Any = None
        if device.type == "cuda":
            self._copies = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def compute(self, work: Callable[[], object], after: Iterable[Mark] = ()) -> Mark:
        """Compute when all that is marked has happened; return the mark of the end."""
        import torch

        stream = None if self._copies is None else torch.cuda.current_stream(self.device)
        return self._given(stream, work, after)

    def copy(self, work: Callable[[], object], after: Iterable[Mark] = ()) -> Mark:
        """Copy when all that is marked has happened; return the mark of the end."""
        return self._given(self._copies, work, after)

    def computed(self) -> Mark:
        """Return the mark of all that the stream was given to compute so far."""
        return self.compute(lambda: None)

    def wait(self, mark: Mark) -> None:
        """Let the host wait for what is marked."""
        if mark is not None:
            mark.synchronize()

    def _given(self, stream: Any, work: Callable[[], object], after: Iterable[Mark]) -> Mark:
        import torch

        if stream is None:
            work()
            return None
        for mark in after:
            if mark is not None:
                stream.wait_event(mark)
        with made_present(self.device), torch.cuda.stream(stream):
            work()
            end: Any = torch.cuda.Event()  # type: ignore[no-untyped-call]
            end.record(stream)
        return end
