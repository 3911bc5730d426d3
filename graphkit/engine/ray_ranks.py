"""Ranks on Ray: actors in a placement group, which run an order together and live or die together.

Ray chooses the nodes and says where number 0 listens. All else ranks say to each other themselves, so that
nothing but orders and answers goes through Ray.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from graphkit.engine.failure import described
from graphkit.engine.pool import Order, Outcome
from graphkit.engine.ranks import Rank, Ranks
from graphkit.errors import RunError

_JOIN_SECONDS = 60.0
"""How long ranks wait for nodes to take the place of those that are gone."""

Nodes = Sequence[dict[str, float]]
"""The resources of each node that is there."""


def most_ranks(nodes: Nodes, cpus: int, *, gpu: bool) -> int:
    """Return how many ranks of so many CPUs, and of a GPU each if asked for, the nodes have room for.

    Examples
    --------
    >>> nodes = [{"CPU": 8.0, "GPU": 1.0}, {"CPU": 5.0}]
    >>> most_ranks(nodes, 2, gpu=False), most_ranks(nodes, 2, gpu=True)
    (6, 1)
    """
    return sum(
        min(int(node.get("CPU", 0)) // cpus, int(node.get("GPU", 0)) if gpu else 1 << 30) for node in nodes
    )


def cpus_of_a_rank(nodes: Nodes, ranks: Ranks) -> int:
    """Return the most CPUs that each of so many ranks can have; 0 if they have no room.

    Examples
    --------
    >>> nodes = [{"CPU": 8.0}, {"CPU": 5.0}]
    >>> [cpus_of_a_rank(nodes, Ranks(count)) for count in (1, 2, 3, 13, 14)]
    [8, 5, 4, 1, 0]
    """
    largest = max([0, *(int(node.get("CPU", 0)) for node in nodes)])
    sizes = range(largest, 0, -1)
    return next((cpus for cpus in sizes if most_ranks(nodes, cpus, gpu=ranks.gpu) >= ranks.count), 0)


class RankActor:
    """One rank, a process of Ray's.

    Parameters
    ----------
    answer
        Runs an order as a rank, from JSON to JSON.
    """

    def __init__(self, answer: Callable[[str, Rank], str]):
        from ray.util import get_node_ip_address

        self._answer = answer
        self._address: str = get_node_ip_address()  # type: ignore[no-untyped-call]
        self._listener: socket.socket | None = None

    def meet(self) -> tuple[str, int]:
        """Listen for the others, on this node's own address; return it, and the port."""
        self._listener = socket.create_server((self._address, 0))
        return self._address, self._listener.getsockname()[1]

    def run(self, order: str, number: int, size: int, meeting: tuple[str, int]) -> str:
        """Run an order with the others."""
        return self._answer(order, Rank(number, size, self._address, meeting, self._listener))


class RankGroup:
    """Ranks that run order after order, until one is lost or makes a mistake.

    Parameters
    ----------
    ray
        The module.
    ranks
        How many. Those with GPUs are packed on few nodes, others are spread over many.
    cpus
        Of each, >= 1.
    answer
        Runs an order as a rank.

    Attributes
    ----------
    ranks, cpus
        As given.
    pending
        Ray's references to the answers that have not come; none where nothing runs.
    """

    def __init__(self, ray: Any, ranks: Ranks, cpus: int, answer: Callable[..., str]):
        from ray.util.placement_group import placement_group

        self.ranks, self.cpus, self._ray = ranks, cpus, ray
        gpus = int(ranks.gpu)
        bundle = {"CPU": cpus} | ({"GPU": 1} if gpus else {})
        self._group = placement_group([bundle] * ranks.count, strategy="PACK" if gpus else "SPREAD")
        self._actors = [self._actor(place, gpus, answer) for place in range(ranks.count)]
        self.pending: list[Any] = []
        self._number, self._answers, self._since = 0, dict[int, Outcome](), time.monotonic()

    def run(self, order: Order, text: str) -> None:
        """Begin an order, which `text` is as JSON."""
        meeting = self._actors[0].meet.remote()
        size = self.ranks.count
        self.pending = [
            actor.run.remote(text, number, size, meeting) for number, actor in enumerate(self._actors)
        ]
        self._rank_of = {reference: number for number, reference in enumerate(self.pending)}
        self._number, self._answers, self._since = order.number, {}, time.monotonic()

    def heard(self, reference: Any) -> Outcome | None:
        """Take a rank's answer; return the outcome of the order if it is known now."""
        self.pending.remove(reference)
        try:
            answer = Outcome(**json.loads(self._ray.get(reference)))
        except self._ray.exceptions.RayError as error:
            answer = Outcome(self._number, lost=str(error).splitlines()[0])
        self._answers[self._rank_of[reference]] = answer
        return self._outcome() if answer.error is not None or not self.pending else None

    def overdue(self, nodes: Nodes) -> Outcome | None:
        """Return the outcome if no more answers are to be expected; asked when none has come for a while."""
        if any(answer.lost is not None for answer in self._answers.values()):
            return self._outcome()
        wanted, gpu = self.ranks.count, self.ranks.gpu
        if most_ranks(nodes, self.cpus, gpu=gpu) >= wanted or self._is_placed():
            return None
        if (most := most_ranks(nodes, 1, gpu=gpu)) >= wanted:
            return Outcome(self._number, lost="no nodes are left with so many CPUs")
        if time.monotonic() < self._since + _JOIN_SECONDS:
            return None
        gone = RunError(f"nodes are gone, and there is room for {most} of {wanted} ranks")
        return Outcome(self._number, error=described(gone))

    def end(self) -> None:
        """End all ranks, whatever they are doing."""
        from ray.util import remove_placement_group

        remove_placement_group(self._group)
        self._actors.clear()

    def _actor(self, place: int, gpus: int, answer: Callable[..., str]) -> Any:
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        where = PlacementGroupSchedulingStrategy(self._group, placement_group_bundle_index=place)
        options = {"num_cpus": self.cpus, "num_gpus": gpus, "max_restarts": 0, "scheduling_strategy": where}
        return self._ray.remote(**options)(RankActor).remote(answer)

    def _is_placed(self) -> bool:
        from ray.util import placement_group_table

        return bool(placement_group_table(self._group)["state"] == "CREATED")

    def _outcome(self) -> Outcome:
        """What all ranks said is: a mistake first of all, for by it the others lost the one that made it."""
        answers = list(self._answers.values())
        for kind in ("error", "lost"):
            for answer in answers:
                if getattr(answer, kind) is not None:
                    return answer
        outputs = {path: size for answer in answers for path, size in answer.outputs.items()}
        spent = [path for answer in answers for path in answer.spent]
        seconds = max(answer.seconds for answer in answers)
        return replace(self._answers[0], outputs=outputs, spent=spent, seconds=seconds)
