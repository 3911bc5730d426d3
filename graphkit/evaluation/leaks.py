"""Refusing a split whose test is given away in training, and vectors of other nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import kind_of
from graphkit.embedding import Embedding
from graphkit.errors import InputError, ParameterError
from graphkit.evaluation.operators import as_pairs
from graphkit.evaluation.splits import EdgeSplit
from graphkit.evaluation.vectors import as_vectors
from graphkit.graph.graph import Graph


def check_split(split: EdgeSplit) -> None:
    """Raise `InputError`, naming the edge, unless training and test have no pair in common.

    Test edges and test negatives must be no edges of the training graph, no training pairs, and no pair
    may be both a test edge and a test negative. Undirected pairs are the same in both orders.
    """
    if not isinstance(split, EdgeSplit):
        raise ParameterError(f"split must be an EdgeSplit, as split_edges returns it, got {kind_of(split)}")
    graph = split.train_graph
    parts = ("train_edges", "train_negatives", "test_edges", "test_negatives")
    keys = {}
    for part in parts:
        pairs = as_pairs(getattr(split, part), graph.num_nodes, part)
        if not len(pairs):
            raise InputError(f"the split has no {part}")
        keys[part] = _keys(graph, pairs)
    for test, is_what in (("test_edges", "edge"), ("test_negatives", "negative")):
        pairs = getattr(split, test)
        _refuse(graph, pairs, graph.has_edges(pairs[:, 0], pairs[:, 1]), is_what, "is in the training graph")
        for train in ("train_edges", "train_negatives"):
            _refuse(graph, pairs, np.isin(keys[test], keys[train]), is_what, f"is among {train}")
    both = np.isin(keys["test_edges"], keys["test_negatives"])
    _refuse(graph, split.test_edges, both, "edge", "is among test_negatives")


def vectors_of(vectors: Any, graph: Graph) -> NDArray[Any]:
    """Return vectors with one row a node of the graph, or raise `InputError`."""
    if isinstance(vectors, Embedding) and not np.array_equal(vectors.node_ids, graph.node_ids):
        raise InputError(
            f"the embedding's node ids are not those of the split's graph{_difference(vectors, graph)}; "
            "compute the embedding from split.train_graph"
        )
    matrix = as_vectors(vectors)
    if len(matrix) != graph.num_nodes:
        raise InputError(f"{len(matrix)} vectors, but the split's graph has {graph.num_nodes} nodes")
    return matrix


def _difference(embedding: Embedding, graph: Graph) -> str:
    missing = np.flatnonzero(embedding.index.find(graph.node_ids) < 0)
    if len(missing):
        return f" (node {graph.node_ids[missing[0]].item()!r} has no vector)"
    same = len(embedding) == graph.num_nodes
    return " (the same ids in another order)" if same else f" ({len(embedding)} and {graph.num_nodes})"


def _refuse(
    graph: Graph, pairs: NDArray[np.integer], leaking: NDArray[np.bool_], kind: str, where: str
) -> None:
    found = np.flatnonzero(leaking)
    if len(found):
        u, v = graph.node_ids[pairs[found[0]]].tolist()
        raise InputError(
            f"the test would leak: test {kind} ({u!r}, {v!r}) {where}, as {len(found):,} of "
            f"{len(pairs):,} test {kind}s {'is' if len(found) == 1 else 'are'}"
        )


def _keys(graph: Graph, pairs: NDArray[np.integer]) -> NDArray[np.int64]:
    """One number a pair, the same for both orders in an undirected graph."""
    ordered = pairs if graph.directed else np.sort(pairs, axis=1)
    keys: NDArray[np.int64] = ordered[:, 0].astype(np.int64) * graph.num_nodes + ordered[:, 1]
    return keys
