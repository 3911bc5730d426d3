"""Progress of long work: told to any callable, shown as a bar or as JSON lines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    import rich.progress

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total) as the work goes on, last with done == total."""


class _Paced:
    """Passes on the first and last report of a stage, and others once an interval."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self.stage: str | None = None
        self.first = 0
        self.began = self.reported = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Report that `done` of `total` steps of a stage are behind us."""
        now = time.monotonic()
        if stage != self.stage:
            self.stage, self.first, self.began = stage, done, now
        elif done < total and now - self.reported < self.interval:
            return
        self.reported = now
        self.report(stage, done, total, now - self.began)

    def report(self, stage: str, done: int, total: int, seconds: float) -> None:
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
        self._task: rich.progress.TaskID | None = None

    def report(self, stage: str, done: int, total: int, seconds: float) -> None:
        """Draw the bar of the stage."""
        del seconds
        if not self._shown:
            return
        bar = self._bar = self._bar or self._start()
        if self._task is None or bar.tasks[-1].description != stage:
            self._task = bar.add_task(stage, total=total)
        bar.update(self._task, completed=done, total=total)

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

    def report(self, stage: str, done: int, total: int, seconds: float) -> None:
        """Write one line."""
        gained = done - self.first
        line = {
            "stage": stage,
            "done": done,
            "total": total,
            "seconds": round(seconds, 3),
            "eta": round(seconds / gained * (total - done), 3) if gained > 0 else None,
        }
        print(json.dumps(line), file=self._file, flush=True)
