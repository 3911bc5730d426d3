"""A contender of a benchmark and its running process."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import peers

RUNNERS = Path(__file__).parent / "runners"

THREAD_VARIABLES = (
    "GRAPHKIT_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
)

# Set by hand on some machines, these replace OpenBLAS's own choice of kernel, mostly by a slower one.
OPENBLAS_OVERRIDES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

Reply = dict[str, Any]


class ContenderFailed(Exception):
    """A contender's process ended without an answer."""


@dataclass(frozen=True)
class Contender:
    """A name in the tables, the peer that runs it, its runner's stem and what the runner is told.

    `max_repeats` is for a peer that takes minutes: it is left out of later rounds. With 0 the last run that
    the check asked of it is its measurement; such a check warms it up first.
    """

    name: str
    peer: str
    runner: str
    params: dict[str, Any] = field(default_factory=dict)
    max_repeats: int | None = None

    def takes_part(self, number: int) -> bool:
        """Whether it is measured in round `number`, 0 for the first."""
        return self.max_repeats is None or number < self.max_repeats


class Session:
    """A contender's process, asked for one measurement at a time."""

    def __init__(self, contender: Contender, threads: int):
        self.contender = contender
        self.last: Reply = {}
        command = [
            peers.interpreter(contender.peer),
            RUNNERS / f"{contender.runner}.py",
            json.dumps(contender.params),
        ]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(threads)
        )

    def ask(self, **request: Any) -> Reply:
        """Run the work once and return the runner's reply."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line:
            raise ContenderFailed(
                f"{self.contender.name} ended with {self.process.wait()}; its message is above"
            )
        self.last = dict(json.loads(line))
        return self.last

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # An idle runner ends with its input; one that still works on something is stopped.
        if kind is not None:
            self.process.kill()
        self.process.communicate()


def _environment(threads: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OPENBLAS_OVERRIDES}
    return kept | dict.fromkeys(THREAD_VARIABLES, str(threads))
