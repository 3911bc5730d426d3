"""Methods side by side on one graph: how good, how fast, in how much memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from graphkit.checks import as_seconds, shown
from graphkit.errors import GraphkitError, ParameterError
from graphkit.evaluation.budget import Budget
from graphkit.evaluation.comparison_result import RUN_FORM, Comparison, MethodRun, MethodScores
from graphkit.evaluation.comparison_runs import Bench, Contender, Protocol
from graphkit.evaluation.kept_scores import KeptScores
from graphkit.evaluation.negatives import Negatives
from graphkit.files.atomic import PathLike
from graphkit.graph.graph import Graph, check_graph
from graphkit.methods.base import Embedder
from graphkit.methods.registry import METHODS, find_method
from graphkit.parameters import Count, Time, check_declared
from graphkit.seeds import Seed

if TYPE_CHECKING:
    from graphkit.progress import Progress


def compare(
    graph: Graph,
    labels: Any = None,
    *,
    methods: Sequence[str | Embedder] | None = None,
    peers: bool = False,
    budget: Time | None = None,
    runs: Count = 3,
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
) -> Comparison:
    """Embed a graph by several methods and score each by its labels and by links that it has not seen.

    Parameters
    ----------
    graph
        Any graph.
    labels
        What nodes are classified by, as `node_classification` takes them; None for link prediction only.
    methods
        Names of the registry, or methods with parameters of their own; None for all of the registry.
    peers
        Whether gensim and PecanPy take part, where they are installed.
    budget
        Time for all of it, in seconds or as ``"10s"``, ``"2m"``, ``"1h"``; None for no bound. The quickest
        come first, each once before any comes twice; what would not end in time is left out, and said.
    runs
        Runs of each method at most, >= 1, each with a seed and a split of its own.
    dim
        Columns of the vectors of methods that are given by name, >= 1.
    train_ratio
        Share of the labelled nodes to train the classifier on, in (0, 1).
    shuffles
        Random orders of the labelled nodes in each run, >= 1.
    test_ratio
        Share of the edges to take out for link prediction, in (0, 1).
    negatives
        Which pairs without an edge stand against the edges, as `split_edges` has them.
    operator
        How two vectors become the features or the score of a pair, as `link_prediction` has them.
    keep_connected
        Whether the graph without the test edges keeps its components.
    seed
        Of the first run, in [0, 2**64); the next has the next.
    num_threads
        >= 1, or None for all cores.
    work
        Folder that keeps each run's scores: the same call again goes on from there. None for none.
    progress
        Called with ("compare", runs done, runs in all).

    Returns
    -------
    Comparison
        A row a method, best first, and the protocol in words.

    Raises
    ------
    ParameterError
        For an unknown method or operator, a value outside its range, or a budget too small for any method;
        the message says the least.
    InputError
        For labels that do not fit, or a graph with too few edges.

    Notes
    -----
    Nothing leaks: for link prediction each method embeds the graph without the test edges. Each has run
    once before on a small graph, so that loading its compiled code is no part of its time. Methods that
    refuse the graph are left out with their reason.

    Examples
    --------
    >>> import graphkit as gk
    >>> data = gk.datasets.load("karate_club")
    >>> result = compare(data.graph, data.labels, methods=["fastrp", "grf"], runs=1, dim=8)
    >>> sorted(scores.name for scores in result.methods)
    ['fastrp', 'grf']
    """
    check_graph(graph)
    check_declared(compare, locals())
    left = Budget(as_seconds("budget", budget))
    protocol = Protocol(train_ratio, shuffles, test_ratio, negatives, operator, keep_connected, num_threads)
    protocol.check(labels, graph.num_nodes)
    contenders = _contenders(methods, peers=peers, dim=dim, num_threads=num_threads)
    contenders.sort(key=lambda each: each.method.estimate_for(graph).seconds)
    kept = KeptScores(work, graph, labels, asdict(protocol) | {"num_threads": None}, RUN_FORM)
    contest = _Contest(graph, left, kept)
    done, total = 0, runs * len(contenders)
    for number in range(runs):
        bench = Bench(graph, labels, protocol, seed + number)
        for contender in contenders:
            if progress is not None:
                progress("compare", done, total)
            contest.run(bench, contender)
            done += 1
    if progress is not None:
        progress("compare", total, total)
    return Comparison(
        contest.scores(contenders, by="auc" if labels is None else "micro_f1"),
        contest.left_out(),
        _statement(graph, protocol, labels, runs, left, seed),
    )


class _Contest:
    """What has run, and what was left out for which reason, by the contender's text."""

    def __init__(self, graph: Graph, budget: Budget, kept: KeptScores):
        self._graph, self._budget, self._kept = graph, budget, kept
        self._found: dict[str, list[MethodRun]] = {}
        self._skipped: dict[str, str] = {}
        self._warm: set[str] = set()

    def run(self, bench: Bench, contender: Contender) -> None:
        """Run a contender, unless that has been done before, there is no time, or it refused the graph."""
        text = contender.text
        kept = self._kept.read(contender, bench.seed)
        run = None if kept is None else MethodRun(**kept)
        if run is None:
            if text in self._skipped:
                return
            needed = self._foretold(contender)
            if needed > self._budget.left():
                self._skipped[text] = _no_time(needed, self._budget)
                return
            run = self._made(bench, contender)
            if run is None:
                return
            self._kept.write(contender, bench.seed, asdict(run))
        self._found.setdefault(text, []).append(run)

    def scores(self, contenders: list[Contender], by: str) -> tuple[MethodScores, ...]:
        """Return the scores of those that have run, best first; raise `ParameterError` if none has."""
        ran = [each for each in contenders if each.text in self._found]
        if not ran:
            raise self._nothing_ran(contenders[0])
        scores = [
            MethodScores(
                each.text,
                each.method.name,
                each.params,
                each.method.estimate_for(self._graph).bytes,
                tuple(self._found[each.text]),
            )
            for each in ran
        ]
        return tuple(sorted(scores, key=lambda each: -(each.score(by) or (0.0,))[0]))

    def left_out(self) -> dict[str, str]:
        """Return why those that have not run have not."""
        return {text: why for text, why in self._skipped.items() if text not in self._found}

    def _made(self, bench: Bench, contender: Contender) -> MethodRun | None:
        """A run; None where the method refuses the graph."""
        if contender.text not in self._warm:
            contender.warm_up(self._graph)
            self._warm.add(contender.text)
        try:
            vectors = bench.embed(contender)
        except GraphkitError as error:
            self._skipped[contender.text] = str(error)
            return None
        return bench.score(*vectors)

    def _foretold(self, contender: Contender) -> float:
        """Seconds of a run: it embeds twice."""
        before = self._found.get(contender.text)
        return 2 * (before[-1].seconds if before else contender.method.estimate_for(self._graph).seconds)

    def _nothing_ran(self, first: Contender) -> ParameterError:
        needed = self._foretold(first)
        if needed > self._budget.seconds:
            return ParameterError(
                f"budget={self._budget.seconds:g} s is too small for any method: {first.text}, the quickest, "
                f"takes about {needed:.1f} s; raise the budget"
            )
        reasons = "; ".join(f"{text}: {why}" for text, why in self._skipped.items())
        return ParameterError(f"no method has run: {reasons}")


