"""Where and when a result was measured."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def describe(threads: int) -> dict[str, str]:
    """The columns that every row of a result repeats."""
    return {
        "cpu": cpu_model(),
        "cores": str(os.cpu_count()),
        "threads": str(threads),
        "commit": commit(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def cpu_model() -> str:
    """The processor's name with the level of its vector instructions, which the name alone may not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {name.strip(): value.strip() for name, value in fields.items()}
    vectors = next(
        (level for level in ("avx512f", "avx2", "sse4_2") if level in facts.get("flags", "").split()), ""
    )
    return f"{facts.get('model name', platform.machine())} ({vectors})" if vectors else facts["model name"]


def commit() -> str:
    """The checkout's commit, ``+`` where graphkit's own files differ from it."""
    head = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--", "graphkit", "kernels", "datasets")
    return f"{head or 'none'}{'+' if changed else ''}"


def _git(*arguments: str) -> str:
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
