"""Labels of nodes without one, by the classifier that scores vectors."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.checks import as_array, shown
from graphkit.embedding import Embedding
from graphkit.errors import InputError
from graphkit.evaluation.labels import as_labels
from graphkit.evaluation.logistic import OneVsRest, fit_one_vs_rest
from graphkit.evaluation.vectors import as_vectors, unit_rows
from graphkit.files.arrow_numbers import to_arrow
from graphkit.files.atomic import PathLike
from graphkit.graph.node_ids import NodeIndex
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, Positive, check_declared
from graphkit.preview import ROWS, html_preview

if TYPE_CHECKING:
    import pandas
    import pyarrow

_ROWS_AT_ONCE = 1 << 16
"""Nodes whose log-odds of all labels are held at a time."""


@dataclass(frozen=True, eq=False)
class PredictedLabels:
    """For each node its most probable labels.

    Attributes
    ----------
    node_ids : [num_nodes]
        Ids of the nodes that were asked for.
    label_names : list
        The names of all labels.
    labels : int32 [num_nodes, k]
        Places in `label_names`, the most probable first.
    probabilities : float32 [num_nodes, k]
        Theirs.
    statement
        How they were found, in full sentences.
    """

    node_ids: NodeIds = field(repr=False)
    label_names: list[Any]
    labels: NDArray[np.int32]
    probabilities: NDArray[np.float32]
    statement: str

    def __repr__(self) -> str:
        return f"PredictedLabels({len(self):,} nodes, {len(self.label_names):,} labels)"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the first nodes' labels."""
        first = itertools.islice(self, ROWS)
        return html_preview(repr(self), ["id", "label", "probability"], first, num_rows=self.labels.size)

    def __len__(self) -> int:
        return len(self.node_ids)

    def __iter__(self) -> Iterator[tuple[Any, Any, float]]:
        """Yield (node id, label, probability), a node's labels one behind the other."""
        for node_id in self.node_ids.tolist():
            yield from ((node_id, label, probability) for label, probability in self[node_id])

    def __getitem__(self, node_id: Any) -> list[tuple[Any, float]]:
        """Return (label, probability) pairs of a node, by its id; `UnknownNodeError` if it is not there."""
        row = self._index.row(node_id)
        names = [self.label_names[label] for label in self.labels[row]]
        return list(zip(names, self.probabilities[row].tolist(), strict=True))

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table with the columns ``id``, ``label`` and ``probability``."""
        import pyarrow as pa

        from graphkit.io.vectors_ids import ids_to_arrow

        k = self.labels.shape[1]
        columns = {
            "id": ids_to_arrow(self.node_ids).take(to_arrow(np.repeat(np.arange(len(self)), k))),
            "label": pa.array(self.label_names).take(to_arrow(self.labels.ravel())),
            "probability": to_arrow(self.probabilities.ravel()),
        }
        return pa.table(columns)

    def to_frame(self) -> pandas.DataFrame:
        """Return a pandas data frame with the columns ``id``, ``label`` and ``probability``."""
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame

    def save(self, path: PathLike, *, overwrite: bool = True) -> None:
        """Write a row a node and label, as `to_arrow`: ``.parquet``, ``.csv`` or ``.tsv``.

        Parameters
        ----------
        path
            Where to; its folder must exist.
        overwrite
            Whether an existing file is replaced.
        """
        from graphkit.io.scores import write_scores

        write_scores(path, [self.to_arrow()], self.texts, overwrite=overwrite)

    @property
    def texts(self) -> tuple[NodeIds, NDArray[Any]]:
        """All ids and label names, for who writes them."""
        return self.node_ids, np.array([str(name) for name in self.label_names], np.dtypes.StringDType())

    @cached_property
    def _index(self) -> NodeIndex:
        return NodeIndex(self.node_ids)


def predict_labels(
    vectors: Any,
    labels: Any,
    nodes: Iterable[Any] | None = None,
    *,
    label_names: Iterable[Any] | None = None,
    k: Count = 1,
    C: Positive = 1.0,
    normalize: Literal["l2"] | None = None,
    num_threads: Count | None = None,
) -> PredictedLabels:
    """Predict labels of nodes that have none, from the vectors and labels of others.

    Parameters
    ----------
    vectors
        An `Embedding`, or an array [num_nodes, dim], whose ids are 0 .. num_nodes - 1; finite.
    labels
        ``{id: label}`` or ``{id: [label, ...]}``; or what `graphkit.evaluation.node_classification` takes:
        one class a row, or a matrix of 0 and 1.
    nodes
        Ids of the nodes to predict for; None for all without label.
    label_names
        The names of a matrix's columns; None for their numbers.
    k
        Labels for each node, >= 1, the most probable first.
    C
        Weight of the log-likelihood against the penalty ``½ |w|²``, > 0.
    normalize
        ``"l2"`` divides each vector by its Euclidean length first. None for vectors as they are.
    num_threads
        >= 1, or None for all cores. Not part of the result.

    Returns
    -------
    PredictedLabels

    Raises
    ------
    InputError
        If vectors are not finite, labels do not fit them, or too few nodes are labelled.
    UnknownNodeError
        For an id without a vector.
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    One logistic regression a label, that of `graphkit.evaluation.node_classification`, which tells how right
    it is. Where each labelled node bears one label, probabilities are divided by their sum over all labels;
    else each is one of a label alone, and they need not add up to 1.

    Examples
    --------
    >>> from graphkit import Embedding
    >>> emb = Embedding(["ann", "bob", "cat", "dan"], [[1, 0], [0.9, 0], [-1, 0], [-0.8, 0]])
    >>> found = predict_labels(emb, {"ann": "red", "cat": "blue"}, C=100)
    >>> [(node, label) for node, label, probability in found]
    [('bob', 'red'), ('dan', 'blue')]
    """
    check_declared(predict_labels, locals())
    threads = resolve_threads(num_threads)
    matrix = as_vectors(vectors)
    index = vectors.index if isinstance(vectors, Embedding) else NodeIndex(np.arange(len(matrix)))
    if isinstance(labels, Mapping):
        labels, label_names = _from_mapping(labels, index)
    known = as_labels(labels, len(matrix))
    names = known.names if label_names is None else as_array("label_names", label_names).tolist()
    if not isinstance(names, list) or len(names) != len(known.names):
        raise InputError(f"label_names must name {len(known.names):,} labels, got {shown(label_names)}")
    rows = np.setdiff1d(np.arange(len(matrix)), known.rows) if nodes is None else index.rows(nodes)
    features = unit_rows(matrix) if normalize else matrix
    model = fit_one_vs_rest(features[known.rows], known.matrix, C=C, num_threads=threads)
    best, probabilities = _most_probable(model, features, rows, min(k, len(names)), known.is_multi_class)
    return PredictedLabels(
        index.node_ids[rows], names, best, probabilities, _statement(C, len(known.rows), known.is_multi_class)
    )


def _from_mapping(labels: Mapping[Any, Any], index: NodeIndex) -> tuple[Any, list[Any]]:
    """A 0/1 matrix of ids' labels, and the names of its columns in ascending order."""
    import scipy.sparse

    listed = {node: each if isinstance(each, (list, tuple, set)) else [each] for node, each in labels.items()}
    rows = np.repeat(index.rows(list(listed)), [len(each) for each in listed.values()])
    given = [label for each in listed.values() for label in each]
    try:
        names = sorted(set(given))
    except TypeError:
        raise InputError("labels must be all numbers or all strings, found several kinds") from None
    column = {name: place for place, name in enumerate(names)}
    places = [column[label] for label in given]
    shape = len(index.node_ids), len(names)
    matrix = scipy.sparse.csr_array((np.ones(len(given)), (rows, places)), shape=shape)
    # A label that a node was given twice is one.
    matrix.data[:] = 1
    return matrix, names


def _most_probable(
    model: OneVsRest, features: NDArray[Any], rows: NDArray[np.int64], k: int, adds_up: bool
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The k most probable labels of each row and their probabilities; of equal ones the first label."""
    from scipy.special import expit
    from threadpoolctl import threadpool_limits

    best = np.empty((len(rows), k), np.int32)
    probabilities = np.empty((len(rows), k), np.float32)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        with threadpool_limits(1, user_api="blas"):
            odds = model.scores(features[rows[part]].astype(np.float64))
        order = np.argsort(-odds, axis=1, kind="stable")[:, :k]
        chances = expit(odds)
        total = chances.sum(axis=1, keepdims=True) if adds_up else 1
        best[part] = order
        probabilities[part] = np.take_along_axis(chances, order, axis=1) / total
    return best, probabilities


def _statement(penalty: float, num_labelled: int, adds_up: bool) -> str:
    of = (
        "divided by their sum, since each labelled node bears one label"
        if adds_up
        else "each of a label alone"
    )
    return (
        f"One logistic regression a label (C = {penalty:g}), trained on {num_labelled:,} labelled nodes; "
        f"probabilities are {of}."
    )
