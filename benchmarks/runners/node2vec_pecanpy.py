"""node2vec by PecanPy, trained by gensim as PecanPy's program does it.

``mode`` is PecanPy's own: FirstOrderUnweighted for p = q = 1 on graphs without weights, SparseOTF elsewhere
on a graph of this density, as its program recommends. Its walk_length counts steps, ours nodes. The walker
is compiled anew in each call, since its functions close over the graph: that is a part of its time.
"""

from __future__ import annotations

import numba
import numpy as np
from gensim.models import Word2Vec
from pecanpy import pecanpy
from protocol import Request, serve, threads


def load(request: Request) -> dict[str, np.ndarray]:
    # The dtypes that the library works with; `read_npz` would read the same arrays.
    arrays = np.load(request["input"])
    indices = arrays["indices"].astype(np.uint32)
    return {
        "indptr": arrays["indptr"].astype(np.uint32),
        "indices": indices,
        "data": np.ones(len(indices), np.float32),
    }


def embed(arrays: dict[str, np.ndarray], request: Request) -> np.ndarray:
    numba.set_num_threads(threads())
    graph = getattr(pecanpy, request["mode"])(
        request["p"], request["q"], workers=threads(), random_state=request["seed"]
    )
    graph.indptr, graph.indices, graph.data = arrays["indptr"], arrays["indices"], arrays["data"]
    graph.set_node_ids(None, implicit_ids=True, num_nodes=len(graph.indptr) - 1)
    graph.preprocess_transition_probs()
    walks = graph.simulate_walks(request["walks_per_node"], request["walk_length"] - 1)
    model = Word2Vec(
        walks,
        vector_size=request["dim"],
        window=request["window"],
        negative=request["num_negatives"],
        alpha=request.get("learning_rate", 0.025),
        min_count=0,
        sg=1,
        workers=threads(),
        epochs=1,
        seed=request["seed"],
    )
    return model.wv[graph.nodes]


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.save(path, vectors),
    packages=["pecanpy", "gensim", "numba", "numpy"],
)
