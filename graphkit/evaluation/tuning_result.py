"""What `tune` returns: settings of a method, best first, and the test that none of them was chosen by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graphkit.evaluation.comparison_result import with_spread
from graphkit.evaluation.report import Row, mean_and_deviation, table
from graphkit.methods.base import Embedder

TRIAL_FORM = {"scores": [float], "seconds": float}
"""Of a trial in a file."""


@dataclass(frozen=True)
class Trial:
    """A setting that was validated.

    Attributes
    ----------
    text
        The method as text, its parameters in it where they are not the defaults.
    method
        The method with this setting, not fitted.
    scores
        One a shuffle, in [0, 1]; of links one alone.
    seconds
        Time to embed, wall clock.
    """

    text: str
    method: Embedder
    scores: tuple[float, ...]
    seconds: float

    @property
    def score(self) -> tuple[float, float | None]:
        """Mean and sample standard deviation."""
        return mean_and_deviation(np.array(self.scores))


@dataclass(frozen=True)
class Tuning:
    """Settings of one method on one graph.

    Attributes
    ----------
    measure
        What scores are: ``"micro-F1"`` or ``"AUC"``.
    trials
        Settings that were validated, best first.
    skipped
        Setting → why it has no score.
    first
        The setting that all others were held against, as the method was given.
    first_test, best_test
        Scores in the final test of that setting and of the best one, in [0, 1].
    statement
        The protocol in full sentences, every choice included.
    """

    measure: str
    trials: tuple[Trial, ...]
    skipped: dict[str, str]
    first: Trial
    first_test: float
    best_test: float
    statement: str

    @property
    def best(self) -> Embedder:
        """The method with the best setting, not fitted."""
        return self.trials[0].method

    def rows(self) -> list[Row]:
        """Return one row a setting, best first."""
        return [
            {"setting": trial.text, "score": mean, "score_std": deviation, "seconds": trial.seconds}
            for trial, (mean, deviation) in ((trial, trial.score) for trial in self.trials)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {
            "task": "tuning",
            "measure": self.measure,
            "statement": self.statement,
            "results": self.rows(),
            "skipped": self.skipped,
            "test": {
                "first": {"setting": self.first.text, "score": self.first_test},
                "best": {"setting": self.trials[0].text, "score": self.best_test},
            },
        }

    def __str__(self) -> str:
        shown = [
            {
                "setting": trial.text,
                self.measure: with_spread(*trial.score),
                "seconds": f"{trial.seconds:.2f}",
            }
            for trial in self.trials
        ]
        lines = [table(shown)]
        if self.skipped:
            lines.append("\n".join(f"left out: {text}: {why}" for text, why in self.skipped.items()))
        lines.append(
            f"In the test, which no setting was chosen by: {self.trials[0].text} {100 * self.best_test:.1f}, "
            f"{self.first.text} {100 * self.first_test:.1f}."
        )
        return "\n\n".join([*lines, self.statement])
