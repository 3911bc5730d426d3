"""The local pool: worker processes of this machine, which get orders and answer in lines of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import IO

from graphkit.engine.pool import Order, Outcome
from graphkit.engine.ranks import Ranks
from graphkit.errors import ParameterError
from graphkit.files.digests import without_numpy
from graphkit.parallel import resolve_threads

_READ_BYTES = 1 << 16


class LocalPool:
    """Processes side by side, each begun when it is first needed, and anew when it was lost.

    Parameters
    ----------
    slots
        Number of processes. The machine's cores are shared out among those that a stage keeps busy.
    """

    def __init__(self, slots: int):
        self.slots = slots
        self._threads = resolve_threads()
        self._waiting: deque[Order] = deque()
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def check_ranks(self, ranks: Ranks) -> None:  # noqa: ARG002 - none are too few
        """Raise `ParameterError`: an order is run by one process, which has all threads."""
        raise ParameterError(
            "ranks has no effect on the engine 'local'; the engine 'ray' has ranks, on this machine alone too"
        )

    def submit(self, order: Order) -> None:
        """Take an order; it waits until a worker is free."""
        self._waiting.append(order)
        self._give_out()

    def wait(self) -> list[Outcome]:
        """Return what has ended, at least one order."""
        ended: list[Outcome] = []
        while not ended:
            for key, _ in self._selector.select():
                worker: _Worker = key.data
                outcome, alive = worker.heard()
                if not alive:
                    self._dismiss(worker)
                if outcome is not None:
                    ended.append(outcome)
            self._give_out()
        return ended

    def withdraw(self) -> int:
        """Drop the orders that no worker has begun; return their number."""
        dropped = len(self._waiting)
        self._waiting.clear()
        return dropped

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        for worker in list(self._workers):
            self._dismiss(worker)
        self._selector.close()

    def _give_out(self) -> None:
        while self._waiting:
            free = next((worker for worker in self._workers if worker.order is None), None)
            if free is None and len(self._workers) == self.slots:
                return
            order = self._waiting.popleft()
            threads = max(1, self._threads // min(self.slots, order.side_by_side))
            (free or self._begun()).take(order, threads)

    def _begun(self) -> _Worker:
        worker = _Worker()
        self._workers.append(worker)
        self._selector.register(worker.answers, selectors.EVENT_READ, worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        self._selector.unregister(worker.answers)
        self._workers.remove(worker)
        worker.end()


class _Worker:
    """One process, and the order that it has."""

    def __init__(self) -> None:
        self.order: Order | None = None
        self._heard = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "graphkit.engine.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": _python_path()},
            # Ctrl-C is the driver's to hear: a worker that still imports would answer with a stack trace.
            process_group=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders: IO[bytes] = self._process.stdin
        self.answers: IO[bytes] = self._process.stdout

    def take(self, order: Order, threads: int) -> None:
        """Run an order on so many threads; if the process is gone, that is heard later."""
        self.order = order
        with contextlib.suppress(BrokenPipeError):
            text = json.dumps(asdict(order) | {"threads": threads}, default=without_numpy)
            self._orders.write(text.encode() + b"\n")
            self._orders.flush()

    def heard(self) -> tuple[Outcome | None, bool]:
        """Return what has ended, if a whole answer is there, and whether the process is alive."""
        part = os.read(self.answers.fileno(), _READ_BYTES)
        if not part:
            return self._lost(), False
        self._heard += part
        if not self._heard.endswith(b"\n"):
            return None, True
        answer, self._heard, self.order = json.loads(self._heard), b"", None
        return Outcome(**answer), True

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self.answers.close()
        # Closing flushes what the process no longer read.
        with contextlib.suppress(BrokenPipeError):
            self._orders.close()

    def _lost(self) -> Outcome | None:
        code = self._process.wait()
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"it ended with exit code {code}"
        return None if self.order is None else Outcome(self.order.number, lost=how)


def _python_path() -> str:
    """Where this process finds modules: its workers must find the same."""
    return os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
