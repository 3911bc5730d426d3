"""The method that follows from the graph: what gives good vectors of it in the time there is.

The rule comes from an experiment: micro-F1 of node classification, half of the nodes known, 128 columns, on
Cora, Citeseer, PubMed, Wiki, LastFM, chameleon, PPI, BlogCatalog, Facebook pages and GitHub. Among FastRP,
Spectral, ProNE, NetMF, NetSMF and node2vec

- Spectral is the best, or less than a point below it, on seven of ten, in about a second of one core;
- where the graph has more communities than there are columns, eigenvectors cannot tell them apart, but the
  logarithm of the window's matrix can: NetSMF gains 0.3 to 3.1 on Cora, PubMed, LastFM and Facebook pages.
  Their last eigenvalue is 0.65 and more; of others it is 0.54 and less;
- but not on Citeseer, where a third of the nodes lies outside the largest component: Spectral's
  regularisation spends no column on the small ones, and NetSMF loses 2.6;
- chameleon's nodes have twins: more than half share all of their neighbours with another node. There the
  matrix of single steps, NetMF with window 1, gains 4.3 on Spectral. The others have less than one in 25.

Where time or memory do not reach for these, or the graph is directed, or has features, or has no more nodes
than twice the columns, it is FastRP, which follows directions and mixes features in.

Three thresholds are many for ten graphs. Each lies in the middle of a gap, but chameleon and Citeseer are the
only ones of their kind: a rule made without them would lose 4.3 and 2.6 there. On WordNet, which had no
part in it, the rule takes NetSMF: 64.8, where Spectral with power 2 has 61.7. benchmarks/auto_rule.py finds
the thresholds anew without each graph, and says what is lost on it.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_seconds
from graphkit.errors import ParameterError
from graphkit.graph.size import Sizes
from graphkit.methods.base import Embedder, embedder
from graphkit.methods.fastrp import FastRP
from graphkit.methods.netmf import NetMF
from graphkit.methods.netsmf import NetSMF
from graphkit.methods.spectral import Spectral
from graphkit.parameters import Count, Time
from graphkit.resources import Estimate, available_memory
from graphkit.seeds import Seed, Stream, generator

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

DEFAULT_BUDGET = 60.0
"""Seconds that a choice is foretold to take at most."""

MANY_TWINS = 0.3
"""Share of the nodes of three neighbours and more whose neighbours are all those of another."""

SMALL_GIANT = 0.78
"""Share of the nodes in the largest component below which small ones count."""

LARGE_LAST = 0.6
"""Last eigenvalue above which there are more communities than columns."""

_FEW_NEIGHBORS = 3
_ARCS_AT_A_TIME = 1 << 22


@embedder
class Auto(Embedder):
    """Vectors by the method that follows from the graph.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    budget
        Time that the method may be foretold to take, in seconds or as ``"10s"``, ``"2m"``; None for a minute,
        or what the quickest takes if that is more.
    seed
        Random seed, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes.
    node_ids_ : [num_nodes]
        The graph's node ids.
    chosen_ : Embedder
        The method, fitted.
    reason_ : str
        Why it was chosen.

    Examples
    --------
    >>> import graphkit as gk
    >>> model = Auto(dim=4).fit(gk.datasets.load("karate_club").graph)
    >>> model.chosen_
    Spectral(dim=4)
    """

    name = "auto"

    chosen_: Embedder = field(init=False)
    reason_: str = field(init=False)

    dim: Count = 128
    budget: Time | None = None
    seed: Seed = 0
    num_threads: Count | None = None

    def fit(self, graph: Graph, *, features: Any = None, progress: Progress | None = None) -> Self:
        """Choose a method and compute the vectors of all nodes.

        Parameters
        ----------
        graph
            Any graph.
        features
            Finite node features to mix in, dense or SciPy sparse, [num_nodes, num_features]; FastRP does.
        progress
            Called as the method does.

        Returns
        -------
        Auto
            The method itself, with `embedding_`, `node_ids_`, `chosen_` and `reason_`.

        Raises
        ------
        ParameterError
            For a parameter outside its range, or a budget too small for any method; the message says the
            least.
        """
        # The method that is chosen checks its own memory.
        self.check_given(graph)
        self.check_parameters()
        method, self.reason_ = self._first_choice(graph, features)
        given = {} if features is None else {"features": features}
        method.fit(graph, progress=progress, **given)
        if isinstance(method, Spectral):
            method = self._second_choice(graph, method, progress)
        self.chosen_ = method
        self.embedding_, self.node_ids_ = method.embedding_, method.node_ids_
        return self

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size."""
        quickest, spectral, sampled = (
            method.resources(size) for method in (self._fastrp(), self._spectral(), self._netsmf())
        )
        if size.num_nodes <= 2 * self.dim or spectral.seconds > self._seconds():
            return quickest
        # The quickest is what a graph gets where another does not suit it.
        most = max(quickest, spectral, key=lambda needed: needed.bytes)
        tried = Estimate(most.memory, spectral.seconds)
        return tried if spectral.seconds + sampled.seconds > self._seconds() else tried.then(sampled)

    def measured(self) -> dict[str, Any]:
        """Return the method that was chosen, its parameters that are not the defaults, and why."""
        declared = self.chosen_.parameters()
        changed = {
            name: value
            for name, value in self.chosen_.get_params().items()
            if name != "num_threads" and value != declared[name].default
        }
        return {
            "chosen": self.chosen_.name,
            "chosen_params": changed,
            "reason": self.reason_,
            **self.chosen_.measured(),
        }

    def _first_choice(self, graph: Graph, features: Any) -> tuple[Embedder, str]:
        """The method that sizes, directions, features and twins speak for."""
        fastrp = self._fastrp()
        least = fastrp.estimate_for(graph).seconds
        if self.budget is not None and least > self._seconds():
            raise ParameterError(
                f"budget={self.budget} is too small for any method: fastrp, the quickest, takes about "
                f"{least:.1f} s; raise the budget"
            )
        if features is not None:
            return fastrp, "the graph has features"
        if graph.directed:
            return fastrp, "the graph is directed"
        if graph.num_nodes <= 2 * self.dim:
            return fastrp, f"the graph has no more than {2 * self.dim} nodes, twice the columns"
        spectral = self._spectral()
        if not self._has_room(spectral, graph):
            return fastrp, f"others take more than {self._seconds():g} s, or more memory than there is"
        twins = share_of_twins(graph, self.seed)
        single = NetMF(dim=self.dim, window=1, seed=self.seed, num_threads=self.num_threads)
        if twins > MANY_TWINS and self._has_room(single, graph):
            return single, f"{twins:.0%} of the nodes share all of their neighbours with another"
        return spectral, "best on most graphs"

    def _second_choice(self, graph: Graph, spectral: Spectral, progress: Progress | None) -> Embedder:
        """NetSMF, if the eigenvalues speak for it."""
        last = float(spectral.eigenvalues_[-1])
        sampled = self._netsmf()
        if last <= LARGE_LAST or not self._has_room(sampled, graph, after=spectral):
            return spectral
        giant = float(np.bincount(graph.connected_components()).max() / graph.num_nodes)
        if giant < SMALL_GIANT:
            self.reason_ = f"{1 - giant:.0%} of the nodes lie outside the largest component"
            return spectral
        self.reason_ = (
            f"the graph has more communities than columns: eigenvalue {self.dim} is still {last:.2f}"
        )
        return sampled.fit(graph, progress=progress)

    def _fastrp(self) -> FastRP:
        return FastRP(dim=self.dim, seed=self.seed, num_threads=self.num_threads)

    def _spectral(self) -> Spectral:
        return Spectral(dim=self.dim, seed=self.seed, num_threads=self.num_threads)

    def _netsmf(self) -> NetSMF:
        return NetSMF(dim=self.dim, seed=self.seed, num_threads=self.num_threads)

    def _has_room(self, method: Embedder, graph: Graph, after: Embedder | None = None) -> bool:
        """Whether time and memory reach for a method, after another where one has run."""
        needed = method.estimate_for(graph)
        spent = after.estimate_for(graph).seconds if after else 0.0
        return needed.seconds + spent <= self._seconds() and needed.bytes <= available_memory()

    def _seconds(self) -> float:
        return DEFAULT_BUDGET if self.budget is None else as_seconds("budget", self.budget)


