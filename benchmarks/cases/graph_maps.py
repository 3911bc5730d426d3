"""Maps straight from graphs, the largest component of each without loops: what they keep, and their time.

``neighbor_preservation`` is the mean share of a node's d neighbours among the d points nearest to it in the
map. Everyone at the defaults. igraph's Kamada-Kawai is run on graphs of up to 2,600 nodes, networkx's
layouts on those of up to 2,200, fa2-modified's on up to 4,000. Peers, which take minutes, are run once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from cases.many_graphs import GRAPHS
from contender import Contender
from maps import loopless, neighbor_preservation
from measure import CheckFailed, Part, Sessions, Values

NAMES = ("cora", "citeseer", "wiki", "chameleon", "ppi", "lastfm", "pubmed")
MOST_OF_PAIRS, MOST_OF_NETWORKX, MOST_OF_FORCEATLAS2 = 2600, 2200, 4000
LEAST_LEAD = 0.02
"""By which the best of ours must be ahead of the best peer in neighbours that are kept."""


def parts(*, quick: bool) -> Iterator[Part]:
    for name in NAMES[1:2] if quick else NAMES:
        path = inputs.labelled_component_csr(name)
        size = len(np.load(path)["indptr"]) - 1
        yield Part(
            f"{GRAPHS[name]}, {size:,} nodes",
            OURS[:1] if quick else [*OURS, *_peers(size)],
            {"input": str(path)},
            check,
            quantities=("seconds", "cpu_seconds"),
        )


def _peers(size: int) -> list[Contender]:
    def peer(name: str, method: str) -> Contender:
        return Contender(name, "graph-layouts", "graph_map_peers", {"method": method}, max_repeats=0)

    found = [
        peer("igraph Fruchterman-Reingold", "fruchterman_reingold"),
        peer("igraph DrL", "drl"),
        peer("igraph UMAP", "umap"),
    ]
    if size <= MOST_OF_FORCEATLAS2:
        found.append(peer("fa2-modified ForceAtlas2", "fa2"))
    if size <= MOST_OF_PAIRS:
        found.append(peer("igraph Kamada-Kawai", "kamada_kawai"))
    if size <= MOST_OF_NETWORKX:
        found += [
            peer("networkx spring_layout", "spring"),
            peer("networkx forceatlas2_layout", "forceatlas2"),
        ]
    return found


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """What each map keeps; the best of ours must be ahead."""
    arrays, found = loopless(Path(request["input"])), {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "positions.npy"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            kept = neighbor_preservation(*arrays, np.load(path))
            found[name] = {"neighbor_preservation": [kept]}
    best = {
        side: max(
            (values["neighbor_preservation"][0] for name, values in found.items() if ours(name) == side),
            default=0.0,
        )
        for side in (True, False)
    }
    if best[True] < best[False] + LEAST_LEAD:
        raise CheckFailed(f"neighbours that are kept: {found}")
    return found


def ours(name: str) -> bool:
    return name.startswith("graphkit")


OURS = [
    Contender("graphkit LargeVis", "graphkit", "graph_map_graphkit", {"method": "largevis"}),
    Contender(
        "graphkit LargeVis, 5,000 samples",
        "graphkit",
        "graph_map_graphkit",
        {"method": "largevis", "settings": {"samples_per_node": 5000}},
    ),
    Contender("graphkit t-SNE", "graphkit", "graph_map_graphkit", {"method": "tsne"}),
]
