"""LocalCluster: the nodes around some seeds that hang together, and how well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds, Rows
from graphkit.files.atomic import PathLike

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, eq=False)
class LocalCluster:
    """A cluster around seeds: its nodes, those that hang on most first, and how many edges leave it.

    Attributes
    ----------
    node_ids : [size]
        Ids of the members, highest score first, equal ones by row.
    rows : int32 [size]
        Their rows in the graph.
    scores : float64 [size]
        What the members were ranked by: PageRank or heat-kernel PageRank divided by the node's strength; the
        dual solution of flow diffusion.
    conductance
        ``cut / min(volume, total - volume)``, total being the volume of the graph; in [0, 1].
    volume
        Sum of the members' strengths: of the weights of their arcs, or their number.
    cut
        Sum of the weights of the edges that leave the cluster.
    swept_conductance
        The smallest of all sets that the sweep looked at. Without labels it is `conductance`; with labels it
        is that of the re-weighted graph, ``cut / volume`` there.
    bound
        What `swept_conductance` cannot be above, by Cheeger's inequality for the scores that were swept:
        ``sqrt(2 E / N)``, E being the sum over edges of ``w (y_u - y_v)^2``, N that of ``d_u y_u^2`` over
        nodes, and y the scores less what leaves at most half of the graph's volume above 0.
    num_parts
        Number of the cluster's pieces that no edge within it connects; 1 unless seeds lie apart.
    num_swept
        Number of nodes that the sweep looked at.
    num_touched
        Number of nodes that a number was kept of.
    arcs_read
        Number of arcs that the diffusion read, again for each push.

    Examples
    --------
    >>> from graphkit import datasets, local_cluster
    >>> cluster = local_cluster(datasets.load("karate_club").graph, 0)
    >>> cluster
    LocalCluster(16 nodes, conductance 0.1)
    >>> 33 in cluster, cluster.conductance <= cluster.bound
    (False, True)
    """

    node_ids: NodeIds
    rows: Rows
    scores: NDArray[np.float64]
    conductance: float
    volume: float
    cut: float
    swept_conductance: float
    bound: float
    num_parts: int
    num_swept: int = field(repr=False)
    num_touched: int = field(repr=False)
    arcs_read: int = field(repr=False)

    def __repr__(self) -> str:
        nodes = "node" if len(self) == 1 else "nodes"
        return f"LocalCluster({len(self):,} {nodes}, conductance {self.conductance:.3g})"

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        """The members' ids, in their order."""
        return iter(self.node_ids.tolist())

    def __contains__(self, node_id: object) -> bool:
        """Whether a node is a member, by its id."""
        return node_id in self.node_ids.tolist()

    @property
    def size(self) -> int:
        """Number of members."""
        return len(self)

    @property
    def members(self) -> list[tuple[Any, float]]:
        """(id, score) of each member, in their order."""
        return list(zip(self.node_ids.tolist(), self.scores.tolist()))

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table with the columns ``id`` and ``score``."""
        import pyarrow as pa

        from graphkit.files.arrow_numbers import to_arrow
        from graphkit.io.vectors_ids import ids_to_arrow

        return pa.table({"id": ids_to_arrow(self.node_ids), "score": to_arrow(self.scores)})

    def save(self, path: PathLike, *, overwrite: bool = True) -> None:
        """Write a row a member, ``id`` and ``score``: ``.parquet``, ``.csv``, ``.tsv``, or plain ``.txt``.

        Parameters
        ----------
        path
            Where to; its folder must exist.
        overwrite
            Whether an existing file is replaced.

        Raises
        ------
        ParameterError
            For another suffix.
        InputError
            For a target that cannot be written.
        RunError
            If the disk is full.
        """
        from graphkit.io.node_numbers import write_numbers

        write_numbers(path, self.node_ids, "score", self.scores, overwrite=overwrite)
