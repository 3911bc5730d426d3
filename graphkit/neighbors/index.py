"""NeighborIndex: vectors that new ones look for their neighbours among, over FAISS; saved and opened again.

It holds vectors as `VectorTable.prepared` makes them: float32, about their median, in units of their usual
distance from it. FAISS finds candidates by products of these; who of them is nearer is told by their
differences, in float64.

The index of lists (FAISS's IVF) is the same bits for a seed. HNSW answers single queries sooner, but its
links depend on the order in which threads insert, so it is made only when asked for.

References
----------
Douze et al., "The Faiss library", 2024. Malkov, Yashunin, "Efficient and robust approximate nearest neighbor
search using hierarchical navigable small world graphs", TPAMI 2020.
"""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import NodeIds, Vectors
from graphkit.checks import check_between, check_choice, check_whole
from graphkit.errors import GraphkitWarning, InputError, ParameterError
from graphkit.files.arrays import open_npy, save_npy
from graphkit.files.atomic import PathLike, atomic_folder, check_path, digest_of
from graphkit.files.json_files import check_form, check_seal, read_json, sealed
from graphkit.graph.node_ids import as_node_ids
from graphkit.graph.stored_ids import open_node_ids, save_node_ids
from graphkit.neighbors.arguments import as_exclude, as_vectors, check_k
from graphkit.neighbors.certainty import SPARE
from graphkit.neighbors.direct import Found, first_rows, nearest_of
from graphkit.neighbors.exact import (
    Nearest,
    as_distances,
    nearest_in_float64,
    scored,
    search_on_cpu,
)
from graphkit.neighbors.faiss_threads import faiss_threads
from graphkit.neighbors.recall import recall_of
from graphkit.neighbors.vector_table import Metric, Points, VectorTable
from graphkit.parallel import resolve_threads
from graphkit.seeds import Stream, check_seed, generator

Kind = Literal["exact", "lists", "hnsw"]

_FORMAT = "graphkit neighbour index"
_INDEX, _CENTER, _MANIFEST = "index.faiss", "center.npy", "manifest.json"
_VERSION = 3

_FORM = {
    **{"digests": {str: str}, "metric": str, "kind": str, "effort": int},
    **{"recall": (float, None), "scale": float, "has_zeros": bool},
}

_FEW_VALUES = 2**23
"""Up to so many values an exact search is as fast as any."""

_LINKS = 32
_SAMPLE, _FEW, _NEIGHBORS = 400, 16, 10
_HELD = 0.999
"""Of true neighbours, what prepared vectors must tell."""

_LOST = 1e-2
"""Of the distance to the nearest, what may be lost to float32."""

_MARGIN = 0.01
"""Of recall, by which the sample that the effort is chosen by may be too lucky."""


