"""What parameters are chosen by, and what the choice is tested on: labels or links, in parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graphkit.embedding import Embedding
from graphkit.errors import InputError
from graphkit.evaluation.classification import f1_of_split
from graphkit.evaluation.comparison_runs import Protocol as Settings
from graphkit.evaluation.labels import as_labels
from graphkit.evaluation.links import link_prediction
from graphkit.evaluation.splits import EdgeSplit, split_edges
from graphkit.evaluation.vectors import unit_rows
from graphkit.graph.graph import Graph
from graphkit.parallel import resolve_threads
from graphkit.seeds import Stream, generator


class TuningTask(Protocol):
    """Two scores of vectors: one to choose by, and one that no choice has seen."""

    measure: str
    """What both are."""

    validated: Graph
    tested: Graph
    """The graphs whose vectors they take."""

    def validate(self, vectors: Embedding) -> list[float]:
        """Return the scores, each in [0, 1], to choose by."""

    def test(self, vectors: Embedding) -> float:
        """Return the score in the final test."""

    def statement(self) -> str:
        """The protocol in words."""


class NodeTask:
    """Micro-F1: the classifier is trained on some nodes, validated on others, and tested on a third part.

    Labels of the tested nodes are used for nothing before. Vectors are those of the whole graph, which no
    label enters.
    """

    measure = "micro-F1"

    def __init__(self, graph: Graph, labels: Any, settings: Settings, seed: int):
        self.validated = self.tested = graph
        self._labels = as_labels(labels, graph.num_nodes)
        self._settings = settings
        num_labelled = len(self._labels.rows)
        order = generator(seed, Stream.TUNING).permutation(num_labelled)
        num_test = round(settings.test_ratio * num_labelled)
        self._num_train = round(settings.train_ratio * (num_labelled - num_test))
        if not (num_test and 0 < self._num_train < num_labelled - num_test):
            raise InputError(
                f"{num_labelled} labelled nodes are too few to train, validate and test on, with "
                f"train_ratio={settings.train_ratio:g} and test_ratio={settings.test_ratio:g}"
            )
        self._test, self._rest = np.split(order, [num_test])
        shuffles = range(1, settings.shuffles + 1)
        self._orders = [generator(seed, Stream.TUNING, item).permutation(self._rest) for item in shuffles]

    def validate(self, vectors: Embedding) -> list[float]:
        """Return micro-F1 of each shuffle."""
        return [self._f1(vectors, *np.split(order, [self._num_train])) for order in self._orders]

    def test(self, vectors: Embedding) -> float:
        """Return micro-F1 of the tested nodes; all others train."""
        return self._f1(vectors, self._rest, self._test)

    def statement(self) -> str:
        """The protocol in words."""
        labelled, tested = len(self._labels.rows), len(self._test)
        return (
            f"Node classification: {tested:,} of {labelled:,} labelled nodes are kept for the test. Of the "
            f"others {self._num_train:,} train and {labelled - tested - self._num_train:,} validate, in "
            f"{self._settings.shuffles} shuffles; all of them train for the test. Vectors divided by their "
            "lengths, one-vs-rest logistic regression (C = 1), as many labels as a node has."
        )

    def _f1(self, vectors: Embedding, train: NDArray[np.int64], test: NDArray[np.int64]) -> float:
        from threadpoolctl import threadpool_limits

        threads = resolve_threads(self._settings.num_threads)
        with threadpool_limits(1, user_api="blas"):
            rows = unit_rows(vectors.vectors)
            return f1_of_split(
                *(rows, self._labels, train, test), protocol="top-k", C=1.0, num_threads=threads
            )[0]


class LinkTask:
    """AUC of edges taken out: a share for the test, and of what is left a share to validate by.

    No pair of the test, neither edge nor negative, is among those that are trained on or validated by.
    """

    measure = "AUC"

    def __init__(self, graph: Graph, settings: Settings, seed: int):
        self._settings = settings
        self._outer = self._split(graph, seed)
        self.tested = self._outer.train_graph
        self._inner = _without_pairs_of(self._split(self.tested, seed), graph, self._outer.test_negatives)
        self.validated = self._inner.train_graph

    def _split(self, graph: Graph, seed: int) -> EdgeSplit:
        return split_edges(
            graph,
            self._settings.test_ratio,
            negatives=self._settings.negatives,
            keep_connected=self._settings.keep_connected,
            seed=seed,
        )

    def validate(self, vectors: Embedding) -> list[float]:
        """Return the AUC of the edges that validate."""
        return [self._auc(vectors, self._inner)]

    def test(self, vectors: Embedding) -> float:
        """Return the AUC of the tested edges."""
        return self._auc(vectors, self._outer)

    def statement(self) -> str:
        """The protocol in words."""
        settings = self._settings
        return (
            f"Link prediction: {len(self._outer.test_edges):,} edges are taken out for the test, and of the "
            f"others {len(self._inner.test_edges):,} to validate by, components "
            f"{'kept connected' if settings.keep_connected else 'may have broken'}; as many pairs without "
            f"an edge (negatives {settings.negatives}); features {settings.operator}. No pair of the test is "
            "trained on or validated by."
        )

    def _auc(self, vectors: Embedding, split: EdgeSplit) -> float:
        settings = self._settings
        return link_prediction(
            vectors, split, operator=settings.operator, num_threads=settings.num_threads
        ).auc[0]


def _without_pairs_of(split: EdgeSplit, graph: Graph, tested: NDArray[np.int32]) -> EdgeSplit:
    """A split whose negatives are no edges of the whole graph, nor pairs that are `tested`."""
    taken = _keys(graph, tested)

    def free(pairs: NDArray[np.int32]) -> NDArray[np.int32]:
        kept = ~graph.has_edges(pairs[:, 0], pairs[:, 1]) & ~np.isin(_keys(graph, pairs), taken)
        found: NDArray[np.int32] = pairs[kept]
        return found

    return replace(
        split, train_negatives=free(split.train_negatives), test_negatives=free(split.test_negatives)
    )


def _keys(graph: Graph, pairs: NDArray[np.int32]) -> NDArray[np.int64]:
    """A number for each pair; undirected ones have the lower row first."""
    first, second = pairs.T.astype(np.int64)
    keys: NDArray[np.int64] = first * graph.num_nodes + second
    return keys
