"""The search in lists: how many lists and candidates the wanted recall takes, and whether it was reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows, Vectors
from graphkit.neighbors.exact import Metric, center_of, distances_of, nearest, unit_rows
from graphkit.neighbors.lists import PointLists
from graphkit.seeds import Stream, generator

SAMPLE = 320
_MARGIN = 0.005
"""Of recall, by which the sample that lists are chosen by may be too lucky."""

_MISSED_BY_CANDIDATES = 0.3
"""Of the neighbours that may be missed, the share that is missed because their reduced vectors mislead."""

_MOST_LISTS = 0.4
"""Of all lists; from there on comparing all points is as fast."""


@dataclass
class ListSearch:
    """A search in lists, and the true neighbours of a sample: one half chose, the other measures.

    Attributes
    ----------
    points
        float32 [num_points, dim].
    k, metric, recall
        As for `graphkit.neighbors.knn_graph`.
    lists
        The points in lists.
    rows
        The sample, int64 [num_sampled].
    farthest
        The distance of the last true neighbour of each, float32 [num_sampled].
    probes, candidates
        Lists that a point looks into, and what is kept of them for the comparison by all columns.
    given
        Whether `probes` was asked for, and so is not changed.
    """

    points: Vectors
    k: int
    metric: Metric
    recall: float
    lists: PointLists
    rows: NDArray[np.int64]
    farthest: NDArray[np.float32]
    probes: int
    candidates: int
    given: bool

    @classmethod
    def begin(
        cls,
        points: Vectors,
        k: int,
        *,
        metric: Metric,
        recall: float,
        num_lists: int | None,
        num_probes: int | None,
        seed: int,
        num_threads: int,
    ) -> Self:
        """Cut points into lists, and choose by a sample how many of them to look into."""
        rows = generator(seed, Stream.KNN_SAMPLE, 2).choice(
            len(points), min(SAMPLE, len(points)), replace=False
        )
        truth = nearest(points, points[rows], k, metric=metric, exclude=rows, num_threads=num_threads)
        lists = PointLists(
            unit_rows(points) if metric == "cosine" else points,
            center_of(points) if metric == "euclidean" else None,
            num_lists=num_lists or int(np.sqrt(len(points))),
            seed=seed,
            num_threads=num_threads,
        )
        known, missed = np.arange(len(rows)) % 2 == 0, (1 - recall) * _MISSED_BY_CANDIDATES
        candidates = lists.candidates_for(rows[known], truth.rows[known], 1 - missed)
        wanted = min(1, recall + missed + _MARGIN)
        probes = num_probes or lists.probes_for(rows[known], truth.rows[known], wanted)
        farthest = distances_of(truth.scores[:, -1], metric)
        given = num_probes is not None
        return cls(points, k, metric, recall, lists, rows, farthest, probes, candidates, given)

    @property
    def is_worth_it(self) -> bool:
        """Whether fewer comparisons are made than there are pairs of points."""
        return self.given or self.probes <= _MOST_LISTS * self.lists.num_lists

    def completed(self, found: Rows, values: NDArray[np.float32], num_threads: int) -> NDArray[np.float32]:
        """Return the distances of what was found; rows of `found` that are not full are filled."""
        distances = _as_distances(values, self.metric)
        short = np.flatnonzero(found[:, -1] < 0)
        if len(short):
            filled = nearest(
                self.points,
                self.points[short],
                self.k,
                metric=self.metric,
                exclude=short,
                num_threads=num_threads,
            )
            found[short], distances[short] = filled.rows, distances_of(filled.scores, self.metric)
        return distances

    def reached(self, distances: NDArray[np.float32]) -> float:
        """Return the recall: of the measured half, neighbours as near as the farthest true one."""
        limits = self.farthest[1::2, None]
        # A tie is no mistake.
        return float((distances[self.rows[1::2]] <= limits + 1e-5 * np.abs(limits)).mean())

    def is_enough(self, reached: float) -> bool:
        """Whether the search is over."""
        return self.given or reached >= self.recall

    def look_further(self) -> None:
        """Look into a quarter more."""
        self.probes += max(1, self.probes // 4)
        self.candidates += self.candidates // 4


def _as_distances(values: NDArray[np.float32], metric: Metric) -> NDArray[np.float32]:
    """Distances from squared ones, or from negative products."""
    if metric == "euclidean":
        return np.sqrt(values)
    return (1 + values).clip(0, 2) if metric == "cosine" else values
