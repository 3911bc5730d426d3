"""The h-index by its definition."""


def h_index(values):
    """The largest h so that h of the values are >= h."""
    return max(h for h in range(len(values) + 1) if sum(value >= h for value in values) >= h)


def lowered(neighbors, numbers):
    """One round of the nodes whose neighbours are given, each seeing what those before it have become."""
    numbers = list(numbers)
    for node, others in neighbors.items():
        numbers[node] = min(numbers[node], h_index([numbers[other] for other in others if other != node]))
    return numbers
