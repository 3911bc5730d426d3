"""Methods side by side on one graph: how good, how fast, in how much memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphkit.checks import as_seconds, check_whole, shown
from graphkit.errors import GraphkitError, ParameterError
from graphkit.evaluation.budget import Budget
from graphkit.evaluation.comparison_result import Comparison, MethodRun, MethodScores
from graphkit.evaluation.comparison_runs import Bench, Contender, KeptRuns, Protocol
from graphkit.evaluation.negatives import Negatives
from graphkit.files.atomic import PathLike
from graphkit.graph.graph import Graph, check_graph
from graphkit.methods.base import Embedder
from graphkit.methods.registry import METHODS, find_method
from graphkit.seeds import check_seed

if TYPE_CHECKING:
    from graphkit.progress import Progress


def compare(
    graph: Graph,
    labels: Any = None,
    *,
    methods: Sequence[str | Embedder] | None = None,
    peers: bool = False,
    budget: float | str | None = None,
    runs: int = 3,
    dim: int = 128,
    train_ratio: float = 0.5,
    shuffles: int = 5,
    test_ratio: float = 0.2,
    negatives: Negatives = "degree",
    operator: str = "hadamard",
    keep_connected: bool = True,
    seed: int = 0,
    num_threads: int | None = None,
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
    left = Budget(as_seconds("budget", budget))
    for name, value in (("runs", runs), ("dim", dim), ("shuffles", shuffles)):
        check_whole(name, value, 1)
    check_seed(seed)
    protocol = Protocol(train_ratio, shuffles, test_ratio, negatives, operator, keep_connected, num_threads)
    contenders = _contenders(methods, peers=peers, dim=dim, num_threads=num_threads)
    contenders.sort(key=lambda each: each.estimate(graph).seconds)
    kept = KeptRuns(work, graph, labels, protocol)
    found: dict[str, list[MethodRun]] = {}
    skipped: dict[str, str] = {}
    done, total = 0, runs * len(contenders)
    for number in range(runs):
        bench = Bench(graph, labels, protocol, seed + number)
        for contender in contenders:
            if progress is not None:
                progress("compare", done, total)
            done += 1
            text = contender.text
            if text in skipped and text not in found:
                continue
            run = kept.read(contender, bench.seed)
            if run is None:
                needed = _foretold(contender, graph, found.get(text))
                if needed > left.left():
                    skipped.setdefault(text, _no_time(needed, left))
                    continue
                try:
                    run = bench.run(contender)
                except GraphkitError as error:
                    skipped[text] = str(error)
                    continue
                kept.write(contender, bench.seed, run)
            found.setdefault(text, []).append(run)
    if progress is not None:
        progress("compare", total, total)
    if not found:
        raise _nothing_ran(contenders, graph, skipped, left)
    scores = [
        MethodScores(
            each.text, each.method.name, each.params, each.estimate(graph).bytes, tuple(found[each.text])
        )
        for each in contenders
        if each.text in found
    ]
    main = "auc" if labels is None else "micro_f1"
    scores.sort(key=lambda each: -(each.score(main) or (0.0,))[0])
    left_out = {text: why for text, why in skipped.items() if text not in found}
    return Comparison(tuple(scores), left_out, _statement(graph, protocol, labels, runs, left, seed))


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


def _foretold(contender: Contender, graph: Graph, before: list[MethodRun] | None) -> float:
    """Seconds of a run: it embeds twice."""
    return 2 * (before[-1].seconds if before else float(contender.estimate(graph).seconds))


def _no_time(needed: float, budget: Budget) -> str:
    left = max(0.0, budget.left())
    return f"takes about {needed:.1f} s, and {left:.1f} s of the budget of {budget.seconds:g} s are left"


def _nothing_ran(
    contenders: list[Contender], graph: Graph, skipped: dict[str, str], budget: Budget
) -> ParameterError:
    first = contenders[0]
    needed = _foretold(first, graph, None)
    if needed > budget.seconds:
        return ParameterError(
            f"budget={budget.seconds:g} s is too small for any method: {first.text}, the quickest, takes "
            f"about {needed:.1f} s; raise the budget"
        )
    reasons = "; ".join(f"{text}: {why}" for text, why in skipped.items())
    return ParameterError(f"no method has run: {reasons}")


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
