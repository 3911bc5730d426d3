"""MapFrame: the points of a map, with a column for all that is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import NodeIds, Rows, Vectors
from graphkit.checks import as_array, check_mapping
from graphkit.errors import InputError
from graphkit.files.atomic import PathLike
from graphkit.graph.node_ids import STRING, as_node_ids
from graphkit.layout.principal_components import principal_components
from graphkit.maps.frame_file import read_frame, write_frame
from graphkit.maps.graph_neighbors import strongest_neighbors
from graphkit.maps.times import as_dates
from graphkit.neighbors import KnnGraph, Metric, knn_graph

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress


NUM_NEIGHBORS = 15
"""Neighbours that a map keeps for each point."""


class MapFrame:
    """Points in two or three dimensions, each under its id, with columns of numbers or words.

    Parameters
    ----------
    node_ids
        Unique ids, whole numbers or strings, [num_points].
    positions
        Finite, [num_points, 2] or [num_points, 3].
    columns
        Name and values of each column, [num_points]: numbers stay numbers, anything else becomes strings,
        dates those of ISO 8601.
    neighbors
        Each point's neighbours, of which the first `NUM_NEIGHBORS` are kept: what `graphkit.knn_graph` found;
        or their rows, best first, -1 behind the last, int [num_points, k]; None for none.
    distances
        How far each of them is, [num_points, k]; None where that is not known.

    Attributes
    ----------
    node_ids : [num_points]
    positions : float32 or float64 [num_points, 2 or 3]
        As exactly as they were given.
    columns : dict of arrays [num_points]
        int64, uint64 for what is beyond it, float64, or `numpy.dtypes.StringDType`, in which "" stands for a
        missing value; NaN does in a column of numbers.
    neighbors : int32 [num_points, k], or None
    distances : float32 [num_points, k], or None

    Raises
    ------
    InputError
        For shapes that do not fit, positions that are not finite, neighbours that are no rows.

    Examples
    --------
    >>> frame = MapFrame(["a", "b"], [[0, 0], [1, 2]], {"kind": ["x", "y"], "size": [3, 4]})
    >>> frame
    MapFrame(2 points in 2 dimensions; kind, size)
    >>> frame.columns["size"]
    array([3, 4])
    """

    def __init__(
        self,
        node_ids: Iterable[Any],
        positions: ArrayLike,
        columns: Mapping[str, ArrayLike] | None = None,
        neighbors: KnnGraph | ArrayLike | None = None,
        distances: ArrayLike | None = None,
    ):
        self.node_ids: NodeIds = as_node_ids(node_ids)
        self.positions: NDArray[Any] = _as_positions(positions)
        size = len(self.node_ids)
        if self.positions.shape not in ((size, 2), (size, 3)):
            found = list(self.positions.shape)
            raise InputError(f"positions must have shape [{size}, 2] or [{size}, 3], got {found}")
        if not np.isfinite(self.positions).all():
            raise InputError("positions must be finite, found NaN or infinity")
        self.columns: dict[str, NDArray[Any]] = {
            str(name): _as_column(str(name), values, size)
            for name, values in check_mapping("columns", columns).items()
        }
        if isinstance(neighbors, KnnGraph):
            neighbors = neighbors.to_host()
            distances, neighbors = neighbors.distances, neighbors.indices
        self.neighbors: Rows | None = None if neighbors is None else _as_neighbors(neighbors, size)
        self.distances: Vectors | None = None if distances is None else _as_distances(distances, neighbors)

    @classmethod
    def of_graph(
        cls, graph: Graph, positions: ArrayLike, columns: Mapping[str, ArrayLike] | None = None
    ) -> Self:
        """Return the map of a graph's nodes: columns ``degree`` and ``core``, then the given ones.

        Neighbours are those of the largest weights, then degrees.
        """
        from graphkit.cores.core_numbers import core_numbers
        from graphkit.graph.graph import check_graph

        check_graph(graph)
        known: dict[str, ArrayLike] = {"degree": graph.degree, "core": core_numbers(graph)}
        neighbors = strongest_neighbors(graph, NUM_NEIGHBORS)
        return cls(graph.node_ids, positions, {**known, **(columns or {})}, neighbors)

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read a map that `save` wrote, or Parquet with the columns ``id``, ``x``, ``y`` of another tool.

        Raises
        ------
        InputError
            For a file that cannot be read, or without these columns.
        """
        return cls(**read_frame(path))

    def save(self, path: PathLike, *, overwrite: bool = True) -> None:
        """Write the map as Parquet: ``id``, ``x``, ``y`` (``z``), its columns, ``neighbors``.

        Embedding Atlas opens it: ``embedding-atlas map.parquet --x x --y y --neighbors neighbors``.

        Parameters
        ----------
        path
            Where to, usually ``.parquet``.
        overwrite
            Whether an existing file is replaced.

        Raises
        ------
        InputError
            For a target that cannot be written, or a column with the name of one of the file's own.
        """
        write_frame(self, path, overwrite=overwrite)

    def with_columns(self, columns: Mapping[str, ArrayLike]) -> Self:
        """Return the map with more columns; one of a name that is there takes its place."""
        merged = {**self.columns, **columns}
        return type(self)(self.node_ids, self.positions, merged, self.neighbors, self.distances)

    def with_nearest(
        self, vectors: ArrayLike, *, metric: Metric = "cosine", progress: Progress | None = None
    ) -> Self:
        """Return the map with the `NUM_NEIGHBORS` nearest of each point's vector as its neighbours.

        Parameters
        ----------
        vectors
            Finite, [num_points, dim].
        metric
            As in `graphkit.neighbors.knn_graph`, which finds them.
        progress
            Called with ("neighbours", lists done, lists).
        """
        k = min(NUM_NEIGHBORS, len(self) - 1)
        if k < 1:
            return self
        found = knn_graph(vectors, k, metric=metric, progress=progress)
        return type(self)(self.node_ids, self.positions, self.columns, found)

    def __len__(self) -> int:
        return len(self.node_ids)

    def __repr__(self) -> str:
        names = f"; {', '.join(self.columns)}" if self.columns else ""
        return f"MapFrame({len(self):,} points in {self.dim} dimensions{names})"

    @property
    def dim(self) -> int:
        """2 or 3."""
        return int(self.positions.shape[1])

    def in_the_plane(self) -> NDArray[np.float64]:
        """Return positions in two dimensions: of three, along the two longest axes."""
        if self.dim == 2 or not len(self):
            return self.positions[:, :2].astype(np.float64)
        # Products of what is far from the origin would lose what is near to one another there.
        return principal_components(self.positions - self.positions.mean(axis=0, dtype=np.float64), 2)


