"""The time of a command from its start to its end, `command` being arguments of this interpreter or its
scripts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from protocol import Request, serve


def start(_: None, request: Request) -> subprocess.CompletedProcess[bytes]:
    script, *arguments = request["command"]
    program = sys.executable if script == "python" else Path(sys.executable).parent / script
    return subprocess.run([program, *arguments], stdout=subprocess.DEVNULL, check=True)


serve(start, packages=[])
