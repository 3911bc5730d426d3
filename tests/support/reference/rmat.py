"""R-MAT from its definition: the edge falls into one of four quadrants at each bit, highest first."""

from support.reference.byte_alias import outcome
from support.reference.philox import draw


def edge_probability(source, target, scale, a, b, c):
    """P(source, target) for 2**scale nodes: a product over the bits."""
    quadrants = ((a, b), (c, 1 - a - b - c))
    probability = 1.0
    for level in range(scale):
        probability *= quadrants[source >> level & 1][target >> level & 1]
    return probability


def edge(tables, seed, stream, number):
    """Edge `number`: a word and a table for each four bits of source and target."""
    words = [word for step in range(4) for word in draw(seed, number, step, stream)]
    source = target = 0
    for table, word in zip(tables, words):
        byte = outcome(table, word)
        source, target = 16 * source + byte // 16, 16 * target + byte % 16
    return source, target
