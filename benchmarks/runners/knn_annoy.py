"""The nearest neighbours of all points, by Annoy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from annoy import AnnoyIndex
from protocol import Request, serve, threads


def neighbors(vectors: np.ndarray, request: Request) -> np.ndarray:
    index = AnnoyIndex(vectors.shape[1], "euclidean")
    index.set_seed(1)
    for row, vector in enumerate(vectors):
        index.add_item(row, vector)
    index.build(request["trees"], n_jobs=threads())
    wanted, visited = request["k"] + 1, request["search_k"]
    with ThreadPoolExecutor(threads()) as pool:
        rows = pool.map(lambda row: index.get_nns_by_item(row, wanted, visited), range(len(vectors)))
        return np.array(list(rows))


serve(
    neighbors,
    load=lambda request: np.load(request["input"]),
    save=lambda rows, path: np.save(path, rows),
    packages=["annoy", "numpy"],
)
