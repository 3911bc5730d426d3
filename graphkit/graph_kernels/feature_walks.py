"""Walkers that estimate the powers of a graph's matrix: the sampling behind graph random features.

K. Choromanski, "Taming graph kernels with random features", ICML 2023; I. Reid, K. Choromanski, E. Berger,
A. Weller, "General graph random features", ICLR 2024.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows, Weights
from graphkit.checks import check_between, check_choice, check_finite, check_whole
from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend
from graphkit.gpu.placement import find_device
from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.graph_kernels.gpu import DeviceFeatures, features_bytes, rows_at_once
from graphkit.graph_kernels.length_features import LengthFeatures
from graphkit.kernels.cpu.deposit_table import MAX_LENGTH
from graphkit.kernels.cpu.random_features import GROUP, entries_of_row, sample_deposits
from graphkit.kernels.cpu.walks_first_order import halt_threshold
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.seeds import Stream, check_seed

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

Coupling = Literal["independent", "antithetic", "repelling", "antithetic-repelling"]
Normalization = Literal["symmetric", "none"]

_CHUNK_WALKERS = 1 << 20
"""Walkers between two reports of progress."""

_PIECE_ENTRIES = 1 << 20
"""Entries that a range writes in one go, at least a block of rows."""


Piece = tuple[Rows, NDArray[np.uint8], Weights]
"""Entries of consecutive rows: columns, lengths of walks, loads."""


def length_features(
    graph: Graph,
    *,
    num_walkers: int,
    p_halt: float,
    max_length: int,
    coupling: Coupling = "antithetic-repelling",
    normalization: Normalization = "symmetric",
    scale: float = 1.0,
    first_walker: int = 0,
    seed: int = 0,
    backend: Backend = "cpu",
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> LengthFeatures:
    """Estimate U^0 .. U^max_length by random walks; U is ``scale`` times the graph's normalised matrix.

    Parameters
    ----------
    graph
        Any graph; weights count. Walks follow arcs, each of a node alike; the weights enter by the loads.
    num_walkers
        Walkers from each node, >= 1; even with antithetic halts.
    p_halt
        Probability to halt in front of each step, in (0, 1).
    max_length
        Steps after which a walker is stopped, in [0, 255].
    coupling
        How the walkers of a node depend on each other: ``"independent"``, ``"antithetic"`` (pairs that do not
        halt at the same time), ``"repelling"`` (those on the same node take different arcs),
        ``"antithetic-repelling"`` for both. Each walker alone has the same law with all of them.
    normalization
        ``"symmetric"`` for D^-1/2 W D^-1/2, D being the sums of the weights; ``"none"`` for W.
    scale
        Factor of U, finite.
    first_walker
        Number of the first walker, even: walkers of other numbers are independent of these.
    seed
        Random seed, in [0, 2**64). The same seed gives the same bits on any number of threads, and on a GPU.
    backend
        Where to walk: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes a GPU
        where there is one, and room on it.
    num_threads
        Threads to use, >= 1; None for all cores.
    progress
        Called with ("random features", rows done, rows).

    Returns
    -------
    LengthFeatures
        C_0 (the identity) to C_L. The rows are independent of each other, and E[C_l] = U^l.

    Raises
    ------
    ParameterError
        For a parameter outside its range; for a GPU that is not there, or too small.
    MissingDependencyError
        If backend "gpu" misses torch or triton.

    Notes
    -----
    Time is O(num_nodes * num_walkers / p_halt). p_halt is rounded to a multiple of 2**-32, for the halts and
    the loads alike; directions are uniform but for deg / 2**32.

    Examples
    --------
    >>> from graphkit import Graph
    >>> ring = Graph.from_edges([(i, (i + 1) % 5) for i in range(5)])
    >>> walked = length_features(ring, num_walkers=100_000, p_halt=0.2, max_length=2, seed=1)
    >>> walked.matrix(2).toarray()[0].round(2)
    array([0.5 , 0.  , 0.25, 0.25, 0.  ], dtype=float32)
    """
    check_walkers(num_walkers, p_halt, max_length, coupling, normalization, scale)
    threads = resolve_threads(num_threads)
    walker = row_walker(
        graph,
        num_walkers=num_walkers,
        p_halt=p_halt,
        max_length=max_length,
        coupling=coupling,
        normalization=normalization,
        scale=scale,
        first_walker=first_walker,
        seed=seed,
    )
    counts = np.zeros(graph.num_nodes + 1, np.int64)
    device = find_device(
        backend,
        lambda: features_bytes(graph, num_walkers=num_walkers, p_halt=p_halt, max_length=max_length),
    )
    if device is not None:
        on_device = DeviceGraph(graph, device, threads)
        walked = DeviceFeatures(on_device, walker.scales, walker.law, walker.walkers)
        pieces = _device_pieces(walked, counts[1:], rows_at_once(num_walkers), progress)
        return LengthFeatures(np.cumsum(counts), *_joined(pieces), max_length)
    pieces = []
    chunk = max(1, _CHUNK_WALKERS // num_walkers)
    for first in range(0, graph.num_nodes, chunk):
        last = min(first + chunk, graph.num_nodes)
        counts[first + 1 : last + 1], entries = walker.entries(first, last, threads)
        pieces.append(entries)
        if progress is not None:
            progress("random features", last, graph.num_nodes)
    return LengthFeatures(np.cumsum(counts), *_joined(pieces), max_length)


class RowWalker:
    """What walkers from some rows leave, whatever the others do.

    Parameters
    ----------
    rows
        The graph: indptr, indices, weights.
    scales
        See `_scales`.
    law
        Seed, stream, threshold of the halts, and whether these are antithetic and directions repelling.
    walkers
        Number of the first walker, and how many there are.
    """

    def __init__(self, rows: Any, scales: Any, law: Any, walkers: tuple[int, int]):
        self.rows, self.scales, self.law, self.walkers = rows, scales, law, walkers
        self.max_length = len(scales[2]) - 1

    def entries(self, first: int, last: int, threads: int) -> tuple[NDArray[np.int64], Piece]:
        """Return the number of entries of each of the rows, and the entries."""
        counts = np.zeros(len(self.rows[0]) - 1, np.int64)
        num_walkers = self.walkers[1]
        most = max(1, GROUP // num_walkers) * entries_of_row(len(counts), num_walkers, self.max_length)

        def walk(start: int, stop: int) -> list[Piece]:
            """The entries of a range of rows."""
            pieces: list[Piece] = []
            while start < stop:
                room = max(most, min(_PIECE_ENTRIES, (stop - start) * most))
                columns, lengths = np.empty(room, np.int32), np.empty(room, np.uint8)
                loads = np.empty(room, np.float32)
                start, used = sample_deposits(
                    self.rows,
                    self.scales,
                    self.law,
                    self.walkers,
                    (counts, columns, lengths, loads),
                    start,
                    stop,
                )
                pieces.append((columns[:used].copy(), lengths[:used].copy(), loads[:used].copy()))
            return pieces

        bounds = [first + bound for bound in even_bounds(last - first, threads * RANGES_PER_THREAD)]
        pieces = [piece for done in run_ranges(walk, bounds, threads) for piece in done]
        return counts[first:last], _joined(pieces)

    def features(self, first: int, last: int, threads: int) -> LengthFeatures:
        """Return these rows of the features of each length."""
        counts, entries = self.entries(first, last, threads)
        return LengthFeatures(np.concatenate([[0], np.cumsum(counts)]), *entries, self.max_length)


def row_walker(
    graph: Graph,
    *,
    num_walkers: int,
    p_halt: float,
    max_length: int,
    coupling: Coupling,
    normalization: Normalization,
    scale: float,
    first_walker: int,
    seed: int,
) -> RowWalker:
    """Return the walker of `length_features`, whose parameters these are."""
    threshold = halt_threshold(p_halt)
    ratio = scale / (1 - threshold / 2**32)
    law = (
        np.uint64(check_seed(seed)),
        int(Stream.FEATURE_WALK),
        np.uint64(threshold),
        coupling.startswith("antithetic"),
        coupling.endswith("repelling"),
    )
    scales = _scales(graph, normalization, ratio, num_walkers, max_length)
    return RowWalker((graph.indptr, graph.indices, graph.weights), scales, law, (first_walker, num_walkers))


def _device_pieces(
    walked: DeviceFeatures, counts: NDArray[np.int64], chunk: int, progress: Progress | None
) -> list[Piece]:
    """The entries of all rows, chunk by chunk; `counts` is written."""
    pieces: list[Piece] = []
    for first in range(0, len(counts), chunk):
        last = min(first + chunk, len(counts))
        counts[first:last], columns, lengths, loads = walked.rows(first, last)
        pieces.append((columns, lengths, loads))
        if progress is not None:
            progress("random features", last, len(counts))
    return pieces


def check_walkers(
    num_walkers: int,
    p_halt: float,
    max_length: int,
    coupling: str,
    normalization: str,
    scale: float,
) -> None:
    """Raise `ParameterError` for a parameter of `length_features` outside its range."""
    check_whole("num_walkers", num_walkers, 1)
    check_between("p_halt", p_halt, "(0, 1)")
    if not 0 < halt_threshold(p_halt) < 2**32:
        raise ParameterError(f"p_halt must lie in (0, 1), got {p_halt}: it is a number of 32 bits")
    if check_whole("max_length", max_length, 0) > MAX_LENGTH:
        raise ParameterError(f"max_length must be <= {MAX_LENGTH}, got {max_length}")
    for name, given, kind in (
        ("coupling", coupling, Coupling),
        ("normalization", normalization, Normalization),
    ):
        check_choice(name, given, get_args(kind))
    if coupling.startswith("antithetic") and num_walkers % 2:
        raise ParameterError(f"num_walkers must be even with coupling={coupling!r}, got {num_walkers}")
    check_finite("scale", scale)


def _scales(
    graph: Graph, normalization: Normalization, ratio: float, num_walkers: int, max_length: int
) -> tuple[NDArray[np.floating] | None, NDArray[np.floating] | None, NDArray[np.floating]]:
    """The factors of a step from each node beside its weight, of an entry, and of each length; None for ones.

    `ratio` is that of each step: scale / (1 - p), p as the walkers have it.
    """
    if normalization == "none":
        # With the step, since weights of any size may need a scale of any size.
        return graph.degree * ratio, None, np.full(max_length + 1, 1 / num_walkers)
    # A node without arcs has itself alone, at length 0.
    strength = np.where(graph.degree > 0, graph.strength, 1.0)
    step = graph.degree / strength if graph.is_weighted else None
    lengths: NDArray[np.float64] = ratio ** np.arange(max_length + 1) / num_walkers
    return step, np.sqrt(strength), lengths


def _joined(pieces: list[Piece]) -> Piece:
    """All entries, in order."""
    empty = np.empty(0, np.int32), np.empty(0, np.uint8), np.empty(0, np.float32)
    columns, lengths, loads = map(np.concatenate, zip(empty, *pieces))
    return columns, lengths, loads
