"""Files and folders that are being written, under names of their own beside the final one.

A writer holds a lock on what it writes. The lock ends with the process, so the next writer of the same
name tells what a kill left behind from what another process is writing, and removes it.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

_MARK = "-unfinished-"


@contextlib.contextmanager
def unfinished_file(target: Path) -> Iterator[Path]:
    """Yield an empty file beside `target`, with its suffix; it is removed if it is there at the end."""

    def new() -> str:
        handle, name = tempfile.mkstemp(target.suffix, f".{target.stem}{_MARK}", target.parent)
        os.close(handle)
        return name

    remove_unfinished(target)
    with _locked(new) as path:
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def unfinished_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target`; it is removed if it is there at the end."""
    remove_unfinished(target)
    with _locked(lambda: tempfile.mkdtemp("", f".{target.name}{_MARK}", target.parent)) as path:
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def remove_unfinished(target: Path) -> None:
    """Remove what a killed process left of `target`, and nothing that another one is writing."""
    for stem, suffix in {(target.stem, target.suffix), (target.name, "")}:
        for left in target.parent.glob(f".{glob.escape(stem)}{_MARK}{'?' * 8}{glob.escape(suffix)}"):
            lock = _lock(left)
            if lock is None:
                continue
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
            os.close(lock)


@contextlib.contextmanager
def _locked(new: Callable[[], str]) -> Iterator[Path]:
    """Yield the path of a new file or folder, locked where the file system has locks."""
    path = Path(new())
    lock = _lock(path)
    while not path.exists():
        # Another process took it for left behind before it was locked.
        path = Path(new())
        lock = _lock(path)
    try:
        yield path
    finally:
        if lock is not None:
            os.close(lock)


def _lock(path: Path) -> int | None:
    """A descriptor that holds the lock of a file or folder; None if another process has it, or none can."""
    try:
        import fcntl

        descriptor = os.open(path, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
