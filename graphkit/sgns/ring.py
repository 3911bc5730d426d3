"""Processes in a ring that pass parts of a table on: torch.distributed's, or one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from graphkit.errors import ParameterError

if TYPE_CHECKING:
    import torch.distributed

Parts = dict[int, Any]
"""Parts of a table by their numbers: `Vectors`, or tensors on a device."""


class Ring(Protocol):
    """Processes in a ring.

    Attributes
    ----------
    rank, size
        The number of this process, and how many there are.
    """

    rank: int
    size: int

    def pass_on(self, parts: Parts, incoming: dict[int, tuple[int, int]]) -> Parts:
        """Send parts to the process before this one, and return what comes from the one behind.

        `incoming` has the shapes of the parts that come, by their numbers.
        """

    def gathered(self, parts: Parts, shapes: dict[int, tuple[int, int]]) -> Parts:
        """Return the parts of all processes."""


class Alone:
    """A ring of one process."""

    rank, size = 0, 1

    def pass_on(self, parts: Parts, incoming: dict[int, tuple[int, int]]) -> Parts:  # noqa: ARG002
        """Return the parts."""
        return parts

    def gathered(self, parts: Parts, shapes: dict[int, tuple[int, int]]) -> Parts:  # noqa: ARG002
        """Return the parts."""
        return parts


class TorchRing:
    """The ring of a process group of torch.distributed.

    Parameters
    ----------
    group
        The group; None for the default one, which must have been initialised.
    device
        Where parts are that are passed on, as tensors; None for arrays.

    Raises
    ------
    ParameterError
        If it has not.
    """

    def __init__(
        self, group: torch.distributed.ProcessGroup | None = None, device: torch.device | None = None
    ):
        from torch import distributed

        if not distributed.is_initialized():
            raise ParameterError(
                "torch.distributed is not initialised: start the program by torchrun and call "
                "torch.distributed.init_process_group first"
            )
        self._group, self._device = group, device
        self.rank, self.size = distributed.get_rank(group), distributed.get_world_size(group)

    def pass_on(self, parts: Parts, incoming: dict[int, tuple[int, int]]) -> Parts:
        """Send parts to the process before this one, and return what comes from the one behind."""
        from torch import distributed

        if self.size == 1:
            return parts
        before, behind = ((self.rank + step) % self.size for step in (-1, 1))
        received = {number: self._room(shape) for number, shape in sorted(incoming.items())}
        # By number on both sides: messages between two processes arrive in the order they were sent.
        sent = [self._transfer(distributed.isend, parts[number], before) for number in sorted(parts)]
        awaited = [self._transfer(distributed.irecv, part, behind) for part in received.values()]
        for request in distributed.batch_isend_irecv(sent + awaited):
            request.wait()
        return received

    def gathered(self, parts: Parts, shapes: dict[int, tuple[int, int]]) -> Parts:
        """Return the parts of all processes."""
        import torch
        from torch import distributed

        everyone: Parts = {}
        for number, shape in sorted(shapes.items()):
            part = parts[number] if number in parts else np.empty(shape, np.float32)
            distributed.broadcast(torch.from_numpy(part), group=self._group, group_src=number % self.size)
            everyone[number] = part
        return everyone

    def _room(self, shape: tuple[int, int]) -> Any:
        import torch

        if self._device is None:
            return np.empty(shape, np.float32)
        return torch.empty(shape, device=self._device)

    def _transfer(self, operation: Any, part: Any, peer: int) -> torch.distributed.P2POp:
        import torch
        from torch import distributed

        return distributed.P2POp(operation, torch.as_tensor(part), group=self._group, group_peer=peer)
