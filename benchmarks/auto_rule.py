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
PROPERTIES = ("twins", "last_eigenvalue", "giant")
SPECTRAL, SAMPLED, SINGLE = "Spectral", "NetSMF", "NetMF, window 1"

NAMES = {
    "auto": "auto",
    "spectral": SPECTRAL,
    "netsmf": SAMPLED,
    "netmf_window_1": SINGLE,
    "netmf": "NetMF",
    "prone": "ProNE",
    "fastrp": "FastRP",
    "fastrp_propagated": "FastRP, propagated",
}
"""Of the methods whose F1 are quantities there."""

MOST_LOST = 5.0
"""Points that a graph counts at most where thresholds are found, so that one apart sets none."""

WALKS = {"graphkit": "node2vec", "graphkit DeepWalk, 80 walks of 40": "DeepWalk"}
"""Contenders of `many_graphs` whose F1 count too, on its eight graphs."""


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
        return max(sorted(self.quality.keys() - {"auto"}), key=self.quality.__getitem__)

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
    rows, walks = csv_rows.read(CASE), csv_rows.read("many_graphs")
    found = []
    for graph in dict.fromkeys(row["part"] for row in rows):
        values = {row["quantity"]: float(row["median"]) for row in rows if row["part"] == graph}
        quality = {name: values[key] for key, name in NAMES.items()} | {
            WALKS[row["contender"]]: float(row["median"])
            for row in walks
            if row["part"] == f"{graph}, p = 1, q = 1"
            and row["quantity"] == "micro_f1_50"
            and row["contender"] in WALKS
        }
        found.append(Measured(graph, *(values[name] for name in PROPERTIES), quality))
    return found


def best_rule(graphs: list[Measured]) -> Rule:
    """Return the thresholds that lose least on some graphs."""
    cuts = [
        list(_cuts(getattr(graph, name) for graph in graphs))
        for name in ("twins", "last_eigenvalue", "giant")
    ]

    def cost(option: tuple[tuple[float, float], ...]) -> tuple[float, int, float]:
        rule = Rule(*(place for place, _ in option))
        lost = sum(min(graph.loss(rule.choice(graph)), MOST_LOST) for graph in graphs)
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
        as_it_is.append(max(0.0, graph.loss("auto")))
        without.append(graph.loss(choice))
        lines.append(
            f"| {graph.name} | {graph.best}, {graph.quality[graph.best]:.1f} | {as_it_is[-1]:.1f} "
            f"| {choice} | {without[-1]:.1f} |"
        )
    for word, of in (("mean", lambda losses: sum(losses) / len(losses)), ("largest", max)):
        lines.append(f"| {word} | | {of(as_it_is):.1f} | | {of(without):.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
