"""R-MAT graphs: a few hubs, many small nodes, communities within communities.

Chakrabarti, Zhan, Faloutsos, "R-MAT: a recursive model for graph mining", SDM 2004. The probabilities
are the same at every level, as in the Graph500 generator; the paper's noise on them is left out, so
that the probability of an edge is exactly a product of the four.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_whole
from graphkit.errors import ParameterError
from graphkit.graph.build import build_graph
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu import rmat as kernels
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.seeds import Stream, check_seed

# A sum of rounded parameters, .57 + .19 + .19 + .05 for one, may miss 1 by this much.
_ROUNDING = 1e-9


def rmat_edges(
    scale: int,
    num_edges: int,
    *,
    a: float = 0.57,
    b: float = 0.19,
    c: float = 0.19,
    seed: int = 0,
    num_threads: int | None = None,
) -> NDArray[np.int32] | NDArray[np.int64]:
    """Draw edges from P(u, v) = prod over the `scale` bits of (a, b; c, d)[bit of u, bit of v].

    Parameters
    ----------
    scale
        2**scale nodes, 1 .. 62.
    num_edges
        Edges to draw, >= 0, independently of each other: repetitions and self-loops occur.
    a, b, c
        Probabilities of the quadrants upper left, upper right, lower left, >= 0, of sum <= 1; what is
        left is d, lower right. The defaults are those of the Graph500 benchmark.
    seed
        Whole number in [0, 2**64).
    num_threads
        >= 1; None for all cores. The edges do not depend on it.

    Returns
    -------
    numpy.ndarray
        int32 [num_edges, 2] up to scale 31, int64 beyond: rows of source and target.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    O(num_edges scale / 4). The rows are not shuffled: low rows are hubs. Each bit pair is exact within
    2**-32, and the same on every machine and any number of threads.

    References
    ----------
    Chakrabarti, Zhan, Faloutsos, "R-MAT: a recursive model for graph mining", SDM 2004.

    Examples
    --------
    >>> edges = rmat_edges(10, 5000, seed=1)
    >>> edges.shape, edges.dtype, int(edges.max()) < 1024
    ((5000, 2), dtype('int32'), True)
    """
    scale = check_whole("scale", scale, 1, 62)
    num_edges = check_whole("num_edges", num_edges, 0, 2**62)
    tables = kernels.quadrant_tables(scale, _quadrants(a, b, c))
    key = np.uint64(check_seed(seed))
    edges = np.empty((num_edges, 2), np.int32 if scale <= 31 else np.int64)
    threads = resolve_threads(num_threads)
    run_ranges(
        lambda start, stop: kernels.draw_edges(tables, key, int(Stream.GENERATOR), edges, start, stop),
        even_bounds(num_edges, threads * RANGES_PER_THREAD),
        threads,
    )
    return edges


def rmat(
    scale: int,
    num_edges: int,
    *,
    a: float = 0.57,
    b: float = 0.19,
    c: float = 0.19,
    directed: bool = False,
    seed: int = 0,
    num_threads: int | None = None,
) -> Graph:
    """Draw a simple graph of `num_edges` R-MAT edges; repetitions are merged, self-loops dropped.

    Parameters
    ----------
    scale
        2**scale nodes, 1 .. 30; those without an edge keep their row.
    num_edges
        Edges to draw, >= 0; the graph has fewer, as repetitions and self-loops go.
    a, b, c, seed, num_threads
        As of `rmat_edges`.
    directed
        Whether (u, v) and (v, u) are two edges.

    Returns
    -------
    Graph
        Unweighted, ids 0 .. 2**scale - 1.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    Memory: 16 bytes an edge drawn, beside the graph's own.

    References
    ----------
    Chakrabarti, Zhan, Faloutsos, "R-MAT: a recursive model for graph mining", SDM 2004.

    Examples
    --------
    >>> graph = rmat(10, 5000, seed=1)
    >>> graph.num_nodes, graph.num_self_loops
    (1024, 0)
    """
    scale = check_whole("scale", scale, 1, 30)
    edges = rmat_edges(scale, num_edges, a=a, b=b, c=c, seed=seed, num_threads=num_threads)
    source, target = edges.T.astype(np.int32, order="C")
    del edges
    node_ids = np.arange(2**scale)
    return build_graph(source, target, node_ids=node_ids, directed=directed, self_loops="drop")[0]


def _quadrants(a: float, b: float, c: float) -> NDArray[np.float64]:
    for name, value in (("a", a), ("b", b), ("c", c)):
        if not 0.0 <= value <= 1.0:
            raise ParameterError(f"{name} must lie in [0, 1], got {value}")
    d = 1.0 - (a + b + c)
    if d < -_ROUNDING:
        raise ParameterError(f"a + b + c must be <= 1, got {a} + {b} + {c} = {a + b + c}")
    quadrants = np.array([[a, b], [c, max(d, 0.0)]])
    return quadrants / (a + b + c + max(d, 0.0))
