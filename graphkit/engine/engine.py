"""Engine: runs the stages of a job, only what is not done yet, and again what was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from graphkit.checks import check_choice, check_whole
from graphkit.engine.failure import KEPT, rebuilt
from graphkit.engine.folder import RunFolder
from graphkit.engine.local import LocalPool
from graphkit.engine.manifest import FINISHED
from graphkit.engine.pool import Outcome, Pool
from graphkit.engine.ranks import Ranks
from graphkit.engine.schedule import Schedule
from graphkit.engine.stage import Plan, Stage
from graphkit.engine.task import Task
from graphkit.errors import GraphkitError, ParameterError, RunError
from graphkit.files.atomic import PathLike
from graphkit.files.digests import digest
from graphkit.parallel import resolve_threads
from graphkit.progress import Progress

ENGINES = ("local", "ray")

RETRIES = 5
"""How often a task runs again whose worker was lost."""

ORDERS_PER_SLOT = 4
"""Orders given out at a time: enough to keep workers busy, few enough for any number of tasks."""


class Engine:
    """Runs a job as tasks that go from file to file.

    Parameters
    ----------
    kind
        ``"local"``: processes of this machine. ``"ray"``: actors of Ray, on the nodes of a cluster, all of
        which have the same graphkit, and see the input and the work folder under the same paths.
    work
        The work folder, for what is written in between; on a disk with room. One run has one folder, and
        goes on from what is there: after a crash, the same call again repeats only what is missing.
    workers
        Processes side by side, >= 1; None for one a core, or for what a cluster has. The result is the same
        on any number.
    address
        Of Ray: ``"host:port"`` of a cluster's head, or ``"auto"`` on one of its nodes; None starts Ray on
        this machine alone.
    insecure
        Whether a Ray that other machines reach is taken although it asks for no token.
    progress
        Called with (stage, tasks done, tasks).

    Raises
    ------
    ParameterError
        For an unknown kind, fewer than one worker, a parameter without effect, or an address of other
        machines without a token.
    InputError
        If the work folder holds something else, or another process works in it.
    MissingDependencyError, RunError
        If Ray is not installed; if no Ray answers.

    Notes
    -----
    A task that its worker does not survive is run again, up to five times; what a task raises ends the
    run at once, and is raised here. Workers are ordinary processes that get their orders as JSON; nothing
    is pickled, and a script that makes an engine needs no ``if __name__ == "__main__"``. Linux and macOS.

    Examples
    --------
    >>> import tempfile
    >>> with Engine("local", work=tempfile.mkdtemp(), workers=2) as engine:
    ...     engine.workers
    2
    """

    def __init__(
        self,
        kind: str = "local",
        *,
        work: PathLike,
        workers: int | None = None,
        address: str | None = None,
        insecure: bool = False,
        progress: Progress | None = None,
    ):
        check_choice("engine", kind, ENGINES)
        if workers is not None:
            check_whole("workers", workers, 1)
        self.kind, self.progress = kind, progress
        self.folder = RunFolder(work)
        try:
            self._pool = _pool(kind, workers, address, insecure)
        except GraphkitError:
            self.folder.release()
            raise
        self.workers = self._pool.slots
        self._run: str | None = None
        self._spent: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._run is not None:
                self.folder.manifest.append(FINISHED)
        finally:
            self.close()

    def begin(self, command: str, parameters: dict[str, Any], inputs: dict[str, Any]) -> None:
        """Say what the run is; see `RunFolder.claim`."""
        self._run = self.folder.claim(command, parameters, inputs)

    def map(
        self,
        stage: str,
        task: Task,
        arguments: Sequence[dict[str, Any]],
        *,
        after: Sequence[Plan] = (),
        ranks: Ranks | None = None,
    ) -> Stage:
        """Run a task once for each set of arguments, and return when all are done: `run` of a `plan`."""
        return self.run(self.plan(stage, task, arguments, after=after, ranks=ranks))

    def plan(
        self,
        stage: str,
        task: Task,
        arguments: Sequence[dict[str, Any]],
        *,
        after: Sequence[Plan] = (),
        discards: Sequence[Plan] = (),
        ranks: Ranks | None = None,
    ) -> Plan:
        """Describe a stage without running it.

        Parameters
        ----------
        stage
            A name of its own within the run.
        task
            The task.
        arguments
            Its arguments, as JSON can hold them.
        after
            The stages whose files it reads: what they write is part of what this stage is.
        discards
            Stages whose files nothing needs any more when this one is done, whatever else runs.
        ranks
            The processes that run each task together, each with its `Rank` as the argument ``rank``; they
            are no part of what the stage is, so that it goes on with others. None for one process alone.

        Raises
        ------
        ParameterError
            If there is no room for so many ranks.
        """
        if ranks is not None:
            self._pool.check_ranks(ranks)
        if self._run is None:
            raise RunError("an engine must be told what runs before its first stage")
        before = digest([self._run, *(earlier.keys for earlier in after)])
        # By number too: a task that another equals has files of its own.
        keys = [
            digest([before, stage, number, task.name, task.version, given])
            for number, given in enumerate(arguments)
        ]
        return Plan(stage, task, list(arguments), keys, tuple(after), tuple(discards), ranks)

    def run(self, plan: Plan) -> Stage:
        """Run those tasks of a stage that are not done; the stages before it are.

        Raises
        ------
        GraphkitError
            What a task raised, the first in the order of the arguments.
        RunError
            If a task lost its worker six times.
        """
        return self._finished([plan]).stage(plan)

    def ensure(self, plan: Plan) -> Stage:
        """Run a stage, and before it those that it needs: what is there already needs none.

        Stages that need nothing of each other run side by side. Those whose files were discarded are run
        again only if those that needed them are not done.
        """
        return self._finished(self._needed(plan)).stage(plan)

    def is_done(self, plan: Plan) -> bool:
        """Whether all tasks of a stage are done and their files are there."""
        return all(self.folder.manifest.result(key) is not None for key in plan.keys)

    def clear(self) -> None:
        """Remove what tasks have written, when the result is elsewhere."""
        self.folder.clear()

    def close(self) -> None:
        """End the workers and let others work in the folder."""
        self._pool.close()
        self.folder.release()

    def _needed(self, plan: Plan) -> list[Plan]:
        """A stage, behind those that it needs, each once."""
        found: dict[str, Plan] = {}

        def find(needed: Plan) -> None:
            if needed.name in found:
                return
            for earlier in () if self.is_done(needed) else needed.after:
                find(earlier)
            found[needed.name] = needed

        find(plan)
        return list(found.values())

    def _finished(self, plans: list[Plan]) -> Schedule:
        """Run the tasks of stages, each behind those that it needs, to their end."""
        # What a run spent that was killed before it was removed goes before anything can write it again.
        self._spent += [
            path for plan in plans for key in plan.keys for path in self.folder.manifest.spent(key)
        ]
        self._remove_spent()
        schedule = Schedule(plans, self.folder.manifest, str(self.folder.path))
        for plan in filter(schedule.is_done, plans):
            self._tell(plan, len(plan.keys))
            self._discard(plan)
        begun, lost, running, errors = set[str](), Counter[int](), 0, dict[int, GraphkitError]()
        while True:
            while not errors and running < ORDERS_PER_SLOT * self._pool.slots and (order := schedule.next()):
                plan, _ = schedule.task(order.number)
                if plan.name not in begun:
                    begun.add(plan.name)
                    self.folder.manifest.append({"stage": plan.name, "tasks": len(plan.keys)})
                self._pool.submit(order)
                running += 1
            # While workers are busy: a disk takes its time to remove a file.
            self._remove_spent()
            if not running:
                break
            for outcome in self._pool.wait():
                running -= 1
                plan, number = schedule.task(outcome.number)
                if outcome.error is not None:
                    errors[outcome.number] = rebuilt(outcome.error, plan.name)
                elif outcome.lost is None:
                    self._record(plan, number, outcome)
                    schedule.note(outcome.number, outcome.result)
                    self._tell(plan, schedule.num_done(plan))
                    if schedule.is_done(plan):
                        self._discard(plan)
                elif (lost.update([outcome.number]) or lost[outcome.number]) > RETRIES:
                    errors[outcome.number] = _given_up(plan, number, outcome, lost[outcome.number])
                else:
                    schedule.again(outcome.number)
            if errors:
                running -= self._pool.withdraw()
        if errors:
            raise errors[min(errors)]
        return schedule

    def _tell(self, plan: Plan, num_done: int) -> None:
        if self.progress is not None:
            self.progress(plan.name, num_done, len(plan.keys))

    def _discard(self, plan: Plan) -> None:
        for spent in plan.discards:
            for key in spent.keys:
                self._spent += self.folder.manifest.outputs(key)

    def _remove_spent(self) -> None:
        while self._spent:
            (self.folder.path / self._spent.pop()).unlink(missing_ok=True)

    def _record(self, plan: Plan, number: int, outcome: Outcome) -> None:
        self.folder.manifest.append(
            {
                "key": plan.keys[number],
                "stage": plan.name,
                "number": number,
                "result": outcome.result,
                "outputs": outcome.outputs,
                "spent": outcome.spent,
                "seconds": round(outcome.seconds, 3),
            }
        )
        self._spent += outcome.spent


def _pool(kind: str, workers: int | None, address: str | None, insecure: bool) -> Pool:
    if kind == "ray":
        from graphkit.engine.ray_pool import RayPool

        if address is not None and workers is not None:
            raise ParameterError("workers has no effect with an address: a cluster has the CPUs it has")
        return RayPool(address, insecure=insecure, workers=workers)
    if address is not None or insecure:
        raise ParameterError(f"{'insecure' if address is None else 'address'} has no effect without Ray")
    return LocalPool(resolve_threads(workers))


def _given_up(plan: Plan, number: int, outcome: Outcome, times: int) -> RunError:
    if plan.ranks is not None:
        return RunError(
            f"task {number} of the stage {plan.name} lost one of its ranks {times} times, at last: "
            f"{outcome.lost}; {KEPT}"
        )
    return RunError(
        f"task {number} of the stage {plan.name} lost its worker {times} times, at last: {outcome.lost}; "
        f"killed by the system, it lacked memory, and fewer workers need less; {KEPT}"
    )
