"""How a runner and the harness talk: one JSON request per line in, one JSON reply per line out.

A runner is a script run by a contender's own interpreter, so this file uses the standard library only. It
imports its library, then answers requests until its input ends; the harness keeps the runners of all
contenders waiting side by side and asks them in turn, so that a slow spell of the machine meets every
contender alike.

A request holds the work's parameters, over those given on the command line. ``input`` names what to load,
outside the measured time; ``save`` names a file for the result, written outside the measured time as well.
By hand: ``echo '{}' | python runner.py '{"input": "graph.npz", "dim": 128}'``.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Request = dict[str, Any]


def serve(
    work: Callable[[Any, Request], Any],
    *,
    packages: list[str],
    load: Callable[[Request], Any] | None = None,
    describe: Callable[[Any], Request] | None = None,
    save: Callable[[Any, str], None] | None = None,
    amount: tuple[str, Callable[[Any], float]] | None = None,
) -> None:
    """Answer every request line with the seconds and the memory of ``work(load(request), request)``.

    `amount` is a unit and the function that counts it in the result: ``("step", count)`` adds ``steps``,
    ``steps_per_s`` and ``ns_per_step``.
    """
    given = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    # What a library prints, from C++ even, must not end up between the replies.
    reply_to = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    loaded_input, data = None, None
    for line in sys.stdin:
        request = {**given, **json.loads(line)}
        if load is not None and request["input"] != loaded_input:
            data = None
            loaded_input, data = request["input"], load(request)
        reply, result = _measure(work, data, request)
        reply |= {} if describe is None else describe(result)
        reply |= {} if amount is None else _rate(amount[0], amount[1](result), reply["seconds"])
        reply["versions"] = _versions(packages)
        if save is not None and "save" in request:
            save(result, request["save"])
        del result
        print(json.dumps(reply), file=reply_to, flush=True)


def _measure(work: Callable[[Any, Request], Any], data: Any, request: Request) -> tuple[Request, Any]:
    gc.collect()
    _forget_peak()
    before = _memory("VmRSS")
    start, cpu_start = time.perf_counter(), time.process_time()
    result = work(data, request)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    peak = _memory("VmHWM")
    times = {"seconds": seconds, "cpu_seconds": cpu_seconds}
    return times | {"before_mb": before, "peak_mb": peak, "extra_mb": peak - before}, result


def _rate(unit: str, amount: float, seconds: float) -> Request:
    return {f"{unit}s": amount, f"{unit}s_per_s": amount / seconds, f"ns_per_{unit}": 1e9 * seconds / amount}


def threads() -> int:
    """How many threads the library may use: the harness gives every contender the same."""
    return int(os.environ.get("GRAPHKIT_NUM_THREADS", os.cpu_count() or 1))


def _versions(packages: list[str]) -> dict[str, str]:
    return {"python": platform.python_version(), **{package: _version(package) for package in packages}}


def _version(package: str) -> str:
    # A distribution of this name would be another project's.
    if package == "graphkit":
        return str(importlib.import_module("graphkit").__version__)
    return importlib.metadata.version(package)


def _forget_peak() -> None:
    """Start the process's peak of resident memory anew, where the system lets it (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _memory(field: str) -> float:
    """Resident memory of this process in MB: now (VmRSS) or at its peak (VmHWM)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    kilobytes = next(line.split()[1] for line in lines if line.startswith(field))
    return int(kilobytes) * 1024 / 1e6
