"""A disk that fills at every step: a run ends in an error, and goes on to the bits of an unbroken one."""

from functools import partial

import numpy as np

from campaign.jobs import FULL, JOBS, attempt

ROOM = 64 << 20
BLOCK = 4 << 10


class FullDisks:
    """A job on disks of many sizes.

    Parameters
    ----------
    job
        Its name.
    inputs
        The folder of what jobs read.
    disk
        A `SmallDisk`.
    scratch
        A folder for what an attempt says.
    """

    def __init__(self, job, inputs, disk, scratch):
        self._run = partial(JOBS[job], inputs, disk.path / "work")
        self._disk, self._scratch = disk, scratch
        # In this process first: what is imported and compiled here is there in the attempts.
        disk.renew(ROOM)
        self._run()
        status, self._expected = self._on_disk_of(ROOM)
        assert status == 0, self._expected
        self._needed = self._bytes_needed()
        # An error at a checkpoint is a warning, since the run goes on without.
        self.may_go_on = job.startswith("checkpoints")

    def sizes(self, count):
        """So many sizes, up to one at which the run comes to its end."""
        return [int(size) // BLOCK * BLOCK for size in np.linspace(BLOCK, self._needed, count)]

    def fault(self, size):
        """Return (what went wrong with a disk of this size, or None; whether it was full)."""
        status, said = self._on_disk_of(size)
        if status not in (0, FULL):
            return said, False
        if status == 0 and said != self._expected:
            return "another result", False
        self._disk.resize(ROOM)
        again = attempt(self._run, self._scratch)
        if again != (0, self._expected):
            return f"the run after it: {again}", True
        return None, status == FULL

    def _on_disk_of(self, size):
        self._disk.renew(size)
        return attempt(self._run, self._scratch)

    def _bytes_needed(self):
        """A size at which the run comes to its end, the next half of it being too small."""
        size = 4 * BLOCK
        while self._on_disk_of(size)[0] == FULL:
            size *= 2
        return size
