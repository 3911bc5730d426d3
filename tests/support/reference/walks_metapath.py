"""Walks along a metapath from their definition."""


def next_law(weights, types, metapath, node, place):
    """Probability of each x behind `node`, which stands at `place` of the metapath; None at the end."""
    following = metapath[(place + 1) % (len(metapath) - 1)]
    mass = [weight if types[x] == following else 0 for x, weight in enumerate(weights[node])]
    total = sum(mass)
    return [m / total for m in mass] if total else None


def first_place(metapath, type_name):
    """Where in the metapath a walk from a node of this type stands; None if nowhere."""
    return metapath.index(type_name) if type_name in metapath else None
