"""Graph folders as what runs out of core opens them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.files.atomic import PathLike, check_path
from graphkit.graph.graph import Graph
from graphkit.graph.storage import GraphFolder
from graphkit.outofcore.strengths import row_strength


def open_folder(graph: PathLike) -> GraphFolder:
    """Open a graph folder; `InputError` that says how to make one if there is none."""
    check_path(graph, "; graph.save(FOLDER) makes one")
    if Path(graph).is_file():
        raise InputError("is a file; convert it to a graph folder first: graphkit convert FILE FOLDER", graph)
    return GraphFolder(Path(graph).absolute())


class _MappedGraph(Graph):
    """A graph of a folder whose strengths are summed shard by shard."""

    def __init__(self, folder: GraphFolder):
        self._folder = folder
        # All ids are one number, which takes no memory.
        nobody = np.broadcast_to(np.int64(0), folder.num_nodes)
        super().__init__(folder.indptr, folder.indices, folder.weights, nobody, directed=folder.directed)

    @cached_property
    def strength(self) -> NDArray[np.float64]:
        """Sum of the weights of the arcs leaving each node, float64 [num_nodes]."""
        return row_strength(self._folder)


def graph_without_ids(folder: GraphFolder) -> Graph:
    """Return the graph memory-mapped, all ids 0, with its times or types: for what asks for rows only."""
    return folder.with_more(_MappedGraph(folder))
