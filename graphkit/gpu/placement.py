"""Where a run goes: to the CPU, or to a GPU with memory for it, as a whole or in how many parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from graphkit.errors import GraphkitError, ParameterError, unknown_choice
from graphkit.gpu.backend import Backend, is_gpu, seems_to_be_there, usable_device
from graphkit.resources import by_purpose, in_bytes

if TYPE_CHECKING:
    import torch


class Placement(NamedTuple):
    """The GPU to run on, None for the CPU, and in how many parts."""

    device: torch.device | None
    num_parts: int


def find_device(backend: Backend, plan: Callable[[], Mapping[str, int]]) -> torch.device | None:
    """Return the GPU to run on, or None to run on the CPU.

    Parameters
    ----------
    backend
        Where to run.
    plan
        Returns the bytes needed on the device, by what they are for, or raises if no device will do.

    Raises
    ------
    ParameterError
        For an unknown backend; if "gpu" finds no usable GPU, or too little free memory.
    MissingDependencyError
        If "gpu" misses torch or triton.

    Examples
    --------
    >>> find_device("cpu", lambda: {"graph": 10**15}) is None
    True
    """
    return find_placement(backend, lambda: [(1, plan())]).device


def find_placement(
    backend: Backend, plans: Callable[[], Iterable[tuple[int, Mapping[str, int]]]]
) -> Placement:
    """Return the GPU to run on and the first of several plans that it has room for.

    Parameters
    ----------
    backend
        Where to run.
    plans
        Returns numbers of parts, the best first, each with the bytes that it needs on the device; a refusal
        names those of the last.

    Raises
    ------
    ParameterError, MissingDependencyError
        As `find_device`.
    """
    if not isinstance(backend, str) or (backend not in ("auto", "cpu") and not is_gpu(backend)):
        raise unknown_choice("backend", str(backend), ("auto", "cpu", "gpu", "gpu:N"))
    if backend == "cpu" or (backend == "auto" and not seems_to_be_there()):
        return Placement(None, 1)
    try:
        device = usable_device("gpu" if backend == "auto" else backend)
        return Placement(device, _first_fitting(device, plans(), backend))
    except GraphkitError:
        if backend == "auto":
            return Placement(None, 1)
        raise


def check_memory(device: torch.device, needed: Mapping[str, int], backend: Backend) -> None:
    """Raise `ParameterError`, with the numbers, if the device's free memory cannot hold what is needed."""
    _first_fitting(device, [(1, needed)], backend)


def _first_fitting(
    device: torch.device, plans: Iterable[tuple[int, Mapping[str, int]]], backend: Backend
) -> int:
    """The first number of parts that the device's free memory can hold, or a refusal with the numbers."""
    free = _free_memory(device)
    needed: Mapping[str, int] = {}
    for num_parts, needed in plans:
        if free is None or sum(needed.values()) <= free:
            return num_parts
    wanted = f"{in_bytes(sum(needed.values()))} on the device ({by_purpose(needed)})"
    raise ParameterError(f"backend {backend} needs {wanted}, but {in_bytes(free or 0)} are free")


def _free_memory(device: torch.device) -> int | None:
    """Bytes that are free on a GPU; None for Triton's interpreter, which has the host's."""
    import torch

    if device.type == "cpu":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    # What torch holds and does not use is free for us too.
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
