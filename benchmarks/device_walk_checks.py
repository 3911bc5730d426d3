"""Whether compiled walks have the bits of the CPU's, law by law."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from device_graphs import rmat

from graphkit import Graph
from graphkit.walks.walker import Walker

LAWS: dict[str, dict[str, float]] = {
    "uniform": {},
    "uniform, restart and stop": {"restart": 0.15, "stop": 0.02},
    "p = 0.25, q = 0.25": {"p": 0.25, "q": 0.25},
    "p = 0.1, q = 0.5, restart": {"p": 0.1, "q": 0.5, "restart": 0.15},
    "p = 4, q = 1": {"p": 4, "q": 1},
    "p = 50, q = 20, whole rows": {"p": 50, "q": 20},
}
EXTENDED: dict[str, dict[str, float]] = {
    "node2vec+, p = 0.5, q = 2": {"p": 0.5, "q": 2, "extend": True, "gamma": 0.5},
    "node2vec+, p = 50, q = 20, whole rows": {"p": 50, "q": 20, "extend": True},
}
SEED = (1 << 63) | 12345


def check(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield a row a law and kind of graph: entries that differ from the CPU's, which must be 0."""
    for weighted in (False, True):
        for directed in (False, True):
            size = (6, 300) if quick else (16, 400_000)
            graph = rmat(*size, weighted=weighted, directed=directed)
            laws = LAWS | EXTENDED if weighted and not directed else LAWS
            for name, law in laws.items():
                kind = f"{'weighted' if weighted else 'unweighted'}{', directed' if directed else ''}"
                differing, entries = compare(graph, law, num_walks=64 if quick else 200_000)
                law_of_kind = f"{name} ({kind})"
                print(f"{law_of_kind:>60}: {differing} of {entries:,} entries differ", flush=True)
                yield {"law": law_of_kind, "differing": differing, "entries": entries}


def compare(graph: Graph, law: dict[str, float], *, num_walks: int) -> tuple[int, int]:
    """Entries of the GPU's walks that are not the CPU's, and entries."""
    starts = (np.arange(num_walks) * 7 % graph.num_nodes).astype(np.int32)
    # Beyond 2**32: the high half of a number counts.
    numbers = np.arange(num_walks) * 3 + 2**33
    walks = [
        Walker(graph, walk_length=8 if num_walks < 1000 else 24, seed=SEED, backend=backend, **law).walk(
            starts, numbers
        )
        for backend in ("cpu", "gpu")
    ]
    return int(np.count_nonzero(walks[0] != walks[1])), walks[0].size
