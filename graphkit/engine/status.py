"""How far a run is, from its folder alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit.engine.folder import read_record
from graphkit.engine.lock import is_locked
from graphkit.engine.manifest import FINISHED, NAME, read_manifest
from graphkit.errors import InputError
from graphkit.files.atomic import PathLike


@dataclass(frozen=True)
class StageStatus:
    """How far a stage is: tasks done, tasks in all, and the seconds that those done have run."""

    name: str
    done: int
    tasks: int
    seconds: float


@dataclass(frozen=True)
class RunStatus:
    """How far a run is.

    Attributes
    ----------
    command, parameters
        What runs.
    running
        Whether a process works on it.
    finished
        Whether it came to its end.
    stages
        Those begun, in their order.
    """

    command: str
    parameters: dict[str, Any]
    running: bool
    finished: bool
    stages: list[StageStatus]


def run_status(folder: PathLike) -> RunStatus:
    """Return how far the run in a work folder is.

    Raises
    ------
    InputError
        If there is no such folder, or it holds no run.
    """
    path = Path(folder)
    if not path.is_dir():
        raise InputError("no such folder", path=folder)
    record = read_record(path)
    if record is None:
        raise InputError("holds no run", path=folder)
    sizes: dict[str, int] = {}
    done: dict[str, dict[int, float]] = {}
    entries, _ = read_manifest(path / NAME)
    for entry in entries:
        if "tasks" in entry:
            sizes[entry["stage"]] = entry["tasks"]
        elif "key" in entry:
            done.setdefault(entry["stage"], {})[entry["number"]] = entry["seconds"]
    stages = [
        StageStatus(name, len(done.get(name, ())), tasks, sum(done.get(name, {}).values()))
        for name, tasks in sizes.items()
    ]
    finished = entries[-1:] == [FINISHED]
    return RunStatus(record["command"], record["parameters"], is_locked(path), finished, stages)
