"""node2vec by GRAPE: walks and skip-gram in Rust, through embiggen's class.

``settings`` are its own further options; walks are exact, since no row is longer than `max_neighbours`. An
epoch is a new set of walks, `walks_per_node` from each node.
"""

from __future__ import annotations

import numpy as np
from embiggen.embedders.ensmallen_embedders import Node2VecSkipGramEnsmallen
from ensmallen import Graph
from grape_graph import load
from protocol import Request, serve


def embed(graph: Graph, request: Request) -> np.ndarray:
    model = Node2VecSkipGramEnsmallen(
        embedding_size=request["dim"],
        walk_length=request["walk_length"],
        iterations=request["walks_per_node"],
        window_size=request["window"],
        number_of_negative_samples=request["num_negatives"],
        return_weight=1 / request["p"],
        explore_weight=1 / request["q"],
        max_neighbours=graph.get_number_of_nodes(),
        random_state=request["seed"],
        enable_cache=False,
        verbose=False,
        **request["settings"],
    )
    return model.fit_transform(graph, return_dataframe=False).get_node_embedding_from_index(0)


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.save(path, np.asarray(vectors, np.float32)),
    packages=["embiggen", "ensmallen", "numpy"],
)
