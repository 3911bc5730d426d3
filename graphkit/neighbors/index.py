"""NeighborIndex: vectors that new ones look for their neighbours among, over FAISS; saved and opened again.

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
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import NodeIds, Vectors
from graphkit.checks import check_whole
from graphkit.errors import InputError, ParameterError, unknown_choice
from graphkit.files import PathLike, atomic_folder
from graphkit.neighbors.exact import (
    Metric,
    Nearest,
    as_exclude,
    as_vectors,
    best_of,
    center_of,
    check_k,
    faiss_threads,
    nearest,
    unit_rows,
)
from graphkit.node_ids import as_node_ids
from graphkit.parallel import resolve_threads
from graphkit.seeds import Stream, check_seed, generator
from graphkit.stored_ids import open_node_ids, save_node_ids

Kind = Literal["exact", "lists", "hnsw"]

_FORMAT = "graphkit neighbour index"
_INDEX, _CENTER, _MANIFEST = "index.faiss", "center.npy", "manifest.json"

_FEW_VALUES = 2**23
"""Up to so many values an exact search is as fast as any."""

_LINKS = 32
_SAMPLE = 400
_MARGIN = 0.01
"""Of recall, by which the sample that the effort is chosen by may be too lucky."""


class NeighborIndex:
    """Vectors under their ids, ready to be searched by new vectors.

    Parameters
    ----------
    vectors
        The rows to search, finite, [num_vectors, dim].
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
        Measured on a sample of the vectors themselves, for 10 neighbours; 1 with ``"exact"``.

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
        if metric not in get_args(Metric):
            raise unknown_choice("metric", str(metric), get_args(Metric))
        if kind is not None and kind not in get_args(Kind):
            raise unknown_choice("kind", str(kind), get_args(Kind))
        if not 0 < recall <= 1:
            raise ParameterError(f"recall must lie in (0, 1], got {recall}")
        if effort is not None:
            check_whole("effort", effort, 1)
        rows = as_vectors(vectors, "vectors")
        self.node_ids: NodeIds = as_node_ids(np.arange(len(rows)) if node_ids is None else node_ids)
        if len(self.node_ids) != len(rows):
            raise ParameterError(
                f"node_ids must have {len(rows)} entries, one a vector, got {len(self.node_ids)}"
            )
        self.metric: Metric = metric
        self.kind: Kind = kind or ("exact" if rows.size <= _FEW_VALUES else "lists")
        self.effort, self.recall = 0, 1.0
        # Squared distances are differences of products, which are precise near the origin.
        self._center = center_of(rows) if metric == "euclidean" else None
        threads = resolve_threads(num_threads)
        with faiss_threads(threads):
            self._index = _built(self._prepared(rows), metric, self.kind, check_seed(seed))
        if self.kind != "exact":
            self._choose_effort(rows, recall, effort, seed, threads)

    def __len__(self) -> int:
        return len(self.node_ids)

    def __repr__(self) -> str:
        what = f"{len(self):,} vectors of {self._index.d} dimensions"
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

        ``index.node_ids[found.rows]`` are their ids. Distances and similarities come from products in
        float32.
        """
        queries = as_vectors(vectors, "vectors")
        if queries.shape[1] != self._index.d:
            raise ParameterError(f"vectors must have {self._index.d} columns, got {queries.shape[1]}")
        excluded = as_exclude(exclude, len(queries))
        check_k(k, len(self), excluded.shape[1])
        with faiss_threads(resolve_threads(num_threads)):
            return self._search(queries, k, excluded, self.effort)

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
            faiss.write_index(self._index, str(temporary / _INDEX))
            save_node_ids(self.node_ids, temporary)
            if self._center is not None:
                np.save(temporary / _CENTER, self._center)
            facts = {"metric": self.metric, "kind": self.kind, "effort": self.effort, "recall": self.recall}
            manifest = json.dumps({"format": _FORMAT, "version": 1, **facts}, indent=2)
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

        path, index = Path(folder), cls.__new__(cls)
        try:
            manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
            if manifest.get("format") != _FORMAT or manifest.get("version") != 1:
                raise ValueError("its manifest is not that of an index, or of a newer version")
            index._index = faiss.read_index(str(path / _INDEX))
            index.node_ids = np.array(open_node_ids(path))
            for name in ("metric", "kind", "effort", "recall"):
                setattr(index, name, manifest[name])
            index._center = np.load(path / _CENTER) if index.metric == "euclidean" else None
        except (OSError, ValueError, KeyError, AttributeError, RuntimeError) as error:
            raise InputError(f"is no neighbour index that can be read: {error}", path=folder) from None
        if len(index.node_ids) != index._index.ntotal:
            raise InputError("holds another number of ids than of vectors; save the index again", path=folder)
        return index

    def _prepared(self, rows: Vectors) -> Vectors:
        if self.metric == "cosine":
            return unit_rows(rows)
        return rows if self._center is None else rows - self._center

    def _search(self, queries: Vectors, k: int, excluded: NDArray[np.int64], effort: int) -> Nearest:
        """Search, and where an effort finds too few, search all."""
        wanted = min(k + excluded.shape[1], len(self))
        prepared = self._prepared(queries)
        scores, rows = self._index.search(prepared, wanted, params=self._parameters(effort, wanted))
        short = np.flatnonzero(rows[:, -1] < 0)
        if len(short):
            everything = self._parameters(len(self), wanted)
            scores[short], rows[short] = self._index.search(prepared[short], wanted, params=everything)
        rising = self.metric == "euclidean"
        if rising:
            scores = np.sqrt(scores.clip(0))
        elif self.metric == "cosine":
            scores = scores.clip(-1, 1)
        return best_of(rows, scores, excluded, k, rising=rising)

    def _parameters(self, effort: int, wanted: int) -> Any:
        faiss: Any = importlib.import_module("faiss")
        if self.kind == "lists":
            return faiss.SearchParametersIVF(nprobe=min(effort, self._index.nlist))
        if self.kind == "hnsw":
            return faiss.SearchParametersHNSW(efSearch=max(effort, wanted))
        return None

    def _choose_effort(
        self, rows: Vectors, recall: float, effort: int | None, seed: int, num_threads: int
    ) -> None:
        """Set `effort` by one half of a sample, and `recall` by the other."""
        k = min(10, len(rows) - 1)
        size = min(_SAMPLE, len(rows))
        sample = generator(seed, Stream.KNN_SAMPLE, 3).choice(len(rows), size, replace=False)
        truth = nearest(
            rows, rows[sample], k, metric=self.metric, exclude=sample, num_threads=num_threads
        ).scores[:, -1]
        most = self._index.nlist if self.kind == "lists" else len(rows)

        def reached(part: slice, tried: int) -> float:
            some = sample[part]
            with faiss_threads(num_threads):
                found = self._search(rows[some], k, some[:, None], tried).scores
            limit = truth[part, None]
            beyond = found - limit if self.metric == "euclidean" else limit - found
            return float((beyond <= 1e-4 * np.abs(limit)).mean())

        first, second = slice(0, None, 2), slice(1, None, 2)
        self.effort = effort or (1 if self.kind == "lists" else k)
        wanted = min(1, recall + _MARGIN) if effort is None else 0
        while self.effort < most and reached(first, self.effort) < wanted:
            self.effort = min(most, self.effort + max(1, self.effort // 4))
        self.recall = reached(second, self.effort)


def _built(vectors: Vectors, metric: Metric, kind: Kind, seed: int) -> Any:
    faiss: Any = importlib.import_module("faiss")
    by = faiss.METRIC_L2 if metric == "euclidean" else faiss.METRIC_INNER_PRODUCT
    num_vectors, dim = vectors.shape
    if kind == "hnsw":
        index = faiss.IndexHNSWFlat(dim, _LINKS, by)
    else:
        index = faiss.IndexFlatL2(dim) if metric == "euclidean" else faiss.IndexFlatIP(dim)
    if kind == "lists":
        index = faiss.IndexIVFFlat(index, dim, max(1, int(np.sqrt(num_vectors))), by)
        index.cp.seed = seed % 2**31
        index.cp.min_points_per_centroid = 1
        index.train(vectors)
    index.add(vectors)
    return index
