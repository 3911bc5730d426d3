"""Training in a grid of blocks on a device that holds three parts of the tables at a time.

The counterpart of `graphkit.sgns.block_grid`: parts, samples and noise are the CPU's, bit for bit, but
not vectors (`graphkit/sgns/gpu/training.py` says why), and an episode's blocks come in boustrophedon order,
each with a part in common with the one before. While a block is trained, the part that the next one needs
comes from the host, in the place of the one that the last has left, and so do its samples, which the host
makes meanwhile.

Z. Zhu, S. Xu, M. Qu, J. Tang, "GraphVite", WWW 2019, has pairs in such a grid on GPUs.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.gpu.streams import Streams
from graphkit.graph.gpu.graph import upload
from graphkit.seeds import check_seed
from graphkit.sgns.block_grid import Objective, Samples, boustrophedon_order
from graphkit.sgns.gpu.block_steps import PIECE_SAMPLES, BlockSteps, Buffer, Piece, made_ahead, pieces_of
from graphkit.sgns.gpu.parts import HostParts, Key, PartSlots
from graphkit.sgns.trainer import TrainingRecord, VectorTables

if TYPE_CHECKING:
    import torch


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
    Memory on the device: `graphkit.sgns.gpu.grid_job.plans_in_parts`. On the host: both tables once more, and
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
        self.num_parts, self._tables = num_parts, tables
        self._seed, self._num_threads = check_seed(objective.seed), num_threads
        self._streams = Streams(device)
        self._one_table = tables.contexts is tables.centers
        arrays = [tables.centers] if self._one_table else [tables.centers, tables.contexts]
        self._host = [HostParts(array, num_parts, device) for array in arrays]
        num_rows = -(-len(tables.centers) // num_parts)
        self._slots = PartSlots(self._host, num_rows, self._streams)
        self._buffers = [Buffer(PIECE_SAMPLES, self._streams) for _ in range(2)]
        self._steps = BlockSteps(
            objective,
            tables.frozen,
            num_parts,
            tables.centers.shape[1],
            one_table=self._one_table,
            device=device,
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

    def _pieces(self, samples: Samples, begin: int) -> Iterator[Piece]:
        """All pieces of all episodes; none is empty, unless it ends an episode."""
        everywhere = range(self.num_parts)
        for number, episode in enumerate(made_ahead(samples.episodes(everywhere, begin)), begin):
            blocks = list(boustrophedon_order(self.num_parts, backwards=number % 2 == 1))
            for block in blocks:
                yield from pieces_of(number, episode, block, PIECE_SAMPLES, ends=block == blocks[-1])

    def _bring(self, piece: Piece, present: Piece, buffer: Buffer) -> None:
        """Have the parts and the samples of a piece come while the present one is trained."""
        self._slots.bring(self._keys(piece.block), self._keys(present.block))
        buffer.fill(piece, self._seed, self._num_threads, self._streams)

    def _train_piece(self, piece: Piece, buffer: Buffer) -> None:
        import torch

        if piece.number == len(self._stats):
            self._stats.append(torch.zeros(2, dtype=torch.float64, device=self._streams.device))
        if piece.first == piece.last:
            return
        keys = self._keys(piece.block)
        train = partial(
            self._steps.train, piece, buffer.samples[: piece.last - piece.first],
            [self._slots.rows(key) for key in keys], self._stats[piece.number],
        )  # fmt: skip
        # The samples came behind the parts.
        end = self._streams.compute(train, [buffer.come])
        buffer.trained = end
        for key in keys:
            self._slots.moved(key, end)

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
            If training diverged to NaN or infinity.
        """
        self._slots.give_back()
        for table, host in zip((self._tables.centers, self._tables.contexts), self._host, strict=False):
            host.write_into(table)
        for held in (self._slots, self._buffers, self._steps):
            held.clear()
        self._tables.check_finite()

    def _stats_on_host(self) -> NDArray[np.float64]:
        return np.array([row.tolist() for row in self._stats]).reshape(-1, 2)