class NeighborIndex:
    """Vectors under their ids, ready to be searched by new vectors.

    Parameters
    ----------
    vectors
        The rows to search, finite in float32, [num_vectors, dim].
    node_ids
        Their ids, unique whole numbers or strings, [num_vectors]; None for 0, 1, 2, ….
    metric
        "cosine", "inner_product" (the largest first) or "euclidean" (the smallest first).
    kind
        ``"exact"`` compares with all; ``"lists"`` with those in the nearest lists; ``"hnsw"`` walks a graph
        of neighbours, and is the same for a seed on one thread only. None for exact or lists, by size.
    recall
        Share of the true neighbours that must be found, in (0, 1].
    effort
        Lists to look into, or places that HNSW keeps in mind, >= 1; None for as much as the recall takes.
    seed
        Random seed.
    num_threads
        >= 1, or None for all cores.

    Attributes
    ----------
    node_ids : [num_vectors]
    metric, kind
        As given, or chosen.
    effort
        See above; 0 with ``"exact"``.
    recall
        Measured on a sample of the vectors themselves, for 10 neighbours; 1 with ``"exact"``, unless a
        warning says otherwise.

    Warns
    -----
    GraphkitWarning
        If float32 cannot hold what tells near vectors apart, of float64 or with parts far from one another.

    Raises
    ------
    ParameterError
        For a parameter outside its range, NaN or infinity.

    Notes
    -----
    Memory: the vectors once more, and for HNSW 260 bytes a vector.

    Examples
    --------
    >>> index = NeighborIndex([[1, 0], [1, 1], [0, 1]], ["a", "b", "c"])
    >>> index
    NeighborIndex(3 vectors of 2 dimensions, cosine, exact, recall 1.0000)
    >>> [(node, round(score, 3)) for node, score in index.most_similar([[2, 0.1]], k=2)[0]]
    [('a', 0.999), ('b', 0.742)]
    """

    def __init__(
        self,
        vectors: ArrayLike,
        node_ids: Iterable[Any] | None = None,
        *,
        metric: Metric = "cosine",
        kind: Kind | None = None,
        recall: float = 0.95,
        effort: int | None = None,
        seed: int = 0,
        num_threads: int | None = None,
    ):
        check_choice("metric", metric, get_args(Metric))
        if kind is not None:
            check_choice("kind", kind, get_args(Kind))
        check_between("recall", recall, "(0, 1]")
        if effort is not None:
            effort = check_whole("effort", effort, 1)
        rows = as_vectors(vectors, "vectors")
        self.node_ids: NodeIds = as_node_ids(np.arange(len(rows)) if node_ids is None else node_ids)
        if len(self.node_ids) != len(rows):
            raise ParameterError(
                f"node_ids must have {len(rows)} entries, one a vector, got {len(self.node_ids)}"
            )
        self.metric: Metric = metric
        self.kind: Kind = kind or ("exact" if rows.size <= _FEW_VALUES else "lists")
        self.effort, self.recall = 0, 1.0
        table = VectorTable.of(rows, metric)
        self._center, self._scale, self._has_zeros = table.center, table.scale, table.has_zeros
        threads = resolve_threads(num_threads)
        prepared = table.prepared()
        with faiss_threads(threads):
            self._index = _built(prepared, table.by_distance, self.kind, check_seed(seed))
        if self.kind != "exact":
            self._choose_effort(rows, recall, effort, seed, threads)
        self._warn_of_lost_digits(rows, prepared, threads)

    def __len__(self) -> int:
        return len(self.node_ids)

    def __repr__(self) -> str:
        what = f"{len(self):,} vectors of {len(self._center)} dimensions"
        return f"NeighborIndex({what}, {self.metric}, {self.kind}, recall {self.recall:.4f})"

    def nearest(
        self,
        vectors: ArrayLike,
        k: int = 10,
        *,
        exclude: ArrayLike | None = None,
        num_threads: int | None = None,
    ) -> Nearest:
        """Find the nearest rows of each query; arguments and result as of `graphkit.neighbors.nearest`.

        ``index.node_ids[found.rows]`` are their ids.
        """
        queries = as_vectors(vectors, "vectors")
        if queries.shape[1] != len(self._center):
            raise ParameterError(f"vectors must have {len(self._center)} columns, got {queries.shape[1]}")
        excluded = as_exclude(exclude, len(queries))
        k = check_k(k, len(self), excluded.shape[1])
        rows, distances = self._search(queries, k, excluded, self.effort, resolve_threads(num_threads))
        return scored(rows, distances, self.metric)

    def most_similar(self, vectors: ArrayLike, k: int = 10) -> list[list[tuple[Any, float]]]:
        """Return for each query the ids of its nearest vectors and their scores, best first."""
        found = self.nearest(vectors, min(k, len(self)))
        ids = self.node_ids[found.rows].tolist()
        return [list(zip(*row, strict=True)) for row in zip(ids, found.scores.tolist(), strict=True)]

    def save(self, folder: PathLike, *, overwrite: bool = False) -> None:
        """Write the index as a folder: FAISS's own file, the ids, and a manifest.

        Raises
        ------
        InputError
            For a folder that exists and `overwrite` is false, or that is no index.
        """
        import faiss

        if overwrite and Path(folder).exists() and not (Path(folder) / _INDEX).exists():
            raise InputError("holds no index and is not replaced; choose another folder", path=folder)
        with atomic_folder(folder, overwrite=overwrite) as temporary:
            # By its own C file FAISS would not look whether closing it wrote the last bytes.
            with (temporary / _INDEX).open("wb") as file:
                writer = faiss.PyCallbackIOWriter(file.write)  # type: ignore[attr-defined]
                faiss.write_index(self._index, writer)
            save_node_ids(self.node_ids, temporary)
            save_npy(temporary / _CENTER, self._center)
            facts = {"metric": self.metric, "kind": self.kind, "effort": self.effort, "recall": self.recall}
            made = {"scale": self._scale, "has_zeros": self._has_zeros}
            digests = {file.name: digest_of(file) for file in sorted(temporary.iterdir())}
            marks = {"format": _FORMAT, "version": _VERSION, "digests": digests}
            manifest = json.dumps(sealed({**marks, **facts, **made}), indent=2)
            (temporary / _MANIFEST).write_text(f"{manifest}\n", encoding="utf-8")

    @classmethod
    def open(cls, folder: PathLike) -> Self:
        """Read an index that `save` wrote.

        Raises
        ------
        InputError
            For a folder that is none, or is damaged.
        """
        import faiss

        check_path(folder)
        path, index = Path(folder), cls.__new__(cls)
        try:
            manifest = read_json(path / _MANIFEST, {"format?": str, "version?": int}, "its manifest")
            if (manifest.get("format"), manifest.get("version")) != (_FORMAT, _VERSION):
                raise ValueError("its manifest is not that of an index, or of another version; make it anew")
            check_form(manifest, _FORM, "its manifest", path / _MANIFEST)
            check_seal(manifest, "its manifest", path / _MANIFEST)
            # FAISS follows whatever stands in its file.
            if {file.name for file in path.iterdir()} != {_MANIFEST, *manifest["digests"]}:
                raise ValueError("its files are not those that its manifest names")
            for name, digest in manifest["digests"].items():
                if digest_of(path / name) != digest:
                    raise ValueError(f"{name} is not what was saved (the digest differs)")
            index._index = faiss.read_index(str(path / _INDEX))
            index.node_ids = np.array(open_node_ids(path))
            for name in ("metric", "kind", "effort", "recall"):
                setattr(index, name, manifest[name])
            index._scale, index._has_zeros = manifest["scale"], manifest["has_zeros"]
            index._center = open_npy(path / _CENTER, mapped=False)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise InputError(f"is no neighbour index that can be read: {error}", path=folder) from None
        if len(index.node_ids) != index._index.ntotal:
            raise InputError("holds another number of ids than of vectors; save the index again", path=folder)
        return index

    def _search(
        self, queries: Points, k: int, excluded: NDArray[np.int64], effort: int, num_threads: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows of the nearest and their distances, as in `KnnGraph`."""
        asked = self._asked(queries)
        if self.kind == "exact":
            held = _held(self._index)
            found, values = search_on_cpu(held, asked, k, excluded, self._compared_by, num_threads)
        else:
            found, values = self._among_candidates(asked, k, excluded, effort, num_threads)
        if self.metric != "euclidean":
            zero = ~queries.any(axis=1)
            right_angle = np.sqrt(2) * self._scale if self.metric == "cosine" else 0.0
            found[zero], values[zero] = first_rows(excluded[zero], k), right_angle
        return found, as_distances(self._measured(queries, values), self.metric)

    @property
    def _compared_by(self) -> Metric:
        """The metric of prepared vectors: cosines are compared by distance."""
        return "inner_product" if self.metric == "inner_product" else "euclidean"

    def _asked(self, queries: Points) -> Points:
        """Queries as vectors are prepared, rounded like them, so that what is equal stays so."""
        if self.metric == "inner_product":
            return queries
        asked: Vectors = self._in_units(queries).astype(np.float32)
        return np.column_stack([asked, np.zeros(len(asked), np.float32)]) if self._has_zeros else asked

    def _in_units(self, points: Points) -> NDArray[np.float64]:
        """Points, or with "cosine" their unit vectors, less the center, times the scale."""
        exact = VectorTable.plain(points, self.metric).queries_of(np.arange(len(points)))
        units: NDArray[np.float64] = (exact - self._center) * self._scale
        return units

    def _measured(self, queries: Points, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distances of vectors from those of prepared ones."""
        values = values / self._scale
        if self.metric == "cosine":
            return np.minimum(values**2 / 2, 2)
        if self.metric == "inner_product":
            return values - (queries @ self._center)[:, None]
        return values

    def _among_candidates(
        self, asked: Points, k: int, excluded: NDArray[np.int64], effort: int, num_threads: int
    ) -> Found:
        """Search, and where an effort finds too few, search all; then compare what was found directly."""
        wanted = min(k + excluded.shape[1] + SPARE, len(self))
        queries = asked.astype(np.float32)
        with faiss_threads(num_threads):
            _, rows = self._index.search(queries, wanted, params=self._parameters(effort, wanted))
            short = np.flatnonzero(rows[:, -1] < 0)
            if len(short):
                everything = self._parameters(len(self), wanted)
                _, rows[short] = self._index.search(queries[short], wanted, params=everything)
        rows[(rows[:, :, None] == excluded[:, None, :]).any(axis=2)] = -1
        # Sorted, that equal ones are in the order of their rows.
        rows.sort(axis=1)
        vectors = self._index.reconstruct_batch(rows.clip(0).ravel())
        places = np.where(rows < 0, -1, np.arange(rows.size).reshape(rows.shape))
        table = VectorTable.plain(vectors, self._compared_by)
        found, values = nearest_of(table, asked, places, k, num_threads)
        return np.where(found < 0, -1, rows.ravel()[found]), values

    def _parameters(self, effort: int, wanted: int) -> Any:
        faiss: Any = importlib.import_module("faiss")
        if self.kind == "lists":
            return faiss.SearchParametersIVF(nprobe=min(effort, self._index.nlist))
        if self.kind == "hnsw":
            return faiss.SearchParametersHNSW(efSearch=max(effort, wanted))
        return None

    def _warn_of_lost_digits(self, rows: Points, prepared: Vectors, num_threads: int) -> None:
        """Warn if prepared vectors do not tell near ones apart: then no search finds all of them."""
        if len(rows) < 2 or self._is_held(rows, prepared, num_threads):
            return
        sample = np.linspace(0, len(rows) - 1, min(_SAMPLE, len(rows))).astype(np.int64)
        k, own = min(_NEIGHBORS, len(rows) - 1), sample[:, None]
        asked = self._asked(rows[sample])
        _, true = nearest_in_float64(
            rows, rows[sample], k, metric=self.metric, exclude=own, num_threads=num_threads
        )
        found, _ = search_on_cpu(prepared, asked, k, own, self._compared_by, num_threads)
        highest = recall_of(rows, self.metric, sample, found, true[:, -1], num_threads)
        self.recall = min(self.recall, highest)
        if highest < _HELD:
            message = (
                "near vectors differ by less than float32 can hold beside their distance from the center: of "
                f"their true neighbours only {highest:.4f} can be found; take off what groups of them share, "
                "or use knn_graph, which compares in float64"
            )
            warnings.warn(message, GraphkitWarning, stacklevel=3)

    def _is_held(self, rows: Points, prepared: Vectors, num_threads: int) -> bool:
        """Whether of some vectors no more than a trace of the distance to the nearest is lost to rounding."""
        some = np.linspace(0, len(rows) - 1, min(_FEW, len(rows))).astype(np.int64)
        metric: Metric = "cosine" if self.metric == "cosine" else "euclidean"
        _, nearest = nearest_in_float64(
            rows, rows[some], 1, metric=metric, exclude=some, num_threads=num_threads
        )
        apart = np.sqrt(2 * nearest[:, 0]) if metric == "cosine" else nearest[:, 0]
        rounded = prepared[some, : len(self._center)]
        lost = np.linalg.norm(self._in_units(rows[some]) - rounded, axis=1)
        return bool((lost <= _LOST * apart * self._scale)[apart > 0].all())

    def _choose_effort(
        self, rows: Vectors, recall: float, effort: int | None, seed: int, num_threads: int
    ) -> None:
        """Set `effort` by one half of a sample, and `recall` by the other."""
        k = min(_NEIGHBORS, len(rows) - 1)
        size = min(_SAMPLE, len(rows))
        sample = generator(seed, Stream.KNN_SAMPLE, 3).choice(len(rows), size, replace=False)
        _, truth = nearest_in_float64(
            rows, rows[sample], k, metric=self.metric, exclude=sample, num_threads=num_threads
        )
        most = self._index.nlist if self.kind == "lists" else len(rows)

        def reached(part: slice, tried: int) -> float:
            some = sample[part]
            found, _ = self._search(rows[some], k, some[:, None], tried, num_threads)
            return recall_of(rows, self.metric, some, found, truth[part, -1], num_threads)

        first, second = slice(0, None, 2), slice(1, None, 2)
        self.effort = effort or (1 if self.kind == "lists" else k)
        wanted = min(1, recall + _MARGIN) if effort is None else 0
        while self.effort < most and reached(first, self.effort) < wanted:
            self.effort = min(most, self.effort + max(1, self.effort // 4))
        self.recall = reached(second, self.effort)


def _held(index: Any) -> Vectors:
    """The vectors in an index without lists; not a copy."""
    faiss: Any = importlib.import_module("faiss")
    return np.asarray(faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)).reshape(-1, index.d)


def _built(vectors: Vectors, by_distance: bool, kind: Kind, seed: int) -> Any:
    faiss: Any = importlib.import_module("faiss")
    by = faiss.METRIC_L2 if by_distance else faiss.METRIC_INNER_PRODUCT
    num_vectors, dim = vectors.shape
    if kind == "hnsw":
        index = faiss.IndexHNSWFlat(dim, _LINKS, by)
    else:
        index = faiss.IndexFlatL2(dim) if by_distance else faiss.IndexFlatIP(dim)
    if kind == "lists":
        index = faiss.IndexIVFFlat(index, dim, max(1, int(np.sqrt(num_vectors))), by)
        index.cp.seed = seed % 2**31
        index.cp.min_points_per_centroid = 1
        index.train(vectors)
        # By which vectors are found again by their row.
        index.make_direct_map()
    index.add(vectors)
    return index
