"""Training in a grid of blocks on a device that holds three parts of the tables at a time.

The counterpart of `graphkit.block_grid`: parts, samples and noise are the CPU's, bit for bit, vectors are not
(`graphkit/device/training.py` says why), and the blocks of an episode come in the order of a snake, each with
a part in common with the one before. While a block is trained, the part that the next one needs comes from
the host, in the place of the one that the last has left, and so do its samples, which the host makes
meanwhile.

Z. Zhu, S. Xu, M. Qu, J. Tang, "GraphVite", WWW 2019, has pairs in such a grid on GPUs.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.block_grid import Episode, Objective, Samples, part_of, snake_of
from graphkit.crowding import MOST_WEIGHT, Crowd
from graphkit.device.arcs import (
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
from graphkit.device.graph import upload
from graphkit.device.launch import launch
from graphkit.device.parts import HostParts, Key, PartSlots, lock_pages
from graphkit.device.rows import padded
from graphkit.device.streams import Mark, Streams
from graphkit.kernels.cpu.pack_samples import pack_samples
from graphkit.parallel import even_bounds, run_ranges
from graphkit.seeds import Stream, check_seed
from graphkit.training import TrainingRecord, VectorTables, noise_table

if TYPE_CHECKING:
    import torch

PIECE_SAMPLES = 1 << 22
"""Of a block, trained in one go: a few milliseconds, 32 MB."""

_COUNTED_LANES = 128


@dataclass(frozen=True)
class _Piece:
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


class _Buffer:
    """Room for the samples of a piece, on the host and on the device.

    `come` marks that they are on the device, `trained` that they were trained.
    """

    def __init__(self, size: int, streams: Streams):
        import torch

        self.host = torch.empty(size, dtype=torch.int64)
        lock_pages(self, self.host, streams.device)
        self.samples = torch.empty(size, dtype=torch.int64, device=streams.device)
        self.come: Mark = None
        self.trained: Mark = streams.computed()


class _Crowding:
    """How parts are trained side by side: asked for each piece, and the same in all of an episode."""

    def __init__(self, crowds: list[Crowd], num_processors: int):
        self._crowds, self._num_processors = crowds, num_processors
        self._programs: dict[tuple[int, float, str], int] = {}
        self._too_small: dict[tuple[int, float], bool] = {}

    def is_too_small(self, part: int, rate: float) -> bool:
        """Whether one tile at a time is too much for a part."""
        if (part, rate) not in self._too_small:
            self._too_small[part, rate] = self._crowds[part].is_too_small(rate, TILE_SAMPLES)
        return self._too_small[part, rate]

    def programs(self, part: int, rate: float, step: ArcStep) -> int:
        """How many programs may run on a part."""
        known = part, rate, step.name
        if known not in self._programs:
            most = self._num_processors * step.programs
            self._programs[known] = self._crowds[part].programs(rate, step.samples, most)
        return self._programs[known]


class DeviceBlockTrainer:
    """Trains two tables, or one, in a grid of blocks on a device.

    Parameters
    ----------
    tables
        The vectors; `finish` writes what was trained into them.
    objective
        What they are trained to.
    num_parts
        P, 2 .. num_nodes.
    device
        Where to train.
    num_threads
        Threads that make samples ready, >= 1.

    Notes
    -----
    Memory on the device: `graphkit.device.in_parts.plans_in_parts`. On the host: both tables once more, and
    the samples of the episode that is trained and of the next one.
    """

    def __init__(
        self,
        tables: VectorTables,
        objective: Objective,
        num_parts: int,
        *,
        device: torch.device,
        num_threads: int,
    ):
        self.num_parts, self._tables, self._objective = num_parts, tables, objective
        self._seed, self._num_threads = check_seed(objective.seed), num_threads
        self._streams = Streams(device)
        self._one_table = tables.contexts is tables.centers
        arrays = [tables.centers] if self._one_table else [tables.centers, tables.contexts]
        self._host = [HostParts(array, num_parts, device) for array in arrays]
        num_rows = -(-len(tables.centers) // num_parts)
        self._slots = PartSlots(self._host, num_rows, self._streams)
        self._buffers = [_Buffer(PIECE_SAMPLES, self._streams) for _ in range(2)]
        crowds = [self._crowd(part) for part in range(num_parts)]
        self._crowding = _Crowding(crowds, num_processors(device))
        self._noise = [upload(self._noise_table(part), device) for part in range(num_parts)]
        self._shares = [upload(crowd.noise.astype(np.float32), device) for crowd in crowds]
        self._moving = [upload(~part_of(tables.frozen, part, num_parts), device) for part in range(num_parts)]
        width = padded(tables.centers.shape[1])
        self._steps = (
            tile_step(width, objective.num_negatives, TILE_OPTIONS),
            pair_step(pair_shape(width, objective.num_negatives), objective.num_negatives),
        )
        self._stats: list[torch.Tensor] = []

    def train(self, samples: Samples, begin: int = 0) -> Generator[int, None, None]:
        """Train the episodes from number `begin` on; yield how many there were when the last piece of each
        is given to the device.
        """
        present, turn = None, 0
        pieces = self._pieces(samples, begin)
        following = next(pieces, None)
        while following is not None:
            # The first alone is waited for; all others have come while the one before was trained.
            if present is None:
                self._bring(following, following, self._buffers[turn])
            present, following = following, None
            self._train_piece(present, self._buffers[turn])
            if present.ends:
                yield present.number + 1
            following = next(pieces, None)
            turn = 1 - turn
            if following is not None:
                self._bring(following, present, self._buffers[turn])

    def _pieces(self, samples: Samples, begin: int) -> Iterator[_Piece]:
        """All pieces of all episodes; none is empty, unless it ends an episode."""
        everywhere = range(self.num_parts)
        for number, episode in enumerate(_made_ahead(samples.episodes(everywhere, begin)), begin):
            blocks = list(snake_of(self.num_parts, backwards=number % 2 == 1))
            for block in blocks:
                first, last = episode.range_of(block)
                ends = block == blocks[-1]
                while first < last:
                    end = min(last, first + PIECE_SAMPLES)
                    yield _Piece(number, episode, block, first, end, ends and end == last)
                    first = end
                if ends and episode.range_of(block)[0] == last:
                    yield _Piece(number, episode, block, last, last, ends)

    def _bring(self, piece: _Piece, present: _Piece, buffer: _Buffer) -> None:
        """Have the parts and the samples of a piece come while the present one is trained."""
        self._slots.bring(self._keys(piece.block), self._keys(present.block))
        # The host fills the buffer anew: what was in it must have gone to the device.
        self._streams.wait(buffer.come)
        count = piece.last - piece.first
        arcs = piece.episode.blocks[piece.block]._replace(begin=piece.episode.range_of(piece.block)[0])
        pack = partial(
            pack_samples, arcs, piece.first, np.uint64(self._seed), int(Stream.SAMPLE), buffer.host.numpy()
        )
        run_ranges(pack, even_bounds(count, self._num_threads), self._num_threads)
        copy = partial(buffer.samples[:count].copy_, buffer.host[:count], non_blocking=True)
        buffer.come = self._streams.copy(copy, [buffer.trained])

    def _train_piece(self, piece: _Piece, buffer: _Buffer) -> None:
        import torch

        if piece.number == len(self._stats):
            self._stats.append(self._shares[0].new_zeros(2, dtype=torch.float64))
        if piece.first == piece.last:
            return
        keys = self._keys(piece.block)
        step, programs = self._way(piece)
        train = partial(
            self._take_steps, piece, buffer.samples[: piece.last - piece.first], step, programs,
            [self._slots.rows(key) for key in keys], self._stats[piece.number],
        )  # fmt: skip
        # The samples came behind the parts.
        end = self._streams.compute(train, [buffer.come])
        buffer.trained = end
        for key in keys:
            self._slots.moved(key, end)

    def _take_steps(
        self,
        piece: _Piece,
        samples: torch.Tensor,
        step: ArcStep,
        programs: int,
        parts: list[torch.Tensor],
        stats: torch.Tensor,
    ) -> None:
        """Train the rows of two parts on samples, and add how many there were and their loss to `stats`."""
        rates = piece.rates
        factors = self._factors(samples, piece.block, rates[0] * min(len(samples), step.samples * programs))
        rows = MovedRows(parts[0], parts[1], self._noise[piece.block[1]], *factors)
        numbers = piece.first, piece.last
        stats += train_samples(
            step, programs, DeviceArcs(samples, None), rows, numbers, rates, self._seed, taken=True
        )

    def _factors(
        self, samples: torch.Tensor, block: tuple[int, int], scale: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What steps of the centres and of the contexts are multiplied by, so that no row gets too much.

        `scale` is the learning rate times the samples under way. A block's samples may crowd on rows that in
        the graph at large are few among many, so they are counted.
        """
        import torch

        from graphkit.kernels.gpu.sample_counts import count_samples

        counts = [
            torch.zeros(len(self._noise[part]), dtype=torch.int32, device=samples.device) for part in block
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
            (MOST_WEIGHT / (weights * scale).clamp(min=1e-30)).clamp(max=1.0) * self._moving[part]
            for weights, part in ((as_center, block[0]), (as_context, block[1]))
        )
        return first, second

    def _way(self, piece: _Piece) -> tuple[ArcStep, int]:
        """How a piece is trained, and by how many programs: in tiles, if one is not too much at a time."""
        rate = piece.episode.rates[0]
        tiles, pairs = self._steps
        too_many = any(self._crowding.is_too_small(part, rate) for part in piece.block)
        step = pairs if too_many else tiles
        return step, min(self._crowding.programs(part, rate, step) for part in piece.block)

    def _crowd(self, part: int) -> Crowd:
        objective = self._objective
        frequencies, kept = (
            part_of(counts, part, self.num_parts) for counts in (objective.frequencies, objective.kept)
        )
        return Crowd(
            frequencies, kept, objective.noise_exponent, objective.num_negatives, one_table=self._one_table
        )

    def _noise_table(self, part: int) -> NDArray[np.int64]:
        frequencies = part_of(self._objective.frequencies, part, self.num_parts)
        return noise_table(frequencies, self._objective.noise_exponent).view(np.int64).ravel()

    def _keys(self, block: tuple[int, int]) -> tuple[Key, Key]:
        return (0, block[0]), (0 if self._one_table else 1, block[1])

    @property
    def record(self) -> TrainingRecord:
        """What was trained, episode by episode."""
        rows = self._stats_on_host()
        losses = [loss / pairs if pairs else math.nan for pairs, loss in rows]
        return TrainingRecord([int(pairs) for pairs, _ in rows], losses)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the parts and the record, as a checkpoint keeps them."""
        self._slots.give_back()
        names = ["centers", "contexts"][: len(self._host)]
        parts = {name: table.rows.numpy() for name, table in zip(names, self._host, strict=True)}
        return {**parts, "stats": self._stats_on_host()}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Set the parts and the record to what `state` returned once, before any training."""
        for name, table in zip(("centers", "contexts"), self._host, strict=False):
            table.rows.numpy()[:] = state[name]
        self._stats = list(upload(state["stats"], self._streams.device))

    def finish(self) -> None:
        """Write the vectors into the tables, and let the device's memory go.

        Raises
        ------
        RunError
            If the vectors are no numbers any more.
        """
        self._slots.give_back()
        for table, host in zip((self._tables.centers, self._tables.contexts), self._host, strict=False):
            host.write_into(table)
        for held in (self._slots, self._buffers, self._noise, self._shares, self._moving):
            held.clear()
        self._tables.check_finite()

    def _stats_on_host(self) -> NDArray[np.float64]:
        return np.array([row.tolist() for row in self._stats]).reshape(-1, 2)


def _made_ahead(episodes: Iterator[Episode]) -> Iterator[Episode]:
    """Yield each while the next is being made."""
    with ThreadPoolExecutor(1) as maker:
        upcoming = maker.submit(next, episodes, None)
        while (episode := upcoming.result()) is not None:
            upcoming = maker.submit(next, episodes, None)
            yield episode
