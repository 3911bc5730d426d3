"""Preferential attachment, by an explicit list of degrees."""

from itertools import permutations

from support.reference.philox import draw


def edges(num_nodes, num_new, seed, stream):
    """The edges (newer, older) in order; a random end of the earlier edges is the next choice."""
    found = [(leaf, 0) for leaf in range(1, num_new + 1)]
    for node in range(num_new + 1, num_nodes):
        ends = [end for pair in found for end in pair]
        chosen, step = [], 0
        while len(chosen) < num_new:
            high, low, _, _ = draw(seed, node, step, stream)
            step += 1
            old = ends[(high * 2**32 + low) * len(ends) >> 64]
            if old not in chosen:
                chosen.append(old)
        found += [(node, old) for old in chosen]
    return found


def distribution(num_nodes, num_new):
    """Exact probability of each graph, as a set of edges: every sequence of choices, in turn."""
    graphs = {frozenset((leaf, 0) for leaf in range(1, num_new + 1)): 1.0}
    for node in range(num_new + 1, num_nodes):
        grown = {}
        for graph, probability in graphs.items():
            degrees = [sum(u in pair for pair in graph) for u in range(node)]
            for chosen in permutations(range(node), num_new):
                bigger = graph | {(node, old) for old in chosen}
                grown[bigger] = grown.get(bigger, 0.0) + probability * _choice_probability(degrees, chosen)
        graphs = grown
    return graphs


def _choice_probability(degrees, chosen):
    """Of drawing these nodes in this order, each in proportion to its degree among those left."""
    left, probability = sum(degrees), 1.0
    for old in chosen:
        probability *= degrees[old] / left
        left -= degrees[old]
    return probability
