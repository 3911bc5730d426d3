"""Embedding: node ids, their vectors, and how they were made."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from graphkit.arrays import NodeIds, Vectors, loses_digits
from graphkit.checks import as_array, check_mapping, check_whole
from graphkit.errors import GraphkitWarning, InputError, MissingDependencyError, install_line, unknown_choice
from graphkit.files.atomic import PathLike, check_path
from graphkit.graph.node_ids import NodeIndex, as_node_ids
from graphkit.lazy import public
from graphkit.parameters import check_declared
from graphkit.preview import ROWS, html_preview

if TYPE_CHECKING:
    import gensim.models
    import pandas
    import polars
    import pyarrow
    import torch

    from graphkit.maps.picture import Picture

_COLUMNS_SHOWN = 6
"""In a notebook."""

_LOST_DIGITS = (
    "vectors are held in float32, which keeps fewer than three digits of what tells the values of a column "
    "apart; subtract the mean of each column first"
)


class Embedding:
    """One vector a node, found by its id.

    Parameters
    ----------
    node_ids
        Unique ids, whole numbers or strings, [num_nodes].
    vectors
        One row a node, float32 [num_nodes, dim], dim >= 1.
    info
        How the vectors were made (method, parameters, graph), as JSON can hold it.

    Raises
    ------
    InputError
        For ids of a wrong type, a repeated id, or another number of ids than rows.

    Warns
    -----
    GraphkitWarning
        For float64 whose differences float32 cannot hold, such as values around 1e7 that differ by 1.

    Notes
    -----
    ``embedding[5]`` is the vector of the node with the *id* 5; rows stand in `vectors`.

    Examples
    --------
    >>> embedding = Embedding(["a", "b", "c"], [[1, 0], [1, 1], [0, 1]])
    >>> embedding
    Embedding(3 nodes, 2 dimensions)
    >>> embedding["b"]
    array([1., 1.], dtype=float32)
    >>> embedding[["a", "c"]].shape
    (2, 2)
    >>> "d" in embedding
    False
    """

    def __init__(self, node_ids: Iterable[Any], vectors: ArrayLike, info: dict[str, Any] | None = None):
        self.node_ids: NodeIds = as_node_ids(node_ids)
        self.vectors: Vectors = as_array("vectors", vectors, np.float32)
        self.info: dict[str, Any] = dict(check_mapping("info", info))
        if self.vectors.ndim != 2 or self.vectors.shape[1] == 0:
            raise InputError(f"vectors must have shape [num_nodes, dim >= 1], got {list(self.vectors.shape)}")
        if len(self.node_ids) != len(self.vectors):
            raise InputError(f"{len(self.node_ids)} node ids but {len(self.vectors)} vectors")
        if loses_digits(np.asarray(vectors)):
            warnings.warn(_LOST_DIGITS, GraphkitWarning, stacklevel=2)

    def __repr__(self) -> str:
        method = f", {self.info['method']}" if "method" in self.info else ""
        return f"Embedding({len(self):,} nodes, {self.dim} dimensions{method})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the first numbers of the first vectors."""
        width = min(self.dim, _COLUMNS_SHOWN)
        rest = ["…"] if self.dim > width else []
        rows = [
            [node_id, *vector, *rest]
            for node_id, vector in zip(
                self.node_ids[:ROWS].tolist(), self.vectors[:ROWS, :width].tolist(), strict=True
            )
        ]
        return html_preview(repr(self), ["id", *map(str, range(width)), *rest], rows, num_rows=len(self))

    def __len__(self) -> int:
        return len(self.node_ids)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.node_ids.tolist())

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Return the vectors, for NumPy and what takes arrays; row i belongs to ``node_ids[i]``."""
        return np.array(self.vectors, dtype, copy=copy)

    def __contains__(self, node_id: Any) -> bool:
        try:
            return bool(self.index.find([node_id])[0] >= 0)
        except InputError:
            return False

    def __getitem__(self, ids: Any) -> Vectors:
        alone = isinstance(ids, (str, int, np.generic))
        rows = self.index.row(ids) if alone else self.index.rows(ids)
        vectors: Vectors = self.vectors[rows]
        return vectors

    @property
    def shape(self) -> tuple[int, int]:
        """Number of nodes and of columns: with ``__array__`` what scikit-learn asks of a matrix."""
        return len(self), self.dim

    @property
    def dim(self) -> int:
        """Number of dimensions."""
        return int(self.vectors.shape[1])

    @cached_property
    def index(self) -> NodeIndex:
        """The way from node ids to rows."""
        return NodeIndex(self.node_ids)

    def most_similar(
        self, query: Any, k: int = 10, *, exclude: Iterable[Any] = (), num_threads: int | None = None
    ) -> list[Any]:
        """Find the nodes whose vectors have the highest cosine similarity to a node's, or to a vector.

        Parameters
        ----------
        query
            A node id, a vector [dim], or several of either (a list of ids, an array [num_queries, dim]).
        k
            Nodes to return, >= 1; fewer come back only where the embedding holds fewer.
        exclude
            Ids that must not be returned. A node is never among its own neighbours, whatever others
            have the same vector.
        num_threads
            >= 1, or None for all cores.

        Returns
        -------
        list of (id, similarity)
            Most similar first, similarity in [-1, 1]; for several queries a list of such lists.

        Raises
        ------
        UnknownNodeError
            For an id that is not there.
        ParameterError
            For a `k` below 1, or a vector of another length or with NaN.

        Examples
        --------
        >>> embedding = Embedding(["a", "b", "c"], [[1, 0], [1, 1], [0, 1]])
        >>> [(node, round(similarity, 3)) for node, similarity in embedding.most_similar("a")]
        [('b', 0.707), ('c', 0.0)]
        >>> [node for node, _ in embedding.most_similar([0.0, 2.0], k=2)]
        ['c', 'b']
        """
        from graphkit.neighbors import nearest

        k = check_whole("k", k, 1)
        rows, vectors, several = self._queries(query)
        others = np.tile(self.index.rows(exclude), (len(vectors), 1))
        excluded = others if rows is None else np.column_stack([rows, others])
        k = min(k, len(self) - excluded.shape[1])
        if k < 1:
            return [[] for _ in vectors] if several else []
        found = nearest(self.vectors, vectors, k, exclude=excluded, num_threads=num_threads)
        pairs = [
            list(zip(ids, scores, strict=True))
            for ids, scores in zip(self.node_ids[found.rows].tolist(), found.scores.tolist(), strict=True)
        ]
        return pairs if several else pairs[0]

    def plot(self, color: Any = None, **options: Any) -> Picture:
        """Draw a map of the vectors; see `graphkit.plot` for the options."""
        picture: Picture = public("plot")(self, color, **options)
        return picture

    def to_numpy(self) -> Vectors:
        """Return the vectors, float32 [num_nodes, dim]; not a copy."""
        return self.vectors

    def to_torch(self) -> torch.Tensor:
        """Return the vectors as a tensor, float32 [num_nodes, dim]; not a copy unless they are read-only."""
        import torch

        return torch.from_numpy(self.vectors if self.vectors.flags.writeable else self.vectors.copy())

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table with the columns ``id`` and ``vector``, as in a Parquet file."""
        from graphkit.io.vectors_parquet import to_table

        return to_table(self.node_ids, self.vectors)

    def to_frame(self, kind: Literal["pandas", "polars"] = "pandas") -> pandas.DataFrame | polars.DataFrame:
        """Return ids and vectors as a data frame.

        Parameters
        ----------
        kind
            ``"pandas"``: the ids as index, and a column for each dimension.
            ``"polars"``: the columns ``id`` and ``vector`` (an array), as in a Parquet file.

        Raises
        ------
        ParameterError
            For another kind.
        MissingDependencyError
            If the library is not installed.
        """
        if kind == "pandas":
            pd = _optional("pandas")
            rows: pandas.DataFrame = pd.DataFrame(self.vectors, index=pd.Index(list(self), name="id"))
            return rows
        if kind == "polars":
            arrays: polars.DataFrame = _optional("polars").from_arrow(self.to_arrow())
            return arrays
        raise unknown_choice("kind", str(kind), ("pandas", "polars"))

    def to_keyedvectors(self) -> gensim.models.KeyedVectors:
        """Return gensim ``KeyedVectors``, whose keys are strings.

        Raises
        ------
        MissingDependencyError
            If gensim is not installed.
        """
        _optional("gensim")
        from gensim.models import KeyedVectors

        keyed = KeyedVectors(self.dim)
        keyed.add_vectors([str(node_id) for node_id in self], self.vectors)
        return keyed

    def save(self, path: PathLike, *, overwrite: bool = True) -> None:
        """Write ids and vectors in the format of the path's suffix; the file appears whole or not at all.

        Parameters
        ----------
        path
            ``.parquet``; ``.txt``, ``.w2v``, ``.emb``, ``.emd``, ``.embeddings`` or ``.vec`` (word2vec text);
            ``.bin`` (word2vec binary); ``.npy`` (and the ids in ``.ids.txt`` beside it); ``.npz``;
            ``.csv``, ``.tsv``.
        overwrite
            Whether an existing file is replaced.

        Raises
        ------
        RunError
            If a vector holds NaN or infinity, or the disk is full.
        ParameterError
            For another suffix.
        InputError
            If the target cannot be written, or the format cannot carry an id.

        Notes
        -----
        ``.parquet`` and ``.npz`` carry `info` and the ids' type; the text formats carry neither, and ids
        that are all whole numbers are read back as numbers.
        """
        from graphkit.io.vectors import write_vectors

        check_path(path)
        write_vectors(path, self.node_ids, self.vectors, self.info, overwrite=overwrite)

    @classmethod
    def load(cls, path: PathLike, *, mmap: bool = False) -> Embedding:
        """Read what `save` wrote, or gensim, or the word2vec tool.

        Parameters
        ----------
        path
            The file; its suffix says the format.
        mmap
            Whether vectors are read from disk as they are used; ``.npy`` only.

        Raises
        ------
        InputError
            If the file is missing or damaged, or repeats an id.
        ParameterError
            For an unknown suffix, or `mmap` with a format that cannot.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "emb.parquet"
        >>> Embedding(["a", "b"], [[1, 0], [0, 1]]).save(path)
        >>> Embedding.load(path)
        Embedding(2 nodes, 2 dimensions)
        """
        from graphkit.io.vectors import read_vectors

        check_path(path)
        node_ids, vectors, info = read_vectors(path, mmap=mmap)
        try:
            return cls(node_ids, vectors, info)
        except InputError as error:
            raise InputError(error.message, path=path) from error

    def to_parquet(self, path: PathLike) -> None:
        """Write a Parquet file, whatever the path's suffix; see `save`."""
        self._write(path, ".parquet")

    def to_word2vec(self, path: PathLike, *, binary: bool = False) -> None:
        """Write a word2vec file, text or binary, whatever the path's suffix; see `save`."""
        check_declared(Embedding.to_word2vec, {"binary": binary})
        self._write(path, ".bin" if binary else ".txt")

    def _write(self, path: PathLike, suffix: str) -> None:
        from graphkit.io.vectors import write_vectors

        write_vectors(path, self.node_ids, self.vectors, self.info, suffix=suffix)

    def _queries(self, query: Any) -> tuple[NDArray[np.int64] | None, Vectors, bool]:
        """Rows (None for vectors), vectors [num_queries, dim], and whether several were asked for."""
        if isinstance(query, (str, int, np.integer)):
            rows = np.array([self.index.row(query)])
            return rows, self.vectors[rows], False
        array = as_array("query", query)
        # NumPy takes an empty list for floats; it may be ids as well.
        if array.dtype.kind == "f" and array.size:
            return None, np.atleast_2d(array).astype(np.float32, copy=False), array.ndim != 1
        rows = self.index.rows(query)
        return rows, self.vectors[rows], True


