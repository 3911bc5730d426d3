"""Training on several processes, each with a part of the vectors: GraphVite's ring, by torch.distributed.

Process g holds the centres of the parts g, g + size, …; the parts of the contexts go from process to process.
In a round no two processes have a row in common, so nothing is locked and nothing averaged, and the vectors
have the same bits on any number of processes that divides the number of parts.

Every process has the whole graph and makes all walks, which costs little beside the training; it trains, and
stores, the pairs whose centres it holds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from graphkit.arrays import Vectors
from graphkit.checks import check_whole
from graphkit.errors import ParameterError
from graphkit.methods.line import LINE
from graphkit.methods.order_tables import start_of_line
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.parallel import resolve_threads
from graphkit.sgns.block_grid import BlockTrainer, Samples
from graphkit.sgns.block_job import BlockJob, RingParts
from graphkit.sgns.partition import joined, part_of, part_shapes
from graphkit.sgns.ring import Alone, Ring, TorchRing
from graphkit.sgns.trainer import initial_vectors
from graphkit.sgns.training_loop import run

if TYPE_CHECKING:
    import torch.distributed

    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

Method = TypeVar("Method", bound="WalkSkipGram | LINE")


def fit_in_parts(
    method: Method,
    graph: Graph,
    *,
    num_parts: int | None = None,
    group: torch.distributed.ProcessGroup | None = None,
    progress: Progress | None = None,
) -> Method:
    """Fit a method whose vectors are trained in a grid of parts, on all processes of a group.

    Parameters
    ----------
    method
        `DeepWalk`, `Node2Vec`, `CoreWalk`, or `LINE` of the second order.
    graph
        The graph, the same in every process.
    num_parts
        Parts that nodes are dealt out to, a multiple of the number of processes; None for one a process.
    group
        The processes, by gloo or another backend for tensors of the CPU; None for all, or for this one alone
        where torch.distributed is not initialised.
    progress
        Called with ("train", episodes done, episodes).

    Returns
    -------
    WalkSkipGram or LINE
        The method itself, with all vectors in every process.

    Raises
    ------
    ParameterError
        For a method that has no parts, one that is to run on a GPU, or a number of parts that the processes
        do not divide.
    RunError
        If the vectors diverge, the learning rate being too high.

    Notes
    -----
    The vectors are a function of the seed and `num_parts`, with the same bits on any number of processes and
    threads, and as good as those of `method.fit`, which are others: there centres that stand together share
    their negatives. Memory of each process: the graph, two parts of the tables for each it holds, 8 bytes for
    each pair of an episode (67 million), and in the end both tables.

    References
    ----------
    Zhu, Xu, Qu, Tang, "GraphVite", WWW 2019; Lerer and others, "PyTorch-BigGraph", MLSys 2019.

    Examples
    --------
    >>> from graphkit import DeepWalk, Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3)])
    >>> fit_in_parts(DeepWalk(dim=4, seed=1), graph, num_parts=2).embedding_.shape
    (4, 4)
    """
    from torch import distributed

    ring: Ring = TorchRing(group) if group is not None or distributed.is_initialized() else Alone()
    parts = ring.size if num_parts is None else num_parts
    check_whole("num_parts", parts, 1)
    if parts % ring.size:
        raise ParameterError(f"num_parts must be a multiple of {ring.size}, the processes, got {parts}")
    if not isinstance(method, (WalkSkipGram, LINE)):
        raise ParameterError(
            f"{type(method).__name__} is not trained in parts; DeepWalk, Node2Vec, CoreWalk and LINE are"
        )
    if method.backend != "cpu":
        raise ParameterError(f"backend={method.backend!r} has no effect in parts; leave it out")
    samples, objective = method.block_samples(graph, parts)
    threads = resolve_threads(method.num_threads)
    trainer = BlockTrainer(objective, parts, num_threads=threads)
    begin = start_of_line if isinstance(method, LINE) else initial_vectors
    start = begin(graph.num_nodes, method.dim, method.seed)
    method.embedding_, method.context_embedding_ = _trained(samples, trainer, start, ring, progress)
    method.node_ids_, method.parts_ = graph.node_ids, parts
    losses = ring.gathered(trainer.losses, dict.fromkeys(range(parts), (1, 2)))
    pairs, loss = np.concatenate([losses[part] for part in range(parts)]).sum(axis=0)
    method.pairs_, method.loss_ = trainer.num_pairs, float(loss / pairs) if pairs else math.nan
    return method


def _trained(
    samples: Samples, trainer: BlockTrainer, start: Vectors, ring: Ring, progress: Progress | None
) -> tuple[Vectors, Vectors]:
    """Both tables, whole."""
    num_parts = samples.num_parts
    shapes = part_shapes(start.shape, num_parts)
    held = range(ring.rank, num_parts, ring.size)
    parts = RingParts(
        {part: part_of(start, part, num_parts) for part in held},
        {part: np.zeros(shapes[part], np.float32) for part in held},
        shapes,
        ring,
    )
    run([BlockJob(samples, trainer, parts)], progress=progress)
    first, second = (
        joined(ring.gathered(table, shapes), start.shape) for table in (parts.centers, parts.contexts)
    )
    return first, second