def _as_positions(values: ArrayLike) -> NDArray[Any]:
    """Values as float32, or as float64 if float32 cannot hold them, or raise `InputError`."""
    given = as_array("positions", values)
    try:
        return np.ascontiguousarray(given, np.float32 if np.can_cast(given.dtype, np.float32) else np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"positions must be numbers [num_points, 2 or 3]: {error}") from None


def _as_column(name: str, values: ArrayLike, size: int) -> NDArray[Any]:
    column = as_array(f"column {name!r}", values)
    if column.shape != (size,):
        raise InputError(f"column {name!r} must have one value for each of {size} points, got {column.shape}")
    if column.dtype.kind in "iu":
        is_beyond = column.dtype == np.uint64 and column.max(initial=0) > np.iinfo(np.int64).max
        return column.astype(np.uint64 if is_beyond else np.int64, copy=False)
    if column.dtype.kind == "f":
        return column.astype(np.float64, copy=False)
    if column.dtype.kind == "M":
        return np.array(as_dates(column), dtype=STRING)
    words = ["" if value is None or value != value else str(value) for value in column.tolist()]
    return np.array(words, dtype=STRING)


def _as_neighbors(values: ArrayLike, size: int) -> Rows:
    neighbors = as_array("neighbors", values)
    if neighbors.ndim != 2 or len(neighbors) != size or neighbors.dtype.kind not in "iu":
        raise InputError(f"neighbors must be whole numbers of shape [{size}, k], got {list(neighbors.shape)}")
    if neighbors.size and not (neighbors.min() >= -1 and neighbors.max() < size):
        raise InputError(f"neighbors must lie in [-1, {size}), as rows of points")
    return np.ascontiguousarray(neighbors[:, :NUM_NEIGHBORS], np.int32)


def _as_distances(values: ArrayLike, neighbors: Any) -> Vectors:
    distances = as_array("distances", values, np.float32)
    if neighbors is None or distances.shape != np.shape(neighbors):
        raise InputError("distances must have the shape of neighbors")
    return np.ascontiguousarray(distances[:, :NUM_NEIGHBORS])
