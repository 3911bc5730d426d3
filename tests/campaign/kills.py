"""Kills at random moments: the run begun again has the bits of an unbroken one, and leaves nothing behind."""

import os
import shutil
import signal
import time
from functools import partial

import numpy as np

from campaign.jobs import JOBS, attempt

MOST = 4
"""Kills of one run before it may come to its end."""


class Kills:
    """A job that is killed.

    Parameters
    ----------
    job
        Its name.
    inputs
        The folder of what jobs read.
    folder
        A folder to work in.
    """

    def __init__(self, job, inputs, folder):
        self._scratch, self._work = folder, folder / "work"
        self._run = partial(JOBS[job], inputs, self._work)
        # In this process first: what is imported and compiled here is there in those that are killed.
        self._run()
        self._clear()
        self._expected = attempt(self._run, folder)
        assert self._expected[0] == 0, self._expected
        self._files = self._left()
        self._clear()
        began = time.monotonic()
        attempt(self._run, folder)
        self._seconds = time.monotonic() - began

    def fault(self, number):
        """Kill a run once or more; return (what went wrong, or None; the kills that met a run)."""
        rng = np.random.default_rng(number)
        self._clear()
        kills = sum(self._killed(rng) for _ in range(rng.integers(1, MOST + 1)))
        again = attempt(self._run, self._scratch)
        if again != self._expected:
            return str(again), kills
        if self._left() != self._files:
            return f"left behind: {sorted(self._left() ^ self._files)}", kills
        return None, kills

    def _killed(self, rng):
        child = os.fork()
        if child == 0:
            try:
                self._run()
            finally:
                os._exit(0)
        time.sleep(rng.uniform(0, self._seconds))
        os.kill(child, signal.SIGKILL)
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])

    def _clear(self):
        shutil.rmtree(self._work, ignore_errors=True)

    def _left(self):
        return {str(path.relative_to(self._work)) for path in self._work.rglob("*")}
