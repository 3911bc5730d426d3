"""The manifest of a run: one line of JSON a finished task, appended and never changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graphkit.errors import InputError
from graphkit.files.atomic import disk_errors
from graphkit.files.json_files import fault_of

NAME = "manifest.jsonl"

Entry = dict[str, Any]

_TASK = {"key": str, "outputs": {str: int}, "result": {}, "spent?": [str]}

FINISHED: Entry = {"finished": True}
"""The last entry of a run that came to its end."""

CLEARED: Entry = {"cleared": True}
"""What goes on record before the files of all tasks are removed: nothing before it is done any more."""


def read_manifest(path: Path) -> tuple[list[Entry], int]:
    """Return the entries, and the bytes up to the end of the last whole line.

    A line cut off, which a run that was killed while it wrote leaves behind, is none.

    Raises
    ------
    InputError
        For a whole line that is no entry.
    """
    content = path.read_bytes() if path.exists() else b""
    end = content.rfind(b"\n") + 1
    entries = []
    for number, line in enumerate(content[:end].splitlines(), start=1):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        if fault_of(entry, _TASK if isinstance(entry, dict) and "key" in entry else {}):
            raise InputError("is no entry of a manifest; begin again in a new folder", path, number)
        entries.append(entry)
    return entries, end


class Manifest:
    """The finished tasks of a work folder by their keys; only one process at a time may hold it.

    Parameters
    ----------
    work
        The work folder.
    """

    def __init__(self, work: Path):
        self.path = work / NAME
        entries, end = read_manifest(self.path)
        if self.path.exists():
            with self.path.open("r+b") as file:
                file.truncate(end)
        self._done: dict[str, Entry] = {}
        self._spent_by: dict[str, str] = {}
        for entry in entries:
            self._note(entry)

    def result(self, key: str) -> dict[str, Any] | None:
        """Return the result of a finished task, its files there in their sizes or spent; else None."""
        entry = self._done.get(key)
        if entry is None:
            return None
        outputs = entry["outputs"].items()
        gone = [relative for relative, size in outputs if not self._is_there(relative, size)]
        # Each reader is asked once: its own files may be spent too, and so on.
        if not all(map(self._is_done, {self._spent_by.get(relative) for relative in gone})):
            return None
        result: dict[str, Any] = entry["result"]
        return result

    def outputs(self, key: str) -> list[str]:
        """Return the paths of what a finished task wrote, there or not; of another task none."""
        return list(self._done[key]["outputs"]) if key in self._done else []

    def spent(self, key: str) -> list[str]:
        """Return the paths that a finished task spent, there or not; of another task none."""
        return [] if self.result(key) is None else list(self._done[key].get("spent", ()))

    def append(self, entry: Entry) -> None:
        """Add an entry; `RunError` if the disk is full, and then nothing of it is there."""
        line = json.dumps(entry).encode() + b"\n"
        # Without a buffer, which would be written again before the file is cut.
        with disk_errors(self.path), self.path.open("ab", buffering=0) as file:
            end, written = file.tell(), 0
            try:
                while written < len(line):
                    written += file.write(line[written:])
            except OSError:
                file.truncate(end)
                raise
        self._note(entry)

    def _note(self, entry: Entry) -> None:
        if entry == CLEARED:
            self._done, self._spent_by = {}, {}
        elif "key" in entry:
            self._done[entry["key"]] = entry
            self._spent_by |= dict.fromkeys(entry.get("spent", ()), entry["key"])

    def _is_there(self, relative: str, size: int) -> bool:
        file = self.path.parent / relative
        return file.is_file() and file.stat().st_size == size

    def _is_done(self, key: str | None) -> bool:
        return key is not None and self.result(key) is not None
