"""What `node_classification` returns: scores, and the protocol behind them in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.evaluation.labels import Labels
from graphkit.evaluation.report import Row, mean_and_deviation, table

Protocol = Literal["top-k", "threshold"]

_PREDICTION = {
    "class": "the class of highest score is predicted",
    "top-k": (
        "top-k: for each node as many labels are predicted as it truly has, those of highest score; this "
        "gives the number of labels away, as the customary protocol does"
    ),
    "threshold": "threshold: the labels of probability above 1/2 are predicted, which may be none",
}


@dataclass(frozen=True)
class NodeClassification:
    """Scores of a node classification.

    Attributes
    ----------
    train_ratios
        Shares of the labelled nodes that were trained on.
    micro_f1, macro_f1
        Scores in [0, 1], one row a ratio and one column a shuffle, float64 [num_ratios, shuffles].
    statement
        The protocol in full sentences, every choice included.
    """

    train_ratios: tuple[float, ...]
    micro_f1: NDArray[np.float64]
    macro_f1: NDArray[np.float64]
    statement: str

    def rows(self) -> list[Row]:
        """Return one row a ratio: mean and sample standard deviation of both scores."""
        return [
            self._row(ratio, micro, macro)
            for ratio, micro, macro in zip(self.train_ratios, self.micro_f1, self.macro_f1, strict=True)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return everything, each shuffle's scores included, as JSON can hold it."""
        return {
            "task": "node classification",
            "statement": self.statement,
            "results": self.rows(),
            "micro_f1": self.micro_f1.tolist(),
            "macro_f1": self.macro_f1.tolist(),
        }

    def __str__(self) -> str:
        return f"{table(self.rows())}\n\n{self.statement}"

    def _row(self, ratio: float, micro: NDArray[np.float64], macro: NDArray[np.float64]) -> Row:
        micro_mean, micro_std = mean_and_deviation(micro)
        macro_mean, macro_std = mean_and_deviation(macro)
        return {
            "train_ratio": ratio,
            "shuffles": len(micro),
            "micro_f1": micro_mean,
            "micro_f1_std": micro_std,
            "macro_f1": macro_mean,
            "macro_f1_std": macro_std,
        }


def protocol_statement(
    labels: Labels,
    num_nodes: int,
    dim: int,
    *,
    protocol: Protocol,
    penalty: float,
    normalize: bool,
    shuffles: int,
    seed: int,
) -> str:
    """Say in one paragraph how the scores came about."""
    num_labelled, num_labels = labels.matrix.shape
    multi_class = labels.is_multi_class
    kind = "multi-class" if multi_class else "multi-label"
    prediction = _PREDICTION["class" if multi_class and protocol == "top-k" else protocol]
    return (
        f"Node classification, {kind}: {num_labelled:,} of {num_nodes:,} nodes are labelled, with "
        f"{num_labels} labels, {labels.matrix.nnz / num_labelled:.2f} a node; only these take part. "
        f"Features: the vectors ({dim} dimensions){', each divided by its length' if normalize else ''}. "
        f"Classifier: one-vs-rest logistic regression, C = {penalty:g}, L2 penalty on weights and intercept "
        "(LIBLINEAR's objective). "
        f"Splits: {shuffles} random {'orders' if shuffles > 1 else 'order'} of the labelled nodes (seed "
        f"{seed}); the first of them, up to the training ratio, train and all others test. "
        f"Prediction: {prediction}. "
        "Scores: micro-F1 over all decisions, and macro-F1, the mean over all labels, where a label that is "
        "neither borne nor predicted counts 0; mean and sample standard deviation over the splits."
    )
