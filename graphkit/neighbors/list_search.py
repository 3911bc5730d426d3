"""The search in lists: how many lists and candidates the wanted recall takes, and whether it was reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.neighbors.direct import nearest_of
from graphkit.neighbors.exact import nearest_by_distance, nearest_in_float64
from graphkit.neighbors.lists import PointLists
from graphkit.neighbors.recall import recall_of
from graphkit.neighbors.vector_table import Metric, Points, VectorTable
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
        float32 or float64 [num_points, dim].
    k, metric, recall
        As for `graphkit.neighbors.knn_graph`.
    lists
        The points in lists.
    rows
        The sample, int64 [num_sampled].
    farthest
        The distance of the last true neighbour of each, float64 [num_sampled].
    probes, candidates
        Lists that a point looks into, and what is kept of them for the comparison by all columns.
    given
        Whether `probes` was asked for, and so is not changed.
    """

    points: Points
    k: int
    metric: Metric
    recall: float
    lists: PointLists
    rows: NDArray[np.int64]
    farthest: NDArray[np.float64]
    probes: int
    candidates: int
    given: bool

    @classmethod
    def begin(
        cls,
        points: Points,
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
        true, distances = nearest_in_float64(
            points, points[rows], k, metric=metric, exclude=rows, num_threads=num_threads
        )
        lists = PointLists(
            VectorTable.of(points, metric, centered=metric != "inner_product"),
            num_lists=num_lists or int(np.sqrt(len(points))),
            seed=seed,
            num_threads=num_threads,
        )
        known, missed = np.arange(len(rows)) % 2 == 0, (1 - recall) * _MISSED_BY_CANDIDATES
        candidates = lists.candidates_for(rows[known], true[known], 1 - missed)
        wanted = min(1, recall + missed + _MARGIN)
        probes = num_probes or lists.probes_for(rows[known], true[known], wanted)
        given, farthest = num_probes is not None, distances[:, -1]
        search = cls(points, k, metric, recall, lists, rows, farthest, probes, candidates, given)
        if not (given or search._is_told_by_products(num_threads)):
            # More of them would find no more.
            search.probes = lists.num_lists
        return search

    def _is_told_by_products(self, num_threads: int) -> bool:
        """Whether the recall is in reach: float32 may mistake so many that it is not, in all lists."""
        rows, candidates = self.lists.best_of_all(self.rows, self.candidates)
        table = VectorTable.plain(self.points, self.metric)
        found, _ = nearest_of(table, table.queries_of(rows), candidates, self.k, num_threads)
        farthest = self.farthest[: len(rows)]
        return recall_of(self.points, self.metric, rows, found, farthest, num_threads) >= self.recall

    @property
    def is_worth_it(self) -> bool:
        """Whether fewer comparisons are made than there are pairs of points."""
        return self.given or self.probes <= _MOST_LISTS * self.lists.num_lists

    def complete(self, found: Rows, distances: NDArray[np.float32], num_threads: int) -> None:
        """Fill the rows of `found`, and of `distances`, that are not full; both are changed."""
        short = np.flatnonzero(found[:, -1] < 0)
        if len(short):
            found[short], distances[short] = nearest_by_distance(
                self.points,
                self.points[short],
                self.k,
                metric=self.metric,
                exclude=short,
                num_threads=num_threads,
            )

    def reached(self, found: Rows, num_threads: int) -> float:
        """Return the recall, of the measured half."""
        rows, farthest = self.rows[1::2], self.farthest[1::2]
        return recall_of(self.points, self.metric, rows, found[rows], farthest, num_threads)

    def is_enough(self, reached: float) -> bool:
        """Whether the search is over."""
        return self.given or reached >= self.recall

    def look_further(self) -> None:
        """Look into a quarter more."""
        self.probes += max(1, self.probes // 4)
        self.candidates += self.candidates // 4
