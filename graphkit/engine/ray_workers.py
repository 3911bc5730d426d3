"""Workers on Ray: actors of one CPU each, which run order after order.

An order goes straight to its worker, which keeps its process: for a task of Ray's own the scheduler is asked
each time, which takes some milliseconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphkit.engine.pool import Order, Outcome
from graphkit.errors import RunError
from graphkit.lazy import start_numba

_START_SECONDS = 60.0
"""How long an order that is alone waits for a worker on the largest node, whose CPUs others may have."""

_END_SECONDS = 3.0
"""How long workers that end may hold their CPUs: who comes next is not placed well until these are free."""

_MOST_FAILED = 100
"""Workers that may die while they start, one after the other, as they do when nodes go."""

Nodes = dict[str, int]
"""The CPUs of each node that is there, by its id."""


class WorkerActor:
    """One worker, a process of Ray's.

    Parameters
    ----------
    answer
        Runs an order, from JSON to JSON.
    """

    def __init__(self, answer: Callable[[str], str]):
        start_numba()
        self._answer = answer

    def node(self) -> str:
        """Return the id of the node that this is on."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    def run(self, order: str) -> str:
        """Run an order."""
        return self._answer(order)


@dataclass(eq=False)
class _Worker:
    """An actor that is there, its node, and the orders that it has, by Ray's references, the oldest first."""

    actor: Any
    node: str
    orders: dict[Any, Order] = field(default_factory=dict)

    @property
    def may_queue(self) -> bool:
        """Whether another order may be given ahead: it has one, which will not take longer than others."""
        return len(self.orders) == 1 and all(order.side_by_side > 1 for order in self.orders.values())


class RayWorkers:
    """The workers of a driver, on all nodes.

    Parameters
    ----------
    ray
        The module.
    answer
        Runs an order.
    as_json
        What a worker is told: of an order, and the threads that it may use.
    """

    def __init__(self, ray: Any, answer: Callable[[str], str], as_json: Callable[[Order, int], str]):
        self._ray, self._answer, self._as_json = ray, answer, as_json
        options = {"num_cpus": 1, "max_restarts": 0, "scheduling_strategy": "SPREAD"}
        self._actor_class: Any = ray.remote(**options)(WorkerActor)
        self._starting: dict[Any, tuple[Any, float]] = {}
        self._failed = 0
        self._workers: list[_Worker] = []
        self._worker_of: dict[Any, _Worker] = {}

    @property
    def pending(self) -> list[Any]:
        """Ray's references to what has not come: answers, and where those who start are."""
        return [*self._worker_of, *self._starting]

    @property
    def are_idle(self) -> bool:
        """Whether no worker has an order."""
        return not self._worker_of

    def fill(self, cpus: int) -> None:
        """Start workers until there is one for each CPU; they wait for a CPU that is free."""
        for _ in range(cpus - len(self._workers) - len(self._starting)):
            actor = self._actor_class.remote(self._answer)
            self._starting[actor.node.remote()] = actor, time.monotonic()

    def leave(self, nodes: Nodes) -> None:
        """Forget workers without an order whose nodes are gone."""
        self._workers = [worker for worker in self._workers if worker.orders or worker.node in nodes]

    def take(self, order: Order, nodes: Nodes, *, ahead: bool) -> bool:
        """Give an order to a worker, `ahead` to one that is busy too; return whether one was found.

        One that is alone gets all threads of the largest node.
        """
        worker = self._alone(nodes) if order.side_by_side == 1 else self._next(ahead)
        if worker is None:
            return False
        threads = nodes.get(worker.node, 1) if order.side_by_side == 1 else 1
        reference = worker.actor.run.remote(self._as_json(order, threads))
        worker.orders[reference] = order
        self._worker_of[reference] = worker
        return True

    def heard(self, references: Sequence[Any]) -> tuple[list[Outcome], list[Order]]:
        """Take what has come; return the outcomes, and the orders of workers that died before they began.

        Raises
        ------
        RunError
            If worker after worker dies while it starts.
        """
        outcomes, again = [], []
        for reference in references:
            try:
                said = self._ray.get(reference)
            except self._ray.exceptions.RayError as error:
                lost, not_begun = self._mourned(reference, str(error).strip().splitlines())
                outcomes += lost
                again += not_begun
                continue
            if reference in self._starting:
                actor, _ = self._starting.pop(reference)
                self._workers.append(_Worker(actor, said))
                self._failed = 0
            else:
                del self._worker_of.pop(reference).orders[reference]
                outcomes.append(Outcome(**json.loads(said)))
        return outcomes, again

    def end(self) -> None:
        """End all workers, none of which has an order, and wait a little until their CPUs are free."""
        actors = [worker.actor for worker in self._workers] + [actor for actor, _ in self._starting.values()]
        # Those that start may have none yet.
        wanted = min(self._ray.cluster_resources().get("CPU", 0), self._free_cpus() + len(actors))
        for actor in actors:
            self._ray.kill(actor)
        self._workers.clear()
        self._starting.clear()
        until = time.monotonic() + _END_SECONDS
        while self._free_cpus() < wanted and time.monotonic() < until:
            time.sleep(0.02)

    def _free_cpus(self) -> float:
        return float(self._ray.available_resources().get("CPU", 0))

    def _next(self, ahead: bool) -> _Worker | None:
        free = (worker for worker in self._workers if not worker.orders)
        busy = (worker for worker in self._workers if ahead and worker.may_queue)
        return next(free, None) or next(busy, None)

    def _alone(self, nodes: Nodes) -> _Worker | None:
        """A worker without an order on the largest node, of those that have workers if others take long."""
        late = time.monotonic() - _START_SECONDS
        largest = max((nodes.get(worker.node, 0) for worker in self._workers), default=0)
        if largest < max(nodes.values(), default=0) and any(
            since > late for _, since in self._starting.values()
        ):
            return None
        free = (worker for worker in self._workers if not worker.orders)
        return next((worker for worker in free if nodes.get(worker.node, 0) == largest), None)

    def _mourned(self, reference: Any, why: list[str]) -> tuple[list[Outcome], list[Order]]:
        """Of a worker that is dead, the loss of the order that it ran, and those that it had not begun."""
        if self._starting.pop(reference, None) is not None:
            self._failed += 1
            if self._failed > _MOST_FAILED:
                raise RunError(f"on Ray no worker starts: {why[-1]}")
            return [], []
        if reference not in self._worker_of:
            return [], []
        worker = self._worker_of[reference]
        self._workers.remove(worker)
        # Without effect on a dead one; one that only could not be reached must not go on.
        self._ray.kill(worker.actor)
        for other in worker.orders:
            del self._worker_of[other]
        # Their node may be gone, which they would only say when they have an order.
        for idle in [other for other in self._workers if other.node == worker.node and not other.orders]:
            self._workers.remove(idle)
            self._ray.kill(idle.actor)
        running, *not_begun = worker.orders.values()
        return [Outcome(running.number, lost=why[0])], not_begun
