"""Parameters of one method for one graph, chosen on one part of what is known and tested on another.

J. Bergstra, Y. Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13 (2012): settings come in
random order, so that a few of them say more of each parameter than a grid of as many.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from graphkit.checks import as_seconds, kind_of
from graphkit.errors import GraphkitError, ParameterError, unknown_choice
from graphkit.evaluation.budget import Budget
from graphkit.evaluation.comparison_runs import Contender, Protocol
from graphkit.evaluation.kept_scores import KeptScores
from graphkit.evaluation.negatives import Negatives
from graphkit.evaluation.tuning_grids import WORTH_TRYING
from graphkit.evaluation.tuning_result import TRIAL_FORM, Trial, Tuning
from graphkit.evaluation.tuning_tasks import LinkTask, NodeTask, TuningTask
from graphkit.files.atomic import PathLike
from graphkit.graph.graph import Graph, check_graph
from graphkit.methods.base import Embedder
from graphkit.methods.registry import find_method
from graphkit.parameters import Count, Time, check_declared
from graphkit.seeds import Seed, Stream, generator

if TYPE_CHECKING:
    from graphkit.embedding import Embedding
    from graphkit.progress import Progress

MOST_SETTINGS = 1 << 20

_NOT_SEARCHED = ("seed", "num_threads", "backend")


def tune(
    graph: Graph,
    labels: Any = None,
    *,
    method: str | Embedder,
    search: Mapping[str, Sequence[Any]] | None = None,
    trials: Count = 20,
    budget: Time | None = None,
    dim: Count = 128,
    train_ratio: float = 0.5,
    shuffles: int = 5,
    test_ratio: float = 0.2,
    negatives: Negatives = "degree",
    operator: str = "hadamard",
    keep_connected: bool = True,
    seed: Seed = 0,
    num_threads: Count | None = None,
    work: PathLike | None = None,
    progress: Progress | None = None,
) -> Tuning:
    """Choose the parameters of a method for a graph, by labels or else by links, and test the choice.

    Parameters
    ----------
    graph
        Any graph that the method takes.
    labels
        What nodes are classified by, as `node_classification` takes them; None for link prediction.
    method
        A name of the registry, or a method with parameters of its own: the first setting, which all others
        are held against.
    search
        Parameter → values to try, all with all; None for those that are worth trying with the method.
    trials
        Settings to try at most, >= 1: the first, then others in random order.
    budget
        Time for all of it, in seconds or as ``"10s"``, ``"2m"``, ``"1h"``; None for no bound. What the test
        needs is kept back.
    dim
        Columns of the vectors of a method that is given by name, >= 1.
    train_ratio
        Share of the labelled nodes that are not tested to train on, in (0, 1); the others validate.
    shuffles
        How often they are dealt out anew, >= 1.
    test_ratio
        Share of the labelled nodes, or of the edges, that is kept for the test, in (0, 1); of the edges left
        the same share validates.
    negatives
        Which pairs without an edge stand against the edges, as `split_edges` has them.
    operator
        How two vectors become the features or the score of a pair, as `link_prediction` has them.
    keep_connected
        Whether graphs without the edges that are taken out keep their components.
    seed
        Of the parts, of the order of settings and of each method, in [0, 2**64).
    num_threads
        >= 1, or None for all cores.
    work
        Folder that keeps each setting's scores: the same call again goes on from there. None for none.
    progress
        Called with ("tune", settings done, settings in all).

    Returns
    -------
    Tuning
        Settings, best first; the best one as a method that is not fitted, and the protocol in words.

    Raises
    ------
    ParameterError
        For an unknown method, parameter or operator, a value outside its range, a method that refuses the
        graph, or a budget too small for the first setting; the message says the least.
    InputError
        For labels that do not fit, or a graph with too few edges.

    Notes
    -----
    The best of many scores is too good by luck; hence the test, on nodes or edges that validated no setting.
    A setting that the method refuses is left out with its reason.

    References
    ----------
    Bergstra, Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012.

    Examples
    --------
    >>> import graphkit as gk
    >>> data = gk.datasets.load("karate_club")
    >>> found = tune(data.graph, data.labels, method="spectral", search={"power": [0.0, 1.0]}, dim=4)
    >>> len(found.trials), found.best.power in (None, 0.0, 1.0)
    (3, True)
    """
    check_graph(graph)
    check_declared(tune, locals())
    left = Budget(as_seconds("budget", budget))
    protocol = Protocol(train_ratio, shuffles, test_ratio, negatives, operator, keep_connected, num_threads)
    protocol.check(labels, graph.num_nodes)
    first = _first(method, dim, num_threads)
    settings = _settings(first, search, seed)
    task: TuningTask = (
        LinkTask(graph, protocol, seed) if labels is None else NodeTask(graph, labels, protocol, seed)
    )
    kept = KeptScores(
        work, graph, labels, asdict(protocol) | {"num_threads": None, "task": "tune"}, TRIAL_FORM
    )
    search_run = _Search(task, left, kept, seed)
    total = min(trials, settings.count + 1)
    chosen = [first, *(each for _, each in zip(range(total - 1), settings))]
    for done, each in enumerate(chosen):
        if progress is not None:
            progress("tune", done, total)
        search_run.run(Contender(each))
    if progress is not None:
        progress("tune", total, total)
    return search_run.result(Contender(first), _statement(graph, task, left, total, settings.count, seed))


class _Search:
    """Settings that were validated, and those that were not for which reason."""

    def __init__(self, task: TuningTask, budget: Budget, kept: KeptScores, seed: int):
        self._task, self._budget, self._kept, self._seed = task, budget, kept, seed
        self._trials: list[Trial] = []
        self._skipped: dict[str, str] = {}

    def run(self, contender: Contender) -> None:
        """Validate a setting, unless that has been done before, or there is no time."""
        found = self._kept.read(contender, self._seed)
        if found is None:
            try:
                found = self._validated(contender)
            except GraphkitError as error:
                if not self._trials:
                    raise
                self._skipped[contender.text] = str(error)
                return
            self._kept.write(contender, self._seed, found)
        self._trials.append(Trial(contender.text, contender.method, tuple(found["scores"]), found["seconds"]))

    def result(self, first: Contender, statement: str) -> Tuning:
        """Test the best setting and the first one."""
        begun = self._trials[0]
        ordered = sorted(self._trials, key=lambda trial: -trial.score[0])
        best_test = self._task.test(self._embedded(Contender(ordered[0].method), self._task.tested))
        first_test = (
            best_test if ordered[0] is begun else self._task.test(self._embedded(first, self._task.tested))
        )
        return Tuning(
            self._task.measure, tuple(ordered), self._skipped, begun, first_test, best_test, statement
        )

    def _validated(self, contender: Contender) -> dict[str, Any]:
        """Scores and seconds; raises where the method refuses the setting, or there is no time."""
        self._check_time(contender)
        if not self._trials:
            contender.warm_up(self._task.validated)
        vectors = self._embedded(contender, self._task.validated)
        return {"scores": self._task.validate(vectors), "seconds": vectors.info["seconds"]}

    def _embedded(self, contender: Contender, graph: Graph) -> Embedding:
        return contender.seeded(self._seed).embed(graph)

    def _check_time(self, contender: Contender) -> None:
        """Raise `ParameterError` if a setting, and the test of two behind it, would not end in time."""
        seconds = contender.method.estimate_for(self._task.validated).seconds
        needed = seconds + 2 * max([seconds, *(trial.seconds for trial in self._trials)])
        budget = self._budget
        if needed <= budget.left():
            return
        if not self._trials:
            raise ParameterError(
                f"budget={budget.seconds:g} s is too small for {contender.text}: with the test it takes "
                f"about {needed:.1f} s; raise the budget"
            )
        raise ParameterError(
            f"takes about {needed:.1f} s with the test, and {max(0.0, budget.left()):.1f} s of the budget of "
            f"{budget.seconds:g} s are left"
        )


class _Settings:
    """Other settings than the first, in random order."""

    def __init__(self, first: Embedder, search: Mapping[str, Sequence[Any]], seed: int):
        self._first, self._search, self._seed = first, search, seed
        self.count = sum(1 for number in range(self._total()) if self._given(number))

    def __iter__(self) -> Iterator[Embedder]:
        order = generator(self._seed, Stream.TUNING).permutation(self._total())
        for number in order.tolist():
            changed = self._given(number)
            if changed:
                yield type(self._first)(**self._first.get_params() | changed)

    def _total(self) -> int:
        return math.prod(len(values) for values in self._search.values())

    def _given(self, number: int) -> dict[str, Any]:
        """What a setting has that the first has not."""
        changed, own = {}, self._first.get_params()
        for name, values in self._search.items():
            number, place = divmod(number, len(values))
            if values[place] != own[name]:
                changed[name] = values[place]
        return changed


def _first(method: str | Embedder, dim: int, num_threads: int | None) -> Embedder:
    if isinstance(method, Embedder):
        return method
    made: Embedder = find_method(method)(dim=dim, num_threads=num_threads)
    if made.name == "auto":
        raise ParameterError("method='auto' chooses parameters by itself; name the method to tune")
    return made


def _settings(first: Embedder, search: Mapping[str, Sequence[Any]] | None, seed: int) -> _Settings:
    if search is None:
        if first.name not in WORTH_TRYING:
            raise ParameterError(f"search must name parameters of {first.name} and values to try")
        search = WORTH_TRYING[first.name]
    if not isinstance(search, Mapping) or not search:
        raise ParameterError(
            f"search must map parameters to the values to try, got {kind_of(search) if search else search!r}"
        )
    known = [name for name in first.parameters() if name not in _NOT_SEARCHED]
    listed = {}
    for name, values in search.items():
        if name not in known:
            raise unknown_choice(f"parameter of {first.name} to search", name, known)
        if isinstance(values, (str, bytes)) or not isinstance(values, Sequence) or not values:
            raise ParameterError(f"search[{name!r}] must list the values to try, got {values!r}")
        listed[name] = list(dict.fromkeys(_hashable(value) for value in values))
    total = math.prod(map(len, listed.values()))
    if total > MOST_SETTINGS:
        raise ParameterError(f"search spans {total:,} settings, {MOST_SETTINGS:,} at most; leave values out")
    return _Settings(first, listed, seed)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _statement(graph: Graph, task: TuningTask, budget: Budget, tried: int, others: int, seed: int) -> str:
    bound = "" if budget.seconds == math.inf else f" Budget: {budget.seconds:g} s."
    return (
        f"Graph: {graph!r}. {task.statement()} {tried:,} of {others + 1:,} settings, seed {seed}; "
        f"scores in per cent.{bound}"
    )
