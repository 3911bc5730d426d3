"""Random graphs whose edges are independent of each other: block models, Erdős-Rényi.

Holland, Laskey, Leinhardt, "Stochastic blockmodels: first steps", Social Networks 1983.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Rows
from graphkit.checks import check_whole
from graphkit.datasets.dataset import Dataset, one_label_a_node
from graphkit.errors import ParameterError
from graphkit.graph.build import build_graph
from graphkit.graph.graph import MAX_NODES, Graph
from graphkit.kernels.cpu import block_model as kernels
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.seeds import Stream, check_seed


def stochastic_block_model(
    sizes: Sequence[int],
    probabilities: ArrayLike,
    *,
    directed: bool = False,
    seed: int = 0,
    num_threads: int | None = None,
) -> Dataset:
    """Draw a graph in which P(edge u, v) = probabilities[block of u, block of v]; blocks are labels.

    Parameters
    ----------
    sizes
        Nodes in each block, >= 1 each; the rows of a block follow each other.
    probabilities
        Within [0, 1], [num_blocks, num_blocks]; symmetric unless `directed`.
    directed
        Whether (u, v) and (v, u) are drawn each for itself.
    seed
        Whole number in [0, 2**64).
    num_threads
        >= 1; None for all cores. The graph does not depend on it.

    Returns
    -------
    Dataset
        Unweighted graph without self-loops, ids 0 .. num_nodes - 1; labels ``"0"``, ``"1"``, ....

    Raises
    ------
    ParameterError
        For sizes or probabilities outside their range.

    Notes
    -----
    O(num_edges + num_nodes num_runs), where a run is neighbouring blocks of one probability: two or
    three a row if there is one probability within and one between blocks. 4 KiB for each distinct
    probability. Gaps between edges are exact within 2**-32 a byte.

    References
    ----------
    Holland, Laskey, Leinhardt, "Stochastic blockmodels: first steps", Social Networks 1983.
    Batagelj, Brandes, "Efficient generation of large random networks", Phys. Rev. E 2005.

    Examples
    --------
    >>> data = stochastic_block_model([50, 50], [[0.3, 0.01], [0.01, 0.3]], seed=1)
    >>> data.graph.num_nodes, data.labels.shape, data.label_names
    (100, (100, 2), ('0', '1'))
    """
    starts = _block_starts(sizes)
    matrix = _pair_probabilities(probabilities, len(starts) - 1, directed=directed)
    graph = _draw_graph(starts, matrix, directed=directed, seed=seed, num_threads=num_threads)
    blocks = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return Dataset(
        name="stochastic_block_model",
        graph=graph,
        labels=one_label_a_node(blocks, len(starts) - 1),
        label_names=tuple(str(block) for block in range(len(starts) - 1)),
        description=f"Stochastic block model of {len(starts) - 1} blocks, seed {seed}",
        source="generated",
        licence="none needed",
    )


def erdos_renyi(
    num_nodes: int,
    probability: float,
    *,
    directed: bool = False,
    seed: int = 0,
    num_threads: int | None = None,
) -> Graph:
    """Draw G(n, p): every pair of nodes is an edge with the same `probability`.

    Parameters
    ----------
    num_nodes
        Number of nodes n, 1 .. 2**31 - 1.
    probability
        Of each edge, p, within [0, 1]; the mean degree is p (n - 1).
    directed
        Whether (u, v) and (v, u) are drawn each for itself.
    seed
        Whole number in [0, 2**64).
    num_threads
        >= 1; None for all cores. The graph does not depend on it.

    Returns
    -------
    Graph
        Unweighted, without self-loops, ids 0 .. num_nodes - 1.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    O(num_nodes + num_edges).

    References
    ----------
    Gilbert, "Random graphs", Annals of Mathematical Statistics 1959.
    Batagelj, Brandes, "Efficient generation of large random networks", Phys. Rev. E 2005.

    Examples
    --------
    >>> erdos_renyi(100, 1.0)
    Graph(100 nodes, 4,950 edges, undirected, unweighted)
    """
    check_whole("num_nodes", num_nodes, 1, MAX_NODES)
    if not 0.0 <= probability <= 1.0:
        raise ParameterError(f"probability must lie in [0, 1], got {probability}")
    starts, matrix = np.array([0, num_nodes]), np.array([[float(probability)]])
    return _draw_graph(starts, matrix, directed=directed, seed=seed, num_threads=num_threads)


def _block_starts(sizes: Sequence[int]) -> NDArray[np.int64]:
    if len(sizes) == 0:
        raise ParameterError("sizes must name at least one block, got none")
    checked = [check_whole("sizes", size, 1, MAX_NODES) for size in sizes]
    if sum(checked) > MAX_NODES:
        raise ParameterError(f"sizes must add up to at most {MAX_NODES:,} nodes, got {sum(checked):,}")
    return np.concatenate([[0], np.cumsum(checked)])


def _pair_probabilities(given: ArrayLike, num_blocks: int, *, directed: bool) -> NDArray[np.float64]:
    matrix = np.asarray(given, np.float64)
    if matrix.shape != (num_blocks, num_blocks):
        wanted = f"[{num_blocks}, {num_blocks}] for {num_blocks} sizes"
        raise ParameterError(f"probabilities must be {wanted}, got {list(matrix.shape)}")
    wrong = matrix[~((matrix >= 0.0) & (matrix <= 1.0))]
    if wrong.size:
        raise ParameterError(f"probabilities must lie in [0, 1], got {wrong[0]}")
    if not directed and not np.array_equal(matrix, matrix.T):
        row, column = np.argwhere(matrix != matrix.T)[0]
        raise ParameterError(
            f"probabilities must be symmetric unless directed=True, got [{row}, {column}] = "
            f"{matrix[row, column]} and [{column}, {row}] = {matrix[column, row]}"
        )
    return matrix


def _draw_graph(
    starts: NDArray[np.int64],
    matrix: NDArray[np.float64],
    *,
    directed: bool,
    seed: int,
    num_threads: int | None,
) -> Graph:
    """Draw twice with the same random numbers: to count the edges, and to write them."""
    distinct, table_of = np.unique(matrix, return_inverse=True)
    tables, table_of = kernels.gap_tables(distinct), table_of.reshape(matrix.shape)
    key, stream, threads = np.uint64(check_seed(seed)), int(Stream.GENERATOR), resolve_threads(num_threads)
    num_nodes = int(starts[-1])
    bounds = even_bounds(num_nodes, threads * RANGES_PER_THREAD)

    def draw(source: Rows | None, target: Rows | None, place: int, start: int, stop: int) -> int:
        model = starts, table_of, tables, directed, key, stream
        return int(kernels.draw_edges(*model, source, target, place, start, stop))

    counts = run_ranges(lambda start, stop: draw(None, None, 0, start, stop), bounds, threads)
    places = dict(zip(bounds, np.cumsum([0, *counts]).tolist()))
    source, target = np.empty(sum(counts), np.int32), np.empty(sum(counts), np.int32)
    run_ranges(lambda start, stop: draw(source, target, places[start], start, stop), bounds, threads)
    return build_graph(source, target, node_ids=np.arange(num_nodes), directed=directed)[0]
