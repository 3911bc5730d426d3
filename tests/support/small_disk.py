"""A disk of a given size: a file system in memory, where root may mount one."""

import ctypes
import os
import shutil
from pathlib import Path

_REMOUNT = 32


class SmallDisk:
    """Mounted at a folder; its size can change while files lie on it."""

    def __init__(self, folder: Path, size: int):
        self.path = folder
        folder.mkdir(exist_ok=True)
        self._mount(size, 0)

    def resize(self, size: int) -> None:
        self._mount(size, _REMOUNT)

    def empty(self) -> None:
        for file in self.path.iterdir():
            shutil.rmtree(file) if file.is_dir() else file.unlink()

    def close(self) -> None:
        _called("umount", os.fsencode(self.path))

    def _mount(self, size, flags):
        where, options = os.fsencode(self.path), f"size={size}".encode()
        _called("mount", b"tmpfs", where, b"tmpfs", ctypes.c_ulong(flags), options)


def _called(name, *arguments):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
