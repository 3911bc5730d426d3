"""Many trials in child processes: a crash or a hang ends one child, is counted, and the next one goes on."""

import contextlib
import mmap
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

CPU_SECONDS = 20
"""Of a trial, beyond which it hangs. Kernels are compiled before."""

SECONDS = 300
"""Beyond which a trial hangs that computes nothing, on a machine that others use too."""

COMPILING = 120
"""Seconds of computing that a trial has which needs a kernel that was not compiled yet."""

MEMORY = 6 << 30
"""Bytes of data that trials may have beyond what the parent has. Not of addresses: a thread reserves many."""


@dataclass
class Fault:
    """What went wrong at a trial."""

    trial: int
    what: str


def faults_of(trial, count, allowed, first=0):
    """Run ``trial(number)`` for so many numbers; return the faults: crashes, hangs, errors not `allowed`."""
    return tried(trial, first, first + count, allowed)[1]


def tried(trial, begin, end, allowed, seconds=None, *, cpu_seconds=CPU_SECONDS, again=True):
    """Run ``trial(number)`` from `begin` on, for some seconds or up to `end`; return (next number, faults).

    One child runs trial after trial; another one takes its place where it ended at a fault.
    """
    board, faults = mmap.mmap(-1, 8), []
    until = None if seconds is None else time.monotonic() + seconds
    while begin < end and (until is None or time.monotonic() < until):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _work(trial, range(begin, end), until, allowed, board, writer, cpu_seconds)
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8", errors="replace") as lines:
            said = lines.read()
        _, code = os.waitpid(child, 0)
        begin = int.from_bytes(board[:8], "little") + 1
        if os.WIFSIGNALED(code) or os.WEXITSTATUS(code) != 0:
            slow = os.WIFSIGNALED(code) and os.WTERMSIG(code) in (signal.SIGALRM, signal.SIGPROF)
            if not (again and slow and _is_quick(trial, begin - 1, allowed)):
                faults.append(Fault(begin - 1, _ended(code) or said))
    return begin, faults


def _is_quick(trial, number, allowed):
    """Whether a trial that took too long takes so no more, once its kernels are compiled."""
    return not any(
        tried(trial, number, number + 1, allowed, cpu_seconds=most, again=False)[1]
        for most in (COMPILING, CPU_SECONDS)
    )


def _ended(code):
    """What ended a child, if a signal did."""
    name = signal.Signals(os.WTERMSIG(code)).name if os.WIFSIGNALED(code) else ""
    hangs = {"SIGALRM": f"longer than {SECONDS} s", "SIGPROF": "too many seconds of computing"}
    return hangs.get(name, name)


def _work(trial, numbers, until, allowed, board, writer, cpu_seconds):
    """In the child: exit code 1 and the traceback for what is not allowed, 0 at the end."""
    status = 1
    try:
        _limit()
        warnings.simplefilter("ignore")
        for number in numbers:
            board[:8] = number.to_bytes(8, "little")
            signal.alarm(SECONDS)
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            # Twice: a signal may come while the error of one before is being handled.
            with contextlib.suppress(allowed), contextlib.suppress(allowed):
                trial(number)
            if until is not None and time.monotonic() > until:
                break
        status = 0
    except BaseException:
        os.write(writer, traceback.format_exc()[-3000:].encode())
    finally:
        sys.stdout.flush()
        os._exit(status)


def _limit():
    for sign in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(sign, signal.SIG_DFL)
    held = int(Path("/proc/self/statm").read_text().split()[5]) * mmap.PAGESIZE
    resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
