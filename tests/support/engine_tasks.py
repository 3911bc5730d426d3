"""Tasks for the tests of engines."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from graphkit.engine import task
from graphkit.errors import InputError, ParameterError
from graphkit.parallel import resolve_threads


@task(version=1)
def square(files, *, number):
    """Write a number's square, and leave a mark that says how often this ran."""
    with (files.work.parent / "calls").open("a") as calls:
        calls.write(f"{number}\n")
    with files.output("npy") as path, path.open("wb") as file:
        np.save(file, np.array([number**2]))
    return {"square": number**2}


@task(version=1)
def total(files, *, inputs):
    """Sum what others wrote."""
    return {"total": int(sum(np.load(files.path(name))[0] for name in inputs))}


@task(version=1)
def double(files, *, source):
    """Write twice what another wrote, which nobody else reads."""
    with files.output("npy") as path, path.open("wb") as file:
        np.save(file, 2 * np.load(files.path(source)))
    files.spend(source)
    return {}


@task(version=1)
def meet(files, *, mine, other):
    """Wait for a task of another stage, which waits for this one."""
    (files.work.parent / mine).touch()
    until = time.monotonic() + 30
    while not (files.work.parent / other).exists():
        if time.monotonic() > until:
            raise InputError(f"{other} does not run beside {mine}")
        time.sleep(0.01)
    return {}


@task(version=1)
def die_once(files, *, number):
    """Kill the own process the first time."""
    mark = files.work.parent / f"died-{number}"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"number": number}


@task(version=1)
def die(files):
    """Kill the own process each time, having begun to write."""
    with files.output("npy") as path:
        path.write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)


@task(version=1)
def die_by_number(files, *, number, deadly):
    """Kill the own process if this is the deadly number."""
    if number == deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return {}


@task(version=1)
def refuse(files, *, number, kind):
    """Raise what is asked for, for odd numbers."""
    if number % 2 == 0:
        return {}
    if kind == "input":
        raise InputError("is bad", "some-file", number)
    if kind == "parameter":
        raise ParameterError("dim must be >= 1, got 0")
    if kind == "full":
        with files.output("npy") as path, path.open("wb") as file, Path("/dev/full").open("wb") as full:
            file.write(b"begun")
            full.write(b"x" * 100_000)
    raise ZeroDivisionError("by design")


@task(version=1)
def shout(files):
    """Print, which must not disturb the answers."""
    print("noise" * 10)
    return {}


@task(version=1)
def slow(files, *, number, seconds):
    """Take a while, then write."""
    time.sleep(seconds)
    with files.output("txt") as path:
        path.write_text(str(number))
    return {}


@task(version=1)
def threads(files):
    """Return how many threads the task may use."""
    return {"threads": resolve_threads()}


@task(version=1)
def group(files):
    """Say which group of processes this one belongs to."""
    return {"group": os.getpgrp()}
