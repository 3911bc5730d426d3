"""Tasks that ranks run together, for the tests of engines."""

import json
import os
import signal
import time

import numpy as np

from graphkit.engine import task
from graphkit.errors import InputError
from graphkit.outofcore.rank_ring import ring_of
from graphkit.parallel import resolve_threads


@task(version=1)
def passed_on(files, *, rank, doomed):
    """Pass the own number on, and write the one that came; one rank dies in the ring, the first time."""
    with ring_of(rank) as ring:
        mark = files.work.parent / "died"
        if rank.number == doomed and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        behind = (rank.number + 1) % rank.size
        mine = {rank.number: np.full((1, 1), rank.number, np.float32)}
        received = ring.pass_on(mine, {behind: (1, 1)})[behind]
    with files.output(f"{rank.number}.npy") as path, path.open("wb") as file:
        np.save(file, received[0, 0])
    return {"received": int(received[0, 0]), "size": ring.size}


@task(version=1)
def long(files, *, rank):
    """Pass on for a minute, the first time."""
    mark = files.work.parent / "together"
    rounds = 1 if mark.exists() else 600
    with ring_of(rank) as ring:
        for _ in range(rounds):
            mine = {rank.number: np.zeros((1, 1), np.float32)}
            ring.pass_on(mine, {rank.number: (1, 1)})
            mark.touch()
            time.sleep(0.1)
    return {"size": ring.size}


@task(version=1)
def refuse(files, *, rank):
    """Find a mistake, as rank 1."""
    with ring_of(rank):
        if rank.number == 1:
            raise InputError("is bad", "some-file", 7)
    return {}


@task(version=1)
def where(files, *, rank):
    """Write on which node a rank is, and what it knows."""
    import ray

    facts = {
        "node": ray.get_runtime_context().get_node_id(),
        "threads": resolve_threads(),
        "address": rank.address,
        "meeting": rank.meeting,
    }
    with files.output(f"{rank.number}.json") as path:
        path.write_text(json.dumps(facts))
    return facts
