"""The one training loop: jobs one after the other, from where a run stands to where it ends.

The kinds of jobs differ in where tables lie:

- `RangeJob` (`sgns/jobs.py`): whole, in memory or mapped from a file, on the CPU or a GPU. Its units of work
  are walks, or drawn arcs.
- `BlockJob` (`sgns/block_job.py`): in parts, on a ring of processes or in a file. Its units are episodes.
- `GridJob` (`sgns/gpu/grid_job.py`): in parts in the host's memory, of which a GPU holds some; episodes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphkit.sgns.jobs import Arrays, Job, KeptJob

if TYPE_CHECKING:
    from graphkit.progress import Progress
    from graphkit.sgns.checkpoints import Checkpoint


def run(
    jobs: Sequence[Job],
    *,
    kept: JobCheckpoint | None = None,
    begin: int = 0,
    end: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Train jobs one after the other.

    Parameters
    ----------
    jobs
        What is trained; a job's tables are not touched before its turn.
    kept
        Where to go on from, and to keep what was done; None for none.
    begin
        Units of all jobs that are done already, where no checkpoint says it.
    end
        Units to stop at; None for all.
    progress
        Called with ("train", units done, units).

    Raises
    ------
    RunError
        If training diverged to NaN or infinity.
    """
    total = sum(job.total for job in jobs)
    first, before = begin if kept is None else kept.load(), 0
    for number, job in enumerate(jobs):
        if kept is not None:
            kept.enter(number)
        for units in job.steps(min(job.total, max(0, first - before))):
            done = before + units
            if kept is not None:
                kept.save(done, total)
            if progress is not None:
                progress("train", done, total)
            if done == end:
                job.finish()
                return
        job.finish()
        before += job.total
    if progress is not None and not total:
        progress("train", 1, 1)


class JobCheckpoint:
    """The checkpoint of jobs that are run one after the other.

    Parameters
    ----------
    checkpoint
        Where it is.
    jobs
        What it is of.
    """

    def __init__(self, checkpoint: Checkpoint, jobs: Sequence[KeptJob]):
        self._checkpoint, self._jobs, self._entered = checkpoint, jobs, 0
        if (num_parts := jobs[0].num_parts) > 1:
            checkpoint.tell(parts=num_parts)
        self._arrays: Arrays = {}

    def load(self) -> int:
        """Return how many units are done; 0 if there is no checkpoint yet."""
        done, self._arrays = self._checkpoint.load()
        return done

    def enter(self, number: int) -> None:
        """Set a job, whose turn it is, to where it stood; one that had not begun stays as it is."""
        self._entered = number + 1
        prefix = f"{number} "
        state = {
            name.removeprefix(prefix): array
            for name, array in self._arrays.items()
            if name.startswith(prefix)
        }
        if state:
            self._jobs[number].restore(state)

    def save(self, done: int, total: int) -> None:
        """Keep what the jobs whose turn came have, if it is due."""
        self._checkpoint.save(done, self._state, total=total)

    def _state(self) -> Arrays:
        return {
            f"{number} {name}": array
            for number, job in enumerate(self._jobs[: self._entered])
            for name, array in job.state().items()
        }
