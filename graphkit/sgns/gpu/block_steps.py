"""Steps that train pieces of blocks on a device: how many side by side, and how much of them is left.

What trains in a grid shares them, wherever the parts are: `graphkit.sgns.gpu.block_grid`, whose parts come
from the host, and `graphkit.sgns.gpu.ring_blocks`, whose parts come from other devices.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.gpu.launch import launch
from graphkit.gpu.rows import padded
from graphkit.gpu.streams import Mark, Streams
from graphkit.graph.gpu.graph import upload
from graphkit.kernels.cpu.pack_samples import pack_samples
from graphkit.parallel import even_bounds, run_ranges
from graphkit.seeds import Stream, check_seed
from graphkit.sgns.block_grid import Episode, Objective
from graphkit.sgns.contention import MOST_WEIGHT, Contention
from graphkit.sgns.gpu.arcs import (
    TILE_OPTIONS,
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
from graphkit.sgns.gpu.parts import lock_pages, whole_pages
from graphkit.sgns.partition import part_of
from graphkit.sgns.trainer import noise_table

if TYPE_CHECKING:
    import torch

PIECE_SAMPLES = 1 << 22
"""Of a block, trained in one go: a few milliseconds, 32 MB."""

_COUNTED_LANES = 128


@dataclass(frozen=True)
class Piece:
    """Samples number `first` to `last` of a block, of an episode by its number; the last of it if `ends`."""

    number: int
    episode: Episode
    block: tuple[int, int]
    first: int
    last: int
    ends: bool

    @property
    def rates(self) -> tuple[float, float]:
        """The learning rates at its beginning and behind its end."""
        begin, end = self.episode.range_of(self.block)
        first, last = self.episode.rates
        slope = (last - first) / max(1, end - begin)
        return first + (self.first - begin) * slope, first + (self.last - begin) * slope


def pieces_of(
    number: int, episode: Episode, block: tuple[int, int], size: int, *, ends: bool = False
) -> Iterator[Piece]:
    """Yield the pieces of a block of episode `number`, each of `size` samples at most.

    None is empty, unless it `ends` the episode.
    """
    first, last = episode.range_of(block)
    while first < last or ends:
        end = min(last, first + size)
        yield Piece(number, episode, block, first, end, ends and end == last)
        first, ends = end, ends and end < last


class Buffer:
    """Room for the samples of a piece, on the host and on the device.

    `come` marks that they are on the device, `trained` that they were trained.
    """

    def __init__(self, size: int, streams: Streams):
        import torch

        self.host = whole_pages((size,), torch.int64)
        lock_pages(self, self.host, streams.device)
        self.samples = torch.empty(size, dtype=torch.int64, device=streams.device)
        self.come: Mark = None
        self.trained: Mark = streams.computed()

    def fill(self, piece: Piece, seed: int, num_threads: int, streams: Streams) -> None:
        """Have the samples of a piece come."""
        # The host fills the buffer anew: what was in it must have gone to the device.
        streams.wait(self.come)
        count = piece.last - piece.first
        arcs = piece.episode.blocks[piece.block]._replace(begin=piece.episode.range_of(piece.block)[0])
        pack = partial(
            pack_samples, arcs, piece.first, np.uint64(seed), int(Stream.SAMPLE), self.host.numpy()
        )
        run_ranges(pack, even_bounds(count, num_threads), num_threads)
        copy = partial(self.samples[:count].copy_, self.host[:count], non_blocking=True)
        self.come = streams.copy(copy, [self.trained])


class _Contentions:
    """How parts are trained side by side: asked for each piece, and the same in all of an episode."""

    def __init__(self, contentions: list[Contention], num_processors: int):
        self._contentions, self._num_processors = contentions, num_processors
        self._programs: dict[tuple[int, float, str], int] = {}
        self._too_small: dict[tuple[int, float], bool] = {}

    def is_too_small(self, part: int, rate: float) -> bool:
        """Whether one tile at a time is too much for a part."""
        if (part, rate) not in self._too_small:
            self._too_small[part, rate] = self._contentions[part].is_too_small(rate, TILE_SAMPLES)
        return self._too_small[part, rate]

    def programs(self, part: int, rate: float, step: ArcStep) -> int:
        """How many programs may run on a part."""
        known = part, rate, step.name
        if known not in self._programs:
            most = self._num_processors * step.programs
            self._programs[known] = self._contentions[part].programs(rate, step.samples, most)
        return self._programs[known]


class BlockSteps:
    """Trains pieces of blocks.

    Parameters
    ----------
    objective
        What they are trained to.
    frozen
        The rows that stay as they are, bool [num_nodes].
    num_parts
        Parts of the nodes, 1 .. num_nodes.
    dim
        Columns of the vectors.
    one_table
        Whether centres and contexts are the same.
    device
        Where to train.

    Attributes
    ----------
    noise
        Of each part, as of `MovedRows`.
    """

    def __init__(
        self,
        objective: Objective,
        frozen: NDArray[np.bool_],
        num_parts: int,
        dim: int,
        *,
        one_table: bool,
        device: torch.device,
    ):
        self._objective, self._num_parts, self._one_table = objective, num_parts, one_table
        self._seed = check_seed(objective.seed)
        contentions = [self._contention(part) for part in range(num_parts)]
        self._contentions = _Contentions(contentions, num_processors(device))
        self.noise = [upload(self._noise_table(part), device) for part in range(num_parts)]
        self._shares = [upload(contention.noise.astype(np.float32), device) for contention in contentions]
        self._moving = [upload(~part_of(frozen, part, num_parts), device) for part in range(num_parts)]
        width = padded(dim)
        self._ways = (
            tile_step(width, objective.num_negatives, TILE_OPTIONS),
            pair_step(pair_shape(width, objective.num_negatives), objective.num_negatives),
        )

    def clear(self) -> None:
        """Let the device's memory go."""
        for held in (self.noise, self._shares, self._moving):
            held.clear()

    def train(
        self, piece: Piece, samples: torch.Tensor, parts: list[torch.Tensor], stats: torch.Tensor
    ) -> None:
        """Train the rows of two parts on the samples of a piece, one at least.

        Added to `stats`, float64 [2], are how many there were and their loss.
        """
        step, programs = self._way(piece)
        rates = piece.rates
        factors = self._factors(samples, piece.block, rates[0] * min(len(samples), step.samples * programs))
        moving = (self._moving[part] for part in piece.block)
        rows = MovedRows(parts[0], parts[1], self.noise[piece.block[1]], *factors, *moving)
        numbers = piece.first, piece.last
        stats += train_samples(
            step, programs, DeviceArcs(samples, None), rows, numbers, rates, self._seed, taken=True
        )

    def _factors(
        self, samples: torch.Tensor, block: tuple[int, int], scale: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What is left of the samples of each centre and of each context, so that no row gets too much.

        `scale` is the learning rate times the samples under way. A block's samples may contend for rows that
        in the graph at large are few among many, so they are counted.
        """
        import torch

        from graphkit.kernels.gpu.sample_counts import count_samples

        counts = [
            torch.zeros(len(self.noise[part]), dtype=torch.int32, device=samples.device) for part in block
        ]
        num_samples, negatives = len(samples), self._objective.num_negatives
        launch(
            count_samples, -(-num_samples // _COUNTED_LANES), samples, *counts, num_samples,
            BLOCK=_COUNTED_LANES,
        )  # fmt: skip
        as_center = counts[0] * ((1 + negatives) / num_samples)
        as_context = counts[1] / num_samples + negatives * self._shares[block[1]]
        if self._one_table and block[0] == block[1]:
            as_center = as_context = as_center + as_context
        first, second = (
            (MOST_WEIGHT / (weights * scale).clamp(min=1e-30)).clamp(max=1.0)
            for weights in (as_center, as_context)
        )
        return first, second

    def _way(self, piece: Piece) -> tuple[ArcStep, int]:
        """How a piece is trained, and by how many programs: in tiles, if one is not too much at a time."""
        rate = piece.episode.rates[0]
        tiles, pairs = self._ways
        too_many = any(self._contentions.is_too_small(part, rate) for part in piece.block)
        step = pairs if too_many else tiles
        return step, min(self._contentions.programs(part, rate, step) for part in piece.block)

    def _contention(self, part: int) -> Contention:
        objective = self._objective
        frequencies, kept = (
            part_of(counts, part, self._num_parts) for counts in (objective.frequencies, objective.kept)
        )
        return Contention(
            frequencies, kept, objective.noise_exponent, objective.num_negatives, one_table=self._one_table
        )

    def _noise_table(self, part: int) -> NDArray[np.int64]:
        frequencies = part_of(self._objective.frequencies, part, self._num_parts)
        return noise_table(frequencies, self._objective.noise_exponent).view(np.int64).ravel()


def made_ahead(episodes: Iterator[Episode]) -> Iterator[Episode]:
    """Yield each while the next is being made."""
    with ThreadPoolExecutor(1) as maker:
        upcoming = maker.submit(next, episodes, None)
        while (episode := upcoming.result()) is not None:
            upcoming = maker.submit(next, episodes, None)
            yield episode
