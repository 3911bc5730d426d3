"""The score of a pair as one inner product, so that the scores of all pairs are one product of matrices.

For Hadamard products a logistic regression has the log-odds ``Σ w_i u_i v_i + b``, the inner product of w ∘ u
and v; for squared differences ``Σ w_i (u_i - v_i)² + b`` is one of three more entries. Absolute differences
have no such form, and sums (average, concat) favour the same nodes whatever the other end is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.evaluation.logistic import fit_one_vs_rest
from graphkit.evaluation.negatives import draw_non_edges
from graphkit.evaluation.operators import FEATURES
from graphkit.evaluation.vectors import unit_rows
from graphkit.graph.graph import Graph
from graphkit.seeds import Stream, generator

PairOperator = Literal["hadamard", "l2", "inner", "cosine"]

MOST_EDGES = 1 << 16
"""Edges that a classifier is trained on at most, drawn at random where there are more."""


@dataclass(frozen=True)
class PairModel:
    """Two vectors a node, whose inner product orders pairs.

    Attributes
    ----------
    sources, targets
        float32 [num_nodes, any].
    bias
        What is added to the inner product.
    is_probability
        Whether the sum is the log-odds of a probability.
    """

    sources: NDArray[np.float32]
    targets: NDArray[np.float32]
    bias: float = 0.0
    is_probability: bool = False

    def final(self, products: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return scores as users read them, from inner products."""
        from scipy.special import expit

        scores = products.astype(np.float64) + self.bias
        return expit(scores) if self.is_probability else scores


def pair_model(
    graph: Graph,
    sources: NDArray[Any],
    targets: NDArray[Any],
    operator: PairOperator,
    *,
    penalty: float,
    seed: int,
    num_threads: int,
) -> PairModel:
    """Return the model of an operator, trained on the graph's edges where it has weights to train."""
    if operator == "inner":
        return PairModel(_single(sources), _single(targets))
    if operator == "cosine":
        return PairModel(_single(unit_rows(sources)), _single(unit_rows(targets)))
    weights, bias = _trained(graph, sources, targets, operator, penalty, seed, num_threads)
    weighted = sources * weights
    if operator == "hadamard":
        return PairModel(_single(weighted), _single(targets), bias, is_probability=True)
    ones = np.ones(len(sources))
    squares = [np.vecdot(weighted, sources), np.vecdot(targets * weights, targets)]
    left = np.column_stack([-2 * weighted, squares[0], ones])
    right = np.column_stack([targets, ones, squares[1]])
    return PairModel(_single(left), _single(right), bias, is_probability=True)


def _trained(
    graph: Graph,
    sources: NDArray[Any],
    targets: NDArray[Any],
    operator: str,
    penalty: float,
    seed: int,
    num_threads: int,
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression that tells edges from as many pairs without."""
    import scipy.sparse

    rng = generator(seed, Stream.PREDICTION)
    edges = _some_edges(graph, rng)
    others = min(len(edges), _num_open_pairs(graph))
    if not others:
        what = "every pair of nodes has one" if len(edges) else "the graph has none"
        raise InputError(f"operator={operator!r} tells edges from pairs without, and {what}; use 'cosine'")
    pairs = np.concatenate([edges, draw_non_edges(graph, "uniform", others, rng)])
    truth = np.arange(len(pairs)) < len(edges)
    features = FEATURES[operator](sources[pairs[:, 0]], targets[pairs[:, 1]])
    labels = scipy.sparse.csr_array(truth[:, None], dtype=np.float64)
    model = fit_one_vs_rest(features, labels, C=penalty, num_threads=num_threads)
    return model.coef[0], float(model.intercept[0])


def _num_open_pairs(graph: Graph) -> int:
    """Pairs of different nodes without an edge."""
    ordered = graph.num_nodes * (graph.num_nodes - 1)
    arcs = graph.num_arcs - int(graph.has_edges(*[np.arange(graph.num_nodes)] * 2).sum())
    return (ordered - arcs) // (1 if graph.directed else 2)


def _some_edges(graph: Graph, rng: np.random.Generator) -> NDArray[np.int64]:
    """`MOST_EDGES` edges at random, or all; loops are none."""
    arcs = np.arange(graph.num_arcs)
    sources = np.repeat(np.arange(graph.num_nodes), graph.degree)
    is_edge = sources != graph.indices if graph.directed else sources < graph.indices
    arcs = arcs[is_edge]
    if len(arcs) > MOST_EDGES:
        arcs = np.sort(rng.choice(arcs, MOST_EDGES, replace=False))
    return np.column_stack([sources[arcs], graph.indices[arcs].astype(np.int64)])


def _single(vectors: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(vectors, np.float32)
