"""Edges that a graph may lack: the pairs whose vectors look most like those of its edges."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.embedding import Embedding, vectors_in_order
from graphkit.errors import InputError
from graphkit.evaluation.vectors import as_vectors
from graphkit.files.arrow_numbers import to_arrow
from graphkit.files.atomic import PathLike
from graphkit.graph.graph import Graph, check_graph
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, Positive, check_declared
from graphkit.prediction.best_pairs import best_of_each, best_pairs
from graphkit.prediction.pair_model import MOST_EDGES, PairModel, PairOperator, pair_model
from graphkit.preview import ROWS, html_preview
from graphkit.seeds import Seed

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from graphkit.progress import Progress


@dataclass(frozen=True, eq=False)
class PredictedLinks:
    """Pairs of nodes without an edge, best first: of the whole graph, or node after node.

    Attributes
    ----------
    node_ids : [num_nodes]
        The graph's node ids.
    source_rows, target_rows : int64 [num_pairs]
        Rows of the two ends.
    scores : float64 [num_pairs]
        What orders them: a probability, or a product of vectors.
    statement
        What the scores are, in full sentences.
    """

    node_ids: NodeIds = field(repr=False)
    source_rows: NDArray[np.int64]
    target_rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    statement: str

    def __repr__(self) -> str:
        return f"PredictedLinks({len(self):,} pairs)"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the best pairs."""
        first = itertools.islice(self, ROWS)
        return html_preview(repr(self), ["source", "target", "score"], first, num_rows=len(self))

    def __len__(self) -> int:
        return len(self.scores)

    def __iter__(self) -> Iterator[tuple[Any, Any, float]]:
        """Yield (source id, target id, score)."""
        return iter(list(zip(*(part.tolist() for part in (*self._ends, self.scores)), strict=True)))

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table with the columns ``source``, ``target`` and ``score``."""
        import pyarrow as pa

        from graphkit.io.vectors_ids import ids_to_arrow

        ids = ids_to_arrow(self.node_ids)
        source, target = (ids.take(to_arrow(rows)) for rows in (self.source_rows, self.target_rows))
        return pa.table({"source": source, "target": target, "score": to_arrow(self.scores)})

    def to_frame(self) -> pandas.DataFrame:
        """Return a pandas data frame with the columns ``source``, ``target`` and ``score``."""
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame

    def save(self, path: PathLike, *, overwrite: bool = True) -> None:
        """Write a row a pair, as `to_arrow`: ``.parquet``, ``.csv`` or ``.tsv``.

        Parameters
        ----------
        path
            Where to; its folder must exist.
        overwrite
            Whether an existing file is replaced.
        """
        from graphkit.io.scores import write_scores

        write_scores(path, [self.to_arrow()], [self.node_ids], overwrite=overwrite)

    @cached_property
    def _ends(self) -> tuple[NodeIds, NodeIds]:
        return self.node_ids[self.source_rows], self.node_ids[self.target_rows]


def predict_links(
    vectors: Any,
    graph: Graph,
    nodes: Iterable[Any] | None = None,
    *,
    k: Count = 10,
    operator: PairOperator = "hadamard",
    targets: Any = None,
    C: Positive = 1.0,
    seed: Seed = 0,
    num_threads: Count | None = None,
    progress: Progress | None = None,
) -> PredictedLinks:
    """Find the pairs of nodes without an edge that look most like edges, among all pairs there are.

    Parameters
    ----------
    vectors
        An `Embedding` with the graph's ids, in any order, or an array [num_nodes, dim] in the graph's order.
    graph
        Its edges are left out, and are what a classifier is trained on.
    nodes
        Ids of nodes, for each of which the best others are found; None for the best pairs of the whole graph.
    k
        Pairs for each of the nodes, or of the whole graph, >= 1.
    operator
        ``"hadamard"`` or ``"l2"``: a logistic regression on products u·v or squared differences (u - v)²,
        element by element, tells the graph's edges from as many random pairs without one; the score is its
        probability. ``"inner"`` or ``"cosine"``: the score is the vectors' inner product or cosine.
    targets
        Vectors that nodes have as ends of arcs, as `vectors`, such as ``NRP`` has them for directed
        graphs; None for the same vectors.
    C
        Weight of the classifier's log-likelihood against ``½ |w|²``, > 0.
    seed
        For the pairs that the classifier is trained on, in [0, 2**64).
    num_threads
        >= 1, or None for all cores. Not part of the result.
    progress
        Called with ("links", rows done, rows in all).

    Returns
    -------
    PredictedLinks
        Best first; an undirected pair once, its lower row as the source, unless `nodes` are given, which are
        the sources. Fewer than k where fewer pairs are left.

    Raises
    ------
    InputError
        If vectors and graph have not the same ids, or the graph has no edges to train on.
    UnknownNodeError
        For a node that is not there.
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    All pairs are looked at: O(num_nodes² dim) for the whole graph, O(len(nodes) num_nodes dim) for some,
    with 16 MiB of products a thread. Most operators and vectors can be tried on pairs that are known, by
    `graphkit.evaluation.link_prediction`; a probability is one among as many edges as other pairs.

    References
    ----------
    Grover, Leskovec, "node2vec: scalable feature learning for networks", KDD 2016, section 4.4.

    Examples
    --------
    >>> graph = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("x", "y")])
    >>> vectors = [[1, 0], [1, 0], [1, 0], [1, 0], [0, 1], [0, 2]]
    >>> list(predict_links(vectors, graph, k=2, operator="inner"))
    [('a', 'c', 1.0), ('b', 'd', 1.0)]
    >>> list(predict_links(vectors, graph, ["c"], k=1, operator="cosine"))
    [('c', 'a', 1.0)]
    """
    check_declared(predict_links, locals())
    check_graph(graph)
    threads = resolve_threads(num_threads)
    rows = None if nodes is None else graph.rows(nodes)
    sources = _vectors_of(vectors, graph)
    ends = sources if targets is None else _vectors_of(targets, graph)
    if ends.shape != sources.shape:
        raise InputError(
            f"targets must have the shape of vectors, {list(sources.shape)}, got {list(ends.shape)}"
        )
    model = pair_model(graph, sources, ends, operator, penalty=C, seed=seed, num_threads=threads)
    if rows is None:
        found = best_pairs(graph, model, k, threads, progress)
    else:
        found = best_of_each(graph, model, rows, k, threads, progress)
    scores = model.final(found.products)
    return PredictedLinks(
        graph.node_ids, found.sources, found.targets, scores, _statement(model, operator, C, graph)
    )


def _vectors_of(vectors: Any, graph: Graph) -> NDArray[Any]:
    if isinstance(vectors, Embedding):
        return as_vectors(vectors_in_order(vectors, graph.node_ids))
    matrix = as_vectors(vectors)
    if len(matrix) != graph.num_nodes:
        raise InputError(f"{len(matrix):,} vectors, but the graph has {graph.num_nodes:,} nodes")
    return matrix


def _statement(model: PairModel, operator: str, penalty: float, graph: Graph) -> str:
    if not model.is_probability:
        return f"Scores are the {'inner products' if operator == 'inner' else 'cosines'} of two vectors."
    of = "products" if operator == "hadamard" else "squared differences"
    sample = f"{MOST_EDGES:,} of the" if graph.num_edges > MOST_EDGES else "the"
    return (
        f"Scores are probabilities by a logistic regression (C = {penalty:g}) on {of} of two vectors, "
        f"trained on {sample} graph's edges and as many random pairs without one."
    )
