"""Many trials in child processes: a crash or a hang ends one child, is counted, and the next one goes on."""

import contextlib
import mmap
import os
import resource
import signal
import sys
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60
"""Beyond which a trial hangs: the compilation of kernels, which a first call may ask for, takes up to 20."""

MEMORY = 6 << 30
"""Bytes of data that trials may have beyond what the parent has. Not of addresses: a thread reserves many."""


@dataclass
class Fault:
    """What went wrong at a trial."""

    trial: int
    what: str


def faults_of(trial, count, allowed, first=0):
    """Run ``trial(number)`` for so many numbers; return the faults: crashes, hangs, errors not `allowed`."""
    board, faults, begin = mmap.mmap(-1, 8), [], first
    while begin < first + count:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _work(trial, range(begin, first + count), allowed, board, writer)
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8", errors="replace") as lines:
            said = lines.read()
        _, code = os.waitpid(child, 0)
        at = int.from_bytes(board[:8], "little")
        if not os.WIFSIGNALED(code) and os.WEXITSTATUS(code) == 0:
            break
        name = signal.Signals(os.WTERMSIG(code)).name if os.WIFSIGNALED(code) else ""
        what = f"longer than {SECONDS} s" if name == "SIGALRM" else name
        faults.append(Fault(at, what or said))
        begin = at + 1
    return faults


def _work(trial, numbers, allowed, board, writer):
    """In the child: exit code 1 and the traceback for what is not allowed, 0 at the end."""
    status = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        held = int(Path("/proc/self/statm").read_text().split()[5]) * mmap.PAGESIZE
        resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        warnings.simplefilter("ignore")
        for number in numbers:
            board[:8] = number.to_bytes(8, "little")
            signal.alarm(SECONDS)
            with contextlib.suppress(allowed):
                trial(number)
        status = 0
    except BaseException:
        os.write(writer, traceback.format_exc()[-3000:].encode())
    finally:
        sys.stdout.flush()
        os._exit(status)
