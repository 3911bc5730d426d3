"""Progress of long work: told to any callable, shown as a bar or as JSON lines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    import rich.progress

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total) as the work goes on, last with done == total."""


@dataclass(eq=False)
class _Stage:
    """A stage, how far it was when it began, and how it stood when it was last passed on."""

    name: str
    first: int
    began: float
    reported: float = 0.0
    is_done: bool = False


class _Paced:
    """Passes on the first and last report of a stage, and others once an interval; stages may overlap."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._stages: dict[str, _Stage] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Report that `done` of `total` steps of a stage are behind us."""
        now = time.monotonic()
        known = self._stages.get(stage)
        if known is None or (known.is_done and done < total):
            known = self._stages[stage] = _Stage(stage, done, now)
        elif done < total and now - known.reported < self.interval:
            return
        known.reported, known.is_done = now, done >= total
        self.report(known, done, total)

    def report(self, stage: _Stage, done: int, total: int) -> None:
        """Show a report that is due."""
        raise NotImplementedError

    def close(self) -> None:
        """Tidy up after the last report."""


class RichProgress(_Paced):
    """A bar with the time left on the terminal's stderr; a context manager.

    Parameters
    ----------
    file
        Where to draw; None for stderr.
    interval
        Seconds between two reports that are shown, >= 0.
    force
        Whether to draw where `file` is no terminal too; without it nothing at all is written there.

    Examples
    --------
    >>> with RichProgress() as progress:
    ...     progress("walks", 1, 1)
    """

    def __init__(self, file: IO[str] | None = None, *, interval: float = 0.1, force: bool = False) -> None:
        super().__init__(interval)
        self._file = sys.stderr if file is None else file
        self._shown = force or self._file.isatty()
        self._force = force
        self._bar: rich.progress.Progress | None = None
        self._tasks: dict[_Stage, rich.progress.TaskID] = {}

    def report(self, stage: _Stage, done: int, total: int) -> None:
        """Draw the bar of the stage."""
        if not self._shown:
            return
        bar = self._bar = self._bar or self._start()
        if stage not in self._tasks:
            self._tasks[stage] = bar.add_task(stage.name, total=total)
        bar.update(self._tasks[stage], completed=done, total=total)

    def close(self) -> None:
        """Leave the bars as they are and the cursor below them."""
        if self._bar is not None:
            self._bar.stop()

    def _start(self) -> rich.progress.Progress:
        from rich import progress as parts
        from rich.console import Console

        columns = (parts.TextColumn("{task.description}"), parts.BarColumn(), parts.TaskProgressColumn())
        times = (parts.TimeElapsedColumn(), parts.TextColumn("left"), parts.TimeRemainingColumn())
        # What is said on stderr goes above the bar; results on stdout must not be drawn into it.
        bar = parts.Progress(
            *columns,
            *times,
            console=Console(file=self._file, force_terminal=self._force or None),
            redirect_stdout=False,
        )
        bar.start()
        return bar


class JsonProgress(_Paced):
    """A JSON object a line on stderr: stage, done, total, seconds, eta; a context manager.

    ``seconds`` is the time since the stage's first report; ``eta`` the seconds left at the same pace, null
    while that is unknown.

    Parameters
    ----------
    file
        Where to write; None for stderr.
    interval
        Seconds between two reports that are written, >= 0.

    Examples
    --------
    >>> import sys
    >>> with JsonProgress(sys.stdout) as progress:
    ...     progress("walks", 0, 10)
    {"stage": "walks", "done": 0, "total": 10, "seconds": 0.0, "eta": null}
    """

    def __init__(self, file: IO[str] | None = None, *, interval: float = 0.5) -> None:
        super().__init__(interval)
        self._file = sys.stderr if file is None else file

    def report(self, stage: _Stage, done: int, total: int) -> None:
        """Write one line."""
        seconds, gained = stage.reported - stage.began, done - stage.first
        line = {
            "stage": stage.name,
            "done": done,
            "total": total,
            "seconds": round(seconds, 3),
            "eta": round(seconds / gained * (total - done), 3) if gained > 0 else None,
        }
        print(json.dumps(line), file=self._file, flush=True)
