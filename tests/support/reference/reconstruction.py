"""LINE's reconstruction with dicts of exact fractions, from section 4.3 of Tang et al. 2015."""

from fractions import Fraction


def expand(arcs, threshold, depth):
    """Rows before their lighter arcs are dropped; `arcs` is a dict of dicts, weights by source and target.

    Nodes of no more than `threshold` out-arcs get sum_k w(i, k) w(k, j) / d(k) for j at two steps, and so on,
    and a loop of a tenth of what leaves and what arrives; nodes without out-arcs nothing.
    """
    arcs = {i: {j: Fraction(w) for j, w in row.items()} for i, row in arcs.items()}
    leaving = {i: sum(row.values()) for i, row in arcs.items()}
    arriving = dict.fromkeys(arcs, 0)
    for row in arcs.values():
        for j, weight in row.items():
            arriving[j] += weight
    expanded = {}
    for i, row in arcs.items():
        expanded[i] = dict(row)
        if row and len(row) <= threshold:
            step = row
            for _ in range(depth - 1):
                step = onwards(step, arcs, leaving)
                add(expanded[i], step)
            add(expanded[i], {i: (leaving[i] + arriving[i]) / 10})
    return expanded


def onwards(step, arcs, leaving):
    """Where weight is after one arc more, spread in proportion to the arcs' weights."""
    reached = {}
    for k, weight in step.items():
        add(reached, {j: weight * w / leaving[k] for j, w in arcs[k].items()})
    return reached


def add(row, other):
    for j, weight in other.items():
        row[j] = row.get(j, 0) + weight
