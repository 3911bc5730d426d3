"""What a run needs, what memory there is, and a refusal, with the numbers, of what would not fit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graphkit.errors import ParameterError

_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)

_ALWAYS_FITS = 1 << 26
"""Bytes that are not worth a look at the system."""


SECONDS_TO_BEGIN = 0.005
"""What the shortest run takes."""


@dataclass(frozen=True)
class Estimate:
    """What a run will need, known before it starts.

    Attributes
    ----------
    memory
        Bytes at the peak, by what they are for: the graph, buffers, the result.
    seconds
        Rough time of the run itself, on the threads it would use.
    """

    memory: Mapping[str, int]
    seconds: float

    @property
    def bytes(self) -> int:
        """Peak memory, all purposes together."""
        return sum(self.memory.values())

    def then(self, later: Estimate) -> Estimate:
        """Return what this needs and, when its memory is free again, another.

        Examples
        --------
        >>> Estimate({"matrix": 5}, 1.0).then(Estimate({"vectors": 3}, 2.0))
        Estimate(memory={'matrix': 5}, seconds=3.0)
        """
        larger = max(self, later, key=lambda each: each.bytes)
        return Estimate(larger.memory, self.seconds + later.seconds)


def by_purpose(memory: Mapping[str, int]) -> str:
    """Return bytes by what they are for, the most first; what is next to nothing is left out.

    Examples
    --------
    >>> by_purpose({"graph": 5 << 20, "noise": 8, "vectors": 3 << 30})
    'vectors 3.0 GiB, graph 5 MiB'
    """
    least = sum(memory.values()) / 1000
    parts = sorted(memory.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {in_bytes(size)}" for name, size in parts if size > least)


def in_bytes(count: float) -> str:
    """Return a number of bytes in words.

    Examples
    --------
    >>> in_bytes(12), in_bytes(1536), in_bytes(3 << 30)
    ('12 bytes', '1.5 KiB', '3.0 GiB')
    """
    size = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:,.1f} GiB"


def available_memory() -> int:
    """Return the bytes that this process may still take: what the system has, or its control group allows."""
    limits = [_system_memory(), *_own_limits()]
    for limit, usage in _CGROUPS:
        texts = [Path(file).read_text().strip() if Path(file).exists() else "" for file in (limit, usage)]
        if all(text.isdigit() for text in texts):
            limits.append(int(texts[0]) - int(texts[1]))
    return max(0, min(limits))


def check_host_memory(needed: int | Mapping[str, int], what: str, remedy: str) -> None:
    """Raise `ParameterError`, with the numbers, if memory cannot hold what is needed, told by purpose or not.

    Examples
    --------
    >>> check_host_memory(1 << 60, "it needs", "make less")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    graphkit.errors.ParameterError: it needs about 1,073,741,824.0 GiB of memory, ... are available; make less
    """
    total = sum(needed.values()) if isinstance(needed, Mapping) else needed
    if total > _ALWAYS_FITS and total > (available := available_memory()):
        purposes = f" ({by_purpose(needed)})" if isinstance(needed, Mapping) else ""
        wanted, there = f"{in_bytes(total)} of memory{purposes}", in_bytes(available)
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
