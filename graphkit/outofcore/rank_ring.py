"""The ring that the ranks of a task form, by torch.distributed."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graphkit.engine.ranks import LostRankError, Rank
from graphkit.sgns.ring import Parts, TorchRing

if TYPE_CHECKING:
    import torch
    from torch.distributed import Store  # type: ignore[attr-defined]

_GET_ADDRESS = 0x8915
"""SIOCGIFADDR of Linux: the address of a network interface."""


class RankRing(TorchRing):
    """A ring whose processes may be lost: `LostRankError` says so, when one does not answer."""

    def pass_on(self, parts: Parts, incoming: dict[int, tuple[int, int]]) -> Parts:
        """Send parts to the process before this one, and return what comes from the one behind."""
        with _answers_expected():
            return super().pass_on(parts, incoming)


@contextlib.contextmanager
def ring_of(rank: Rank, device: torch.device | None = None) -> Iterator[RankRing]:
    """Yield the ring of this rank and the others, which all come and leave together.

    Parameters
    ----------
    rank
        Which one this is.
    device
        Where its parts are, as tensors: on a GPU of its own, which sends them by NCCL, or beside one that
        is interpreted. None for arrays, which gloo sends.

    Raises
    ------
    LostRankError
        If one does not come, within half an hour.

    Notes
    -----
    Processes meet, and listen to each other, on the addresses by which Ray knows their machines. Nothing asks
    for a token there, though nothing that comes is run as code: a network for them alone is needed.
    """
    from torch import distributed

    # Otherwise gloo takes what the host's name stands for, which may be an address of its own.
    if (interface := _interface_of(rank.address)) is not None:
        for name in ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME"):
            os.environ.setdefault(name, interface)
    on_gpu = device is not None and device.type == "cuda"
    chosen: dict[str, Any] = {"backend": "nccl", "device_id": device} if on_gpu else {"backend": "gloo"}
    try:
        with _answers_expected():
            store = _store(rank)
            distributed.init_process_group(store=store, rank=rank.number, world_size=rank.size, **chosen)
        yield RankRing(device=device)
        with _answers_expected():
            distributed.barrier()
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()


def _store(rank: Rank) -> Store:
    """What number 0 keeps, and all learn each other's addresses from."""
    from torch.distributed import TCPStore  # type: ignore[attr-defined]

    host, port = rank.meeting
    if rank.listener is None:
        return TCPStore(host, port, is_master=False, wait_for_workers=False)
    listener = rank.listener.detach()
    return TCPStore(host, port, is_master=True, wait_for_workers=False, master_listen_fd=listener)


@contextlib.contextmanager
def _answers_expected() -> Iterator[None]:
    """Errors of torch, all of them plain `RuntimeError` to it, are those of lost ranks here."""
    try:
        yield
    except RuntimeError as error:
        raise LostRankError(f"another rank does not answer: {str(error).splitlines()[0]}") from error


def _interface_of(address: str) -> str | None:
    """The network interface that has an IPv4 address; None if none has."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):
                answer = fcntl.ioctl(asking.fileno(), _GET_ADDRESS, struct.pack("256s", name.encode()))
                if socket.inet_ntoa(answer[20:24]) == address:
                    return name
    return None
