"""What walkers deposit, in plain Python: each walker by itself, loads as in Choromanski 2023."""

from support.reference.walker_coupling import repelled, words_of

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
        words = {
            k: words_of(seed, FEATURE_WALK, row, k, step, coupling.startswith("antithetic")) for k in walking
        }
        walking = [k for k in walking if words[k][0] >= threshold]
        directions = {k: words[k][1] for k in walking}
        if coupling.endswith("repelling"):
            directions = repelled(
                directions, nodes, [len(neighbors(matrix, node)) for node in range(len(matrix))]
            )
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
