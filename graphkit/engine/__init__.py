"""Running a job as tasks that go from file to file, on the processes of this machine or on others.

A task is a named function: its arguments and its result are JSON, its data are files of the work folder, read
memory-mapped and written under a private name. The engine only says who runs what, and what runs again; what
is finished stands in a manifest, so that a run that was cut off goes on where it was.
"""

from graphkit.engine.engine import ENGINES, Engine
from graphkit.engine.files import TaskFiles
from graphkit.engine.ranks import Rank, Ranks
from graphkit.engine.stage import Plan, Stage
from graphkit.engine.status import RunStatus, run_status
from graphkit.engine.task import Task, task

__all__ = [
    "ENGINES",
    "Engine",
    "Plan",
    "Rank",
    "Ranks",
    "RunStatus",
    "Stage",
    "Task",
    "TaskFiles",
    "run_status",
    "task",
]
