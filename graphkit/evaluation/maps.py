"""How well a map shows what is near what: trustworthiness, continuity, neighbours kept, accuracy.

References
----------
Venna, Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental study", ICANN 2001.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from numbers import Integral
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.checks import as_array, check_choice, check_whole, is_truth, shown
from graphkit.errors import InputError, ParameterError
from graphkit.evaluation.map_ranks import neighbor_ranks
from graphkit.neighbors import Metric
from graphkit.neighbors.arguments import as_vectors
from graphkit.seeds import Stream, generator


@dataclass(frozen=True)
class MapQuality:
    """Measures of a map, each the mean over points; 1 is best.

    Attributes
    ----------
    trustworthiness
        1 less a penalty for map neighbours that are far in the space, by their rank there.
    continuity
        1 less a penalty for neighbours in the space that are far in the map, by their rank there.
    preservation
        Share of the k nearest in the space among the k nearest in the map.
    accuracy
        Share of the labelled points whose label most of their k labelled map neighbours bear; None without
        labels.
    standard_errors
        Of each of the four, by name; 0 where all points were looked at.
    statement
        The protocol in full sentences.
    """

    trustworthiness: float
    continuity: float
    preservation: float
    accuracy: float | None
    standard_errors: dict[str, float]
    statement: str

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {"task": "map", **asdict(self)}

    def __str__(self) -> str:
        measures = {name: getattr(self, name) for name in self.standard_errors}
        lines = [
            f"{name:16}{value:.4f}"
            + (f"  (standard error {self.standard_errors[name]:.4f})" * bool(self._error))
            for name, value in measures.items()
        ]
        return "\n".join([*lines, "", self.statement])

    @property
    def _error(self) -> float:
        return max(self.standard_errors.values())


def map_quality(
    vectors: ArrayLike,
    positions: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    k: int = 15,
    metric: Metric = "euclidean",
    sample: int = 2000,
    seed: int = 0,
) -> MapQuality:
    """Measure how well positions in a map keep the neighbourhoods of vectors.

    Parameters
    ----------
    vectors
        The space, finite, [num_points, dim].
    positions
        The map, finite, [num_points, 2 or 3].
    labels
        A label for each point, of any kind, [num_points]; None, "" or NaN for none.
    k
        Neighbours to look at, in [1, num_points / 2).
    metric
        Nearness in the space: "euclidean", "cosine" or "inner_product"; in the map it is Euclidean.
    sample
        Points to look at, >= 1; each is compared with all others. All points where there are no more.
    seed
        Seed of the sample.

    Returns
    -------
    MapQuality
        The measures, their standard errors, and the protocol.

    Raises
    ------
    ParameterError
        For a parameter outside its range, NaN or infinity.
    InputError
        For numbers of points that differ.

    Notes
    -----
    O(sample * num_points * dim) time, 128 MiB beside the input.

    Examples
    --------
    >>> line = np.arange(8.0)[:, None]
    >>> quality = map_quality(line, np.column_stack([line, line]), list("aaaabbbb"), k=2)
    >>> quality.trustworthiness, quality.continuity, quality.preservation
    (1.0, 1.0, 1.0)
    """
    check_choice("metric", metric, get_args(Metric))
    space, drawn = as_vectors(vectors, "vectors"), as_vectors(positions, "positions")
    size = len(space)
    if len(drawn) != size:
        raise InputError(f"{size} vectors but {len(drawn)} positions")
    sample = check_whole("sample", sample, 1)
    if not (isinstance(k, Integral) and not is_truth(k) and 1 <= k < size / 2):
        raise ParameterError(f"k must lie in [1, {-(-size // 2)}), half of {size} points, got {shown(k)}")
    k = int(k)
    rows = np.sort(generator(seed, Stream.MAP_SAMPLE).choice(size, min(sample, size), replace=False))
    in_space, in_map, _ = neighbor_ranks(space, drawn, rows, k, metric)
    scale = 2 / (k * (2 * size - 3 * k - 1))
    values = {
        "trustworthiness": 1 - scale * (in_space - k).clip(0).sum(axis=1),
        "continuity": 1 - scale * (in_map - k).clip(0).sum(axis=1),
        "preservation": (in_space <= k).mean(axis=1),
    }
    if labels is not None:
        values["accuracy"] = _hits(drawn, labels, k, sample, seed)
    means = {name: float(value.mean()) for name, value in values.items()}
    errors = {name: _standard_error(value, size) for name, value in values.items()}
    statement = _statement(size, len(rows), k, metric, seed, labels is not None)
    return MapQuality(**{"accuracy": None, **means}, standard_errors=errors, statement=statement)


def _hits(
    positions: NDArray[np.float32], labels: ArrayLike, k: int, sample: int, seed: int
) -> NDArray[np.bool_]:
    """For some labelled points, whether most of their nearest labelled points bear their label."""
    given = as_array("labels", labels)
    if given.ndim != 1:
        raise InputError(f"labels must be [{len(positions)}], one a point, got {list(given.shape)}")
    words = ["" if value is None or value != value else str(value) for value in given.tolist()]
    if len(words) != len(positions):
        raise InputError(f"{len(words)} labels but {len(positions)} positions")
    names, codes = np.unique(np.array(words), return_inverse=True)
    held = np.flatnonzero(names[codes] != "")
    if len(held) <= k:
        raise InputError(f"labels must be given for more than k = {k} points, found {len(held)}")
    chosen = generator(seed, Stream.MAP_SAMPLE, 1).choice(len(held), min(sample, len(held)), replace=False)
    codes, rows = codes[held], np.sort(chosen)
    _, _, nearest = neighbor_ranks(positions[held], positions[held], rows, k, "euclidean")
    hits: NDArray[np.bool_] = np.array([_vote(codes[row]) for row in nearest]) == codes[rows]
    return hits


def _vote(codes: NDArray[np.int64]) -> int:
    """The most frequent label; of equally frequent ones that of the nearest point."""
    counts = np.bincount(codes)
    return int(codes[np.argmax(counts[codes])])


def _standard_error(values: NDArray[np.floating[Any]], size: int) -> float:
    if len(values) >= size or len(values) < 2:
        return 0.0
    return float(values.std(ddof=1) / np.sqrt(len(values)) * np.sqrt(1 - len(values) / size))


def _statement(size: int, sampled: int, k: int, metric: Metric, seed: int, labelled: bool) -> str:
    points = f"all {size:,} points" if sampled == size else f"{sampled:,} of {size:,} points (seed {seed})"
    text = (
        f"Quality of a map, k = {k}, {metric} in the space, Euclidean in the map: means over {points}, each "
        "compared with all others. Trustworthiness and continuity as of Venna and Kaski (2001)."
    )
    if not labelled:
        return text
    return f"{text} Accuracy: majority of the k nearest labelled points, the nearest one's label in a tie."
