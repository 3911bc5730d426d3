"""The long form: `make campaign MINUTES=60`.

Kinds of trials take turns, each group as long as its share of the time. Faults are kept in a folder as they
come: the input of a damaged file, else its seed. In the end there is a table of what was tried, and the exit
code is 1 if anything failed.
"""

import argparse
import contextlib
import itertools
import multiprocessing
import os
import sys
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from support.small_disk import SmallDisk

from campaign import bombs
from campaign.call_trials import CALLED, call
from campaign.children import COMPILING, Fault, tried
from campaign.file_trials import TRIALS, forked_mat_reader, make_trial
from campaign.full_disks import ROOM, FullDisks
from campaign.jobs import JOBS, in_one_process, make_inputs
from campaign.kills import Kills
from graphkit.errors import GraphkitError

TURN = 4.0
"""Seconds of one kind before the next one."""

WARM_UP = 60
"""Calls at the beginning that may be slow, since kernels are compiled."""

APART = 10**9
"""Seeds that one campaign has before those of the next."""

MOST = 1 << 62


@dataclass
class Group:
    """Kinds that are counted together; `share` of the time is theirs."""

    name: str
    share: float
    kinds: dict
    spent: float = 0.0
    counts: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)

    def __post_init__(self):
        self._turns = itertools.cycle(self.kinds)

    def take_turn(self):
        """Try the next kind for a while; return the faults that it had."""
        kind, began = next(self._turns), time.monotonic()
        count, faults = self.kinds[kind](TURN)
        self.counts[kind] = self.counts.get(kind, 0) + count
        self.spent += time.monotonic() - began
        self.faults += [(kind, fault) for fault in faults]
        return [(kind, fault) for fault in faults]


class Trials:
    """Files or calls of a kind, with numbers that go up."""

    def __init__(self, run, first):
        self._run, self._next = run, first

    def __call__(self, seconds):
        begin = self._next
        self._next, faults = tried(self._run, begin, MOST, GraphkitError, seconds)
        return self._next - begin, faults


class DiskTrials:
    """Sizes of disks for a job, in steps that become finer."""

    def __init__(self, make):
        self._make, self._made, self._round = make, None, 0
        self._sizes = iter(())

    def __call__(self, seconds):
        self._made = self._made or self._make()
        until, count, faults = time.monotonic() + seconds, 0, []
        while time.monotonic() < until:
            size = next(self._sizes, None)
            if size is None:
                self._round += 1
                self._sizes = iter(self._made.sizes(5 * self._round + self._round % 2))
                continue
            fault, _ = self._made.fault(size)
            count += 1
            faults += [Fault(size, fault)] if fault else []
        return count, faults


class BombTrials:
    """All bombs, once."""

    def __init__(self, folder):
        self._folder, self._left = folder, list(bombs.BOMBS)

    def __call__(self, seconds):
        until, count, faults = time.monotonic() + seconds, 0, []
        while self._left and time.monotonic() < until:
            name = self._left.pop()
            fault = bombs.fault(name, self._folder)
            count += 1
            faults += [Fault(name, fault)] if fault else []
        return count, faults


class KillTrials:
    """Runs of a job that are killed."""

    def __init__(self, make, first):
        self._make, self._made, self._next = make, None, first

    def __call__(self, seconds):
        self._made = self._made or self._make()
        until, count, faults = time.monotonic() + seconds, 0, []
        while time.monotonic() < until:
            fault, kills = self._made.fault(self._next)
            count += kills
            faults += [Fault(self._next, fault)] if fault else []
            self._next += 1
        return count, faults


def groups_in(folder, first, disk):
    """All that is tried, with files in a folder and seeds from `first` on."""
    inputs = folder / "inputs"
    inputs.mkdir()
    make_inputs(inputs)
    files = {name: make_trial(name, folder / f"file-{place}") for place, name in enumerate(TRIALS)}
    kills = {job: folder / f"kill-{place}" for place, job in enumerate(JOBS)}
    for place in kills.values():
        place.mkdir()
    groups = [
        Group("files", 0.68, {name: Trials(trial.run, first) for name, trial in files.items()}),
        Group("bombs", 0.02, {"all": BombTrials(folder)}),
        Group("calls", 0.12, {name: Trials(partial(call, name), first) for name in CALLED}),
        Group(
            "kills",
            0.1,
            {job: KillTrials(partial(Kills, job, inputs, kills[job]), first) for job in JOBS},
        ),
    ]
    if disk is not None:
        made = {job: DiskTrials(partial(FullDisks, job, inputs, disk, folder)) for job in JOBS}
        groups.append(Group("disks", 0.1, made))
    return groups, files


