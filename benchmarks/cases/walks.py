"""Random walks alone: steps a second, uniform and of the second order, in cache and beyond it.

Everyone walks from every node (or so many nodes as its contender says), but a slow contender takes fewer or
shorter walks: rates are compared, and each row says its number of steps. The machine's limit is a case of
its own, walk_reads. PecanPy's and fastnode2vec's walks are lists of names, as they give them to gensim.
csrgraph's sums of rounded weights may end below the number drawn; it then reads on into the next row.
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

QUANTITIES = ("steps_per_s", "steps", "peak_mb")
WARM_UP = {"walks_per_node": 1, "walk_length": 3, "num_starts": 1000}
CHECKED_WALKS = 100_000
WORST_PER_MILLION = 1000
"""Of a peer's steps may be wrong, as by rounding; of graphkit's, none."""


def parts(*, quick: bool) -> Iterator[Part]:
    for name, csr, sizes in _quick_graphs() if quick else _graphs():
        graph = {"input": str(csr), "text": str(inputs.csr_text(csr)), "seed": 1}
        for p, q in ((1, 1), (0.25, 0.25)):
            title = f"{name}, uniform" if p == q == 1 else f"{name}, p = {p}, q = {q}"
            contenders = _contenders(sizes, first_order=p == q == 1)
            yield Part(title, contenders, graph | {"p": p, "q": q}, check_walks, quantities=QUANTITIES)


def check_walks(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Steps of each contender that are none, in a million: through no arc, or ended where there are arcs."""
    arrays = np.load(request["input"])
    indptr, indices = arrays["indptr"], arrays["indices"]
    arcs = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)) * (len(indptr) - 1) + indices
    found: dict[str, Values] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, session) in enumerate(sessions.items()):
            path = Path(folder) / f"{number}.npy"
            session.ask(**request | WARM_UP)
            session.ask(**request | {"save": str(path)})
            if path.exists():
                walks = np.load(path, mmap_mode="r")[:CHECKED_WALKS]
                wrong = 1e6 * _share_of_wrong_steps(walks, arcs, np.diff(indptr))
                found[name] = {"wrong_per_million": [wrong]}
                path.unlink()
    shares = {name: values["wrong_per_million"][0] for name, values in found.items()}
    if shares["graphkit"] > 0 or max(shares.values()) > WORST_PER_MILLION:
        raise CheckFailed(f"steps that are none, in a million: {shares}")
    return found


def _share_of_wrong_steps(walks: np.ndarray, arcs: np.ndarray, degree: np.ndarray) -> float:
    before, after = walks[:, :-1].astype(np.int64), walks[:, 1:].astype(np.int64)
    taken = after >= 0
    steps = before[taken] * len(degree) + after[taken]
    place = np.minimum(np.searchsorted(arcs, steps), len(arcs) - 1)
    through_no_arc = np.count_nonzero(arcs[place] != steps)
    ended_early = np.count_nonzero(degree[before[~taken & (before >= 0)]])
    return (through_no_arc + ended_early) / max(1, len(steps))


def _contenders(sizes: dict[str, dict[str, int]], *, first_order: bool) -> list[Contender]:
    """The contenders that `sizes` has for this order, graphkit first."""
    order = "first" if first_order else "second"
    mode = {"mode": "FirstOrderUnweighted" if first_order else "SparseOTF"}
    rows = [
        ("graphkit", "graphkit", "walks_graphkit", {}, None),
        ("PecanPy", "pecanpy", "walks_pecanpy", mode, 1),
        ("GRAPE", "grape", "walks_grape", {}, 1),
        ("fastnode2vec", "fastnode2vec", "walks_fastnode2vec", {}, 1),
        ("csrgraph", "nodevectors", "walks_csrgraph", {}, 1),
    ]
    return [
        Contender(name, peer, runner, params | sizes[name, order], max_repeats)
        for name, peer, runner, params, max_repeats in rows
        if (name, order) in sizes
    ]


def _size(walks_per_node: int, walk_length: int, **others: int) -> dict[str, int]:
    return {"walks_per_node": walks_per_node, "walk_length": walk_length, **others}


def _graphs() -> Iterator[tuple[str, Path, dict[Any, Any]]]:
    yield "BlogCatalog", inputs.blogcatalog_csr(), BLOGCATALOG
    yield "cnr-2000", inputs.cnr_2000_csr(), CNR_2000
    yield "R-MAT, 1,048,576 nodes, 16,000,000 edges", inputs.rmat_csr(20, 16_000_000), RMAT


def _quick_graphs() -> Iterator[tuple[str, Path, dict[Any, Any]]]:
    sizes = {key: size | {"walks_per_node": 1, "walk_length": 10} for key, size in BLOGCATALOG.items()}
    yield "BlogCatalog, short walks", inputs.blogcatalog_csr(), sizes


BLOGCATALOG = {
    ("graphkit", "first"): _size(40, 80),
    ("PecanPy", "first"): _size(40, 80),
    ("GRAPE", "first"): _size(10, 80),
    ("fastnode2vec", "first"): _size(10, 80),
    ("csrgraph", "first"): _size(10, 80),
    ("graphkit", "second"): _size(10, 80),
    ("PecanPy", "second"): _size(4, 80),
    ("GRAPE", "second"): _size(4, 80),
    ("fastnode2vec", "second"): _size(10, 80),
    ("csrgraph", "second"): _size(1, 10, num_starts=1000),
}

CNR_2000 = {
    ("graphkit", "first"): _size(1, 80),
    ("PecanPy", "first"): _size(1, 80),
    ("GRAPE", "first"): _size(1, 80),
    ("fastnode2vec", "first"): _size(1, 80),
    ("csrgraph", "first"): _size(1, 80),
    ("graphkit", "second"): _size(1, 80),
    ("PecanPy", "second"): _size(1, 20),
    ("GRAPE", "second"): _size(1, 20),
    ("fastnode2vec", "second"): _size(1, 20),
}

# Of lists of names, what fits the memory.
RMAT = {
    ("graphkit", "first"): _size(1, 80),
    ("PecanPy", "first"): _size(1, 40),
    ("GRAPE", "first"): _size(1, 40),
    ("fastnode2vec", "first"): _size(1, 20),
    ("csrgraph", "first"): _size(1, 10),
    ("graphkit", "second"): _size(1, 20),
    ("PecanPy", "second"): _size(1, 4, num_starts=50_000),
    ("GRAPE", "second"): _size(1, 4),
    ("fastnode2vec", "second"): _size(1, 10),
}
