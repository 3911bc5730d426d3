"""Clusters around single seeds: PageRank from the seed and the sweep cut, over some seeds one by one, and on
Cora all in one call too, where eight seeds share each look at a row.

Restart is 0.1. NumPy's push stops at our tolerance. networkx and scikit-network compute the whole vector by
power iteration, which stops where its error is at most what push may leave in all (tolerance times the number
of arcs), or after `iterations`; scikit-network's push solver is not taken, since its vector hardly depends on
the seed. On Cora push stops at 3e-7 and iteration where push to 1e-7 would: there the conductances are equal.
With 1e-5 on cnr-2000 push sees clusters of up to 10^5 arcs, and power iteration, which has no such
limit, finds better ones; so the tolerance there is 1e-6, at which ours are better than scikit-network's after
five iterations, and 1e-9, beside its iteration to the end, whose clusters, of a good part of the graph, are
better. All but ours have the same sweep, in NumPy.
`conductance` is the mean of the clusters that were found. Graphs are connected: the largest component would
be a cluster without a cut.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

LARGEST_LOSS = 0.02
"""By which our mean conductance may be above that of the same push in NumPy, as a share of it."""


def parts(*, quick: bool) -> Iterator[Part]:
    cora = inputs.component_of(inputs.labelled_csr("cora"), "cora-component")
    contenders = [OURS, AT_ONCE, NUMPY, SKNETWORK, NETWORKX]
    yield _part("Cora, 32 seeds", contenders, cora, 3e-7, num_seeds=32, iterate_to=1e-7)
    if not quick:
        cnr = inputs.component_of(inputs.cnr_2000_csr(), "cnr-2000-component")
        yield _part("cnr-2000, undirected, 10 seeds, to 1e-5", [OURS, NUMPY], cnr, 1e-5)
        yield _part("cnr-2000, undirected, 10 seeds, to 1e-6", [OURS, NUMPY, SKNETWORK], cnr, 1e-6, 5)
        yield _part("cnr-2000, undirected, 10 seeds, to 1e-9", [OURS, SKNETWORK], cnr, 1e-9)
        graph = inputs.rmat_component_csr(20, 8_000_000)
        yield _part("R-MAT, 2^20 nodes, 10 seeds", [OURS, NUMPY], graph, 1e-5)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """The mean conductance of each, and that ours is that of the same push."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conductances.npy"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            found[name] = {"conductance": [float(np.load(path).mean())]}
    ours = found[OURS.name]["conductance"][0]
    same = found.get(NUMPY.name, found[OURS.name])["conductance"][0]
    if ours > same * (1 + LARGEST_LOSS):
        raise CheckFailed(f"conductance {ours}, that of push in NumPy {same}")
    return found


def _part(
    name: str,
    contenders: list[Contender],
    graph: Path,
    tolerance: float,
    iterations: int | None = None,
    *,
    num_seeds: int = 10,
    iterate_to: float | None = None,
) -> Part:
    degree = np.diff(np.load(graph)["indptr"])
    rng = np.random.default_rng(1)
    seeds = rng.choice(np.flatnonzero(degree), num_seeds, replace=False).tolist()
    request = {
        "input": str(graph),
        "restart": 0.1,
        "tolerance": tolerance,
        "iterate_to": iterate_to or tolerance,
        "iterations": iterations,
        "seeds": seeds,
    }
    return Part(name, contenders, request, check, quantities=("cpu_seconds",))


OURS = Contender("graphkit", "graphkit", "local_cluster_graphkit")
AT_ONCE = Contender("graphkit, one call", "graphkit", "local_cluster_graphkit", {"at_once": True})
NUMPY = Contender("NumPy push", "graphkit", "local_cluster_peers", {"ranking": "numpy"}, 2)
SKNETWORK = Contender(
    "scikit-network", "scikit-network", "local_cluster_peers", {"ranking": "scikit-network"}, 2
)
NETWORKX = Contender("networkx", "scikit-network", "local_cluster_peers", {"ranking": "networkx"}, 2)
