"""TopNodes: the nodes of the highest scores for each source."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds, Rows
from graphkit.errors import ParameterError
from graphkit.files.arrow_numbers import to_arrow
from graphkit.files.atomic import PathLike
from graphkit.graph.node_ids import NodeIndex
from graphkit.preview import ROWS, html_preview

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow
    import scipy.sparse

_CHUNK_PAIRS = 1 << 20


@dataclass(frozen=True, eq=False)
class TopNodes:
    """For each source the nodes of the highest scores, best first.

    Attributes
    ----------
    node_ids : [num_nodes]
        The graph's node ids.
    source_rows : int64 [num_sources]
        Rows of the sources in the graph.
    rows : int32 [num_sources, k]
        Rows of the nodes, those of equal scores in ascending order; -1 behind the last one.
    scores : float32 [num_sources, k]
        Their scores; 0 behind the last one.
    missing : float64 [num_sources], or None
        With push, what all scores of a source, listed or not, leave out of 1: no score is too high, and
        none is too low by more. None for walks.

    Examples
    --------
    >>> from graphkit import Graph, PersonalizedPageRank
    >>> graph = Graph.from_edges([("a", "b"), ("b", "c")], directed=True)
    >>> top = PersonalizedPageRank(restart=0.5, tolerance=1e-9).top(graph, k=2, sources=["b", "c"])
    >>> top
    TopNodes(2 sources, k=2)
    >>> [(node_id, round(score, 4)) for node_id, score in top["b"]]
    [('b', 0.6667), ('c', 0.3333)]
    >>> top["c"]
    [('c', 1.0)]
    """

    node_ids: NodeIds = field(repr=False)
    source_rows: NDArray[np.int64]
    rows: Rows
    scores: NDArray[np.float32]
    missing: NDArray[np.float64] | None

    @classmethod
    def allocate(cls, node_ids: NodeIds, source_rows: NDArray[np.int64], k: int, *, missing: bool) -> Self:
        """Return a result whose arrays are still to be written."""
        shape = len(source_rows), k
        left = np.empty(len(source_rows)) if missing else None
        return cls(node_ids, source_rows, np.empty(shape, np.int32), np.empty(shape, np.float32), left)

    def __repr__(self) -> str:
        return f"TopNodes({len(self):,} sources, k={self.rows.shape[1]})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the first sources with their best nodes."""
        listed = [(source, *pair) for source in self.sources[:ROWS].tolist() for pair in self[source][:1]]
        return html_preview(repr(self), ["source", "first node", "score"], listed, num_rows=len(self))

    def __len__(self) -> int:
        return len(self.source_rows)

    def __getitem__(self, source: Any) -> list[tuple[Any, float]]:
        """Return (node id, score) pairs of one source, by its id; `UnknownNodeError` if it is not there."""
        place = self._index.row(source)
        listed = self.rows[place] >= 0
        ids = self.node_ids[self.rows[place][listed]].tolist()
        return list(zip(ids, self.scores[place][listed].tolist()))

    @property
    def sources(self) -> NodeIds:
        """Ids of the sources, [num_sources]."""
        ids: NodeIds = self.node_ids[self.source_rows]
        return ids

    @cached_property
    def _index(self) -> NodeIndex:
        return NodeIndex(self.sources)

    @cached_property
    def _arrow_ids(self) -> pyarrow.Array:
        from graphkit.io.vectors_ids import ids_to_arrow

        return ids_to_arrow(self.node_ids)

    def certain(self) -> NDArray[np.int64]:
        """Return how many of each source's first nodes are the true first ones, int64 [num_sources].

        The largest m < k for which no node outside the first m can have a PageRank above theirs, in
        whatever order these m stand; 0 if `missing` is too large to say.

        Raises
        ------
        ParameterError
            For walks, which have no bound of the error.

        Examples
        --------
        >>> from graphkit import Graph, PersonalizedPageRank
        >>> star = Graph.from_edges([(0, 1), (0, 2), (0, 3)])
        >>> PersonalizedPageRank(tolerance=1e-6).top(star, k=4, sources=[0, 1]).certain()
        array([1, 2])
        """
        if self.missing is None:
            raise ParameterError("certain is for push: walks have no bound of the error")
        scores = self.scores.astype(np.float64)
        # Scores are rounded to float32.
        gaps = scores[:, :-1] * (1 - 2**-22) - scores[:, 1:] >= self.missing[:, None]
        gaps &= self.rows[:, :-1] >= 0
        counts: NDArray[np.int64] = (gaps * np.arange(1, gaps.shape[1] + 1)).max(axis=1, initial=0)
        return counts

    def to_scipy(self) -> scipy.sparse.csr_array:
        """Return the scores as a SciPy CSR array, float32 [num_sources, num_nodes].

        A row is a source; of a node that is not among its first `k` the entry is 0. To factorise it is to
        embed the sources: ``scipy.sparse.linalg.svds(top.to_scipy(), 64)``.
        """
        import scipy.sparse

        listed = self.rows >= 0
        indptr = np.concatenate([[0], np.cumsum(listed.sum(axis=1))])
        arrays = self.scores[listed], self.rows[listed], indptr
        matrix: scipy.sparse.csr_array = scipy.sparse.csr_array(arrays, shape=(len(self), len(self.node_ids)))
        matrix.sort_indices()
        return matrix

    def to_arrow(self, start: int = 0, stop: int | None = None) -> pyarrow.Table:
        """Return an Arrow table with the columns ``source``, ``node`` and ``score``, best first.

        Parameters
        ----------
        start, stop
            The range of sources; all by default.
        """
        import pyarrow as pa

        rows = self.rows[start:stop]
        listed = rows >= 0
        sources = np.repeat(self.source_rows[start:stop], listed.sum(axis=1))
        source, node = (self._arrow_ids.take(to_arrow(part)) for part in (sources, rows[listed]))
        return pa.table({"source": source, "node": node, "score": to_arrow(self.scores[start:stop][listed])})

    def chunks(self) -> Iterator[pyarrow.Table]:
        """Yield tables of about a million pairs, as `to_arrow`; one without rows for no sources."""
        step = max(1, _CHUNK_PAIRS // self.rows.shape[1])
        for start in range(0, max(len(self), 1), step):
            yield self.to_arrow(start, start + step)

    def save(self, path: PathLike, *, overwrite: bool = True) -> None:
        """Write a row a pair of source and node, as `to_arrow`: ``.parquet``, ``.csv`` or ``.tsv``.

        Parameters
        ----------
        path
            Where to; its folder must exist.
        overwrite
            Whether an existing file is replaced.

        Raises
        ------
        ParameterError
            For another suffix.
        InputError
            For a target that cannot be written.
        RunError
            If the disk is full.
        """
        from graphkit.io.scores import write_scores

        write_scores(path, self.chunks(), [self.node_ids], overwrite=overwrite)
