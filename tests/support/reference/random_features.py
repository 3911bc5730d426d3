"""What walkers deposit, in plain Python: each walker by itself, loads as in Choromanski 2023."""

from support.reference.philox import draw

FEATURE_WALK = 17


def deposits(matrix, row, num_walkers, p_halt, max_length, seed, coupling="independent"):
    """Row `row` of C_0 .. C_max_length: {(length, node): mean load}.

    `matrix` is U, nested lists; its neighbours are where it is not 0.
    """
    threshold = round(p_halt * 2**32)
    p = threshold / 2**32
    nodes, loads = [row] * num_walkers, [1.0] * num_walkers
    total = {(0, row): 1.0}
    walking = list(range(num_walkers))
    for step in range(max_length):
        words = {k: words_of(seed, row, k, step, coupling.startswith("antithetic")) for k in walking}
        walking = [k for k in walking if words[k][0] >= threshold]
        directions = {k: words[k][1] for k in walking}
        if coupling.endswith("repelling"):
            directions = repelled(directions, nodes, matrix)
        walking = [k for k in walking if neighbors(matrix, nodes[k])]
        for k in walking:
            choices = neighbors(matrix, nodes[k])
            node = choices[directions[k] * len(choices) >> 32]
            loads[k] *= len(choices) / (1 - p) * matrix[nodes[k]][node]
            nodes[k] = node
            total[step + 1, node] = total.get((step + 1, node), 0.0) + loads[k] / num_walkers
    return total


def neighbors(matrix, node):
    """The nodes that arcs lead to."""
    return [other for other, value in enumerate(matrix[node]) if value]


def words_of(seed, row, walker, step, antithetic):
    """The words of a halt and a direction; a pair of walkers shares a draw."""
    first, first_way, second_way, second = draw(seed, (walker // 2 << 32) | row, step, FEATURE_WALK)
    if walker % 2 == 0:
        return first, first_way
    return (first + 2**31) % 2**32 if antithetic else second, second_way


def repelled(directions, nodes, matrix):
    """Directions of walkers that share a node, in blocks of its degree, spread evenly over a full turn."""
    spread = dict(directions)
    for node in {nodes[k] for k in directions}:
        group = [k for k in directions if nodes[k] == node]
        size = max(1, len(neighbors(matrix, node)))
        for first in range(0, len(group), size):
            block = group[first : first + size]
            for place, k in enumerate(block):
                spread[k] = (directions[block[0]] + place * 2**32 // len(block)) % 2**32
    return spread
