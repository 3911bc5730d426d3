"""Random walks against the memory: steps a second beside the same reads without the walk.

"random reads" follows chains through the graph as the walk does, 64 at a time, without its random numbers and
without writing: for a uniform step the reads of a row's place and of a neighbour; at the second order those
of each trial, of its question to a filter, and of the search that the filter leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import inputs
from cases.walks import check_walks
from contender import Contender
from measure import Part

QUANTITIES = ("steps_per_s",)


def parts(*, quick: bool) -> Iterator[Part]:
    for name, csr, walks_per_node, walk_length in _quick_graphs() if quick else _graphs():
        size = {"walks_per_node": walks_per_node, "walk_length": walk_length}
        graph = {"input": str(csr), "text": str(csr), "seed": 1, **size}
        for p, q, reads in ((1, 1, "random_read"), (0.25, 0.25, "random_read_second_order")):
            title = f"{name}, uniform" if p == q == 1 else f"{name}, p = {p}, q = {q}"
            contenders = [
                Contender("graphkit", "graphkit", "walks_graphkit"),
                Contender("random reads", "graphkit", reads),
            ]
            yield Part(title, contenders, graph | {"p": p, "q": q}, check_walks, quantities=QUANTITIES)


def _graphs() -> Iterator[tuple[str, Path, int, int]]:
    yield "BlogCatalog", inputs.blogcatalog_csr(), 40, 80
    yield "cnr-2000", inputs.cnr_2000_csr(), 1, 80
    yield "R-MAT, 1,048,576 nodes, 16,000,000 edges", inputs.rmat_csr(20, 16_000_000), 1, 40


def _quick_graphs() -> Iterator[tuple[str, Path, int, int]]:
    yield "BlogCatalog, short walks", inputs.blogcatalog_csr(), 1, 10
