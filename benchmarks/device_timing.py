"""Time work on the device."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from graphkit.gpu.backend import is_interpreted


def seconds_of(work: Callable[[], Any], repeats: int = 5) -> float:
    """Median seconds of `work`, after a first time that compiles."""
    work()
    wait()
    return statistics.median(_once(work) for _ in range(repeats))


def _once(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    wait()
    return time.perf_counter() - began


def wait() -> None:
    """Wait for all that the device is at."""
    if not is_interpreted():
        torch.cuda.synchronize()