def share_of_twins(graph: Graph, seed: int = 0) -> float:
    """Return the share of nodes whose neighbours are all those of another node, of those with three or more.

    Each node's set of neighbours is told by a sum of random numbers of 64 bits; 0 without such nodes.

    Examples
    --------
    >>> from graphkit import Graph
    >>> share_of_twins(Graph.from_edges([(i, j) for i in range(2) for j in range(2, 5)]))
    1.0
    """
    numbers = generator(seed, Stream.TWINS).integers(0, 2**64, graph.num_nodes, dtype=np.uint64)
    many = np.flatnonzero(graph.degree >= _FEW_NEIGHBORS)
    if not len(many):
        return 0.0
    sums = np.empty(len(many), np.uint64)
    done = 0
    num_parts = min(len(many), math.ceil(graph.num_arcs / _ARCS_AT_A_TIME))
    for rows in np.array_split(many, num_parts):
        sums[done : done + len(rows)] = _sums_of_rows(graph, rows, numbers)
        done += len(rows)
    _, counts = np.unique(sums, return_counts=True)
    return float(counts[counts > 1].sum() / len(many))


def _sums_of_rows(graph: Graph, rows: NDArray[np.int64], numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sums of the numbers of some nodes' neighbours, wrapped at 64 bits; no node is without neighbours."""
    first, last = graph.indptr[rows[0]], graph.indptr[rows[-1] + 1]
    found = numbers[graph.indices[first:last]]
    running = np.zeros(len(found) + 1, np.uint64)
    np.cumsum(found, out=running[1:])
    sums: NDArray[np.uint64] = running[graph.indptr[rows + 1] - first] - running[graph.indptr[rows] - first]
    return sums