def _contenders(
    methods: Sequence[str | Embedder] | None, *, peers: bool, dim: int, num_threads: int | None
) -> list[Contender]:
    given = list(METHODS) if methods is None else [methods] if isinstance(methods, str) else list(methods)
    if not given:
        raise ParameterError("methods must name at least one method")
    made = []
    for each in given:
        if isinstance(each, str):
            made.append(Contender(find_method(each)(dim=dim, num_threads=num_threads)))
        elif isinstance(each, Embedder):
            made.append(Contender(each))
        else:
            raise ParameterError(f"methods must hold names and methods, got {shown(each)}")
    if peers:
        # It loads the walks' compiled code.
        from graphkit.evaluation.peers import PEERS

        made += [Contender(peer(dim=dim, num_threads=num_threads)) for peer in PEERS.values()]
    texts = [each.text for each in made]
    twice = sorted({text for text in texts if texts.count(text) > 1})
    if twice:
        raise ParameterError(f"methods holds {twice[0]} twice; name each once")
    return made


def _no_time(needed: float, budget: Budget) -> str:
    left = max(0.0, budget.left())
    return f"takes about {needed:.1f} s, and {left:.1f} s of the budget of {budget.seconds:g} s are left"


def _statement(graph: Graph, protocol: Protocol, labels: Any, runs: int, budget: Budget, seed: int) -> str:
    nodes = (
        ""
        if labels is None
        else "Node classification: vectors divided by their lengths, one-vs-rest logistic regression (C = 1) "
        f"trained on {protocol.train_ratio:.0%} of the labelled nodes, {protocol.shuffles} shuffles a run. "
    )
    bound = "" if budget.seconds == math.inf else f" Budget: {budget.seconds:g} s."
    return (
        f"Graph: {graph!r}. {nodes}"
        f"Link prediction: {protocol.test_ratio:.0%} of the edges taken out, components "
        f"{'kept connected' if protocol.keep_connected else 'may have broken'}; as "
        f"many pairs without an edge (negatives {protocol.negatives}); features {protocol.operator}; each "
        "method embeds the graph without the test edges. "
        f"At most {runs} {'runs' if runs > 1 else 'run'} a method, seeds from {seed} on; mean ± sample "
        "standard deviation, in per cent. Seconds: wall clock of embedding the whole graph, median over the "
        f"runs. Memory: as estimated.{bound}"
    )
