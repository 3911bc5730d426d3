"""Core numbers by their definition: nodes that cannot keep up with a level fall out, again and again."""


def core_numbers(weights, degree="total"):
    """Core number of each node of a matrix, weights[u][v] being that of the arc u -> v, 0 for none.

    What is left of a node is summed anew each time; the diagonal counts for nothing. Entries of 1 give the
    k-core, other weights the s-core; "total" sums what leaves and what arrives.
    """
    left = set(range(len(weights)))
    numbers = [0] * len(weights)
    level = 0
    while left:
        level = max(level, min(_remaining(weights, v, left, degree) for v in left))
        while fallen := {v for v in left if _remaining(weights, v, left, degree) <= level}:
            for v in fallen:
                numbers[v] = level
            left -= fallen
    return numbers


def _remaining(weights, v, left, degree):
    others = [u for u in sorted(left) if u != v]
    leaving, arriving = (sum(weights[v][u] for u in others), sum(weights[u][v] for u in others))
    return {"out": leaving, "in": arriving, "total": leaving + arriving}[degree]
