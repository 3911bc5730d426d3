"""CTDNE: skip-gram on walks in the order of time.

G. H. Nguyen, J. B. Lee, R. A. Rossi, N. K. Ahmed, E. Koh, S. Kim, "Continuous-time dynamic network
embeddings", companion of WWW 2018.

Where we differ, and why:

- Walks: see `graphkit/walks/temporal.py`.
- The paper draws walks until their contexts are as many as ten walks of 80 nodes from each node would have,
  and throws away those shorter than the window; here there are `walks_per_node` times as many walks as nodes,
  and short ones count: of events that nothing follows, a pair is all that is known. Since time ends most
  walks early, there are 80 by default.
- Training: see `graphkit/sgns/trainer.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend
from graphkit.methods.base import embedder
from graphkit.methods.walk_skipgram import HostWalkSkipGram
from graphkit.parameters import Count, Finite, Positive, real
from graphkit.resources import Estimate
from graphkit.seeds import Seed
from graphkit.walks.host_walker import HostWalker
from graphkit.walks.temporal import (
    Choice,
    TemporalWalker,
    check_choices,
    check_temporal,
    temporal_bytes,
)

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph


@embedder
class CTDNE(HostWalkSkipGram):
    """Node vectors by skip-gram with negative sampling on walks along which times never fall.

    Parameters
    ----------
    dim
        Columns of the result, >= 1.
    walks_per_node
        How many walks there are, divided by the number of nodes, >= 1; each begins with an arc drawn from
        all.
    walk_length
        Nodes in a walk at most, the ends of its first arc among them, >= 1.
    window
        Nodes on each side in a walk that count as a node's context at most, >= 1; for each centre a
        number from 1 to this one is drawn.
    step_choice
        How the next arc is chosen of those that are later: "uniform"; "linear", the sooner the likelier by
        rank; or "exponential", by how much later it is.
    start_choice
        How the first arc is drawn: "uniform"; "linear", the later the likelier by rank; or "exponential", by
        how much later it is.
    timescale
        Of "exponential", > 0, in the unit of the times (microseconds for dates): so much later is e times
        less likely; None, for steps, for the mean time from an arc of a node to the next, and for first arcs
        for a quarter of all the time.
    equal_times
        Whether an arc may follow one of the same time.
    num_negatives
        Negatives for each pair of centre and context, > 0; need not be whole.
    epochs
        How often the walks are gone through, >= 1.
    learning_rate
        At the beginning, > 0; it falls linearly to 1e-4 of it.
    noise_exponent
        Negatives are drawn in proportion to how often a node is walked on, to this power.
    subsample
        Threshold of word2vec's sub-sampling of frequent nodes, in [0, 1]; 0 for none.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits for any number of threads.
    num_threads
        Threads to use, >= 1; None for all cores.

    Attributes
    ----------
    embedding_ : float32 [num_nodes, dim]
        The vectors, in the order of the graph's nodes.
    context_embedding_ : float32 [num_nodes, dim]
        The vectors that nodes have as contexts.
    node_ids_ : [num_nodes]
        The graph's node ids.
    loss_ : float
        Mean of the sampled objective for a pair with its negatives, over the last tenth of the training.
    pairs_ : int
        Pairs of centre and context that were trained.

    Notes
    -----
    `fit` takes a `TemporalGraph`. Time is ``O(pairs_ * dim)``; walks that time ends early have few. Peak
    memory is the graph, two tables [num_nodes, dim], at most 40 bytes a timed arc and 64 MB of walks.

    References
    ----------
    Nguyen, Lee, Rossi, Ahmed, Koh, Kim, "Continuous-time dynamic network embeddings", WWW 2018.

    Examples
    --------
    >>> from graphkit import TemporalGraph
    >>> graph = TemporalGraph.from_events([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)], [1, 2, 3, 4, 5])
    >>> CTDNE(dim=4, window=3, seed=1).fit_transform(graph).shape
    (4, 4)
    """

    name = "ctdne"
    takes = "times"

    dim: Count = 128
    walks_per_node: Count = 80
    walk_length: Count = 80
    window: Count = 10
    step_choice: Choice = "uniform"
    start_choice: Choice = "uniform"
    timescale: Positive | None = None
    equal_times: bool = False
    num_negatives: Positive = 5.0
    epochs: Count = 1
    learning_rate: Positive = 0.025
    noise_exponent: Finite = 0.75
    subsample: Annotated[float, real("[0, 1]")] = 1e-3
    seed: Seed = 0
    num_threads: Count | None = None

    def check_given(self, graph: Any) -> None:
        """Raise `ParameterError` for what is no `TemporalGraph`, and parameters of a wrong kind."""
        super().check_given(graph)
        check_temporal(graph, self.name)

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        super().check_parameters()
        check_choices(self.step_choice, self.start_choice, self.timescale)

    def transform_new(self, graph: Graph, **_: Any) -> NoReturn:
        """Raise `ParameterError`: walks begin with edges, not with new nodes; `partial_fit` trains on."""
        del graph
        raise ParameterError(
            "transform_new is not for ctdne, whose walks begin with edges, not with new nodes; "
            "partial_fit(graph) trains on, on a graph that holds both"
        )

    def estimate_for(self, graph: Graph) -> Estimate:
        """Return the memory and time that `fit` will need for a graph, by its timed arcs if it has some."""
        times = graph.more_arrays().get("times")
        timed = self.estimate(graph.num_nodes, graph.num_arcs if times is None else times.size)
        arcs_by_time = {"arcs by time": 8 * graph.num_nodes + 4 * graph.num_arcs}
        return Estimate({**timed.memory, **arcs_by_time}, timed.seconds)

    def _walker_bytes(self, num_nodes: int, num_arcs: int, *, weighted: bool) -> int:
        del weighted
        tables = temporal_bytes(num_arcs, step_choice=self.step_choice, start_choice=self.start_choice)
        return 8 * num_nodes + 8 * num_arcs + tables

    def _walker(self, graph: Graph, backend: Backend, num_threads: int) -> HostWalker:  # noqa: ARG002
        check_temporal(graph, self.name)
        return TemporalWalker(
            graph,  # type: ignore[arg-type]
            walk_length=self.walk_length,
            step_choice=self.step_choice,
            start_choice=self.start_choice,
            timescale=self.timescale,
            equal_times=self.equal_times,
            seed=self.seed,
            num_threads=num_threads,
        )
