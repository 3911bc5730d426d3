"""Edges to sorted arcs with lists, from the definition; an arc is (row, index, weight)."""

import itertools


def arcs_in_order(source, target, weights, symmetric):
    """The arcs of each edge, in the order of the edges; weight None without weights."""
    arcs = []
    for edge, (u, v) in enumerate(zip(source.tolist(), target.tolist(), strict=True)):
        weight = None if weights is None else float(weights[edge])
        arcs.append((u, v, weight))
        if symmetric and u != v:
            arcs.append((v, u, weight))
    return arcs


def by_bucket(arcs, width, num_buckets):
    return [[arc for arc in arcs if arc[0] // width == bucket] for bucket in range(num_buckets)]


def merged(arcs, rule):
    """Arcs by (row, index), those of one place made one: ``"sum"``, ``"max"``, ``"first"`` or ``"count"``."""
    result = []
    for place, run in itertools.groupby(sorted(arcs, key=lambda arc: arc[:2]), key=lambda arc: arc[:2]):
        weights = [weight for _, _, weight in run]
        if rule == "count":
            result.append((*place, float(len(weights))))
        elif weights[0] is None:
            result.append((*place, None))
        else:
            result.append(
                (*place, {"sum": sum, "max": max, "first": lambda values: values[0]}[rule](weights))
            )
    return result


def first_repeated(arcs):
    """The lowest (row, index) that several arcs share, or None."""
    places = sorted(arc[:2] for arc in arcs)
    return next((one for one, other in itertools.pairwise(places) if one == other), None)
