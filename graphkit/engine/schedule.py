"""Which tasks of several stages may run now."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from graphkit.engine.manifest import Manifest
from graphkit.engine.pool import Order
from graphkit.engine.stage import Plan, Stage, stem


class Schedule:
    """The tasks of stages that are not done: given out once the stages are done that theirs needs.

    Stages that need nothing of each other run side by side; an earlier one goes first.

    Parameters
    ----------
    plans
        The stages, each behind those of them that it needs.
    manifest
        Says which of their tasks are done.
    work
        The work folder.
    """

    def __init__(self, plans: Sequence[Plan], manifest: Manifest, work: str):
        self._work = work
        self._plans = list(plans)
        self._tasks = [(plan, number) for plan in plans for number in range(len(plan.keys))]
        self._results = {
            plan.name: {
                number: result
                for number, key in enumerate(plan.keys)
                if (result := manifest.result(key)) is not None
            }
            for plan in plans
        }
        self._waiting: dict[str, deque[int]] = {plan.name: deque() for plan in plans}
        for place, (plan, number) in enumerate(self._tasks):
            if number not in self._results[plan.name]:
                self._waiting[plan.name].append(place)

    def next(self) -> Order | None:
        """Return the next order that may run; None if there is none, or those left wait for one that runs."""
        for plan in self._plans:
            if self._waiting[plan.name] and all(map(self.is_done, plan.after)):
                return self._order(self._waiting[plan.name].popleft())
        return None

    def again(self, place: int) -> None:
        """Give out an order's task again, as the next of its stage."""
        plan, _ = self._tasks[place]
        self._waiting[plan.name].appendleft(place)

    def task(self, place: int) -> tuple[Plan, int]:
        """Return the stage of an order, and which of its tasks it is."""
        return self._tasks[place]

    def note(self, place: int, result: dict[str, Any]) -> None:
        """Take note that an order is done."""
        plan, number = self._tasks[place]
        self._results[plan.name][number] = result

    def num_done(self, plan: Plan) -> int:
        """Return how many tasks of a stage are done."""
        return len(self._results[plan.name])

    def is_done(self, plan: Plan) -> bool:
        """Whether all tasks of a stage are done; of one that is not among them nothing is to be done."""
        return plan.name not in self._results or self.num_done(plan) == len(plan.keys)

    def stage(self, plan: Plan) -> Stage:
        """Return a stage that is done."""
        results = tuple(self._results[plan.name][number] for number in range(len(plan.keys)))
        return Stage(**vars(plan) | {"results": results})

    def _order(self, place: int) -> Order:
        plan, number = self._tasks[place]
        arguments, name = plan.arguments[number], stem(plan.name, number)
        return Order(place, plan.task.name, arguments, self._work, name, len(plan.keys), plan.ranks)
