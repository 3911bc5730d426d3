"""A disk of a given size: a file system in memory, where root may mount one."""

import ctypes
import os
from pathlib import Path

_REMOUNT, _DETACH = 32, 2


class SmallDisk:
    """Mounted at a folder; its size can change while files lie on it."""

    def __init__(self, folder: Path, size: int):
        self.path = folder
        folder.mkdir(exist_ok=True)
        self._mount(size, 0)

    def resize(self, size: int) -> None:
        self._mount(size, _REMOUNT)

    def renew(self, size: int) -> None:
        """Put an empty disk in its place; a file that is still mapped keeps its room on the old one."""
        self.close()
        self._mount(size, 0)

    def close(self) -> None:
        _called("umount2", os.fsencode(self.path), _DETACH)

    def _mount(self, size, flags):
        where, options = os.fsencode(self.path), f"size={size}".encode()
        _called("mount", b"tmpfs", where, b"tmpfs", ctypes.c_ulong(flags), options)


def _called(name, *arguments):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
