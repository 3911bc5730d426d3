"""Temporal walks from their definitions: events as triples, probabilities, not speed."""

import math


def arcs_of(events, *, directed):
    """Arcs (source, target, time) in the order of the events; a loop is one arc."""
    arcs = []
    for source, target, time in events:
        arcs.append((source, target, time))
        if not directed and source != target:
            arcs.append((target, source, time))
    return arcs


def next_law(arcs, node, time, choice, timescale, *, equal):
    """Probability of each (target, time) behind an arc that came to `node` at `time`; {} at the end."""
    later = [arc for arc in arcs if arc[0] == node and (arc[2] > time or (equal and arc[2] == time))]
    # Sorting is stable: of equal times the order of the events.
    later.sort(key=lambda arc: arc[2])
    size = len(later)
    weights = {
        "uniform": lambda place, _: 1.0,
        "linear": lambda place, _: float(size - place),
        "exponential": lambda _, when: math.exp(-(when - time) / timescale),
    }[choice]
    return shares([(arc[1:], weights(place, arc[2])) for place, arc in enumerate(later)])


def first_law(arcs, choice, timescale):
    """Probability of each (source, target, time) to begin a walk."""
    latest = max(time for *_, time in arcs)
    weights = {
        "uniform": lambda _: 1.0,
        "linear": lambda when: float(sum(time <= when for *_, time in arcs)),
        "exponential": lambda when: math.exp((when - latest) / timescale),
    }[choice]
    return shares([(arc, weights(arc[2])) for arc in arcs])


def shares(weighted):
    """Weights of equal keys added up, divided by the sum of all."""
    total = sum(weight for _, weight in weighted)
    law = {}
    for key, weight in weighted:
        law[key] = law.get(key, 0.0) + weight / total
    return law


def plain_walks(events, num_walks, length, random, *, directed=False):
    """Uniform temporal walks as they are plainly written in Python: a list of later events for each step."""
    leaving = {}
    arcs = arcs_of(events, directed=directed)
    for source, target, time in arcs:
        leaving.setdefault(source, []).append((target, time))
    walks = []
    for _ in range(num_walks):
        source, node, time = arcs[random.randrange(len(arcs))]
        walk = [source, node]
        while len(walk) < length:
            later = [event for event in leaving.get(node, ()) if event[1] > time]
            if not later:
                break
            node, time = later[random.randrange(len(later))]
            walk.append(node)
        walks.append(walk)
    return walks
