"""Graph folders as what runs out of core opens them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graphkit.errors import InputError
from graphkit.files import PathLike
from graphkit.graph import Graph
from graphkit.storage import GraphFolder


def open_folder(graph: PathLike) -> GraphFolder:
    """Open a graph folder; `InputError` that says how to make one if there is none."""
    if Path(graph).is_file():
        raise InputError("is a file; convert it to a graph folder first: graphkit convert FILE FOLDER", graph)
    return GraphFolder(Path(graph).absolute())


def graph_without_ids(folder: GraphFolder) -> Graph:
    """Return the graph memory-mapped, all ids 0: for what asks for rows only, and takes no memory for ids."""
    nobody = np.broadcast_to(np.int64(0), folder.num_nodes)
    return Graph(folder.indptr, folder.indices, folder.weights, nobody, directed=folder.directed)
