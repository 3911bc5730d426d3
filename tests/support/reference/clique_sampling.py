"""The random tree that replaces a star, in plain Python."""

from support.reference.philox import draw


def tree_of_star(star, node, seed, stream):
    """Edges {(i, j): weight} that replace a star {leaf: weight}, weights all different (Kyng, Sachdeva)."""
    leaves = sorted(star, key=star.get)
    total, edges = sum(star.values()), {}
    for place, leaf in enumerate(leaves[:-1]):
        rest = leaves[place + 1 :]
        behind = sum(star[other] for other in rest)
        high, low, _, _ = draw(seed, node, place, stream)
        mark = ((high >> 5) * 2**26 + (low >> 6)) / 2**53 * behind
        # From the heaviest down, as shares of what is behind.
        for other in reversed(rest):
            mark -= star[other]
            if mark < 0:
                break
        edges[leaf, other] = star[leaf] * behind / total
    return edges
