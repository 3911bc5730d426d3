"""How walkers of a row depend on each other, in plain Python: pairs of halts, directions that repel."""

from support.reference.philox import draw


def words_of(seed, stream, row, walker, step, antithetic):
    """The words of a halt and a direction; a pair of walkers shares a draw."""
    first, first_way, second_way, second = draw(seed, (walker // 2 << 32) | row, step, stream)
    if walker % 2 == 0:
        return first, first_way
    return (first + 2**31) % 2**32 if antithetic else second, second_way


def repelled(directions, nodes, degrees):
    """Directions of walkers that share a node, in blocks of its degree, spread evenly over a full turn."""
    spread = dict(directions)
    for node in {nodes[k] for k in directions}:
        group = [k for k in directions if nodes[k] == node]
        size = max(1, degrees[node])
        for first in range(0, len(group), size):
            block = group[first : first + size]
            for place, k in enumerate(block):
                spread[k] = (directions[block[0]] + place * 2**32 // len(block)) % 2**32
    return spread
