"""What there is to run kernels on: the CPU, or a GPU, one of several perhaps, through Triton.

A GPU is what torch calls one, NVIDIA's or AMD's. torch and triton are imported only when a GPU is asked for
by name, or one seems to be there. With ``TRITON_INTERPRET=1`` in the environment, set before triton is
imported, Triton's interpreter takes the place of a GPU: slow, but the same code.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from graphkit.errors import MissingDependencyError, ParameterError, install_line

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
