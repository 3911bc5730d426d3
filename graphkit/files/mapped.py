"""Files in memory maps that somebody shortens meanwhile: an error, not the end of the process.

Who reads a map beyond the end of its file is sent SIGBUS. On Linux a handler in machine code then gives zeros
(`graphkit.kernels.cpu.bus_error`) and has the error raised in the main thread before anything is made of
them. The last page of a file has zeros behind its end without any signal, so sizes are compared too, whenever
ranges of rows have been worked on.

Python handles signals in the main thread alone. Where the first map is made in another one, or somebody else
handles SIGBUS, a file that is shortened ends the process, as it does on other systems.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import mmap
import platform
import signal
import sys
import threading
import weakref
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit import parallel
from graphkit.errors import RunError

_WITH_INFO, _ON_STACK = 4, 0x08000000  # SA_SIGINFO, SA_ONSTACK


class _Watched(NamedTuple):
    memory: weakref.ref[mmap.mmap]
    size: int
    path: str


# By numbers of their own: threads add and take away at once, and each step on a dictionary is whole.
_watched: dict[int, _Watched] = {}
_numbers = itertools.count()


class _Action(ctypes.Structure):
    """``struct sigaction`` of 64-bit Linux."""

    _fields_ = (
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_byte * 128),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


def watch(memory: mmap.mmap, path: Path) -> None:
    """Have an error raised if the file of a map becomes shorter than it is."""
    handle_bus_errors()
    # What is mapped, for the file may be shorter by now.
    _watched[next(_numbers)] = _Watched(weakref.ref(memory), len(memory), str(path))


def check_maps() -> None:
    """Raise `RunError` if a file that is mapped has become shorter; each is told of once.

    Whoever uses its map again asks `check_mapped`, and others go on.
    """
    for number, each in _watched.copy().items():
        memory = each.memory()
        if memory is None or memory.closed:
            _watched.pop(number, None)
        else:
            check_size(memory, each.size, each.path)


def check_mapped(array: NDArray[Any] | None) -> None:
    """Raise `RunError` if an array is mapped, as a whole, from a file that has become shorter."""
    if isinstance(array, np.memmap) and array._mmap is not None:  # type: ignore[attr-defined]
        check_size(array._mmap, array.offset + array.nbytes, array.filename)  # type: ignore[attr-defined]


def check_size(memory: mmap.mmap, size: int, path: Any) -> None:
    """Raise `RunError` if the file of a map is shorter than it was."""
    if memory.size() < size:
        for number, each in _watched.copy().items():
            if each.memory() is memory:
                _watched.pop(number, None)
        raise _shorter(memory, size, path)


def _shorter(memory: mmap.mmap, size: int, path: Any) -> RunError:
    return RunError(
        f"{path}: was {size:,} bytes long and is {memory.size():,} now; a file must stay as it is while it "
        "is read"
    )


def handle_bus_errors() -> None:
    """Have `RunError` raised, in the main thread, where a map is read beyond the end of its file."""
    if threading.current_thread() is threading.main_thread():
        _install()


@functools.cache
def _install() -> None:
    is_known = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
    if not is_known or mmap.PAGESIZE != 4096 or callable(signal.getsignal(signal.SIGBUS)):
        return
    from graphkit.kernels.cpu.bus_error import on_bus_error

    signal.signal(signal.SIGBUS, _raise)
    action = _Action(on_bus_error.address, (ctypes.c_byte * 128)(), _WITH_INFO | _ON_STACK, None)
    ctypes.CDLL(None).sigaction(int(signal.SIGBUS), ctypes.byref(action), None)


def _raise(*_: Any) -> None:
    # The file stays among those watched: an error may be lost where nobody can hand it on, and the next check
    # finds it then.
    for each in _watched.copy().values():
        memory = each.memory()
        if memory is not None and not memory.closed and memory.size() < each.size:
            raise _shorter(memory, each.size, each.path)
    raise RunError("a file that is mapped into memory was shortened while it was read")


parallel.checks.append(check_maps)
