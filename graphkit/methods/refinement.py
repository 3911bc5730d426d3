"""Propagation for any vectors: a filter on the graph, then the re-scaling of singular values.

J. Zhang, Y. Dong, Y. Wang, J. Tang, M. Ding, "ProNE: Fast and Scalable Network Representation Learning",
IJCAI 2019, whose second step takes any vectors. Heat and personalised PageRank as filters: J. Klicpera, S.
Weißenberger, S. Günnemann, "Diffusion Improves Graph Learning", NeurIPS 2019; low-pass: F. Wu et al.,
"Simplifying Graph Convolutional Networks", ICML 2019.

Which filter helps depends on the graph. Points of micro-F1 at 10 / 50 % gained on vectors of FastRP, ProNE's
first step, Spectral and node2vec on average (WordNet: FastRP alone), and the mean degree:

    graph        degree   band-pass      ppr
    BlogCatalog    64.8    2.2 / 2.2    .8 / 1.2
    chameleon      27.6    2.4 / 4.2    .3 / 2.0
    PPI            19.7     .7 / 1.0    .5 /  .7
    wiki           10.1    1.1 / 1.8   2.9 / 1.6
    LastFM          7.3    -.1 /  .1   2.9 / 1.3
    Cora            3.9    -.4 / 1.2   4.1 / 2.7
    WordNet         3.1    2.6 / 2.7   8.1 / 8.3
    Citeseer        2.8     .5 / 1.4   3.5 / 2.1

So "auto" takes the band-pass from a mean degree of 16 on, personalised PageRank below. Low-pass and heat lie
between these two; re-scaling alone gains less than half a point, but on chameleon. Vectors of Spectral gain
little on dense graphs, and nothing on BlogCatalog.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from graphkit.checks import as_array, check_between, check_choice, check_finite, check_positive, check_whole
from graphkit.embedding import Embedding, vectors_in_order
from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import check_graph
from graphkit.methods.base import GraphFacts, check_undirected
from graphkit.parallel import resolve_threads
from graphkit.parameters import check_declared
from graphkit.propagation import filters
from graphkit.propagation.filters import Filter, filtered
from graphkit.propagation.rescaling import rescaled
from graphkit.propagation.thin_products import ThinProducts

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph


FilterName = Literal["auto", "band-pass", "low-pass", "heat", "ppr", "none"]


@dataclass(frozen=True)
class Choice:
    """A filter by name, and its parameters."""

    name: str
    parameters: dict[str, float]

    def __str__(self) -> str:
        values = ", ".join(f"{name} = {value:g}" for name, value in self.parameters.items())
        return f"{self.name} ({values})" if values else self.name


FILTERS: tuple[str, ...] = get_args(FilterName)
"""Names of filters."""

_DEFAULTS: dict[str, dict[str, float]] = {
    "band-pass": {"mu": 0.2, "theta": 0.5},
    "low-pass": {"steps": 3},
    "heat": {"time": 3.0},
    "ppr": {"restart": 0.15},
    "none": {},
}
"""Parameters of each filter."""


_DENSE = 16
"""Mean degree (arcs a node) from which "auto" takes the band-pass; the evidence is above."""


def propagate(
    vectors: Any,
    graph: Graph,
    filter: FilterName = "auto",
    *,
    mu: float | None = None,
    theta: float | None = None,
    steps: int | None = None,
    time: float | None = None,
    restart: float | None = None,
    rescale: bool = True,
    num_threads: int | None = None,
) -> Any:
    """Return vectors propagated on their graph and re-scaled, rows of length 1.

    Rows are divided by their norm, X' = f(L) X is taken of a function f of the graph's Laplacian L, with
    X' = U S Vᵀ the result is U S^1/2, rows divided by their norm again.

    Parameters
    ----------
    vectors
        An `Embedding`, of the same ids as the graph in any order, or an array [num_nodes, dim] whose rows are
        in the order of the graph's nodes; finite.
    graph
        An undirected graph; weights and self-loops count.
    filter
        ``"band-pass"`` (D + I)(1 - x)(1 - exp(-theta ((x - mu)^2 / 2 - 1))), ProNE's; ``"low-pass"``
        (1 - x / 2)^steps; ``"heat"`` exp(-time x); ``"ppr"`` restart / (1 - (1 - restart)(1 - x)); ``"none"``
        for the re-scaling alone; ``"auto"``: band-pass from a mean degree of 16 on, ppr below.
    mu
        Centre of the band-pass on [0, 2]; None for 0.2.
    theta
        Sharpness of the band-pass; None for 0.5.
    steps
        Of the low-pass, >= 1; None for 3.
    time
        Of the heat, > 0; None for 3.
    restart
        Of personalised PageRank, in (0, 1); None for 0.15.
    rescale
        Whether singular values are re-scaled. Without it the band-pass makes most vectors worse.
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.

    Returns
    -------
    Embedding, or float32 [num_nodes, dim]
        As what was given; an `Embedding` in the order of the graph's nodes, whose `info` has the filter.
        Columns beyond the rank of the vectors are 0.

    Raises
    ------
    ParameterError
        For an unknown filter, a parameter that is not the filter's, or a directed graph.
    InputError
        For vectors of other ids or another number of rows than the graph has, or not finite.

    Notes
    -----
    O((num_arcs + num_nodes dim) dim) for each of the 5 to 20 terms of the filter's Chebyshev expansion;
    memory of two arrays [num_nodes, dim] beside vectors and graph.

    Examples
    --------
    >>> from graphkit import FastRP, Graph
    >>> ring = Graph.from_edges([(i, (i + 1) % 6) for i in range(6)])
    >>> propagate(FastRP(dim=4, seed=1).fit_transform(ring), ring, "low-pass").shape
    (6, 4)
    """
    check_graph(graph)
    check_declared(propagate, locals())
    given = {"mu": mu, "theta": theta, "steps": steps, "time": time, "restart": restart}
    choice = chosen_filter(graph, filter, {name: value for name, value in given.items() if value is not None})
    threads = resolve_threads(num_threads)
    if isinstance(vectors, Embedding):
        return refined(vectors, graph, choice, rescale=rescale, num_threads=threads)
    array = as_array("vectors", vectors, np.float32)
    if array.ndim != 2 or len(array) != graph.num_nodes:
        raise InputError(
            f"vectors must have a row for each of the graph's {graph.num_nodes:,} nodes, got shape "
            f"{list(array.shape)}"
        )
    return _refined(array, graph, choice, rescale, threads)


def refined(
    embedding: Embedding,
    graph: Graph,
    choice: Choice,
    *,
    rescale: bool = True,
    num_threads: int | None = None,
) -> Embedding:
    """Return an embedding after a filter, in the order of the graph's nodes; see `propagate`."""
    threads = resolve_threads(num_threads)
    vectors = _refined(vectors_in_order(embedding, graph.node_ids), graph, choice, rescale, threads)
    record = recorded(choice, rescale=rescale)
    return Embedding(graph.node_ids, vectors, embedding.info | {"propagated": record})


