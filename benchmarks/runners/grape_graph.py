"""A graph of GRAPE (ensmallen) from a text of edges, nodes numbered as everywhere else."""

from __future__ import annotations

import numpy as np
from ensmallen import Graph
from protocol import Request


def load(request: Request) -> Graph:
    graph = Graph.from_csv(
        directed=False,
        edge_path=request["text"],
        edge_list_header=False,
        edge_list_separator=" ",
        sources_column_number=0,
        destinations_column_number=1,
        edge_list_numeric_node_ids=True,
        edge_list_is_correct=True,
        numeric_node_ids=True,
        minimum_node_id=0,
        number_of_nodes=len(np.load(request["input"])["indptr"]) - 1,
        verbose=False,
    )
    graph.enable()
    return graph
