"""t-SNE: a map of the plane from the nearest neighbours of vectors, or from a graph.

L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 2008.

Where we differ, and why:

- Pushes come from a potential on a grid, in time that grows with the number of points and not its square, as
  in FIt-SNE (Linderman and others, Nature Methods 2019); their error of some 3 % does not show in the map.
- Neighbours are three times the perplexity, as in all implementations for many points.
- First positions are principal components in place of random ones, which keeps the order of groups (D. Kobak,
  P. Berens, "The art of using t-SNE for single-cell transcriptomics", Nature Communications 2019).
- The learning rate is the number of points over the exaggeration, 12 at first (Belkina and others, Nature
  Communications 2019), in place of 100 and 4; the momentum is 0.8 throughout.
- Of a graph, the share of an arc is the mean of the two probabilities that a walk takes it (N. Pitsianis and
  others, "Spaceland embedding of sparse stochastic graphs", HPEC 2019), which a hub does not dominate.
- No node stands farther out than 1.25 times the radius that holds 99 in 100: small parts of a graph, which
  all push and nothing pulls, would drift away without end. Those of ten nodes or less stand right of the map.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows, Vectors, Weights
from graphkit.graph.graph import Graph
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.layout.descent import Descent, settle
from graphkit.layout.largevis import strength_of
from graphkit.layout.potential import FEW
from graphkit.methods.base import embedder
from graphkit.methods.map_method import MapMethod, Snapshot, reporter
from graphkit.neighbors import Metric
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, at_least, whole
from graphkit.resources import Estimate
from graphkit.seeds import Seed

if TYPE_CHECKING:
    from graphkit.progress import Progress

_SETTLING_STEPS = 100
_SETTLING_RATE = 0.1

# For the estimate: bytes of the grid for a point; seconds of a step for a point and an arc, for a unit of the
# map's area, which the grid covers, and for a pair of few points, on one thread.
_GRID_BYTES = 100
_SECONDS_PER_POINT, _SECONDS_PER_ARC = 1.6e-7, 3e-9
_SECONDS_PER_UNIT, _SECONDS_PER_PAIR = 6.4e-8, 1e-9

_USUAL_EXTENT = 400.0, 0.4
"""Of a map: 400 by the power 0.4 of nodes for each arc. Graphs of few arcs are pulled together less."""


@embedder
class TSNE(MapMethod):
    """Positions of nodes in the plane: each one's neighbours there are those that it had.

    Climbs down ``KL(P || Q) = sum_ij p_ij log(p_ij / q_ij)``, q_ij in proportion to
    ``1 / (1 + |y_i - y_j|**2)``.

    Parameters
    ----------
    start
        Where nodes begin. ``"components"``: the principal components of the vectors, or of FastRP's where a
        graph is given; ``"random"``: all near one point. Own positions are given to `fit`.
    perplexity
        Effective number of neighbours, > 1; for each point of vectors three times as many are looked for.
    metric
        "euclidean", "cosine" or "inner_product": what nearness of vectors means.
    recall
        Share of the true neighbours of vectors that must be found, in (0, 1].
    early_exaggeration
        Factor of the pulls in the first steps, in which groups form, >= 1.
    early_steps
        First steps, >= 0.
    exaggeration
        Factor of the pulls in the steps after those, >= 1; above 1 groups are denser and wider apart, about 4
        looks like UMAP's map (N. Böhm, P. Berens, D. Kobak, JMLR 2022).
    steps
        Steps after the first ones, >= 0.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, 2]
        The positions, in the order of the graph's nodes.
    node_ids_ : [num_nodes]
        The graph's node ids.
    neighbors_ : KnnGraph, or None
        The neighbours that vectors were laid out by; None for a graph.
    num_beside_ : int
        Nodes of a graph's small parts, which stand right of the others.
    kl_divergence_ : float
        ``KL(P || Q)`` in the end, in nats.

    Notes
    -----
    Time is O(steps * (num_nodes log num_nodes + num_arcs)). Peak memory is the graph, 8 bytes an arc and some
    150 a node.

    References
    ----------
    van der Maaten, Hinton, "Visualizing data using t-SNE", JMLR 2008.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)])
    >>> TSNE(seed=1).fit_transform(graph).shape
    (6, 2)
    """

    name = "tsne"
    dim = 2
    spread = 1.0

    kl_divergence_: float = field(init=False)

    start: Literal["components", "random"] = "components"
    perplexity: float = 30.0
    metric: Metric = "euclidean"
    recall: float = 0.95
    early_exaggeration: Annotated[float, at_least(1)] = 12.0
    early_steps: Annotated[int, whole(0)] = 250
    exaggeration: Annotated[float, at_least(1)] = 1.0
    steps: Annotated[int, whole(0)] = 500
    seed: Seed = 0
    num_threads: Count | None = None

    def measured(self) -> dict[str, Any]:
        """Return the divergence that the last `fit` came to."""
        return {"kl_divergence": round(self.kl_divergence_, 4)}

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size."""
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        memory = {
            "graph": csr_bytes(size),
            "affinities": 8 * num_arcs,
            "positions": 52 * num_nodes,
            "grid": _GRID_BYTES * num_nodes,
        }
        a_step = num_nodes * _SECONDS_PER_POINT + num_arcs * _SECONDS_PER_ARC
        a_step += _push_seconds(num_nodes, num_arcs)
        seconds = (self.early_steps + self.steps) * a_step / resolve_threads(self.num_threads)
        return self._start_resources(size).then(Estimate(memory, seconds))

    def _lay_out(
        self,
        edges: Graph,
        first: Vectors,
        places: Vectors | None,  # noqa: ARG002 - nothing holds points here
        snapshot: Snapshot | None,
        progress: Progress | None,
    ) -> Vectors:
        self.kl_divergence_ = 0.0
        if not edges.num_arcs:
            return first.copy()
        weights = _walked(edges) if self.neighbors_ is None or edges.weights is None else edges.weights
        threads = resolve_threads(self.num_threads)
        descent = Descent(edges.indptr, edges.indices, weights, first, num_threads=threads)
        total = self.early_steps + self.steps
        report = reporter(descent, snapshot, progress)
        for steps, exaggeration in (
            (self.early_steps, self.early_exaggeration),
            (self.steps, self.exaggeration),
        ):
            descent.run(steps, exaggeration, lambda done: report(done, total))
        report(total, total)
        self.kl_divergence_ = descent.divergence()
        return descent.positions

    def _place(self, rows: Rows, weights: Weights, first: Vectors, progress: Progress | None) -> Vectors:
        def step(done: int) -> None:
            if progress is not None:
                progress("layout", done, _SETTLING_STEPS)

        return settle(
            self.embedding_,
            rows,
            weights,
            first,
            steps=_SETTLING_STEPS,
            rate=_SETTLING_RATE,
            num_threads=resolve_threads(self.num_threads),
            step=step,
        )


def _walked(edges: Graph) -> NDArray[np.float32]:
    """The mean of the probabilities that a walk takes an arc, and takes it back, float32 [num_arcs]."""
    strength = strength_of(edges.indptr, edges.weights)
    inverse = np.divide(1, strength, out=np.zeros_like(strength), where=strength > 0)
    weights = 1.0 if edges.weights is None else edges.weights
    mean = (np.repeat(inverse, np.diff(edges.indptr)) + inverse[edges.indices]) / 2 * weights
    shares: NDArray[np.float32] = np.maximum(mean, np.finfo(np.float32).tiny).astype(np.float32)
    return shares


def _push_seconds(num_nodes: int, num_arcs: int) -> float:
    """Of a step, what pushes take beside what is done at each point."""
    if num_nodes <= FEW:
        return num_nodes**2 * _SECONDS_PER_PAIR
    longest, power = _USUAL_EXTENT
    extent: float = longest * (num_nodes / max(num_nodes, num_arcs)) ** power
    return extent**2 * _SECONDS_PER_UNIT
