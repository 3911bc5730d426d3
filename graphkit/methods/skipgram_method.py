"""What all methods of skip-gram share: a fit checks, places, prepares its jobs, runs them and records."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.errors import ParameterError
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.graph.node_ids import NodeIndex
from graphkit.methods.base import Embedder
from graphkit.methods.order_tables import row_lengths, side_by_side, take_over
from graphkit.sgns.checkpoints import Checkpoint, run_of
from graphkit.sgns.training_loop import JobCheckpoint, run

if TYPE_CHECKING:
    from graphkit.arrays import NodeIds, Vectors
    from graphkit.embedding import Embedding
    from graphkit.files.atomic import PathLike
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress
    from graphkit.sgns.jobs import KeptJob
    from graphkit.sgns.trainer import VectorTables


class SkipGramMethod(Embedder):
    """Base of the methods that train tables of vectors on samples of a graph.

    A method says what its tables start from (`_first_tables`) and what is trained (`_jobs`).
    """

    dim: int
    seed: int

    context_embedding_: Vectors
    loss_: float
    pairs_: int
    parts_: int

    def fit(
        self,
        graph: Graph | TensorGraph,
        init: ArrayLike | None = None,
        *,
        checkpoint: PathLike | None = None,
        resume: bool = False,
        progress: Progress | None = None,
    ) -> Self:
        """Sample the graph, and train the vectors of all nodes.

        Parameters
        ----------
        graph
            Any `Graph`; weights and directions count. With a `TensorGraph` the vectors are tensors on its
            device.
        init
            Vectors to start from, float [num_nodes, dim]; None for small random ones.
        checkpoint
            Folder to keep a checkpoint in, about every minute; None for none.
        resume
            Whether to go on from the checkpoint, if there is one: the result has the bits of an unbroken run.
        progress
            Called with ("train", walks or sampled edges done, all of them).

        Returns
        -------
        Self
            The method itself, with its attributes.

        Raises
        ------
        ParameterError
            For a parameter outside its range or without effect; for a GPU that is not there, or too small.
        MissingDependencyError
            If backend "gpu" misses torch or triton.
        InputError
            For initial vectors of another shape or not finite, or a checkpoint of another run.
        RunError
            If the vectors diverge, the learning rate being too high.
        """
        self.check_run(graph)
        tables = self._first_tables(graph, init)
        kept = self._checkpoint(graph, init, checkpoint, resume=resume)
        return self._fitted(graph, tables, kept, progress)

    def partial_fit(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Continue training from the present vectors, on this graph or another; nodes are known by their ids.

        Nodes that were not there start from small random vectors; without a `fit` before, all do.

        Parameters
        ----------
        graph, progress
            As for `fit`.
        """
        self.check_parameters()
        tables, _ = self._tables_of(graph)
        return self._fitted(graph, tables, None, progress)

    def transform_new(self, graph: Graph, *, progress: Progress | None = None) -> Embedding:
        """Embed the nodes that were not there in `fit`, while the vectors of all others stay fixed.

        Parameters
        ----------
        graph
            A graph that holds the new nodes and their edges to old ones. Walks begin at new nodes, or edges
            that touch one are sampled.
        progress
            As for `fit`.

        Returns
        -------
        Embedding
            The new nodes alone. The model itself is not changed.

        Raises
        ------
        ParameterError
            Before `fit`.
        """
        from graphkit.embedding import Embedding

        if not hasattr(self, "embedding_"):
            raise ParameterError("transform_new needs a model that was fitted before")
        self.check_parameters()
        tables, known = self._tables_of(graph)
        for table in tables:
            table.frozen = known
        self._warn_of(graph)
        run(self._jobs(graph, tables, ~known), progress=progress)
        new = np.flatnonzero(~known)
        vectors = side_by_side([table.centers[new] for table in tables])
        return Embedding(graph.node_ids[new], vectors, {"method": self.name, "params": self.get_params()})

    def measured(self) -> dict[str, Any]:
        """Return the pairs that were trained and, if there were any, their loss."""
        parts = {"parts": self.parts_} if self.parts_ > 1 else {}
        return {"pairs": self.pairs_} | parts | ({} if math.isnan(self.loss_) else {"loss": self.loss_})

    def _first_tables(self, graph: Graph | TensorGraph, init: Any) -> list[VectorTables]:
        """The tables that training starts from, where the graph is."""
        raise NotImplementedError

    def _jobs(
        self, graph: Any, tables: list[VectorTables], wanted: NDArray[np.bool_] | None = None
    ) -> Sequence[KeptJob]:
        """What is trained, where it was decided to run: samples of the nodes `wanted`, None for all."""
        raise NotImplementedError

    def _warn_of(self, graph: Graph) -> None:
        """Warn of a graph or of parameters that leave vectors untrained."""
        raise NotImplementedError

    def _check_same_model(self) -> None:
        """Raise `ParameterError` if the present vectors are of another kind than would be trained now."""
        if (present := self.embedding_.shape[1]) != self.dim:
            raise ParameterError(f"dim must stay {present}, that of the present vectors, got {self.dim}")

    def _checkpoint(
        self, graph: Graph | TensorGraph, init: ArrayLike | None, folder: PathLike | None, *, resume: bool
    ) -> Checkpoint | None:
        if folder is None:
            if resume:
                raise ParameterError("resume has no effect without checkpoint")
            return None
        if isinstance(graph, TensorGraph):
            raise ParameterError("checkpoint has no effect on a TensorGraph; take a Graph")
        return Checkpoint(folder, run_of(self.name, self.get_params(), graph, init), resume=resume)

    def _fitted(
        self, graph: Any, tables: list[VectorTables], checkpoint: Checkpoint | None, progress: Progress | None
    ) -> Self:
        self._warn_of(graph)
        jobs = self._jobs(graph, tables)
        run(jobs, kept=None if checkpoint is None else JobCheckpoint(checkpoint, jobs), progress=progress)
        self._lengths = row_lengths(tables)
        self.embedding_ = side_by_side([table.centers for table in tables])
        self.context_embedding_ = side_by_side([table.contexts for table in tables])
        self.node_ids_: NodeIds = graph.node_ids
        records = [job.record for job in jobs]
        self.pairs_ = sum(sum(record.pairs) for record in records)
        self.loss_, self.parts_ = records[-1].last_loss, jobs[-1].num_parts
        return self

    def _tables_of(self, graph: Graph) -> tuple[list[VectorTables], NDArray[np.bool_]]:
        """Vectors of the nodes known by id, small random ones of the others; and which are known."""
        self.check_run(graph)
        fitted = getattr(self, "embedding_", None)
        if isinstance(graph, TensorGraph) or not isinstance(fitted, np.ndarray | None):
            raise ParameterError("training goes on with a Graph and a model fitted to one, not a TensorGraph")
        tables = self._first_tables(graph, None)
        if fitted is None:
            return tables, np.zeros(graph.num_nodes, np.bool_)
        self._check_same_model()
        rows = NodeIndex(self.node_ids_).find(graph.node_ids)
        here = np.flatnonzero(rows >= 0)
        # Vectors that were set by hand, as by KCoreEmbedding, have no lengths.
        lengths = getattr(self, "_lengths", [])
        take_over(tables, (here, rows[here]), fitted, self.context_embedding_, lengths)
        return tables, rows >= 0
