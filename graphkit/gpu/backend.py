"""Where kernels run: on the CPU, or on a GPU, one of several perhaps, through Triton.

A GPU is what torch calls one, NVIDIA's or AMD's. torch and triton are imported only when a GPU is asked for
by name, or one seems to be there. With ``TRITON_INTERPRET=1`` in the environment, set before triton is
imported, Triton's interpreter takes the place of a GPU: slow, but the same code.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from graphkit.errors import (
    GraphkitError,
    MissingDependencyError,
    ParameterError,
    install_line,
    unknown_choice,
)

if TYPE_CHECKING:
    import torch

Backend = Annotated[str, "auto|cpu|gpu|gpu:N"]
"""``"gpu"`` is torch's present GPU, ``"gpu:1"`` its device 1; ``"auto"`` takes a GPU where there is one, and
room on it."""

_GPU = re.compile("gpu(?::([0-9]+))?")

_DRIVERS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
"""Of which one is there where a GPU is: NVIDIA's, AMD's, Windows' for Linux."""

_OLDEST_CAPABILITY = 8, 0
"""Of NVIDIA's GPUs, what Triton supports."""


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


class Placement(NamedTuple):
    """The GPU to run on, None for the CPU, and in how many parts."""

    device: torch.device | None
    num_parts: int


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


def is_gpu(backend: Backend) -> bool:
    """Whether a backend is a GPU by name.

    Examples
    --------
    >>> is_gpu("gpu"), is_gpu("gpu:1"), is_gpu("auto")
    (True, True, False)
    """
    return _GPU.fullmatch(str(backend)) is not None


def backend_of(device: torch.device | None) -> Backend:
    """Return the backend that is the device which `find_device` found, and no other."""
    if device is None:
        return "cpu"
    return "gpu" if device.index is None else f"gpu:{device.index}"


def seems_to_be_there() -> bool:
    """Whether there is a GPU's driver, told without importing torch."""
    return any(Path(driver).exists() for driver in _DRIVERS)


def usable_device(backend: Backend = "gpu") -> torch.device:
    """Return torch's present GPU, or the one of a number, as in ``"gpu:1"``; or say what is missing.

    Raises
    ------
    MissingDependencyError
        If torch or triton cannot be imported.
    ParameterError
        If torch is built for the CPU alone, the driver is missing or too old, or the GPU is, or there is none
        of that number; if Triton cannot start, as without a C compiler.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingDependencyError(f"backend gpu needs torch: {install_line('torch')}") from error
    try:
        import triton  # noqa: F401 - asked for here, imported by the kernels
    except ImportError as error:
        raise MissingDependencyError(f"backend gpu needs triton: {install_line('gpu')}") from error
    if is_interpreted():
        _number(backend, 1)
        return torch.device("cpu")
    if torch.version.cuda is None and torch.version.hip is None:
        raise ParameterError(
            f"backend {backend}: torch {torch.__version__} is built for the CPU alone, without CUDA or ROCm; "
            "install one for your GPU (https://pytorch.org/get-started/locally), or pass backend='cpu'"
        )
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]
        number = _number(backend, torch.cuda.device_count())
        device = torch.device("cuda", torch.cuda.current_device() if number is None else number)
    except (RuntimeError, AssertionError) as error:
        # No driver, one too old, or no device: torch's first line says which.
        raise ParameterError(f"backend {backend}: {str(error).splitlines()[0]}") from error
    _check_capability(device, backend)
    _start_triton()
    return device


def is_interpreted() -> bool:
    """Whether Triton's interpreter stands in for a GPU."""
    return os.environ.get("TRITON_INTERPRET") == "1"


def _number(backend: Backend, count: int) -> int | None:
    """The number in a GPU's name, of `count` GPUs; None if it has none."""
    found = _GPU.fullmatch(backend)
    if found is None or found[1] is None:
        return None
    number = int(found[1])
    if number >= count:
        there = "1 GPU, gpu:0" if count == 1 else f"{count} GPUs, gpu:0 to gpu:{count - 1}"
        raise ParameterError(f"backend {backend}: there is no such GPU; torch finds {there}")
    return number


def _check_capability(device: torch.device, backend: Backend) -> None:
    import torch

    capability = torch.cuda.get_device_capability(device)
    if torch.version.hip is None and capability < _OLDEST_CAPABILITY:
        name = torch.cuda.get_device_name(device)
        given, oldest = (".".join(map(str, version)) for version in (capability, _OLDEST_CAPABILITY))
        raise ParameterError(
            f"backend {backend}: {name} has compute capability {given}, Triton needs {oldest} or more"
        )


def _start_triton() -> None:
    """Let Triton find its driver, for which it compiles a little C."""
    import triton

    try:
        triton.runtime.driver.active.get_current_target()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        reason = str(error).splitlines()[0]
        raise ParameterError(f"backend gpu: triton {triton.__version__} cannot start: {reason}") from error


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
    parts = ", ".join(f"{name} {_gigabytes(size)}" for name, size in needed.items())
    wanted = f"{_gigabytes(sum(needed.values()))} on the device ({parts})"
    raise ParameterError(f"backend {backend} needs {wanted}, but {_gigabytes(free or 0)} are free")


def _free_memory(device: torch.device) -> int | None:
    """Bytes that are free on a GPU; None for Triton's interpreter, which has the host's."""
    import torch

    if device.type == "cpu":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    # What torch holds and does not use is free for us too.
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB"
