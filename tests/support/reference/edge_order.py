"""Sorted edges by Python's sort."""


def ordered(source, target):
    """Which edge is at which place, by source, then target, equal ones in their order."""
    return sorted(range(len(source)), key=lambda edge: (source[edge], target[edge]))


def merged(source, target, weights):
    """{(source, target): sum of weights}, or 1 without weights."""
    found = {}
    for edge, ends in enumerate(zip(source.tolist(), target.tolist())):
        found[ends] = 1.0 if weights is None else found.get(ends, 0.0) + float(weights[edge])
    return found
