"""The k best points of each query, by sorting all that were offered."""


def best(offers, k):
    """`offers`: (score, point) pairs of a query without its own; the smaller point first in a tie."""
    return [point for _, point in sorted(offers, key=lambda pair: (-pair[0], pair[1]))[:k]]


def nearest_of(vectors, point, candidates, by_distance):
    """Pairs (squared distance or negative product, row), the smallest first, equal ones by row."""
    query = vectors[point].astype(float)
    pairs = []
    for row in candidates.tolist():
        other = vectors[row].astype(float)
        pairs.append((sum((other - query) ** 2) if by_distance else -sum(other * query), row))
    return sorted(pairs)
