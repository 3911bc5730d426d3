"""Training in a grid of blocks whose parts are on a device and come from those of other processes.

The counterpart of `graphkit.sgns.block_grid.BlockTrainer`, for `graphkit.sgns.block_job.BlockJob`:
parts, samples and noise are the CPU's, bit for bit, vectors are not (`graphkit/sgns/gpu/training.py` says
why). The host makes samples ready, and sends them, while those before are trained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from graphkit.arrays import Vectors
from graphkit.gpu.rows import padded
from graphkit.gpu.streams import Streams
from graphkit.seeds import check_seed
from graphkit.sgns.block_grid import Episode, Objective, Samples
from graphkit.sgns.gpu.block_steps import PIECE_SAMPLES, BlockSteps, Buffer, made_ahead, pieces_of

if TYPE_CHECKING:
    import torch


class RingBlockTrainer:
    """Trains blocks, one at a time, whose two parts are on the device, float32 [rows, padded dim].

    Parameters
    ----------
    objective
        What they are trained to.
    num_parts
        P, 1 .. num_nodes.
    dim
        Columns of the vectors.
    device
        Where to train.
    num_threads
        Threads that make samples ready, >= 1.

    Attributes
    ----------
    num_pairs
        Samples of all episodes; whoever goes through these adds them up.
    """

    def __init__(
        self, objective: Objective, num_parts: int, dim: int, *, device: torch.device, num_threads: int
    ):
        import torch

        self._seed, self._num_threads = check_seed(objective.seed), num_threads
        self._streams = Streams(device)
        nothing = np.zeros(len(objective.frequencies), np.bool_)
        self._steps = BlockSteps(objective, nothing, num_parts, dim, one_table=False, device=device)
        self._buffers = [Buffer(PIECE_SAMPLES, self._streams) for _ in range(2)]
        self._stats = torch.zeros(2, dtype=torch.float64, device=device)
        self.num_pairs = 0

    def train(
        self, episode: Episode, block: tuple[int, int], centers: torch.Tensor, contexts: torch.Tensor
    ) -> None:
        """Train a block of an episode; the parts of the tables are changed in place."""
        for piece in pieces_of(0, episode, block, PIECE_SAMPLES):
            self._buffers.reverse()
            buffer = self._buffers[0]
            buffer.fill(piece, self._seed, self._num_threads, self._streams)
            samples = buffer.samples[: piece.last - piece.first]
            train = partial(self._steps.train, piece, samples, [centers, contexts], self._stats)
            buffer.trained = self._streams.compute(train, [buffer.come])


class SamplesAhead:
    """Samples of which the next episode is made while one is trained."""

    def __init__(self, samples: Samples):
        self._samples = samples
        self.num_parts, self.num_episodes = samples.num_parts, samples.num_episodes

    def episodes(self, held: Sequence[int], begin: int = 0) -> Iterator[Episode]:
        """Yield the episodes from number `begin` on, each with the blocks whose first part is held."""
        return made_ahead(self._samples.episodes(held, begin))


def ring_bytes(num_nodes: int, dim: int, num_parts: int, num_ranks: int) -> dict[str, int]:
    """Return what each of the processes needs on its device, in bytes, by what for.

    Held are the parts of the centres and those of the contexts, and as many of these that come.
    """
    num_rows = -(-num_nodes // num_parts)
    return {
        "vectors": 3 * (num_parts // num_ranks) * 4 * num_rows * padded(dim),
        "noise": 13 * num_nodes,
        "damping": 32 * num_rows,
        "samples": 2 * 8 * PIECE_SAMPLES,
    }


def on_device(part: Vectors, device: torch.device) -> torch.Tensor:
    """Return the rows of a part on a device, padded with zeros."""
    import torch

    rows = torch.zeros((len(part), padded(part.shape[1])), device=device)
    rows[:, : part.shape[1]] = torch.from_numpy(part)
    return rows
