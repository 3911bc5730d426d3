"""Points in lists by their nearest centre, and the search of all points in the lists nearest to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows, Vectors
from graphkit.neighbors.exact import faiss_threads
from graphkit.parallel import run_ranges
from graphkit.seeds import Stream, generator

_TRAIN_POINTS = 64
"""Points a centre that k-means sees."""

_TRAIN_ROUNDS = 10


class PointLists:
    """Points cut into lists by k-means; a point looks for its neighbours in the lists nearest to it.

    Points of one list are searched together, so that each list they probe costs one matrix product
    (the "big batch" search of an inverted file).

    Parameters
    ----------
    vectors
        The points, prepared for the metric, float32 [num_points, dim].
    by_distance
        Whether the nearest are those of the smallest Euclidean distance; else of the largest product.
    num_lists
        Lists to make, >= 1.
    seed
        Random seed.
    num_threads
        Threads, >= 1; they do not change the result.

    Notes
    -----
    Memory: a copy of the vectors in the order of the lists, and 4 bytes a pair of point and list.
    """

    def __init__(self, vectors: Vectors, *, by_distance: bool, num_lists: int, seed: int, num_threads: int):
        self.num_threads = num_threads
        self._by_distance = by_distance
        with faiss_threads(num_threads):
            centers = _train(vectors, num_lists, seed)
            self.ranking = _ranked_lists(vectors, centers, by_distance)
        own = self.ranking[:, 0]
        self.points: Rows = np.argsort(own, kind="stable").astype(np.int32)
        self.starts: NDArray[np.int64] = np.searchsorted(own[self.points], np.arange(num_lists + 1))
        self._vectors = vectors[self.points]

    @property
    def num_lists(self) -> int:
        """How many lists there are."""
        return len(self.starts) - 1

    @cached_property
    def list_of(self) -> Rows:
        """The list of each point, int32 [num_points]."""
        lists: Rows = self.ranking[:, 0]
        return lists

    @cached_property
    def _penalties(self) -> NDArray[np.float32]:
        """What is taken from a product so that the largest is the nearest."""
        if not self._by_distance:
            return np.zeros(len(self.points), np.float32)
        halves: NDArray[np.float32] = np.vecdot(self._vectors, self._vectors) / 2
        return halves

    def probes_for(self, rows: NDArray[np.int64], neighbors: NDArray[np.int64], recall: float) -> int:
        """Return how many lists must be searched so that this share of known neighbours is in them."""
        place = np.empty((len(rows), self.num_lists), np.int32)
        np.put_along_axis(place, self.ranking[rows], np.arange(self.num_lists, dtype=np.int32)[None], axis=1)
        needed = np.sort(np.take_along_axis(place, self.list_of[neighbors], axis=1), axis=None)
        return int(needed[min(len(needed) - 1, int(np.ceil(recall * len(needed))) - 1)]) + 1

    def search(self, k: int, num_probes: int, step: Callable[[int, int], None] | None = None) -> Rows:
        """Return each point's k nearest in the lists it probes, int32 [num_points, k], -1 behind the last."""
        from threadpoolctl import threadpool_limits

        found: Rows = np.empty((len(self.points), k), np.int32)
        done = 0

        def search_lists(start: int, stop: int) -> None:
            nonlocal done
            for number in range(start, stop):
                self._search_list(number, num_probes, found)
                done += 1
                if step is not None:
                    step(done, self.num_lists)

        with threadpool_limits(1, "blas"):
            run_ranges(search_lists, range(self.num_lists + 1), self.num_threads)
        return found

    def _search_list(self, number: int, num_probes: int, found: Rows) -> None:
        """Search for all points of one list; `found` is written."""
        from graphkit.kernels.cpu.list_scan import offer_products, sort_heaps

        start, stop = self.starts[number : number + 2]
        points, vectors = self.points[start:stop], self._vectors[start:stop]
        kept = np.full((len(points), found.shape[1] + 1), -1, np.int32)
        scores = np.full(kept.shape, -np.inf, np.float32)
        kept[:, 0] = points
        probed = self.ranking[points, :num_probes]
        order = np.argsort(probed, axis=None, kind="stable")
        bounds = np.searchsorted(probed.ravel()[order], np.arange(self.num_lists + 1))
        for other in np.flatnonzero(np.diff(bounds)):
            queries = order[bounds[other] : bounds[other + 1]] // num_probes
            first, last = self.starts[other : other + 2]
            asked = vectors if len(queries) == len(vectors) else vectors[queries]
            products = asked @ self._vectors[first:last].T
            offer_products(
                products, self._penalties[first:last], self.points[first:last], queries, kept, scores
            )
        sort_heaps(kept, scores)
        found[points] = kept[:, 1:]


def _train(vectors: Vectors, num_lists: int, seed: int) -> Vectors:
    import faiss

    size = min(len(vectors), num_lists * _TRAIN_POINTS)
    rows = np.sort(generator(seed, Stream.KNN_SAMPLE, 1).choice(len(vectors), size, replace=False))
    means = faiss.Kmeans(
        vectors.shape[1],
        num_lists,
        niter=_TRAIN_ROUNDS,
        seed=int(seed % 2**31),
        min_points_per_centroid=1,
        max_points_per_centroid=_TRAIN_POINTS,
    )
    means.train(vectors[rows])
    centers: Vectors = np.asarray(means.centroids)
    return centers


def _ranked_lists(vectors: Vectors, centers: Vectors, by_distance: bool) -> Rows:
    """Lists in order of their centres' nearness to each point, int32 [num_points, num_lists]."""
    halves = np.vecdot(centers, centers) / 2 if by_distance else np.zeros(len(centers), np.float32)
    ranking: Rows = np.empty((len(vectors), len(centers)), np.int32)
    for start in range(0, len(vectors), 4096):
        block = slice(start, start + 4096)
        ranking[block] = np.argsort(halves - vectors[block] @ centers.T, axis=1, kind="stable")
    return ranking
