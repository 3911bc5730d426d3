"""Our scores beside published ones: the methods with the papers' settings, under the customary protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.evaluation.classification import node_classification
from graphkit.evaluation.published import FIGURES, SETTINGS, SOURCES, Figure
from graphkit.evaluation.report import Row, table
from graphkit.methods.registry import make_method

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

TRAIN_RATIOS = (0.1, 0.5, 0.9)
SHUFFLES = 10

_NONE = Figure("", "", 0.0, None, None, "")
"""At a ratio that nobody has published."""

_OURS = (
    "Ours: {dim} columns; negative sampling (5) with shared negatives, learning rate 0.05 (LINE: 0.025, 100 "
    "samples an edge and order, half of the columns each). Every score is the mean of {shuffles} "
    "random splits{runs}. One-vs-rest logistic regression, C = 1, L2 penalty on weights and intercept; for "
    "each node as many labels are predicted as it truly has (top-k), which gives their number away. Features "
    "'unit' are divided by their lengths, 'raw' are as trained."
)


@dataclass(frozen=True)
class Reproduction:
    """Our scores beside published ones, in per cent.

    Attributes
    ----------
    data
        Name of the data set.
    rows
        One a method, kind of features, ratio and source: our scores, and theirs (None where there is none).
    runs
        One a method: its parameters and the seconds of each run.
    statement
        The protocol, and where each source differs from it.
    """

    data: str
    rows: list[Row]
    runs: list[Row]
    statement: str

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {"data": self.data, "results": self.rows, "runs": self.runs, "statement": self.statement}

    def __str__(self) -> str:
        rows = [{name: _shown(name, value) for name, value in row.items()} for row in self.rows]
        return f"{table(rows)}\n\n{self.statement}"


def reproduce(
    data: str,
    graph: Graph,
    labels: Any,
    *,
    methods: Sequence[str] | None = None,
    seeds: Sequence[int] = (0,),
    dim: int = 128,
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> Reproduction:
    """Embed a data set with the papers' settings and score it beside the published figures.

    Parameters
    ----------
    data
        A name in `SETTINGS`.
    graph, labels
        The data set.
    methods
        Names in ``SETTINGS[data]``; None for all.
    seeds
        One run each; scores are means over them.
    dim
        Columns of the vectors.
    num_threads
        >= 1, or None for all cores.
    progress
        Called with (stage, done, total).

    Returns
    -------
    Reproduction
        The scores, and the protocol in words.
    """
    rows: list[Row] = []
    runs: list[Row] = []
    for method in methods or SETTINGS[data]:
        made = [
            make_method(method, dim=dim, seed=seed, num_threads=num_threads, **SETTINGS[data][method])
            for seed in seeds
        ]
        embeddings = [each.embed(graph, progress=progress) for each in made]
        seconds = [embedding.info["seconds"] for embedding in embeddings]
        runs.append({"method": method, "params": SETTINGS[data][method], "seconds": seconds})
        for unit in _kinds(data, method):
            scores = [
                node_classification(
                    embedding,
                    labels,
                    train_ratios=TRAIN_RATIOS,
                    shuffles=SHUFFLES,
                    normalize="l2" if unit else None,
                    seed=seed,
                    num_threads=num_threads,
                    progress=progress,
                )
                for embedding, seed in zip(embeddings, seeds, strict=True)
            ]
            micro = np.mean([score.micro_f1.mean(axis=1) for score in scores], axis=0)
            macro = np.mean([score.macro_f1.mean(axis=1) for score in scores], axis=0)
            rows += _rows(data, method, unit, micro * 100, macro * 100)
    return Reproduction(data, rows, runs, _statement(rows, dim, len(seeds)))


def _rows(
    data: str, method: str, unit: bool, micro: NDArray[np.float64], macro: NDArray[np.float64]
) -> list[Row]:
    """Ours at each ratio, once for each source of figures at it."""
    rows: list[Row] = []
    for ratio, *ours in zip(TRAIN_RATIOS, micro.tolist(), macro.tolist(), strict=True):
        figures = [
            figure
            for figure in FIGURES
            if (figure.data, figure.method, figure.train_ratio) == (data, method, ratio)
            and SOURCES[figure.source].normalized == unit
        ]
        row = {
            "method": method,
            "features": "unit" if unit else "raw",
            "train_ratio": ratio,
            "micro_f1": ours[0],
            "macro_f1": ours[1],
        }
        rows += [row | _theirs(figure) for figure in figures or [_NONE]]
    return rows


def _theirs(figure: Figure) -> Row:
    return {
        "published_micro_f1": figure.micro_f1,
        "published_macro_f1": figure.macro_f1,
        "source": figure.source,
    }


def _kinds(data: str, method: str) -> list[bool]:
    """Whether features are normalised: each way that figures were published for."""
    figures = [figure for figure in FIGURES if (figure.data, figure.method) == (data, method)]
    return sorted({SOURCES[figure.source].normalized for figure in figures})


def _shown(name: str, value: Any) -> Any:
    if name == "train_ratio":
        return f"{value:.0%}"
    return f"{value:.2f}" if isinstance(value, float) else value


def _statement(rows: list[Row], dim: int, num_runs: int) -> str:
    runs = f" and of {num_runs} runs with seeds of their own" if num_runs > 1 else ""
    ours = _OURS.format(dim=dim, shuffles=SHUFFLES, runs=runs)
    named = dict.fromkeys(row["source"] for row in rows if row["source"])
    theirs = [f"{name}: {SOURCES[name].title}. There: {SOURCES[name].differences}." for name in named]
    return "\n".join([ours, *theirs])
