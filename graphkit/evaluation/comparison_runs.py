"""One run of a comparison: a method on one split of a graph, scored."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphkit.checks import check_between, check_whole
from graphkit.embedding import Embedding
from graphkit.errors import GraphkitError
from graphkit.evaluation.classification import node_classification
from graphkit.evaluation.comparison_result import MethodRun
from graphkit.evaluation.labels import as_labels
from graphkit.evaluation.links import check_operator, link_prediction
from graphkit.evaluation.negatives import Negatives
from graphkit.evaluation.splits import split_edges
from graphkit.graph.graph import Graph
from graphkit.methods.base import Embedder
from graphkit.parallel import resolve_threads


@dataclass(frozen=True)
class Protocol:
    """What all methods have in common; `check` it before anything is embedded."""

    train_ratio: float
    shuffles: int
    test_ratio: float
    negatives: Negatives
    operator: str
    keep_connected: bool
    num_threads: int | None

    def check(self, labels: Any, num_nodes: int) -> None:
        """Raise `ParameterError` or `InputError` for what nothing could be scored by."""
        check_operator(self.operator)
        resolve_threads(self.num_threads)
        check_whole("shuffles", self.shuffles, 1)
        check_between("train_ratio", self.train_ratio, "(0, 1)")
        if labels is not None:
            as_labels(labels, num_nodes)


@dataclass(frozen=True)
class Contender:
    """A method, whose seed is that of the run."""

    method: Embedder

    @property
    def text(self) -> str:
        """What tells it from the others."""
        given = ", ".join(f"{name}={value!r}" for name, value in self.params.items() if name != "dim")
        return f"{self.method.name}({given})" if given else self.method.name

    @property
    def params(self) -> dict[str, Any]:
        """Its parameters that are not the defaults, and dim."""
        declared = self.method.parameters()
        return {
            name: value
            for name, value in self.method.get_params().items()
            if name == "dim" or (name not in ("seed", "num_threads") and value != declared[name].default)
        }

    def seeded(self, seed: int) -> Embedder:
        """Return the method with another seed."""
        given = self.method.get_params()
        return type(self.method)(**(given | {"seed": seed} if "seed" in given else given))

    def warm_up(self, graph: Graph) -> None:
        """Run a copy on a small graph of the same kind, so that compiled code is there before it is timed."""
        edges = np.array([(i, (i * step + step) % 300) for i in range(300) for step in range(2, 7)])
        weights = np.linspace(0.5, 1.5, len(edges)) if graph.is_weighted else None
        small = Graph.from_edges(edges, weights=weights, directed=graph.directed)
        # What the small graph is refused for need not concern the other; if it does, its own run will say.
        with contextlib.suppress(GraphkitError):
            self.seeded(0).fit(small)


class Bench:
    """One run's split, on which methods are scored."""

    def __init__(self, graph: Graph, labels: Any, protocol: Protocol, seed: int):
        self.graph, self.labels, self.protocol, self.seed = graph, labels, protocol, seed
        self._split = split_edges(
            graph,
            protocol.test_ratio,
            negatives=protocol.negatives,
            keep_connected=protocol.keep_connected,
            seed=seed,
        )

    def embed(self, contender: Contender) -> tuple[Embedding, Embedding]:
        """Return vectors of the whole graph, and of the graph without the test edges."""
        whole, left = self.graph, self._split.train_graph
        first, second = (contender.seeded(self.seed).embed(graph) for graph in (whole, left))
        return first, second

    def score(self, whole: Embedding, left: Embedding) -> MethodRun:
        """Score the vectors of `embed`."""
        protocol = self.protocol
        links = link_prediction(
            left, self._split, operator=protocol.operator, num_threads=protocol.num_threads
        )
        scores = {}
        if self.labels is not None:
            nodes = node_classification(
                whole,
                self.labels,
                train_ratios=protocol.train_ratio,
                shuffles=protocol.shuffles,
                normalize="l2",
                seed=self.seed,
                num_threads=protocol.num_threads,
            )
            scores = {"micro_f1": nodes.micro_f1[0].tolist(), "macro_f1": nodes.macro_f1[0].tolist()}
        return MethodRun(whole.info["seconds"], links.auc[0], links.average_precision[0], **scores)
