"""LargeVis: a map of two or three dimensions from a graph, or from the nearest neighbours of vectors.

J. Tang, J. Liu, M. Zhang, Q. Mei, "Visualizing large-scale and high-dimensional data", WWW 2016,
arXiv:1602.00370.

Where we differ, and why:

- First positions are principal components, of the vectors or of FastRP's, in place of random ones: a fiftieth
  of the samples then gives maps as good. The paper's number of samples, 22,000 a point for 70,000 points,
  is `samples_per_node=22_000`.
- Threads never race: in a round every point moves on its own account, by where the others stood when it
  began, so the result is a function of the seed alone (`graphkit/kernels/cpu/layout.py`). An edge moves both
  its ends, as in the paper; a push moves the point that drew it and not the negative, and points draw as many
  as the paper's do and are drawn together.
- Sixteen points share their negatives, and no draw is repeated where one is a point's neighbour.
- A point of less than the mean strength takes smaller steps in place of fewer ones.
- The perplexity is 10 in place of 50, so 30 neighbours are looked for in place of 150: on MNIST the map is
  no worse, and the neighbours cost most of the time.
- Parts of a graph of ten nodes or less, which nothing holds to the others, stand right of them.
- A map may begin at an earlier one, whose places hold its nodes (`graphkit/layout/earlier.py`), so that both
  can be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from graphkit.arrays import Rows, Vectors, Weights
from graphkit.gpu.backend import Backend
from graphkit.gpu.placement import find_device
from graphkit.graph.graph import Graph
from graphkit.graph.size import Sizes, csr_bytes
from graphkit.layout.earlier import held_arcs
from graphkit.layout.gpu import DeviceLayout, layout_bytes
from graphkit.layout.largevis import (
    ROUNDS_PER_SAMPLE,
    SPREAD,
    Layout,
    Objective,
    place_among,
    round_rates,
    strength_of,
)
from graphkit.methods.base import embedder
from graphkit.methods.map_method import MapMethod, Snapshot, reporter
from graphkit.neighbors import Metric
from graphkit.parallel import resolve_threads
from graphkit.parameters import Count, Finite, Positive, at_least, whole
from graphkit.resources import Estimate
from graphkit.seeds import Seed

if TYPE_CHECKING:
    from graphkit.progress import Progress

# For the estimate of time, on one thread: seconds for a point and round, and for each of its pushes.
_SECONDS_PER_MOVE, _SECONDS_PER_PUSH = 4.5e-8, 2.5e-9


@embedder
class LargeVis(MapMethod):
    """Positions of nodes in two or three dimensions: neighbours near one another, others apart.

    Parameters
    ----------
    dim
        Dimensions of the map, 2 to 3.
    samples_per_node
        Edges to draw for each node, >= 1.
    start
        Where nodes begin. ``"components"``: the principal components of the vectors, or of FastRP's where a
        graph is given; ``"random"``: all near one point, which takes ten times the samples. Own positions are
        given to `fit`.
    perplexity
        Effective number of neighbours, > 1; for each point of vectors three times as many are looked for.
    metric
        "euclidean", "cosine" or "inner_product": what nearness of vectors means.
    recall
        Share of the true neighbours of vectors that must be found, in (0, 1].
    shape
        Probability of an edge at a distance x: ``"student"`` for 1 / (1 + a x**2), ``"logistic"`` for
        1 / (1 + exp(a x**2)).
    a
        Width of that, > 0.
    gamma
        Weight of a push, >= 0.
    num_negatives
        Pushes for each pull, in [0, 65536].
    noise_exponent
        Negatives are drawn in proportion to their sum of weights to this power.
    learning_rate
        At the beginning, > 0; it falls linearly to 1e-4 of it.
    hold
        Strength of the pull to a node's place on the earlier map, if `fit` is given one, in shares of its
        pulls to neighbours, >= 0.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    backend
        Where to look for neighbours and to lay out: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or
        "auto", which takes a GPU where there is one, and room on it. A GPU compares all vectors and draws the
        same edges; it has the same bits from run to run, not the CPU's. `transform` looks for neighbours
        there, and moves new points on the CPU.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The positions, in the order of the graph's nodes.
    node_ids_ : [num_nodes]
        The graph's node ids.
    neighbors_ : KnnGraph, or None
        The neighbours that vectors were laid out by; None for a graph.
    num_beside_ : int
        Nodes of a graph's small parts, which stand right of the others.

    Notes
    -----
    Time is O(samples_per_node * num_negatives * num_nodes). Peak memory is the graph, 12 bytes an arc and
    some 40 a node; with ``start="components"`` FastRP's vectors of 64 columns before that.

    References
    ----------
    Tang, Liu, Zhang, Mei, "Visualizing large-scale and high-dimensional data", WWW 2016.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)])
    >>> positions = LargeVis(seed=1).fit_transform(graph)
    >>> positions.shape
    (6, 2)
    """

    name = "largevis"
    spread = SPREAD

    dim: Annotated[int, whole(2, 3)] = 2
    samples_per_node: Count = 1000
    start: Literal["components", "random"] = "components"
    perplexity: float = 10.0
    metric: Metric = "euclidean"
    recall: float = 0.95
    shape: Literal["student", "logistic"] = "student"
    a: float = 1.0
    gamma: float = 7.0
    num_negatives: int = 5
    noise_exponent: Finite = 0.75
    learning_rate: Positive = 1.0
    hold: Annotated[float, at_least(0)] = 0.1
    seed: Seed = 0
    backend: Backend = "cpu"
    num_threads: Count | None = None

    def _lay_out(
        self,
        edges: Graph,
        first: Vectors,
        places: Vectors | None,
        snapshot: Snapshot | None,
        progress: Progress | None,
    ) -> Vectors:
        self._strength = strength_of(edges.indptr, edges.weights)
        indptr, indices, weights, fixed = held_arcs(edges, places, self.hold)
        num_points = len(first) + (0 if fixed is None else len(fixed))
        arcs = indptr, indices, weights, first
        options: dict[str, Any] = {
            "fixed": fixed,
            "strength": self._strength,
            "objective": self._objective(),
            "seed": self.seed,
            "num_threads": resolve_threads(self.num_threads),
        }
        device = find_device(self.backend, lambda: layout_bytes(num_points, len(indices), self.dim))
        layout = Layout(*arcs, **options) if device is None else DeviceLayout(*arcs, device=device, **options)
        step = reporter(layout, snapshot, progress)
        layout.run(ROUNDS_PER_SAMPLE * self.samples_per_node, self.learning_rate, step)
        return layout.positions

    def _place(self, rows: Rows, weights: Weights, first: Vectors, progress: Progress | None) -> Vectors:
        rounds = ROUNDS_PER_SAMPLE * self.samples_per_node
        placed = place_among(
            self.embedding_,
            rows,
            weights,
            first,
            strength=self._strength,
            objective=self._objective(),
            rates=round_rates(0, rounds, rounds, self.learning_rate),
            seed=self.seed,
            num_threads=resolve_threads(self.num_threads),
        )
        if progress is not None:
            progress("layout", rounds, rounds)
        return placed

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` will need for a graph of a size."""
        num_nodes, num_arcs = size.num_nodes, size.num_arcs
        memory = {
            "graph": csr_bytes(size),
            "edges": 12 * num_arcs,
            "positions": (40 + 16 * self.dim) * num_nodes,
        }
        moves = num_nodes * ROUNDS_PER_SAMPLE * self.samples_per_node
        a_move = _SECONDS_PER_MOVE + self.num_negatives * _SECONDS_PER_PUSH
        seconds = moves * a_move / resolve_threads(self.num_threads)
        return self._start_resources(size).then(Estimate(memory, seconds))

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        self._objective()

    def _objective(self) -> Objective:
        return Objective(
            shape=self.shape,
            a=self.a,
            gamma=self.gamma,
            num_negatives=self.num_negatives,
            noise_exponent=self.noise_exponent,
        )