def vectors_in_order(embedding: Embedding, node_ids: NodeIds) -> Vectors:
    """Return the vectors of a graph's nodes, which are all that an embedding has.

    Raises
    ------
    InputError
        Saying how many of which nodes have no vector, or how many vectors are of no node.
    """
    rows = embedding.index.find(node_ids)
    absent = node_ids[rows < 0]
    if len(absent):
        raise InputError(
            f"vectors and graph must have the same ids: {len(absent):,} of the graph's {len(node_ids):,} "
            f"nodes have no vector, such as {_some(absent)}"
        )
    if len(embedding) > len(node_ids):
        unknown = np.setdiff1d(np.arange(len(embedding)), rows)
        raise InputError(
            f"vectors and graph must have the same ids: {len(unknown):,} vectors are of no node of the "
            f"graph, such as {_some(embedding.node_ids[unknown])}; take those of the graph's nodes: "
            "Embedding(graph.node_ids, embedding[graph.node_ids])"
        )
    found: Vectors = embedding.vectors[rows]
    return found


def _optional(library: str) -> Any:
    """Import a library that graphkit does without, or say how to get it."""
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise MissingDependencyError(f"{library} is not installed: {install_line(library)}") from error


def _some(ids: NodeIds) -> str:
    return ", ".join(str(node_id) for node_id in ids[:3].tolist())
