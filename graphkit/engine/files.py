"""What a task sees of the work folder."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path

from graphkit.files.atomic import disk_errors

PRIVATE = ".part-"
"""How the names of files begin that are being written."""


class TaskFiles:
    """The files of one task: those of others to read, its own to write.

    Parameters
    ----------
    work
        The work folder.
    stem
        What the names of the task's own files begin with, e.g. ``"sort/00007"``.

    Attributes
    ----------
    outputs
        Size in bytes of each file written, by its path within the work folder.
    spent
        Paths of the files of earlier stages that no other task needs.
    """

    def __init__(self, work: Path, stem: str):
        self.work, self.stem = work, stem
        self.outputs: dict[str, int] = {}
        self.spent: list[str] = []

    def path(self, relative: str) -> Path:
        """Return where a file of the work folder is."""
        return self.work / relative

    def spend(self, relative: str) -> None:
        """Say that of a file of an earlier stage, which only this task reads, nothing is left to be read.

        It is removed when the task is on record as done, and needed again only if the task is.
        """
        self.spent.append(relative)

    @contextlib.contextmanager
    def output(self, name: str) -> Iterator[Path]:
        """Yield a private path, which takes the name ``STEM.NAME`` when the block ends well.

        Raises
        ------
        RunError
            If the disk is full; the private file is gone then.

        Notes
        -----
        The file is not flushed to the disk: it outlives its writer, killed or not, but no power failure.
        """
        relative = f"{self.stem}.{name}"
        target = self.work / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        private = target.parent / f"{PRIVATE}{uuid.uuid4().hex}"
        try:
            with disk_errors(target):
                yield private
            size = private.stat().st_size
            private.replace(target)
        finally:
            private.unlink(missing_ok=True)
        self.outputs[relative] = size
