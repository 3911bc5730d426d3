"""One driver a work folder: a lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from graphkit.errors import InputError, RunError

NAME = "lock"


class WorkLock:
    """The right to work in a folder.

    Parameters
    ----------
    work
        The folder.

    Raises
    ------
    InputError
        If another process has it.
    RunError
        On a system without such locks (Windows).
    """

    def __init__(self, work: Path):
        self._file = _locked(work)
        if self._file is None:
            raise InputError(f"{_holder(work)} works in this folder; wait for it, or choose another", work)
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let others work in the folder."""
        if self._file is not None:
            self._file.close()
        self._file = None


def is_locked(work: Path) -> bool:
    """Whether a process works in the folder."""
    if not (work / NAME).exists():
        return False
    file = _locked(work)
    if file is not None:
        file.close()
    return file is None


def _locked(work: Path) -> IO[str] | None:
    """The lock file, locked; None if another process has it."""
    try:
        import fcntl
    except ImportError:
        raise RunError("engines need locks that end with their process, which Windows lacks") from None
    file = (work / NAME).open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _holder(work: Path) -> str:
    pid = (work / NAME).read_text(encoding="utf-8").strip()
    return f"the process {pid}" if pid else "another process"