def keep(folder, group, kind, fault, files):
    """Write down what failed."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{group.name}-{kind}-{fault.trial}".replace("/", "-").replace(" ", "-")
    (folder / f"{stem}.log").write_text(f"{group.name}, {kind}, {fault.trial}:\n{fault.what}\n")
    if group.name == "files":
        (folder / f"{stem}.content").write_bytes(files[kind].content(fault.trial))
    print(f"FAULT {group.name}, {kind}, {fault.trial}: {fault.what.strip().splitlines()[-1]}", flush=True)


@dataclass
class Tally:
    """What a group had tried in the end."""

    name: str
    spent: float
    counts: dict
    faults: list

    def __add__(self, other):
        counts = {
            kind: self.counts.get(kind, 0) + other.counts.get(kind, 0) for kind in self.counts | other.counts
        }
        return Tally(self.name, self.spent + other.spent, counts, self.faults + other.faults)


def report(tallies):
    """Print how much was tried."""
    for tally in tallies:
        total = sum(tally.counts.values())
        print(f"{tally.name}: {total:,} tried, {len(tally.faults)} faults, {tally.spent:.0f} s")
        for kind, count in tally.counts.items():
            bad = sum(name == kind for name, _ in tally.faults)
            print(f"    {kind}: {count:,}" + (f", {bad} FAULTS" if bad else ""))
    sys.stdout.flush()


@contextlib.contextmanager
def small_disk(folder):
    """A disk of any size, or None where none can be mounted."""
    try:
        made = SmallDisk(folder, ROOM)
    except OSError as error:
        print(f"no full disks, since no file system can be mounted here: {error}")
        yield None
        return
    try:
        yield made
    finally:
        made.close()


def campaign(minutes, first, faults):
    """Try for so long, with seeds from `first` on; return a tally of each group."""
    warnings.simplefilter("ignore")
    with (
        tempfile.TemporaryDirectory() as name,
        small_disk(Path(name) / "disk") as disk,
        in_one_process(),
        forked_mat_reader(),
    ):
        groups, files = groups_in(Path(name), first, disk)
        for kind in CALLED:
            # Compiled kernels are kept on the disk.
            tried(partial(call, kind), 0, WARM_UP, Exception, cpu_seconds=COMPILING, again=False)
            with contextlib.suppress(GraphkitError):
                call(kind, 0)
        end = time.monotonic() + 60 * minutes
        with contextlib.suppress(KeyboardInterrupt):
            while time.monotonic() < end:
                group = min(groups, key=lambda group: group.spent / group.share)
                for kind, fault in group.take_turn():
                    keep(faults, group, kind, fault, files)
        return [Tally(group.name, group.spent, group.counts, group.faults) for group in groups]


def main():
    parser = argparse.ArgumentParser(prog="campaign", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count(), help="campaigns side by side (default: cores)"
    )
    parser.add_argument("--seed", type=int, default=1000, help="where the seeds of trials begin")
    parser.add_argument(
        "--faults", type=Path, default=Path("campaign-faults"), help="folder to keep inputs in"
    )
    arguments = parser.parse_args()
    # Each in a process of its own, begun anew: a campaign forks.
    with ProcessPoolExecutor(arguments.jobs, multiprocessing.get_context("spawn")) as pool:
        firsts = [arguments.seed + APART * place for place in range(arguments.jobs)]
        run = partial(campaign, arguments.minutes, faults=arguments.faults)
        tallies = [sum(same[1:], start=same[0]) for same in zip(*pool.map(run, firsts), strict=True)]
    report(tallies)
    return int(any(tally.faults for tally in tallies))
