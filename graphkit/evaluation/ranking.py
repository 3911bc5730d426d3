"""Where true pairs rank among false ones.

References
----------
Lerer et al., "PyTorch-BigGraph: a large-scale graph embedding system", MLSys 2019, section 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.checks import as_array, check_whole, shown
from graphkit.errors import InputError, ParameterError
from graphkit.evaluation.report import Row, table


@dataclass(frozen=True)
class RankingMetrics:
    """Ranks of true pairs, summed up.

    Attributes
    ----------
    mrr
        Mean reciprocal rank, in (0, 1].
    mean_rank
        Mean of the ranks, >= 1.
    hits
        For each k the share of ranks <= k, in [0, 1].
    num_ranks
        How many ranks there were.
    """

    mrr: float
    mean_rank: float
    hits: dict[int, float]
    num_ranks: int

    @staticmethod
    def of(ranks: NDArray[np.float64], hits: Sequence[int]) -> RankingMetrics:
        """Sum up ranks, float64 [num_ranks]."""
        shares = {k: float((ranks <= k).mean()) for k in hits}
        return RankingMetrics(float((1 / ranks).mean()), float(ranks.mean()), shares, len(ranks))

    def rows(self) -> list[Row]:
        """Return one row with all metrics."""
        hits = {f"hits@{k}": share for k, share in self.hits.items()}
        return [{"mrr": self.mrr, "mean_rank": self.mean_rank, **hits}]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {**self.rows()[0], "num_ranks": self.num_ranks}

    def __str__(self) -> str:
        return table(self.rows())


def ranking_metrics(
    scores_pos: ArrayLike, scores_neg: ArrayLike, *, hits: Sequence[int] = (1, 10, 50)
) -> RankingMetrics:
    """Rank each true pair's score among the scores of false pairs: MRR, mean rank and Hits@k.

    The rank is ``1 + #(false > true) + ½ #(false = true)``: among ties, the mean of the best and the worst.

    Parameters
    ----------
    scores_pos
        Scores of true pairs, the higher the better, [num_pairs].
    scores_neg
        Scores of the false pairs that each is ranked among, [num_pairs, num_candidates]; or the same for
        all, [num_candidates]. -inf takes a candidate out.
    hits
        The k of Hits@k, whole numbers >= 1.

    Returns
    -------
    RankingMetrics

    Raises
    ------
    InputError
        For shapes that do not fit, no pairs, NaN, or an infinite score of a true pair.
    ParameterError
        For a k below 1.

    Notes
    -----
    The reciprocal and the hits are taken of the mean rank: a true pair that ties with one false pair
    has rank 1.5, and is no hit at 1.

    Examples
    --------
    >>> print(ranking_metrics([0.9, 0.4], [[0.1, 0.2], [0.8, 0.4]], hits=(1, 3)))
       mrr  mean_rank  hits@1  hits@3
    0.7000     1.7500  0.5000  1.0000
    """
    check_hits(hits)
    true, false = np.asarray(scores_pos, np.float64), np.asarray(scores_neg, np.float64)
    if (
        true.ndim != 1
        or not len(true)
        or false.ndim not in (1, 2)
        or (false.ndim == 2 and len(false) != len(true))
    ):
        raise InputError(
            "scores_pos must be [num_pairs >= 1] and scores_neg [num_pairs, num_candidates] or "
            f"[num_candidates], got {list(true.shape)} and {list(false.shape)}"
        )
    if not np.isfinite(true).all() or np.isnan(false).any():
        raise InputError("scores_pos must be finite and scores_neg free of NaN")
    return RankingMetrics.of(ranks(true, np.atleast_2d(false)), hits)


def ranks(true: NDArray[Any], false: NDArray[Any]) -> NDArray[np.float64]:
    """Rank of each true score [num_pairs] in its row of false ones [num_pairs or 1, num_candidates]."""
    above = np.count_nonzero(false > true[:, None], axis=1)
    equal = np.count_nonzero(false == true[:, None], axis=1)
    rank: NDArray[np.float64] = 1 + above + equal / 2
    return rank


def check_hits(hits: Sequence[int]) -> None:
    """Raise `ParameterError` unless all are whole numbers >= 1."""
    if np.ndim(as_array("hits", hits)) != 1 or not len(hits):
        raise ParameterError(f"hits must be a list of at least one k, got {shown(hits)}")
    for k in hits:
        check_whole("hits", k, 1)
