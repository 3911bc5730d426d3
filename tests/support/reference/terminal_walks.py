"""A walk to the nodes that stay, in plain Python."""

from support.reference.philox import draw


def walk_to(rows, tables, stays, node, seed, number, stream):
    """(the first node that stays, resistance of the way); rows {node: [(neighbour, weight)]}, sorted."""
    resistance, step = 0.0, 0
    while node not in stays:
        words = draw(seed, number, step // 2, stream)
        word, coin = words[2 * (step % 2) : 2 * (step % 2) + 2]
        slot = word * len(rows[node]) >> 32
        if tables is not None:
            threshold, alias = tables[node][slot]
            slot = slot if coin < threshold else alias
        node, weight = rows[node][slot]
        resistance += 1 / weight
        step += 1
    return node, resistance
