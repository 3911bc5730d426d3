"""What the choice of `auto` loses on a graph that had no part in it, from benchmarks/results/auto_choice.csv.

The rule has three thresholds: NetMF of single steps if more than so many nodes are twins; or else NetSMF if
the last eigenvalue is above a second one and the largest component holds more of the nodes than a third one;
or else Spectral. For each graph they are found anew on all others, as those that lose least there; of several
that lose the same those that tell least apart, in the widest gaps. What the method that they choose for the
graph loses to the best of ours is the figure. ``python benchmarks/auto_rule.py`` prints the table, which
figures.py writes into docs/benchmarks.md.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import csv_rows

CASE = "auto_choice"
SPECTRAL, SAMPLED, SINGLE = "graphkit Spectral", "graphkit NetSMF", "graphkit NetMF, window 1"


@dataclass(frozen=True)
class Measured:
    """A graph: what the rule looks at, and the micro-F1 of each method."""

    name: str
    twins: float
    last_eigenvalue: float
    giant: float
    quality: dict[str, float]

    @property
    def best(self) -> str:
        """The best of the methods, `auto` not among them."""
        return max(
            (method for method in self.quality if method != "graphkit auto"), key=self.quality.__getitem__
        )

    def loss(self, method: str) -> float:
        """Points that a method loses to the best."""
        return self.quality[self.best] - self.quality[method]


@dataclass(frozen=True)
class Rule:
    """Three thresholds."""

    twins: float
    last_eigenvalue: float
    giant: float

    def choice(self, graph: Measured) -> str:
        """Return the method for a graph."""
        if graph.twins > self.twins:
            return SINGLE
        if graph.last_eigenvalue > self.last_eigenvalue and graph.giant >= self.giant:
            return SAMPLED
        return SPECTRAL


def measured() -> list[Measured]:
    """Return the graphs of the results."""
    rows = csv_rows.read(CASE)
    found = []
    for part in dict.fromkeys(row["part"] for row in rows):
        medians = {(r["contender"], r["quantity"]): float(r["median"]) for r in rows if r["part"] == part}
        quality = {who: value for (who, quantity), value in medians.items() if quantity == "micro_f1_50"}
        seen = (medians["graphkit auto", name] for name in ("twins", "last_eigenvalue", "giant"))
        found.append(Measured(part, *seen, quality))
    return found


def best_rule(graphs: list[Measured]) -> Rule:
    """Return the thresholds that lose least on some graphs."""
    cuts = [
        list(_cuts(getattr(graph, name) for graph in graphs))
        for name in ("twins", "last_eigenvalue", "giant")
    ]

    def cost(option: tuple[tuple[float, float], ...]) -> tuple[float, int, float]:
        rule = Rule(*(place for place, _ in option))
        lost = sum(graph.loss(rule.choice(graph)) for graph in graphs)
        return round(lost, 6), sum(gap > 0 for _, gap in option), -sum(gap for _, gap in option)

    return Rule(*(place for place, _ in min(itertools.product(*cuts), key=cost)))


def _cuts(values: Iterable[float]) -> Iterable[tuple[float, float]]:
    """The middle of each gap between values, and its width; below and above them all, of no width."""
    yield -math.inf, 0.0
    for low, high in itertools.pairwise(sorted(set(values))):
        yield (low + high) / 2, high - low
    yield math.inf, 0.0


def table() -> str:
    """Graphs down: the best method, what `auto` loses to it, and what a rule made without the graph loses."""
    graphs = measured()
    lines = [
        "| graph | the best of ours | `auto`, lost | chosen without this graph | lost |",
        "| --- | --- | ---: | --- | ---: |",
    ]
    as_it_is, without = [], []
    for graph in graphs:
        choice = best_rule([other for other in graphs if other is not graph]).choice(graph)
        as_it_is.append(max(0.0, graph.loss("graphkit auto")))
        without.append(graph.loss(choice))
        lines.append(
            f"| {graph.name} | {_short(graph.best)}, {graph.quality[graph.best]:.1f} | {as_it_is[-1]:.1f} "
            f"| {_short(choice)} | {without[-1]:.1f} |"
        )
    for word, of in (("mean", lambda losses: sum(losses) / len(losses)), ("largest", max)):
        lines.append(f"| {word} | | {of(as_it_is):.1f} | | {of(without):.1f} |")
    return "\n".join(lines) + "\n"


def _short(contender: str) -> str:
    return contender.removeprefix("graphkit ")


if __name__ == "__main__":
    print(table(), end="")
