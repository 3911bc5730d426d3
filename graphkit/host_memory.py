"""What memory there is, and a refusal, with the numbers, of what would not fit."""

from __future__ import annotations

import os
from pathlib import Path

from graphkit.errors import ParameterError

_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)

_GIB = 2**30
_ALWAYS_FITS = 1 << 26
"""Bytes that are not worth a look at the system."""


def available_memory() -> int:
    """Return the bytes that this process may still take: what the system has, or its control group allows."""
    limits = [_system_memory(), *_own_limits()]
    for limit, usage in _CGROUPS:
        texts = [Path(file).read_text().strip() if Path(file).exists() else "" for file in (limit, usage)]
        if all(text.isdigit() for text in texts):
            limits.append(int(texts[0]) - int(texts[1]))
    return max(0, min(limits))


def check_host_memory(needed: int, what: str, remedy: str) -> None:
    """Raise `ParameterError`, with the numbers, if memory cannot hold what is needed.

    Examples
    --------
    >>> check_host_memory(1 << 60, "it needs", "make less")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    graphkit.errors.ParameterError: it needs about 1.07e+09 GiB of memory, ... GiB are available; make less
    """
    if needed > _ALWAYS_FITS and needed > (available := available_memory()):
        wanted, there = f"{needed / _GIB:.3g} GiB of memory", f"{available / _GIB:.3g} GiB"
        raise ParameterError(f"{what} about {wanted}, {there} are available; {remedy}")


def _own_limits() -> list[int]:
    """What this process's own limits, of addresses and of data, leave where it has some."""
    try:
        import resource

        pages = Path("/proc/self/statm").read_text().split()
    except (ImportError, OSError):
        return []
    limits = {0: resource.getrlimit(resource.RLIMIT_AS)[0], 5: resource.getrlimit(resource.RLIMIT_DATA)[0]}
    return [
        limit - int(pages[place]) * resource.getpagesize()
        for place, limit in limits.items()
        if limit != resource.RLIM_INFINITY
    ]


def _system_memory() -> int:
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
