"""Nearest neighbours by plain loops, in double precision."""

import math


def similarity(x, y, metric):
    """Similarity of two vectors, or their distance for "euclidean"."""
    if metric == "euclidean":
        return math.sqrt(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
    product = sum(a * b for a, b in zip(x, y, strict=True))
    if metric == "inner_product":
        return product
    lengths = math.sqrt(sum(a * a for a in x)) * math.sqrt(sum(b * b for b in y))
    return product / lengths if lengths else 0.0


def nearest(vectors, queries, k, metric, exclude):
    """For each query the k best (row, score), equal scores by row; `exclude` holds a set of rows a query."""
    result = []
    for query, excluded in zip(queries, exclude, strict=True):
        scores = [
            (similarity(query, vector, metric), row)
            for row, vector in enumerate(vectors)
            if row not in excluded
        ]
        sign = 1 if metric == "euclidean" else -1
        scores.sort(key=lambda pair: (sign * pair[0], pair[1]))
        result.append([(row, score) for score, row in scores[:k]])
    return result
