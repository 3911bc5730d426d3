"""``graphkit run status``: how far a run is."""

from __future__ import annotations

import inspect
from dataclasses import asdict
from typing import TYPE_CHECKING

from graphkit.cli.parameters import argument
from graphkit.cli.streams import json_option, print_facts, print_result

if TYPE_CHECKING:
    from graphkit.engine import RunStatus

EPILOG = """Examples:
  graphkit run status work"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [argument("folder", "The work folder of a run, --work."), json_option()]


def run(*, folder: str, json: bool) -> None:
    """Say how far a run with --work is: from its folder alone, whether it goes on or not."""
    from graphkit.engine import run_status

    status = run_status(folder)
    if json:
        print_result(asdict(status))
    else:
        print_facts(_facts(status))


def _facts(status: RunStatus) -> dict[str, str]:
    stages = {
        f"stage {stage.name}": f"{stage.done:,} of {stage.tasks:,} tasks, {stage.seconds:,.1f} s of work"
        for stage in status.stages
    }
    parameters = ", ".join(f"{name}={value!r}" for name, value in status.parameters.items())
    ended = "it is finished" if status.finished else "the same command again goes on with it"
    running = "yes" if status.running else f"no; {ended}"
    return {"command": status.command, "parameters": parameters, "running": running, **stages}
