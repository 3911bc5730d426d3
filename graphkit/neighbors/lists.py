"""Points in lists by their nearest centre, and the search of all points in the lists nearest to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows, Vectors
from graphkit.neighbors.direct import kind_of
from graphkit.neighbors.faiss_threads import faiss_threads
from graphkit.neighbors.reduced import reduced
from graphkit.neighbors.vector_table import Metric, Points, VectorTable
from graphkit.parallel import even_bounds, run_ranges
from graphkit.seeds import Stream, generator

TRAIN_POINTS = 64
"""Points a centre that k-means sees."""

TRAIN_ROUNDS = 10

_MOST_CANDIDATES = 4
"""Candidates for each neighbour; where more were needed, all comparisons are exact."""

_FOR_ROUNDING = 4

_RANKED_QUERIES = 64

_ARRAYS = ("centers", "center_penalties", "order", "starts", "along", "ordered_penalties")

_ASSIGNED = 4096
"""Points that are compared with all centres at a time."""


class PointLists:
    """Points cut into lists by k-means; a point looks for its neighbours in the lists nearest to it.

    Points of one list are searched together, so that each list they probe costs one matrix product
    (the "big batch" search of an inverted file). The products are of `reduced` vectors; the best of them are
    compared once more by all columns, directly and in float64.

    Parameters
    ----------
    table
        The points, prepared about the origin if the nearest are those of the largest product.
    num_lists
        Lists to make, >= 1.
    seed
        Random seed.
    num_threads
        Threads, >= 1; they do not change the result.

    Notes
    -----
    Memory: a copy of the points, and of many columns seldom half of one.
    """

    def __init__(
        self,
        table: VectorTable,
        *,
        num_lists: int,
        seed: int,
        num_threads: int,
    ):
        self.num_threads = num_threads
        self.num_lists = num_lists
        self._table = table
        num_points = len(table.vectors)
        from graphkit.kernels.cpu.permute_rows import permute_rows

        with _one_blas_thread():
            along = reduced(table, seed=seed, num_threads=num_threads)
        # FAISS cuts the products of k-means by its threads, and so would their last bits depend on them.
        with faiss_threads(1):
            self._centers = _train(along, num_lists, seed)
        halves = np.vecdot(self._centers, self._centers) / 2
        self._center_penalties = halves if table.by_distance else np.zeros_like(halves)
        self.list_of: Rows = np.empty(num_points, np.int32)
        # What is taken from a product so that the largest is the nearest: half the squared length.
        self._penalties = np.zeros(num_points, np.float32)
        with _one_blas_thread():
            bounds = even_bounds(num_points, -(-num_points // _ASSIGNED))
            run_ranges(partial(self._assign, along), bounds, num_threads)
        self._order: Rows = np.argsort(self.list_of, kind="stable").astype(np.int32)
        self._starts = np.searchsorted(self.list_of[self._order], np.arange(num_lists + 1))
        permute_rows(along, self._order)
        self._along = along
        # What is compared: these, or all columns.
        self._ordered = self._along
        self._ordered_penalties = self._penalties[self._order]

    def _assign(self, along: Vectors, start: int, stop: int) -> None:
        """Find the lists and the penalties of a range of points."""
        nearness = along[start:stop] @ self._centers.T - self._center_penalties
        self.list_of[start:stop] = nearness.argmax(axis=1)
        if self._table.by_distance:
            points = self._table.prepared(slice(start, stop))
            self._penalties[start:stop] = np.vecdot(points, points) / 2

    def probes_for(self, rows: NDArray[np.int64], neighbors: NDArray[np.int64], recall: float) -> int:
        """Return how many lists must be searched so that this share of known neighbours is in them."""
        nearness = self._along[self._places(rows)] @ self._centers.T - self._center_penalties
        place = np.empty((len(rows), self.num_lists), np.int64)
        ranking = np.argsort(-nearness, axis=1, kind="stable")
        np.put_along_axis(place, ranking, np.arange(self.num_lists)[None], axis=1)
        return _enough(np.take_along_axis(place, self.list_of[neighbors], axis=1), recall)

    def candidates_for(self, rows: NDArray[np.int64], neighbors: NDArray[np.int64], recall: float) -> int:
        """Return how many candidates must be kept so that this share of known neighbours is among them.

        If too many were needed, all columns will be compared. Then a few more than neighbours do, for the
        rounding of products.
        """
        k = int(neighbors.shape[1])
        if self._ordered.shape[1] == self._table.num_columns:
            return k + _FOR_ROUNDING
        rows, neighbors = rows[:_RANKED_QUERIES], self._places(neighbors[:_RANKED_QUERIES])
        scores = self._scores(rows)
        most = min(_MOST_CANDIDATES * k, scores.shape[1] - 1)
        best = np.sort(np.partition(-scores, most, axis=1)[:, : most + 1], axis=1)
        wanted = -np.take_along_axis(scores, neighbors, axis=1)
        ranks = np.array([np.searchsorted(row, values) for row, values in zip(best, wanted, strict=True)])
        needed = _enough(ranks, recall)
        if needed <= most:
            return max(needed, k)
        self._ordered = self._table.prepared(self._order)
        return k + _FOR_ROUNDING

    def best_of_all(self, rows: NDArray[np.int64], num_candidates: int) -> tuple[NDArray[np.int64], Rows]:
        """Return a few of the rows, and as many candidates of each as `search` finds in all lists."""
        rows = rows[:_RANKED_QUERIES]
        last = min(num_candidates, len(self._order) - 1) - 1
        best = np.argpartition(-self._scores(rows), last, axis=1)[:, : last + 1]
        return rows, self._order[best]

    def _scores(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The larger, the nearer all others are by product, in the order of the lists."""
        places = self._places(rows)
        scores: NDArray[np.float32] = self._ordered[places] @ self._ordered.T - self._ordered_penalties
        scores[np.arange(len(rows)), places] = -np.inf
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what a search needs beside the points, of which `opened` makes the lists again."""
        named = {name: getattr(self, f"_{name}") for name in _ARRAYS} | {"lengths": self._table.lengths}
        return named if self._ordered is self._along else named | {"ordered": self._ordered}

    @classmethod
    def opened(cls, points: Points, arrays: dict[str, NDArray[Any]], metric: Metric) -> Self:
        """Return lists of the points that can be searched, made of `arrays`, which may be memory-mapped."""
        lists = cls.__new__(cls)
        lists.num_threads, lists.num_lists = 1, len(arrays["centers"])
        # Nothing is prepared any more.
        lists._table = VectorTable(points, metric, arrays["lengths"], np.zeros(points.shape[1]), 1.0)
        for name in _ARRAYS:
            setattr(lists, f"_{name}", arrays[name])
        lists._ordered = arrays.get("ordered", lists._along)
        return lists

    def search_range(
        self, first: int, end: int, k: int, num_probes: int, num_candidates: int
    ) -> tuple[Rows, Rows, NDArray[np.float32]]:
        """Do as `search` for the points of lists `first` to `end`; which they are stands in front."""
        with _one_blas_thread():
            parts = [self._search_list(number, k, num_probes, num_candidates) for number in range(first, end)]
        found, values = map(np.concatenate, zip(*parts, strict=True))
        return self._order[self._starts[first] : self._starts[end]], found, values

    def _places(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where points stand in the order of the lists."""
        places = np.empty(len(self._order), np.int64)
        places[self._order] = np.arange(len(places))
        return places[rows]

    def search(
        self, k: int, num_probes: int, num_candidates: int, step: Callable[[int, int], None] | None = None
    ) -> tuple[Rows, NDArray[np.float32]]:
        """Search for every point in the lists it probes.

        Returns
        -------
        found, values
            The k nearest, int32 [num_points, k], -1 behind the last, and their distances, as in `KnnGraph`,
            float32 [num_points, k], infinite behind the last. Of points of zeros, which are equally near to
            all by any angle, none are found.
        """
        found, values = _room(len(self._order), k)
        done = 0

        def search_lists(start: int, stop: int) -> None:
            nonlocal done
            for number in range(start, stop):
                rows = self._order[self._starts[number] : self._starts[number + 1]]
                found[rows], values[rows] = self._search_list(number, k, num_probes, num_candidates)
                done += 1
                if step is not None:
                    step(done, self.num_lists)

        with _one_blas_thread():
            run_ranges(search_lists, range(self.num_lists + 1), self.num_threads)
        return found, values

    def _search_list(
        self, number: int, k: int, num_probes: int, num_candidates: int
    ) -> tuple[Rows, NDArray[np.float32]]:
        """Search for all points of one list; return as `search`, of these points."""
        from graphkit.kernels.cpu.list_scan import offer_products, sort_heaps

        start, stop = self._starts[number : number + 2]
        points, vectors = self._order[start:stop], self._ordered[start:stop]
        kept = np.full((len(points), num_candidates + 1), -1, np.int32)
        scores = np.full(kept.shape, -np.inf, np.float32)
        kept[:, 0] = points
        probed = self._probed(slice(start, stop), num_probes)
        order = np.argsort(probed, axis=None, kind="stable")
        bounds = np.searchsorted(probed.ravel()[order], np.arange(self.num_lists + 1))
        others = np.flatnonzero(np.diff(bounds))
        # Its own list first: what is kept of it turns most of the others' points away.
        for other in others[np.argsort(others != number, kind="stable")]:
            queries = order[bounds[other] : bounds[other + 1]] // num_probes
            first, last = self._starts[other : other + 2]
            asked = vectors if len(queries) == len(vectors) else vectors[queries]
            products = asked @ self._ordered[first:last].T
            offer_products(
                products, self._ordered_penalties[first:last], self._order[first:last], queries, kept, scores
            )
        sort_heaps(kept, scores)
        return self._nearest_of(points, kept[:, 1:], k)

    def _nearest_of(self, points: Rows, candidates: Rows, k: int) -> tuple[Rows, NDArray[np.float32]]:
        """The nearest of each point's candidates, compared directly."""
        from graphkit.kernels.cpu.pair_distances import keep_nearest

        table = self._table
        found, values = np.empty((len(points), k), np.int32), np.empty((len(points), k))
        queries = table.queries_of(points)
        kind = kind_of(table.metric)
        keep_nearest(table.vectors, table.lengths, queries, candidates, kind, found, values)
        if table.metric == "cosine":
            found[table.lengths[points] == 0] = -1
        return found, values.astype(np.float32)

    def _probed(self, places: slice, num_probes: int) -> NDArray[np.int64]:
        """The lists nearest to each of the points at these places, in no order, [points, num_probes]."""
        vectors = self._along[places]
        if num_probes == self.num_lists:
            return np.tile(np.arange(num_probes), (len(vectors), 1))
        nearness = vectors @ self._centers.T - self._center_penalties
        return np.argpartition(-nearness, num_probes - 1, axis=1)[:, :num_probes]


def _room(num_points: int, k: int) -> tuple[Rows, NDArray[np.float32]]:
    return np.empty((num_points, k), np.int32), np.empty((num_points, k), np.float32)


def _enough(places: NDArray[np.int64], share: float) -> int:
    """How many first places hold this share of the given ones."""
    needed = np.sort(places, axis=None)
    return int(needed[min(len(needed) - 1, int(np.ceil(share * len(needed))) - 1)]) + 1


def _one_blas_thread() -> Any:
    """A product's bits must not depend on the threads; those of the machine share out the products."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")


def _train(vectors: Vectors, num_lists: int, seed: int) -> Vectors:
    import faiss

    size = min(len(vectors), num_lists * TRAIN_POINTS)
    rows = np.sort(generator(seed, Stream.KNN_SAMPLE, 1).choice(len(vectors), size, replace=False))
    means = faiss.Kmeans(
        vectors.shape[1],
        num_lists,
        niter=TRAIN_ROUNDS,
        seed=int(seed % 2**31),
        min_points_per_centroid=1,
        max_points_per_centroid=TRAIN_POINTS,
    )
    means.train(vectors[rows])
    centers: Vectors = np.asarray(means.centroids)
    return centers
