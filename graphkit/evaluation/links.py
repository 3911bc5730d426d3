"""How well vectors tell pairs of nodes with an edge from pairs without.

References
----------
Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016, section 4.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_choice, check_positive
from graphkit.errors import ParameterError
from graphkit.evaluation.leaks import check_split, vectors_of
from graphkit.evaluation.logistic import fit_one_vs_rest
from graphkit.evaluation.operators import FEATURES, SCORES, apply_operator, pair_scores
from graphkit.evaluation.report import Row, table
from graphkit.evaluation.splits import EdgeSplit
from graphkit.parallel import resolve_threads


@dataclass(frozen=True)
class LinkPrediction:
    """Scores of a link prediction.

    Attributes
    ----------
    operators
        How two vectors were made one.
    auc
        Area under the ROC curve of each operator, in [0, 1].
    average_precision
        Average precision of each operator, in [0, 1].
    statement
        The protocol in full sentences, every choice included.
    """

    operators: tuple[str, ...]
    auc: tuple[float, ...]
    average_precision: tuple[float, ...]
    statement: str

    def rows(self) -> list[Row]:
        """Return one row an operator."""
        return [
            {"operator": operator, "auc": auc, "average_precision": average_precision}
            for operator, auc, average_precision in zip(
                self.operators, self.auc, self.average_precision, strict=True
            )
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {"task": "link prediction", "statement": self.statement, "results": self.rows()}

    def __str__(self) -> str:
        return f"{table(self.rows())}\n\n{self.statement}"


def link_prediction(
    vectors: Any,
    split: EdgeSplit,
    *,
    operator: str | Sequence[str] = "hadamard",
    C: float = 1.0,
    num_threads: int | None = None,
) -> LinkPrediction:
    """Score the test edges of a split against its test negatives: AUC and average precision.

    Parameters
    ----------
    vectors
        An `Embedding` of ``split.train_graph``, or its vectors as an array [num_nodes, dim].
    split
        From `split_edges`, or of your own making.
    operator
        One or several of ``"hadamard"``, ``"average"``, ``"l1"``, ``"l2"``, ``"concat"`` (features of a pair,
        see `edge_features`, for a logistic regression that is trained on the training edges and
        training negatives) and ``"inner"``, ``"cosine"`` (scores of a pair as they are, without training).
    C
        Weight of the classifier's log-likelihood against ``½ |w|²``, > 0.
    num_threads
        >= 1, or None for all cores. Not part of the result.

    Returns
    -------
    LinkPrediction
        ``auc`` and ``average_precision``, one a operator, and the protocol in words.

    Raises
    ------
    InputError
        If a test edge or test negative is an edge of the training graph or a training pair (in either
        direction, unless the graph is directed), or the vectors are not those of the split's nodes.
    ParameterError
        For an unknown operator or a C that is not > 0.

    Notes
    -----
    A classifier holds the features of all training pairs, 4 bytes a pair and dimension (float32).
    "concat" has no meaning of its own in an undirected graph, where (u, v) and (v, u) are the same edge:
    the lower row comes first.

    References
    ----------
    Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016.

    Examples
    --------
    >>> import graphkit as gk
    >>> edges = [(i, j) for i in range(20) for j in range(i) if (i < 10) == (j < 10)]
    >>> split = gk.evaluation.split_edges(gk.Graph.from_edges(edges), 0.3)
    >>> vectors = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)
    >>> result = link_prediction(vectors, split, operator=["hadamard", "inner"])
    >>> result.auc
    (1.0, 1.0)
    """
    from threadpoolctl import threadpool_limits

    operators = tuple(operator) if isinstance(operator, (list, tuple)) else (operator,)
    if not operators:
        raise ParameterError("operator must hold at least one operator")
    for name in operators:
        check_operator(name)
    check_positive("C", C)
    threads = resolve_threads(num_threads)
    check_split(split)
    matrix = vectors_of(vectors, split.train_graph)
    # Blocks of pairs side by side, not threads within products: one thread always rounds alike.
    with threadpool_limits(1, user_api="blas"):
        scores = [_auc_and_precision(matrix, split, name, C, threads) for name in operators]
    auc, average_precision = zip(*scores, strict=True)
    return LinkPrediction(operators, auc, average_precision, _statement(split, matrix.shape[1], operators, C))


def check_operator(name: str) -> None:
    """Raise `ParameterError` for an unknown operator."""
    check_choice("operator", name, [*FEATURES, *SCORES])


def _auc_and_precision(
    vectors: NDArray[Any], split: EdgeSplit, operator: str, penalty: float, num_threads: int
) -> tuple[float, float]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    test = np.concatenate([split.test_edges, split.test_negatives])
    if operator in SCORES:
        scores = pair_scores(vectors, test, operator)
    else:
        scores = _classifier_scores(vectors, split, test, operator, penalty, num_threads)
    truth = np.arange(len(test)) < len(split.test_edges)
    return float(roc_auc_score(truth, scores)), float(average_precision_score(truth, scores))


def _classifier_scores(
    vectors: NDArray[Any],
    split: EdgeSplit,
    test: NDArray[np.integer],
    operator: str,
    penalty: float,
    num_threads: int,
) -> NDArray[Any]:
    """Log-odds of the test pairs under a classifier that saw the training pairs only."""
    import scipy.sparse

    train = np.concatenate([split.train_edges, split.train_negatives])
    truth = np.arange(len(train)) < len(split.train_edges)
    features = apply_operator(FEATURES[operator], vectors, train)
    labels = scipy.sparse.csr_array(truth[:, None], dtype=np.float64)
    model = fit_one_vs_rest(features, labels, C=penalty, num_threads=num_threads)
    scores: NDArray[Any] = model.scores(apply_operator(FEATURES[operator], vectors, test))[:, 0]
    return scores


def _statement(split: EdgeSplit, dim: int, operators: Sequence[str], penalty: float) -> str:
    classified = [name for name in operators if name in FEATURES]
    scored = [name for name in operators if name in SCORES]
    ways = []
    if classified:
        ways.append(
            f"{', '.join(classified)}: features of a pair from its two vectors ({dim} dimensions), logistic "
            f"regression with C = {penalty:g} and L2 penalty on weights and intercept, trained on the "
            "training edges and training negatives"
        )
    if scored:
        ways.append(f"{', '.join(scored)}: the score of a pair itself, nothing trained")
    directions = "arcs, each in its direction" if split.train_graph.directed else "edges without direction"
    return (
        f"Link prediction of {directions}. {split.statement} "
        f"Scores, {'; '.join(ways)}. AUC and average precision over all test edges and test negatives. "
        "No test pair is in the training graph or among the training pairs."
    )
