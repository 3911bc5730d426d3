"""dyGRASS's non-backtracking walks in plain Python, with a look at the goal's neighbours."""

import itertools

from support.reference.philox import draw


def steps_of(rows, source, goal, steps, seed, number, stream):
    """The nodes of one walk, from its source; `rows` maps a node to {neighbour: weight}."""
    nodes = [source]
    for step in range(steps):
        others = sorted(rows[nodes[-1]])
        word = draw(seed, number, step // 4, stream)[step % 4]
        if len(nodes) == 1:
            chosen = others[word * len(others) >> 32]
        elif len(others) == 1:
            break
        else:
            chosen = others[word * (len(others) - 1) >> 32]
            if chosen == nodes[-2]:
                chosen = others[-1]
        nodes.append(chosen)
        if chosen == goal:
            break
    return nodes


def resistance_of(rows, path):
    """The sum of 1 / w along a path."""
    return sum(1 / rows[u][v] for u, v in itertools.pairwise(path))


def best_path(rows, source, goal, walkers, steps, seed, first, stream):
    """(resistance, path) of the best path that walkers find, the first of equal ones; (inf, []) if none.

    They start at the end of the lower degree; after each step they look whether the goal is next to them.
    """
    if len(rows[source]) > len(rows[goal]):
        source, goal = goal, source
    best = float("inf"), []
    if not rows[source]:
        return best
    for number in range(first * walkers, (first + 1) * walkers):
        nodes = steps_of(rows, source, goal, steps, seed, number, stream)
        for end in range(2, len(nodes) + 1):
            path = [*nodes[:end], goal]
            if nodes[end - 1] != goal and goal in rows[nodes[end - 1]]:
                best = min(best, (resistance_of(rows, path), path), key=lambda found: found[0])
    return best
