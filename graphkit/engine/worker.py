"""A worker: runs orders that come as lines of JSON, until there are no more."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from graphkit.engine.failure import described
from graphkit.engine.files import TaskFiles
from graphkit.engine.ranks import LostRankError, Rank
from graphkit.engine.task import find_task
from graphkit.files.mapped import check_maps, handle_bus_errors
from graphkit.lazy import start_numba


def executed(order: dict[str, Any], rank: Rank | None = None) -> dict[str, Any]:
    """Run an order, on ``threads`` threads if it says so, alone or as a rank; return its outcome's fields."""
    if "threads" in order:
        os.environ["GRAPHKIT_NUM_THREADS"] = str(order["threads"])
    files = TaskFiles(Path(order["work"]), order["stem"])
    began = time.perf_counter()
    outcome: dict[str, Any] = {"number": order["number"]}
    try:
        given = order["arguments"] | ({} if rank is None else {"rank": rank})
        outcome["result"] = find_task(order["task"])(files, **given)
        check_maps()
        outcome["outputs"], outcome["spent"] = files.outputs, files.spent
    except LostRankError as error:
        outcome["lost"] = str(error)
    except Exception as error:
        outcome["error"] = described(error)
    outcome["seconds"] = time.perf_counter() - began
    return outcome


def main() -> None:
    """Answer orders on standard output until standard input ends, which ends a task under way too."""
    # What tasks print must not mix with the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    start_numba()
    handle_bus_errors()
    orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, orders), daemon=True).start()
    while True:
        answers.write(json.dumps(executed(orders.get())).encode() + b"\n")
        answers.flush()


def _listen(stream: IO[bytes], orders: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Pass on orders; without a driver there is nobody to work for."""
    for line in stream:
        orders.put(json.loads(line))
    os._exit(0)


if __name__ == "__main__":
    main()
