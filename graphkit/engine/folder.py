"""The work folder of a run: whose it is, what is done, and that no other process works in it."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

from graphkit.engine.files import PRIVATE
from graphkit.engine.lock import NAME as LOCK
from graphkit.engine.lock import WorkLock
from graphkit.engine.manifest import CLEARED, Manifest
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import PathLike, atomic_write, check_path
from graphkit.files.digests import digest, without_numpy
from graphkit.files.json_files import fault_of

RECORD = "run.json"
_UNFINISHED = ".run-*.json"
"""What a run leaves that is killed while it writes its record."""

FORMAT = "graphkit-run"
VERSION = 1


class RunFolder:
    """A folder that belongs to one run, locked while this process works in it.

    Parameters
    ----------
    folder
        A folder that is empty, does not exist yet, or was begun by the same run.

    Attributes
    ----------
    path
        The folder.
    manifest
        What is done.

    Raises
    ------
    InputError
        If the folder holds something else, or another process works in it.
    """

    def __init__(self, folder: PathLike):
        check_path(folder, name="work")
        self.path = Path(folder).absolute()
        if not self.path.parent.is_dir():
            raise InputError(f"the folder {self.path.parent} does not exist; create it first", path=folder)
        if self.path.exists() and not self.path.is_dir():
            raise InputError("is a file; a work folder is needed", path=folder)
        self.path.mkdir(exist_ok=True)
        others = [file.name for file in self.path.iterdir() if not file.match(_UNFINISHED)]
        if set(others) - {LOCK} and read_record(self.path) is None:
            raise InputError("holds files of no run; choose a folder that is new or empty", path=folder)
        self._lock = WorkLock(self.path)
        try:
            self.manifest = Manifest(self.path)
        except InputError:
            self._lock.release()
            raise
        for left_behind in [*self.path.rglob(f"{PRIVATE}*"), *self.path.glob(_UNFINISHED)]:
            with contextlib.suppress(FileNotFoundError):
                left_behind.unlink()

    def claim(self, command: str, parameters: dict[str, Any], inputs: dict[str, Any]) -> str:
        """Begin a run or go on with it; return the digest of what it is.

        Parameters
        ----------
        command
            What runs.
        parameters
            All that its result depends on, as JSON can hold it.
        inputs
            For each file or folder read, what tells that it is the same.

        Raises
        ------
        ParameterError
            If the folder belongs to a run of another command or with other parameters.
        InputError
            If an input has changed since the run began.
        """
        facts = {"command": command, "parameters": parameters, "inputs": inputs}
        given = json.loads(json.dumps(facts, default=without_numpy))
        record = read_record(self.path)
        if record is None:
            with atomic_write(self.path / RECORD, "w") as file:
                file.write(json.dumps({"format": FORMAT, "version": VERSION, **given}, indent=2) + "\n")
        else:
            self._compare(record, given)
        return digest(given)

    def clear(self) -> None:
        """Remove the files of all tasks; what the run was, and what it did, stays on record."""
        # First: half of the files gone, some tasks would seem done whose readers are not.
        self.manifest.append(CLEARED)
        for file in self.path.iterdir():
            if file.is_dir():
                shutil.rmtree(file)

    def release(self) -> None:
        """Let others work in the folder."""
        self._lock.release()

    def _compare(self, record: dict[str, Any], given: dict[str, Any]) -> None:
        other = "choose another work folder, or remove this one"
        if record["command"] != given["command"]:
            raise ParameterError(
                f"the work folder {self.path} belongs to a run of {record['command']}, not "
                f"{given['command']}; {other}"
            )
        for name in {**record["parameters"], **given["parameters"]}:
            before, now = (run["parameters"].get(name) for run in (record, given))
            if before != now:
                raise ParameterError(
                    f"the work folder {self.path} belongs to a run with {name}={before!r}, not {now!r}; "
                    f"{other}"
                )
        for path in {**record["inputs"], **given["inputs"]}:
            if record["inputs"].get(path) != given["inputs"].get(path):
                raise InputError(
                    f"has changed since the run in {self.path} began, or is not its input; {other}", path
                )


def read_record(folder: Path) -> dict[str, Any] | None:
    """Return what a run recorded of itself, or None if there is no run in the folder.

    Raises
    ------
    InputError
        If it was begun by another version's kind of run.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        return None
    if record.get("version") != VERSION:
        raise InputError(
            f"is a run of format version {record.get('version')}, but this is known: {VERSION}", path=folder
        )
    fault = fault_of(record, {"command": str, "parameters": {}, "inputs": {}})
    if fault:
        raise InputError(f"its record is damaged: {fault}; begin again in a new folder", path=folder / RECORD)
    return record