def recorded(choice: Choice, *, rescale: bool) -> dict[str, Any]:
    """Return how vectors were propagated, as `Embedding.info` holds it."""
    return {"filter": choice.name, **choice.parameters, "rescale": rescale}


def chosen_filter(graph: GraphFacts, name: str, given: dict[str, float]) -> Choice:
    """Return the filter of a name, chosen by the graph if it is "auto"; parameters checked.

    Raises
    ------
    ParameterError
        As `propagate` does.
    """
    check_choice("filter", name, FILTERS)
    check_undirected(graph, "propagation")
    if name == "auto":
        return _by_graph(graph, given)
    known = _DEFAULTS[name]
    for parameter in given:
        if parameter not in known:
            raise ParameterError(f"{parameter} has no effect with filter={name!r}")
    choice = Choice(name, known | given)
    _check(choice)
    return choice


def _by_graph(graph: GraphFacts, given: dict[str, float]) -> Choice:
    """The filter for a graph: see `_DENSE`."""
    for parameter in given:
        raise ParameterError(f"{parameter} has no effect with filter='auto'; name one")
    name = "band-pass" if graph.num_arcs >= _DENSE * graph.num_nodes else "ppr"
    return Choice(name, _DEFAULTS[name])


def _check(choice: Choice) -> None:
    checks: dict[str, Callable[[str, Any], object]] = {
        "mu": check_finite,
        "theta": check_finite,
        "steps": lambda name, value: check_whole(name, value, 1, 1000),
        "time": check_positive,
        "restart": lambda name, value: check_between(name, value, "(0, 1)"),
    }
    for name, value in choice.parameters.items():
        checks[name](name, value)
    filter_of(choice)


def filter_of(choice: Choice) -> Filter | None:
    """Return the function of a choice; None for "none"."""
    if choice.name == "none":
        return None
    made: Filter = getattr(filters, choice.name.replace("-", "_"))(**choice.parameters)
    return made


def _refined(vectors: Vectors, graph: Graph, choice: Choice, rescale: bool, num_threads: int) -> Vectors:
    if not np.isfinite(vectors).all():
        raise InputError("vectors must be finite, got NaN or infinity")
    thin = ThinProducts(graph.num_nodes, num_threads)
    refined = vectors.copy()
    thin.normalize_rows(refined)
    made = filter_of(choice)
    if made is not None:
        refined = filtered(graph, refined, made, num_threads=num_threads)
    if rescale:
        refined, _ = rescaled(refined, num_threads=num_threads)
    thin.normalize_rows(refined)
    return refined
