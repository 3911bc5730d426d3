"""A transform of PyTorch Geometric: random Schur complements as views for contrastive learning."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from graphkit.checks import check_between, check_choice
from graphkit.errors import InputError
from graphkit.io import as_graph
from graphkit.seeds import Stream, check_seed, generator
from graphkit.sparsification.schur import SchurMethod, schur_complement

if TYPE_CHECKING:
    from torch_geometric.data import Data

ViewNodes = Literal["random", "degree"]


class RandomSchurComplement:
    """Replaces the edges of a graph by those of a random Schur complement on some of its nodes.

    V. Kothapalli, "Randomized Schur Complement Views for Graph Contrastive Learning", ICML 2023. All nodes
    and their features stay; those that are eliminated have no edges in the view. There nodes are eliminated
    one after the other; here by walks too, whose mean is the Schur complement (see `schur_complement`).

    Parameters
    ----------
    keep
        Share of the nodes that stay, in (0, 1).
    nodes
        ``"random"``: which stay is drawn anew for each view. ``"degree"``: those of the highest degrees.
    method
        ``"walks"`` or ``"elimination"``, as of `schur_complement`.
    seed
        Random seed, in [0, 2**64). Each call gives another view; the k-th one of a seed is always the same.
    num_threads
        Threads to use, >= 1; None for all cores.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), num_nodes=3)
    >>> view = RandomSchurComplement(keep=0.6, nodes="degree", method="elimination")(data)
    >>> view.num_nodes, view.edge_index.shape
    (3, torch.Size([2, 2]))
    """

    def __init__(
        self,
        *,
        keep: float = 0.5,
        nodes: ViewNodes = "random",
        method: SchurMethod = "walks",
        seed: int = 0,
        num_threads: int | None = None,
    ):
        check_between("keep", keep, "(0, 1)")
        check_choice("nodes", nodes, get_args(ViewNodes))
        check_choice("method", method, get_args(SchurMethod))
        self.keep, self.nodes, self.method = keep, nodes, method
        self.seed, self.num_threads = check_seed(seed), num_threads
        self._views = 0

    def __call__(self, data: Data) -> Data:
        """Return a shallow copy of the data with other edges, and their weights in ``edge_weight``.

        Raises
        ------
        InputError
            For edges with attributes, which edges between other nodes cannot have.
        ParameterError
            For a directed graph.
        """
        import torch

        if getattr(data, "edge_attr", None) is not None:
            raise InputError(
                "edge_attr cannot be carried over to the edges of a Schur complement, which are others; "
                "remove it"
            )
        graph = as_graph(data)
        draw = generator(self.seed, Stream.ELIMINATION, 2 + self._views)
        self._views += 1
        view_seed = int(draw.integers(0, 2**63))
        if not graph.num_nodes:
            return copy.copy(data)
        keep: Any = self.keep
        if self.nodes == "random":
            keep = np.sort(draw.permutation(graph.num_nodes)[: math.ceil(keep * graph.num_nodes)])
        view = schur_complement(graph, keep, method=self.method, seed=view_seed, num_threads=self.num_threads)
        source = np.repeat(view.node_ids, view.degree)
        edges = np.stack([source, view.node_ids[view.indices]])
        device = data.edge_index.device
        changed = copy.copy(data)
        # Kept apart from the edges: without them nothing would say how many nodes there are.
        changed.num_nodes = graph.num_nodes
        changed.edge_index = torch.from_numpy(edges).to(device)
        changed.edge_weight = torch.from_numpy(np.array(view.weights)).to(device)
        return changed

    def __repr__(self) -> str:
        return (
            f"RandomSchurComplement(keep={self.keep!r}, nodes={self.nodes!r}, method={self.method!r}, "
            f"seed={self.seed})"
        )
