"""The nearest neighbours of all points, by FAISS's HNSW index as one would use it by hand."""

from __future__ import annotations

import faiss
import numpy as np
from protocol import Request, serve, threads


def neighbors(vectors: np.ndarray, request: Request) -> np.ndarray:
    faiss.omp_set_num_threads(threads())
    index = faiss.IndexHNSWFlat(vectors.shape[1], request["links"])
    index.hnsw.efConstruction = request["ef_construction"]
    index.hnsw.efSearch = request["ef_search"]
    index.add(vectors)
    return index.search(vectors, request["k"] + 1)[1]


serve(
    neighbors,
    load=lambda request: np.load(request["input"]),
    save=lambda rows, path: np.save(path, rows),
    packages=["faiss-cpu", "numpy"],
)
