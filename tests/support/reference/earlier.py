"""Where nodes begin on an earlier map, node by node, from the rule that its module states."""

import math


def median(values, weights):
    """The least value up to which at least half of the weights stand."""
    run, half = 0.0, sum(weights) / 2
    for value, weight in sorted(zip(values, weights, strict=True)):
        run += weight
        if run >= half * (1 - 1e-12):
            return value
    raise AssertionError


def amid(neighbors, places):
    """The median of the neighbours' places, axis by axis; None where none of them has one."""
    known = {node: weight for node, weight in neighbors.items() if node in places}
    if not known:
        return None
    return tuple(
        median([places[node][axis] for node in known], known.values())
        for axis in range(len(next(iter(places.values()))))
    )


def worth(here, neighbors, places):
    """Sum of the weighted logarithms of 1 / (1 + x**2), x the distance to each neighbour."""
    return sum(
        -weight * math.log(1 + math.dist(here, places[node]) ** 2)
        for node, weight in neighbors.items()
        if node in places
    )


def beginnings(adjacency, places, hold):
    """Where each node begins, by node; without those that no path leads to.

    `adjacency` has for each node the weights of its neighbours, `places` those that stood on the earlier map.
    """
    begin = dict(places)
    while new := {
        node: place
        for node, neighbors in adjacency.items()
        if node not in begin and (place := amid(neighbors, begin)) is not None
    }:
        begin |= new
    every = dict(begin)
    for node, old in places.items():
        neighbors = {other: weight for other, weight in adjacency[node].items() if other in every}
        there = amid(neighbors, every)
        if there is None:
            continue
        pull_back = hold * sum(neighbors.values()) * math.log(1 + math.dist(there, old) ** 2)
        if worth(there, neighbors, every) - pull_back > worth(old, neighbors, every):
            begin[node] = there
    return begin
