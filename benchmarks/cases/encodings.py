"""Encodings of many small graphs, and subgraphs around targets, beside PyTorch Geometric's.

200 random graphs of 15 to 40 nodes: 16 return probabilities, or 8 eigenvectors of the Laplacian, a call a
graph; graphkit also takes all of them as one batch. Subgraphs are all nodes within two steps of 2,048 targets
and the edges among them, in batches of 64: by ``ShaDowKHopSampler``, whose C++ is compiled here, since
torch-sparse has no wheels for the torch that is pinned; and by ``k_hop_subgraph`` for each target. Measured
is an epoch, for which the loaders are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import inputs
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

NUM_GRAPHS, NUM_TARGETS = 200, 2048
SUBGRAPHS = {"cora": "Cora", "citeseer": "Citeseer", "pubmed": "PubMed", "wiki": "Wiki", "lastfm": "LastFM"}


def parts(*, quick: bool) -> Iterator[Part]:
    for encoding, name in (("returns", "return probabilities"), ("laplacian", "Laplacian eigenvectors")):
        request = {"encoding": encoding, "num_graphs": 20 if quick else NUM_GRAPHS}
        contenders = [
            Contender("graphkit", "graphkit", "encodings_graphkit"),
            Contender("graphkit, one batch", "graphkit", "encodings_graphkit", {"batched": True}),
            Contender("torch_geometric", "graphkit", "encodings_torch_geometric"),
        ]
        yield _part(f"{name}, {request['num_graphs']} small graphs", contenders, request)
    for graph in ["cora"] if quick else SUBGRAPHS:
        request = {"input": str(inputs.labelled_csr(graph)), "num_targets": NUM_TARGETS}
        contenders = [
            Contender("graphkit", "graphkit", "subgraphs_graphkit"),
            Contender("torch_geometric", "graphkit", "subgraphs_torch_geometric", max_repeats=3),
            Contender("ShaDowKHopSampler", "torch-sparse", "subgraphs_shadow"),
        ]
        yield _part(f"{SUBGRAPHS[graph]}, 2 hops around {NUM_TARGETS} targets", contenders, request)


def _part(name: str, contenders: list[Contender], request: dict[str, Any]) -> Part:
    return Part(name, contenders, request, check, quantities=("seconds", "cpu_seconds"))


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Everybody's sums are the same: of squares, or of nodes and edges."""
    found = {name: session.ask(**request)["total"] for name, session in sessions.items()}
    wanted = found["torch_geometric"]
    for name, total in found.items():
        if not abs(total - wanted) <= 1e-4 * wanted:
            raise CheckFailed(f"{name}: {total}, torch_geometric's {wanted}")
    return {}
