"""Skip-gram with negative sampling on a device: the counterpart of `graphkit.sgns.trainer`.

Walks, what sub-sampling keeps of them, windows, sampled arcs and noise are the CPU's, bit for bit. Vectors
are not, nor are they the same from run to run: programs add to rows that others read, in whatever order they
come (`graphkit/sgns/contention.py` says how many at a time). The objective is the same.

Walks are trained as tiles, pieces of walks whose centres share negatives, which costs a third of a kilobyte
of memory traffic a pair, and arcs in tiles of as many; pair by pair, each with negatives of its own, where a
tile would be too much at a time for the graph, or a window too wide for one.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.gpu.launch import launch
from graphkit.gpu.rows import padded, power_of_two
from graphkit.graph.gpu.graph import DeviceGraph, check_size, upload
from graphkit.graph.size import Sizes
from graphkit.seeds import Stream, check_seed
from graphkit.sgns.contention import MOST_WEIGHT, Contention
from graphkit.sgns.gpu.arcs import (
    PAIR_PROGRAMS,
    TILE_OPTIONS,
    TILE_PROGRAMS,
    TILE_SAMPLES,
    ArcStep,
    DeviceArcs,
    MovedRows,
    num_processors,
    pair_shape,
    pair_step,
    tile_step,
    train_samples,
)
from graphkit.sgns.gpu.chunks import DeviceChunks
from graphkit.sgns.trainer import (
    Chunks,
    TrainingRecord,
    VectorTables,
    keep_thresholds,
    noise_table,
)
from graphkit.walks.gpu.walks import launch_walks

if TYPE_CHECKING:
    import torch

_EPISODE_TOKENS = 1 << 24
_EPISODE_SAMPLES = 1 << 26
"""Nodes of walks, and arcs, between two reports of progress: a tenth of a second or so."""

_EPISODES = 16
"""In a run at least: as the rate falls from one to the next, more samples may be under way."""

_SHARED = 32, 64
"""Negatives that the centres of a tile share. All centres push one at once: with 32 for all the weight of
wide windows, that step overshoots and is shortened, which costs half a point of micro-F1 on BlogCatalog."""

_ROWS_AT_ONCE = 1 << 18
"""Of a table on its way from or to the host."""

_TOKEN_LANES = 128
_WIDEST_TILE = 128


class TileShape(NamedTuple):
    """Centres of a tile, and the contexts that they can see; powers of two."""

    centers: int
    contexts: int


class DeviceTrainer:
    """Trains two tables on a device; used as `graphkit.sgns.trainer.Trainer` is.

    Parameters
    ----------
    tables
        The vectors, arrays or tensors; `finish` writes what was trained into them.
    frequencies
        How often each node occurs, [num_nodes]: for the noise and for sub-sampling.
    device
        Where to train.
    window, num_negatives, noise_exponent, subsample, seed
        As of `Trainer`.

    Attributes
    ----------
    tile_options : dict
        How the tiles' kernel is compiled; what it computes does not depend on it.

    Notes
    -----
    Memory on the device: the tables, 28 bytes a node, and what an episode takes (`training_bytes`).
    """

    num_parts = 1

    def __init__(
        self,
        tables: VectorTables,
        frequencies: NDArray[Any],
        *,
        device: torch.device,
        window: int = 0,
        num_negatives: float = 5.0,
        noise_exponent: float = 0.75,
        subsample: float = 0.0,
        seed: int = 0,
    ):
        self.device, self._host = device, tables
        self.centers = _padded(tables.centers, device)
        one_table = tables.contexts is tables.centers
        self.contexts = self.centers if one_table else _padded(tables.contexts, device)
        self._window, self._num_negatives, self._seed = window, float(num_negatives), check_seed(seed)
        keep = keep_thresholds(frequencies, subsample)
        kept = frequencies * (keep / 2.0**32)
        self._contention = Contention(
            frequencies, kept, noise_exponent, self._num_negatives, one_table=one_table
        )
        self._keep = upload(keep.astype(np.int64), device)
        self._noise = upload(noise_table(frequencies, noise_exponent).view(np.int64).ravel(), device)
        self._weights = upload(self._contention.weights.astype(np.float32), device)
        self._moving = upload(~tables.frozen, device) if tables.frozen.any() else None
        self._stats: list[torch.Tensor] = []
        self.tile_options = dict(TILE_OPTIONS)

    def walk_chunks(self, total: int, walk_length: int) -> Chunks:
        """Return the ranges in which so many walks are best trained."""
        size = min(launch_walks(walk_length) // 2, _EPISODE_TOKENS // walk_length, -(-total // _EPISODES))
        return DeviceChunks(total, max(1, size), self.device)

    def arc_chunks(self, total: int) -> Chunks:
        """Return the ranges in which so many sampled arcs are best trained."""
        return DeviceChunks(total, max(1, min(_EPISODE_SAMPLES, -(-total // _EPISODES))), self.device)

    def train_walks(
        self,
        walks: torch.Tensor,
        numbers: torch.Tensor,
        walks_per_tile: int,  # noqa: ARG002 - of the CPU's tiles
        rates: tuple[float, float],
    ) -> None:
        """Train on walks, int32 [walk_length, num_walks], whose numbers, int64, key the randomness.

        The rate goes linearly from ``rates[0]`` to before ``rates[1]``.
        """
        length, num_walks = walks.shape
        if num_walks == 0:
            return
        tokens = self.tokens_of(walks, numbers)
        shape = tile_shape(length, self._window)
        if shape is None or self._contention.is_too_small(
            rates[0], self._samples(min(shape.centers, length))
        ):
            self._train_pairs(tokens, numbers, rates)
        else:
            self._train_tiles(tokens, numbers, shape, rates)

    def tokens_of(self, walks: torch.Tensor, numbers: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the nodes that sub-sampling keeps of each walk, how far they see, and how many they are.

        int32 [num_walks, walk_length] both, of which the first entries of each row count, and int32
        [num_walks].
        """
        import torch

        from graphkit.kernels.gpu.skipgram_tokens import keep_tokens

        length, num_walks = walks.shape
        tokens, reaches = (torch.empty_like(walks).view(num_walks, length) for _ in range(2))
        counts = torch.empty(num_walks, dtype=torch.int32, device=self.device)
        launch(
            keep_tokens,
            -(-num_walks // _TOKEN_LANES),
            walks,
            numbers,
            self._keep,
            tokens,
            reaches,
            counts,
            num_walks,
            length,
            self._window,
            self._seed,
            int(Stream.SAMPLE),
            BLOCK=_TOKEN_LANES,
        )
        return tokens, reaches, counts

    def train_arcs(self, arcs: DeviceArcs, first: int, last: int, rates: tuple[float, float]) -> None:
        """Train on samples number `first` to `last` of the arcs, the rate as for walks."""
        if self._contention.is_too_small(rates[0], TILE_SAMPLES):
            self._train_arc_pairs(arcs, first, last, rates)
        else:
            self._train_arc_tiles(arcs, first, last, rates)

    def _train_arc_pairs(self, arcs: DeviceArcs, first: int, last: int, rates: tuple[float, float]) -> None:
        self._launch_on_arcs(pair_step(self._pair_shape, self._num_negatives), arcs, first, last, rates)

    def _train_arc_tiles(self, arcs: DeviceArcs, first: int, last: int, rates: tuple[float, float]) -> None:
        step = tile_step(self.centers.shape[1], self._num_negatives, self.tile_options)
        self._launch_on_arcs(step, arcs, first, last, rates)

    def _launch_on_arcs(
        self, step: ArcStep, arcs: DeviceArcs, first: int, last: int, rates: tuple[float, float]
    ) -> None:
        programs, factors = self._contended(rates[0], step.samples, step.programs)
        rows = MovedRows(self.centers, self.contexts, self._noise, factors, factors, *2 * [self._moving])
        self._stats.append(train_samples(step, programs, arcs, rows, (first, last), rates, self._seed))

    def _train_pairs(
        self, tokens: tuple[torch.Tensor, ...], numbers: torch.Tensor, rates: tuple[float, float]
    ) -> None:
        from graphkit.kernels.gpu.skipgram_pairs import train_pairs

        shape = self._pair_shape
        programs, factors = self._contended(rates[0], self._samples(shape["BLOCK"]), PAIR_PROGRAMS)
        losses = self._room_for_losses(programs)
        num_walks, length = tokens[0].shape
        launch(
            train_pairs,
            programs,
            *tokens,
            numbers,
            self._noise,
            self.centers,
            self.contexts,
            factors,
            self._moving,
            losses,
            num_walks,
            length,
            self._window,
            len(self._noise),
            rates[0],
            (rates[1] - rates[0]) / num_walks,
            self._num_negatives / shape["DRAWN"],
            self._seed,
            int(Stream.NOISE),
            **shape,
        )
        self._stats.append(losses.sum(1))

    def _train_tiles(
        self,
        tokens: tuple[torch.Tensor, ...],
        numbers: torch.Tensor,
        shape: TileShape,
        rates: tuple[float, float],
    ) -> None:
        import torch

        from graphkit.kernels.gpu.skipgram_walks import train_walks

        num_walks, length = tokens[0].shape
        pieces = -(-length // shape.centers)
        samples = self._samples(min(shape.centers, length))
        programs, factors = self._contended(rates[0], samples, TILE_PROGRAMS)
        stats = torch.zeros((num_walks * pieces, 2), device=self.device)
        launch(
            train_walks,
            programs,
            *tokens,
            numbers,
            self._noise,
            self.centers,
            self.contexts,
            factors,
            self._moving,
            stats,
            num_walks,
            length,
            self._window,
            pieces,
            len(self._noise),
            rates[0],
            (rates[1] - rates[0]) / num_walks,
            self._num_negatives,
            self._seed,
            int(Stream.NOISE),
            WIDTH=self.centers.shape[1],
            CENTERS=shape.centers,
            CONTEXTS=shape.contexts,
            SHARED=self.num_shared,
            **self.tile_options,
        )
        self._stats.append(stats.sum(0, dtype=torch.float64))

    @property
    def num_shared(self) -> int:
        """Negatives of a tile: so many that none weighs more than a positive, or nearly so."""
        weight = self._num_negatives * (self._window + 1)
        return _SHARED[weight > _SHARED[0]]

    @cached_property
    def _pair_shape(self) -> dict[str, int]:
        return pair_shape(self.centers.shape[1], self._num_negatives)

    def _samples(self, centers: int) -> float:
        """Pairs of so many centres: a window is one of 1 .. window, on both sides."""
        return float(centers * (self._window + 1))

    def _contended(self, rate: float, samples: float, each: int) -> tuple[int, torch.Tensor | None]:
        """Return how many programs may run, and what is left of each row's samples; None for all of them."""
        programs = self._contention.programs(rate, samples, num_processors(self.device) * each)
        scale = rate * samples * programs
        if float(self._contention.weights.max(initial=0.0)) * scale <= MOST_WEIGHT:
            return programs, None
        return programs, (MOST_WEIGHT / (self._weights * scale).clamp(min=1e-30)).clamp(max=1.0)

    def _room_for_losses(self, programs: int) -> torch.Tensor:
        import torch

        return torch.empty((2, programs), dtype=torch.float64, device=self.device)

    @property
    def record(self) -> TrainingRecord:
        """What was trained, episode by episode."""
        rows = self._stats_on_host()
        losses = [loss / pairs if pairs else math.nan for pairs, loss in rows]
        return TrainingRecord([int(pairs) for pairs, _ in rows], losses)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the vectors and the record, as a checkpoint keeps them."""
        self._to_host()
        stats = self._stats_on_host()
        return {"centers": self._host.centers, "contexts": self._host.contexts, "stats": stats}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Set the vectors and the record to what `state` returned once."""
        import torch

        for table, name in ((self.centers, "centers"), (self.contexts, "contexts")):
            _copy_rows(torch.from_numpy(state[name]), table[:, : state[name].shape[1]])
        self._stats = list(upload(state["stats"], self.device))

    def finish(self) -> None:
        """Write the vectors into the tables, or raise `RunError` if training diverged to NaN or infinity."""
        self._to_host()
        self._host.check_finite()

    def _stats_on_host(self) -> NDArray[np.float64]:
        """Pairs and the sum of their losses, episode by episode; until now nobody has waited for them."""
        return np.array([row.tolist() for row in self._stats]).reshape(-1, 2)

    def _to_host(self) -> None:
        import torch

        for table, host in ((self.centers, self._host.centers), (self.contexts, self._host.contexts)):
            _copy_rows(table[:, : host.shape[1]], torch.as_tensor(host))


def tile_shape(length: int, window: int) -> TileShape | None:
    """Return the tiles that walks of so many nodes are cut into; None if none is wide enough.

    Examples
    --------
    >>> tile_shape(40, 10), tile_shape(80, 10), tile_shape(80, 60)
    (TileShape(centers=64, contexts=64), TileShape(centers=32, contexts=64), None)
    """
    if length <= _WIDEST_TILE // 2:
        size = max(16, power_of_two(length))
        return TileShape(size, size)
    contexts = power_of_two(32 + 2 * min(window, length))
    return TileShape(32, contexts) if contexts <= _WIDEST_TILE else None


def training_bytes(graph: Sizes, dims: list[int]) -> dict[str, int]:
    """Return what trainers take on the device beside walks and arcs, in bytes, by what it is for.

    `dims` holds the columns of each table.

    Raises
    ------
    ParameterError
        For a graph that no device holds.
    """
    check_size(graph.num_arcs)
    vectors = sum(4 * graph.num_nodes * padded(dim) for dim in dims)
    if isinstance(graph, DeviceGraph):
        # The tables that are handed over, and back.
        vectors += sum(4 * graph.num_nodes * dim for dim in dims)
    return {"vectors": vectors, "noise": 28 * graph.num_nodes * len(dims)}


def _padded(vectors: NDArray[np.float32], device: torch.device) -> torch.Tensor:
    import torch

    table = torch.zeros((len(vectors), padded(vectors.shape[1])), device=device)
    _copy_rows(torch.as_tensor(vectors), table[:, : vectors.shape[1]])
    return table


def _copy_rows(source: torch.Tensor, target: torch.Tensor) -> None:
    """Copy part by part: columns that do not lie together take a second buffer on their way."""
    for first in range(0, len(source), _ROWS_AT_ONCE):
        part = slice(first, first + _ROWS_AT_ONCE)
        target[part].copy_(source[part])
