"""The k best points of each query, by sorting all that were offered."""


def best(offers, k):
    """`offers`: (score, point) pairs of a query without its own; the smaller point first in a tie."""
    return [point for _, point in sorted(offers, key=lambda pair: (-pair[0], pair[1]))[:k]]
