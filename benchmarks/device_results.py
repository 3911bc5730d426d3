"""The results of `device.py`: in the file as soon as there are any, whatever becomes of the rest."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

Part = Callable[[], Iterable[dict[str, Any]]]
"""Measures, and yields a row at a time."""


def measure_parts(parts: Mapping[str, Part], results: dict[str, Any], output: Path) -> None:
    """Measure part by part; `results` is **written**, and so is the file, JSON, after each row.

    A part that fails keeps its rows so far; its error is in ``results["failed"]``, and the next one begins.
    """
    for name, part in parts.items():
        print(f"--- {name}", flush=True)
        began, rows = time.perf_counter(), list[dict[str, Any]]()
        failed = results.setdefault("failed", {})
        failed.pop(name, None)
        try:
            for row in part():
                rows.append(row)
                results[name] = rows
                write(results, output)
        except Exception as error:  # of whatever kind: a device is lent for a short time
            traceback.print_exc()
            failed[name] = f"{type(error).__name__}: {error}"
        results.setdefault("seconds", {})[name] = round(time.perf_counter() - began, 1)
        write(results, output)


def write(results: dict[str, Any], output: Path) -> None:
    """Write all results; the file is never half a one."""
    beside = output.with_name(output.name + ".part")
    beside.write_text(json.dumps(results, indent=1) + "\n")
    beside.replace(output)


def complaint(results: Mapping[str, Any], checks: Iterable[str]) -> str:
    """What is wrong: parts that failed, and rows of the `checks` in which anything differs; "" if nothing."""
    rows = [row for name in checks for row in results.get(name, ())]
    found = [f"failed: {name}" for name in results.get("failed", ())]
    return ", ".join(found + [f"differs: {row['law']}" for row in rows if row.get("differing")])
