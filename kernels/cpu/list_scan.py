"""The k best of each query, from products with one list of points after another."""

from __future__ import annotations

from numba import njit


@njit(nogil=True, cache=True, _nrt=False)
def offer_products(products, penalties, points, queries, heap_points, heap_scores):
    """Offer each query the points of a list: score = products[i, j] - penalties[j], the largest k are kept.

    `products` float32 [num_queries, num_points]; `penalties` float32 and `points` int32, both [num_points];
    `queries` int64 [num_queries], the heap of each. `heap_points` int32 and `heap_scores` float32, both
    [num_heaps, k + 1], are **written**: column 0 holds a point that is not to be kept, the query's own, the
    rest is a heap with its worst entry in column 1. Equal scores prefer the smaller point.
    """
    size = heap_points.shape[1]
    for i in range(len(queries)):
        kept, scores = heap_points[queries[i]], heap_scores[queries[i]]
        own = kept[0]
        for j in range(len(points)):
            score = products[i, j] - penalties[j]
            if score < scores[1] or points[j] == own:
                continue
            if _precedes(score, points[j], scores[1], kept[1]):
                _sink(kept, scores, size, points[j], score)


@njit(nogil=True, cache=True, _nrt=False)
def sort_heaps(heap_points, heap_scores):
    """Put each heap of `offer_products` in order, best first; both arrays are **written**."""
    for row in range(len(heap_points)):
        kept, scores = heap_points[row], heap_scores[row]
        for end in range(len(kept) - 1, 1, -1):
            point, score = kept[end], scores[end]
            kept[end], scores[end] = kept[1], scores[1]
            _sink(kept, scores, end, point, score)


@njit(inline="always")
def _precedes(score, point, other_score, other_point):
    return score > other_score or (score == other_score and point < other_point)


@njit(inline="always")
def _sink(kept, scores, size, point, score):
    """Put an entry in place of the root, at 1, of a heap that ends before `size`."""
    place, child = 1, 2
    while child < size:
        other = child + 1
        if other < size and _precedes(scores[child], kept[child], scores[other], kept[other]):
            child = other
        if not _precedes(score, point, scores[child], kept[child]):
            break
        kept[place], scores[place] = kept[child], scores[child]
        place, child = child, 2 * child
    kept[place], scores[place] = point, score
