"""What `compare` returns: a row a method, best first, and the protocol behind them in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graphkit.evaluation.report import Row, mean_and_deviation, table
from graphkit.files.atomic import PathLike

SCORES = {"micro_f1": "micro-F1", "macro_f1": "macro-F1", "auc": "AUC", "average_precision": "AP"}
"""The scores of a run, and what they are called."""


RUN_FORM = {
    "seconds": float,
    "auc": float,
    "average_precision": float,
    "micro_f1": ([float], None),
    "macro_f1": ([float], None),
}
"""Of a run in a file."""


@dataclass(frozen=True)
class MethodRun:
    """One run of a method.

    Attributes
    ----------
    seconds
        Time to embed the whole graph, wall clock.
    micro_f1, macro_f1
        Of each shuffle, in [0, 1]; None without labels.
    auc, average_precision
        Of the test edges of this run's split, in [0, 1].
    """

    seconds: float
    auc: float
    average_precision: float
    micro_f1: list[float] | None = None
    macro_f1: list[float] | None = None


@dataclass(frozen=True)
class MethodScores:
    """All runs of a method.

    Attributes
    ----------
    method
        The method as text, its parameters in it where they are not the defaults.
    name
        Its name in the registry.
    params
        Its parameters that are not the defaults, and dim.
    memory
        Peak memory that its estimate foretells, in bytes.
    runs
        At least one.
    """

    method: str
    name: str
    params: dict[str, Any]
    memory: int
    runs: tuple[MethodRun, ...]

    def score(self, name: str) -> tuple[float, float | None] | None:
        """Return mean and sample standard deviation of a score over all runs; None where there is none."""
        found = [getattr(run, name) for run in self.runs]
        if found[0] is None:
            return None
        return mean_and_deviation(np.hstack(found))

    @property
    def seconds(self) -> float:
        """The median time of a run."""
        return float(np.median([run.seconds for run in self.runs]))

    def row(self) -> Row:
        """Return everything in one row; a score that there is none of is None."""
        row: Row = {"method": self.method}
        for name in SCORES:
            mean, deviation = self.score(name) or (None, None)
            row |= {name: mean, f"{name}_std": deviation}
        return row | {"seconds": self.seconds, "memory": self.memory, "runs": len(self.runs)}


@dataclass(frozen=True)
class Comparison:
    """Methods side by side on one graph.

    Attributes
    ----------
    methods
        The scores of each, best first: by micro-F1, or by AUC without labels.
    skipped
        Method → why it has no scores.
    statement
        The protocol in full sentences, every choice included.
    """

    methods: tuple[MethodScores, ...]
    skipped: dict[str, str]
    statement: str

    @property
    def has_labels(self) -> bool:
        """Whether nodes were classified."""
        return self.methods[0].score("micro_f1") is not None

    def rows(self) -> list[Row]:
        """Return one row a method, best first: means, standard deviations, seconds, bytes."""
        return [scores.row() for scores in self.methods]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        rows = [
            row | {"name": scores.name, "params": scores.params}
            for row, scores in zip(self.rows(), self.methods, strict=True)
        ]
        return {
            "task": "comparison",
            "statement": self.statement,
            "results": rows,
            "skipped": self.skipped,
        }

    def draw(self, path: PathLike, *, overwrite: bool = True) -> None:
        """Draw quality against time.

        Parameters
        ----------
        path
            ``.png``, ``.svg``, ``.pdf`` or ``.html``, the last with the table.
        overwrite
            Whether an existing file is replaced.

        Raises
        ------
        ParameterError
            For another suffix.
        InputError
            If the target cannot be written.
        MissingDependencyError
            If matplotlib is not installed.
        """
        from graphkit.evaluation.comparison_picture import draw_comparison

        draw_comparison(self, path, overwrite=overwrite)

    def __str__(self) -> str:
        lines = [table([_shown(scores) for scores in self.methods])]
        if self.skipped:
            lines.append("\n".join(f"left out: {name}: {why}" for name, why in self.skipped.items()))
        return "\n\n".join([*lines, self.statement])


def _shown(scores: MethodScores) -> Row:
    """A row of the table that people read."""
    found = {title: scores.score(name) for name, title in SCORES.items()}
    return {
        "method": scores.method,
        **{title: with_spread(*score) for title, score in found.items() if score is not None},
        "seconds": f"{scores.seconds:.2f}",
        "memory": f"{scores.memory / 2**20:,.0f} MiB",
        "runs": str(len(scores.runs)),
    }


def with_spread(mean: float, deviation: float | None) -> str:
    """Return a score in per cent with its standard deviation.

    Examples
    --------
    >>> with_spread(0.8123, 0.0041), with_spread(0.8123, None)
    ('81.2 ± 0.4', '81.2')
    """
    spread = "" if deviation is None else f" ± {100 * deviation:.1f}"
    return f"{100 * mean:.1f}{spread}"
