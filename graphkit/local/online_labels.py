"""Online node labelling: labels arrive one by one, each is predicted first and learnt then.

B. Zhou, Y. Sun, R. Babanezhad, "Fast online node labeling for very large graphs" (FastONL), ICML 2023; A.
Rakhlin, K. Sridharan, "Efficient online multiclass prediction on graphs via surrogate losses", AISTATS 2017.

Where papers leave a choice, or differ:

- A kernel is 2 lambda (lambda / n I + K)^-1; `regularization` is lambda / n. The paper's four K, with N =
  D^-1/2 W D^-1/2: the Laplacian D - W; the normalised one, I - N; I - beta N (D. Zhou and others, "Learning
  with local and global consistency", NIPS 2003); beta I + S^-1/2 (D - W) S^-1/2 (R. Johnson, T. Zhang, "On
  the effectiveness of Laplacian normalization for graph semi-supervised learning", JMLR 8, 2007), here with
  S = D. The latter two are the second one with more regularisation and another factor, which says how bold
  scores are. Their beta is lambda / n and 1 - lambda / n, as in the authors' code, whose fourth kernel,
  D^-1/2 (I + D - W)^-1 D^1/2, is none: it is not symmetric.
- Predicted is the class of the highest score, as in the authors' code; the paper draws it from
  `predict_proba`.
- Columns are computed where labels have arrived, and kept nowhere: memory is that of the labels, not n times
  the classes. Of what push leaves undone each node keeps its own share, so that columns are nearer to the
  exact ones.
- A node without edges: its row of D^-1/2 W D^-1/2 is 0.
- T starts at 2 n^2, which the sum of the diagonal cannot be above, as the authors' code does for two classes.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.checks import as_array, check_between, check_choice, check_positive, kind_of, shown
from graphkit.errors import InputError, ParameterError
from graphkit.files.page_reads import few_pages
from graphkit.graph.graph import check_graph
from graphkit.kernels.cpu.online_labels import add_events, find_events, kernel_columns, relax
from graphkit.kernels.cpu.touched_nodes import make_space
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.parameters import check_declared
from graphkit.resources import SECONDS_TO_BEGIN, Estimate, check_host_memory

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

KERNELS = ("normalized", "laplacian", "damped", "shifted")

_WITH_BETA = ("damped", "shifted")

_CHUNK_NODES = 1 << 10
"""Whose columns are there at once."""

_BYTES_PER_PUSHED = 200
"""Of a node that a column reaches: the space of its push and its entry."""

_BYTES_PER_LABEL = 64

_SECONDS_PER_ARC = 1e-8

_NO_LABELS = np.empty(0, np.int64), np.empty(0, np.float32), 1.0


class FastONL:
    """Labels of nodes, learnt as they arrive; each is predicted before it is seen.

    The score of a class at the node u is ``-sum_s g_s M(s, u) / sqrt(A + k T)`` over the labels so far: g_s
    the gradients of their losses, M a graph kernel whose columns local push computes.

    Parameters
    ----------
    graph
        An undirected graph, in memory or opened from a folder; of a file the pages that are needed are read.
    kernel
        ``"normalized"``: ``2 rho n ((1 + rho) I - D^-1/2 W D^-1/2)^-1``; ``"laplacian"``:
        ``2 rho n (rho I + D - W)^-1``, whose columns reach farther from nodes of many arcs, and cost more;
        ``"damped"``: ``2 rho n ((1 + rho) I - beta D^-1/2 W D^-1/2)^-1``; ``"shifted"``:
        ``2 rho n ((1 + beta + rho) I - D^-1/2 W D^-1/2)^-1``. The latter two stay nearer to the labels, and
        cost less.
    regularization
        rho, > 0: the smaller, the farther labels reach, and the more a label costs.
    beta
        Of ``"damped"`` and ``"shifted"``, in (0, 1). None for the authors': rho, and 1 - rho.
    tolerance
        Push goes on while a node's residual is at least this, in (0, 1), times the number of its arcs (and
        times rho with ``"laplacian"``). A label reads at most (1 + rho) / (rho * tolerance) arcs with
        ``"normalized"``.
    num_threads
        Threads to use, >= 1; None for all cores. The result is the same for any number of them.

    Attributes
    ----------
    classes_ : [num_classes]
        The classes, ascending.
    node_ids_ : [num_labels]
        Ids of the nodes whose labels have arrived, in their order.
    labels_ : [num_labels]
        Their labels.
    predictions_ : [num_labels]
        What was predicted for each before its label was learnt.

    Raises
    ------
    ParameterError
        For a directed graph, or a parameter outside its range.

    Notes
    -----
    With exact columns the number of mistakes is at most that of the best labelling in the kernel's ball plus
    O(sqrt(n * trace of M)), whatever the order. Error of a column u with ``"normalized"``, of a node s:
    at most 2 n * tolerance * sqrt(d_s d_u) / (1 + rho), unweighted.

    Memory: the graph; 64 bytes and 8 a class for each label; 200 bytes for each node that a column reaches,
    of a thread.

    References
    ----------
    Zhou, Sun, Babanezhad, "Fast online node labeling for very large graphs", ICML 2023.

    Examples
    --------
    >>> from graphkit import datasets
    >>> karate = datasets.load("karate_club")
    >>> faction = karate.labels.toarray().argmax(axis=1)
    >>> online = FastONL(karate.graph).partial_fit([0, 33], faction[[0, 33]], classes=[0, 1])
    >>> online.predict([1, 2, 32]).tolist(), faction[[1, 2, 32]].tolist()
    ([0, 0, 1], [0, 0, 1])
    """

    def __init__(
        self,
        graph: Graph,
        *,
        kernel: Literal["normalized", "laplacian", "damped", "shifted"] = "normalized",
        regularization: float = 0.2,
        beta: float | None = None,
        tolerance: float = 1e-5,
        num_threads: int | None = None,
    ):
        numbers = {"regularization": regularization, "beta": beta, "tolerance": tolerance}
        check_declared(FastONL, numbers | {"num_threads": num_threads})
        check_choice("kernel", kernel, KERNELS)
        check_positive("regularization", regularization)
        _check_beta(kernel, beta, regularization)
        check_between("tolerance", tolerance, "(0, 1)")
        check_graph(graph)
        if graph.directed:
            raise ParameterError(
                "FastONL is for undirected graphs, got a directed one; read it as undirected"
            )
        self.graph = graph
        self.kernel, self.regularization, self.tolerance = kernel, float(regularization), float(tolerance)
        self.beta = beta
        self.num_threads = num_threads
        self._slots, self._rows, *_ = make_space(_CHUNK_NODES)
        self._gradients = np.empty((0, 0))
        self._codes = np.empty(0, np.int32)
        self._predicted = np.empty(0, np.int32)
        self._state = np.array([0.0, 2.0 * graph.num_nodes**2])

    @classmethod
    def _names(cls) -> list[str]:
        return [name for name in inspect.signature(cls).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Return the constructor's parameters, as scikit-learn asks for them."""
        return {name: getattr(self, name) for name in self._names()}

    def __repr__(self) -> str:
        return f"FastONL({self.graph!r}, {self._num_labels:,} labels)"

    @property
    def _num_labels(self) -> int:
        return len(self._codes)

    @property
    def node_ids_(self) -> NodeIds:
        """Ids of the nodes whose labels have arrived, in their order."""
        ids: NodeIds = self.graph.node_ids[self._rows[: self._num_labels]]
        return ids

    @property
    def labels_(self) -> NDArray[Any]:
        """The labels that have arrived, [num_labels]."""
        labels: NDArray[Any] = self.classes_[self._codes]
        return labels

    @property
    def predictions_(self) -> NDArray[Any]:
        """What was predicted for each before its label was learnt, [num_labels]."""
        labels: NDArray[Any] = self.classes_[self._predicted]
        return labels

    def partial_fit(self, nodes: Any, labels: Any, classes: Any = None) -> Self:
        """Predict the label of each node, then learn it, in the order given.

        Parameters
        ----------
        nodes
            Ids of nodes that have had no label yet, [num_nodes].
        labels
            Their labels, [num_nodes].
        classes
            All labels that will ever come, at the first call; later None, or the same.

        Returns
        -------
        FastONL
            Itself; `predictions_` has what was predicted.

        Raises
        ------
        ParameterError
            For no classes at the first call, fewer than two, or other ones later.
        InputError
            For a label that is none of the classes, a node that has one already, or unequal lengths.
        UnknownNodeError
            For a node that the graph does not hold.
        """
        self._set_classes(classes)
        rows = self._node_rows(nodes)
        codes = self._codes_of(labels, len(rows))
        self._check_new(rows)
        check_host_memory(
            (_BYTES_PER_LABEL + 16 * len(self.classes_)) * len(rows), "labels need", "give fewer at a time"
        )
        first = self._num_labels
        self._make_room(first + len(rows))
        add_events(self._slots, self._rows, first, rows)
        self._codes = np.concatenate([self._codes, codes])
        self._predicted = np.concatenate([self._predicted, np.full(len(rows), -1, np.int32)])
        for start in range(0, len(rows), _CHUNK_NODES):
            stop = min(start + _CHUNK_NODES, len(rows))
            known = np.arange(first + start, first + stop)
            scores, _ = self._step(rows[start:stop], codes[start:stop], known)
            self._predicted[first + start : first + stop] = scores.argmax(axis=1)
        return self

    def predict(self, nodes: Any) -> NDArray[Any]:
        """Return the class of the highest score at each node, [num_nodes]; nothing is learnt."""
        best = self._asked(nodes)[0].argmax(axis=1)
        labels: NDArray[Any] = self.classes_[best]
        return labels

    def predict_proba(self, nodes: Any) -> NDArray[np.float64]:
        """Return the distribution that the paper draws predictions from, float64 [num_nodes, num_classes].

        It is cautious: nearly uniform while few labels have come. The best class is that of `predict`.
        """
        return self._asked(nodes)[1]

    def decision_function(self, nodes: Any) -> NDArray[np.float64]:
        """Return the scores, float64 [num_nodes, num_classes]; of two classes the second's advantage."""
        scores = self._asked(nodes)[0]
        return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores

    def score(self, nodes: Any, labels: Any) -> float:
        """Return the share of the nodes for which `predict` gives their label."""
        best = self._asked(nodes)[0].argmax(axis=1)
        return float((best == self._codes_of(labels, len(best))).mean())

    def estimate(self, num_labels: int, num_classes: int) -> Estimate:
        """Return the memory beside the graph, and the time, that so many labels need at most.

        Examples
        --------
        >>> from graphkit import Graph
        >>> FastONL(Graph.from_edges([(0, 1)]), num_threads=1).estimate(1000, 7).bytes
        120400
        """
        threads = resolve_threads(self.num_threads)
        (_, scale, *_), _ = self._laws()
        excess = self.regularization if self.kernel == "laplacian" else scale - 1
        arcs = (1 + excess) / (excess * self.tolerance)
        reached = min(self.graph.num_nodes, arcs)
        memory = {
            "labels": (_BYTES_PER_LABEL + 8 * num_classes) * num_labels,
            "work space": int(threads * _BYTES_PER_PUSHED * reached),
        }
        each = min(arcs, self.graph.num_arcs / excess) * _SECONDS_PER_ARC
        return Estimate(memory, SECONDS_TO_BEGIN + each * num_labels / threads)

    def _asked(self, nodes: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if not self._num_labels:
            raise InputError("no label has arrived yet; call partial_fit first")
        rows = self._node_rows(nodes)
        shape = len(rows), len(self.classes_)
        scores, chances = np.empty(shape), np.empty(shape)
        for start in range(0, len(rows), _CHUNK_NODES):
            part = slice(start, start + _CHUNK_NODES)
            known = np.full(len(rows[part]), self._num_labels)
            scores[part], chances[part] = self._step(rows[part], np.full(len(known), -1, np.int32), known)
        return scores, chances

    def _step(
        self, rows: NDArray[np.int64], codes: NDArray[np.int32], known: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scores and distributions of some nodes, learning what `codes` says; labels before `known` count."""
        num_threads = resolve_threads(self.num_threads)
        diagonal = np.empty(len(rows))
        law, scaling = self._laws()
        arrays = (*self.graph.unchecked_rows(), _NO_LABELS, law, scaling, self._slots, self._rows)
        with few_pages(self.graph.unchecked_rows()):
            found = run_ranges(
                lambda start, stop: kernel_columns(*arrays, rows, known, diagonal, start, stop),
                even_bounds(len(rows), RANGES_PER_THREAD * num_threads),
                num_threads,
            )
        for *_, fault in found:
            if fault >= 0:
                raise self.graph.fault_at(int(fault))
        sizes, events, entries = (np.concatenate(parts) for parts in list(zip(*found))[:3])
        shape = len(rows), len(self.classes_)
        scores, chances = np.empty(shape), np.empty(shape)
        first = int(known[0]) if len(known) else 0
        relax(sizes, events, entries, diagonal, codes, self._gradients, first, self._state, scores, chances)
        return scores, chances

    def _laws(self) -> tuple[tuple[float, ...], tuple[float, bool, float]]:
        """What push solves, and what makes a column of its solution."""
        rho = self.regularization
        factor = 2.0 * rho * self.graph.num_nodes
        if self.kernel == "laplacian":
            return (rho, 1.0, 0.0, rho * self.tolerance, 0.0, math.inf), (factor, False, factor / rho)
        # The kernel is a number times D^1/2 (scale D - W)^-1 D^1/2.
        scale, times = 1 + rho, 1.0
        if self.kernel == "damped":
            beta = rho if self.beta is None else self.beta
            scale, times = (1 + rho) / beta, 1 / beta
        elif self.kernel == "shifted":
            scale += 1 - rho if self.beta is None else self.beta
        return (0.0, scale, 0.0, self.tolerance, 0.0, math.inf), (
            factor * times,
            True,
            factor * times / scale,
        )

    def _set_classes(self, classes: Any) -> None:
        is_first = not hasattr(self, "classes_")
        if classes is None:
            if is_first:
                raise ParameterError(
                    "classes must be given at the first call: all labels that will ever come"
                )
            return
        given = as_array("classes", list(classes) if isinstance(classes, (range, set)) else classes)
        if given.ndim != 1 or given.dtype.kind not in "biufUST":
            raise InputError(f"classes must be a list of numbers or of strings, got {kind_of(classes)}")
        names = np.unique(given)
        if len(names) < 2:
            raise ParameterError(
                f"classes must be at least two, got {len(names)}: there is nothing to tell apart"
            )
        if is_first:
            self.classes_ = names
            self._gradients = np.empty((len(self._rows), len(names)))
        elif not np.array_equal(names, self.classes_):
            raise ParameterError(f"classes must stay as at the first call, {shown(self.classes_.tolist())}")

    def _node_rows(self, nodes: Any) -> NDArray[np.int64]:
        if isinstance(nodes, (str, bytes)) or not isinstance(nodes, Iterable):
            raise InputError(f"nodes must be a list or an array of ids, got {kind_of(nodes)}")
        return self.graph.rows(nodes)

    def _codes_of(self, labels: Any, count: int) -> NDArray[np.int32]:
        given = as_array("labels", labels)
        if given.shape != (count,):
            raise InputError(f"labels must be [{count}], one a node, got {list(given.shape)}")
        try:
            places = np.minimum(np.searchsorted(self.classes_, given), len(self.classes_) - 1)
            wrong = np.flatnonzero(self.classes_[places] != given)
        except (TypeError, ValueError):
            places, wrong = np.zeros(count, np.int64), np.arange(min(1, count))
        if len(wrong):
            raise InputError(
                f"the label {given[wrong[:1]].tolist()[0]!r} is none of the classes "
                f"{shown(self.classes_.tolist())}; give all of them at the first call"
            )
        return places.astype(np.int32)

    def _check_new(self, rows: NDArray[np.int64]) -> None:
        events = np.empty(len(rows), np.int64)
        find_events(self._slots, self._rows, rows, events)
        ordered = np.sort(rows)
        again = np.concatenate([rows[events >= 0], ordered[1:][ordered[1:] == ordered[:-1]]])
        if len(again):
            node = self.graph.node_ids[again[:1]].tolist()[0]
            raise InputError(f"node {node!r} has a label already; a label stays as it came")

    def _make_room(self, num_labels: int) -> None:
        """Enlarge the tables for so many labels."""
        if num_labels <= len(self._rows):
            return
        held = self._num_labels
        rows, gradients = self._rows[:held].astype(np.int64), self._gradients[:held]
        self._slots, self._rows, *_ = make_space(max(num_labels, 2 * held))
        self._gradients = np.empty((len(self._rows), gradients.shape[1]))
        self._gradients[:held] = gradients
        add_events(self._slots, self._rows, 0, rows)


def _check_beta(kernel: str, beta: float | None, rho: float) -> None:
    """Raise `ParameterError` for a beta outside (0, 1), or without effect."""
    if beta is None:
        if kernel in _WITH_BETA and rho >= 1:
            raise ParameterError(
                f"beta must be given with regularization >= 1, got {rho:g}: give a number in (0, 1)"
            )
        return
    if kernel not in _WITH_BETA:
        raise ParameterError(f"beta has no effect with kernel={kernel!r}; leave it out")
    check_between("beta", beta, "(0, 1)")
