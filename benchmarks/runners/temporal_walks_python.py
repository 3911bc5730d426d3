"""Temporal walks as plain Python has them: the events of a node in a list, the later ones by bisection."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from itertools import accumulate

import numpy as np
from protocol import Request, serve

Rows = dict[int, tuple[list[float], list[int]]]


def load(request: Request) -> tuple[Rows, list[tuple[int, int, float]], int]:
    events = np.load(request["input"])
    source, target, time = (events[name] for name in ("source", "target", "time"))
    order = np.argsort(time, kind="stable")
    rows: Rows = {}
    arcs = []
    for u, v, when in zip(source[order].tolist(), target[order].tolist(), time[order].tolist(), strict=True):
        for here, there in ((u, v), (v, u)):
            times, nodes = rows.setdefault(here, ([], []))
            times.append(when)
            nodes.append(there)
            arcs.append((here, there, when))
    gaps = [(times[-1] - times[0], len(times) - 1) for times, _ in rows.values()]
    scale = sum(gap for gap, _ in gaps) / sum(count for _, count in gaps)
    return rows, arcs, scale


def walk(data: tuple[Rows, list[tuple[int, int, float]], float], request: Request) -> list[list[int]]:
    rows, arcs, scale = data
    draw, length, choice = random.Random(request["seed"]), request["walk_length"], request["choice"]
    walks = []
    for _ in range(request["num_walks"]):
        here, node, time = arcs[draw.randrange(len(arcs))]
        walk = [here, node]
        while len(walk) < length:
            times, nodes = rows[node]
            first = bisect_right(times, time)
            if first == len(times):
                break
            if choice == "uniform":
                place = draw.randrange(first, len(times))
            else:
                sums = list(accumulate(math.exp((times[first] - when) / scale) for when in times[first:]))
                place = first + min(bisect_right(sums, draw.random() * sums[-1]), len(sums) - 1)
            node, time = nodes[place], times[place]
            walk.append(node)
        walks.append(walk)
    return walks


def save(walks: list[list[int]], path: str) -> None:
    longest = max(map(len, walks))
    np.save(path, np.array([walk + [-1] * (longest - len(walk)) for walk in walks]))


serve(walk, load=load, save=save, amount=("walk", len), packages=["numpy"])
