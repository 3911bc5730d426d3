"""What runs on graphs of a size need on given machines: known before any is rented."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from graphkit.checks import check_choice, check_whole
from graphkit.errors import ParameterError
from graphkit.methods.fastrp import FastRP
from graphkit.methods.random_features import RandomFeatures
from graphkit.methods.registry import METHODS, find_method
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.outofcore.conversion_need import convert_need
from graphkit.outofcore.cores_need import cores_estimate, cores_need
from graphkit.outofcore.fastrp_need import fastrp_need
from graphkit.outofcore.grid import grid_need
from graphkit.outofcore.need import Need
from graphkit.outofcore.neighbors_need import USUAL_DIM, knn_estimate, knn_need
from graphkit.outofcore.pagerank import pagerank_need
from graphkit.outofcore.row_features import kernel_features_need
from graphkit.outofcore.skipgram import skipgram_need
from graphkit.outofcore.walks import walks_need
from graphkit.pagerank.personalized import PersonalizedPageRank
from graphkit.resources import Estimate

_UNITS = {"M": 20, "G": 30, "T": 40}

_MUCH = 10
"""Times as fast: below that a larger machine is not worth a word."""

_PARTS = (2, 4, 8, 16, 32, 64)

_STREAMS: dict[str, Callable[..., Need]] = {
    "convert": convert_need,
    "walks": lambda num_nodes, num_arcs, *, weighted, **_: walks_need(num_nodes, num_arcs, weighted=weighted),
}
"""What holds little in memory: no run in memory is set beside it."""

TOOLS = ("convert", "walks", "ppr", "cores", "kernel-features", "knn")
"""What is planned beside the methods."""


@dataclass(frozen=True)
class Machines:
    """Machines of one kind.

    Attributes
    ----------
    count
        How many, >= 1.
    ram
        Memory of each, in bytes, > 0.
    cores
        Cores of each, >= 1.
    """

    count: int
    ram: int
    cores: int

    def __post_init__(self) -> None:
        for name in ("count", "ram", "cores"):
            check_whole(name, getattr(self, name), 1)

    @classmethod
    def parse(cls, text: str, cores: int) -> Self:
        """Return what ``16x64G`` means: 16 machines of 64 GiB each; ``64G`` is one.

        Examples
        --------
        >>> Machines.parse("16x64G", cores=8)
        Machines(count=16, ram=68719476736, cores=8)
        """
        found = re.fullmatch(r"(?:(\d+)x)?(\d+(?:\.\d+)?)([MGT])(?:i?B)?", text)
        if found is None:
            raise ParameterError(f"machines are COUNTxMEMORY such as 16x64G, or one's memory, got {text!r}")
        count, size, unit = found.groups()
        return cls(int(count or 1), int(float(size) * 2 ** _UNITS[unit]), cores)


@dataclass(frozen=True)
class Forecast:
    """What a method needs for a graph of some size, on some machines.

    Attributes
    ----------
    method
        Its name.
    in_memory
        Of the run in memory, on all cores of one machine; None for a tool that streams.
    need
        Of the run out of core; None if there is none.
    machines
        The machines.
    num_parts
        Parts of the tables, out of core, where they do not fit as a whole; else None.
    """

    method: str
    in_memory: Estimate | None
    need: Need | None
    machines: Machines
    num_parts: int | None = None

    @property
    def fits_in_memory(self) -> bool:
        """Whether one machine holds all of it."""
        return self.in_memory is not None and self.in_memory.bytes <= self.machines.ram

    @property
    def workers(self) -> int:
        """Workers of each machine, out of core; 0 where none fits."""
        return 0 if self.need is None else self.need.workers(self.machines.ram, self.machines.cores)

    @property
    def one_is_enough(self) -> bool:
        """Whether one machine does it, in memory or out of core."""
        return self.fits_in_memory or self.workers > 0

    def seconds(self, machines: int) -> float | None:
        """Return the time out of core on so many of the machines; None if it does not fit."""
        if self.need is None or not self.workers:
            return None
        return self.need.time(machines, self.workers, self.machines.cores)

    def verdict(self) -> str:
        """Return what to do, in words."""
        if self.fits_in_memory:
            return "one machine is enough, in memory"
        if self.need is None or not self.workers:
            in_memory = [] if self.in_memory is None else [self.in_memory.bytes]
            least = min([*in_memory, *([] if self.need is None else [self.need.memory(1)])])
            return f"does not fit: a machine of {-(-least >> 30):,} GiB is needed"
        words = "one machine is enough, out of core"
        if self.num_parts:
            words += f", in {self.num_parts} parts"
        if self.machines.count > 1 and self.need.spread:
            words += f"; {self.machines.count} share the work"
        return words + self._gain()

    def _gain(self) -> str:
        """What a larger machine gains, in words, if that is much."""
        seconds = self.seconds(self.machines.count)
        if self.in_memory is None or seconds is None or seconds < _MUCH * self.in_memory.seconds:
            return ""
        return (
            f"; one with {-(-self.in_memory.bytes >> 30):,} GiB does it in memory, "
            f"{seconds / self.in_memory.seconds:,.0f} times as fast"
        )

    def as_json(self) -> dict[str, Any]:
        """Return all figures, as JSON can hold them."""
        facts: dict[str, Any] = {"method": self.method, "one_is_enough": self.one_is_enough}
        if self.in_memory is not None:
            facts["in_memory"] = {
                "bytes": self.in_memory.bytes,
                "memory": dict(self.in_memory.memory),
                "seconds": round(self.in_memory.seconds, 1),
            }
        if self.need is not None:
            workers, count = self.workers, self.machines.count
            one, all_of_them = self.seconds(1), self.seconds(count)
            facts["out_of_core"] = {
                "num_parts": self.num_parts,
                "workers": workers,
                "bytes": self.need.memory(max(1, workers)),
                "disk_bytes": self.need.disk_bytes,
                "moved_bytes": self.need.moved(count),
                "seconds_on_one": None if one is None else round(one, 1),
                "seconds_on_all": None if all_of_them is None else round(all_of_them, 1),
            }
        return facts | {"verdict": self.verdict()}


def plan(
    num_nodes: int,
    num_arcs: int,
    machines: Machines,
    *,
    methods: list[str] | None = None,
    weighted: bool = False,
    directed: bool = False,
    dim: int | None = None,
) -> list[Forecast]:
    """Return what methods need for a graph of a size: memory, disk, bytes moved and time.

    Parameters
    ----------
    num_nodes, num_arcs
        Size of the graph, >= 1 and >= 0; an undirected edge is two arcs.
    machines
        What it would run on.
    methods
        Names of embedding methods, or of `TOOLS`; None for all.
    weighted, directed
        Whether arcs carry weights; whether an edge is one arc, not two.
    dim
        Columns of the vectors, >= 1; None for each method's default. All other parameters are defaults. The
        vectors whose neighbours "knn" looks for are those of the nodes.

    Raises
    ------
    ParameterError
        For a number outside its range or an unknown method.

    Notes
    -----
    Bytes written are exact, or expected where chance counts; memory is right within a factor of 2, and so is
    time on machines like those that the rates were measured on. Storage is taken to move 1 GB/s a machine.

    Examples
    --------
    >>> forecast, = plan(10**7, 2 * 10**8, Machines(1, 8 << 30, 4), methods=["fastrp"])
    >>> forecast.verdict()
    'one machine is enough, out of core'
    """
    check_whole("num_nodes", num_nodes, 1)
    check_whole("num_arcs", num_arcs, 0)
    known = (*METHODS, *TOOLS)
    for name in methods or ():
        check_choice("method", name, known)
    size, kind = (num_nodes, num_arcs), {"weighted": weighted, "directed": directed}
    return [
        Forecast(name, None, _STREAMS[name](*size, **kind), machines)
        if name in _STREAMS
        else _forecast(name, size, machines, kind, dim)
        for name in methods or known
    ]


def _forecast(
    name: str, size: tuple[int, int], machines: Machines, kind: dict[str, bool], dim: int | None
) -> Forecast:
    if name == "cores":
        estimate = cores_estimate(*size, **kind, num_threads=machines.cores)
        return Forecast(name, estimate, cores_need(*size, **kind), machines)
    weighted = kind["weighted"]
    if name == "ppr":
        ranker = PersonalizedPageRank(num_threads=machines.cores)
        estimate = ranker.estimate(*size, weighted=weighted)
        return Forecast(name, estimate, pagerank_need(ranker, *size, weighted=weighted), machines)
    if name == "kernel-features":
        features = RandomFeatures(dim=1, num_threads=machines.cores)
        estimate = features.estimate(*size, weighted=weighted)
        return Forecast(name, estimate, kernel_features_need(features, *size, weighted=weighted), machines)
    if name == "knn":
        columns = USUAL_DIM if dim is None else check_whole("dim", dim, 1)
        estimate = knn_estimate(size[0], columns, num_threads=machines.cores)
        return Forecast(name, estimate, knn_need(size[0], columns), machines)
    method = find_method(name)
    chosen = {"dim": dim, "num_threads": machines.cores}
    given = {key: value for key, value in chosen.items() if key in method.parameters() and value is not None}
    made = method(**given)
    estimate = made.estimate(*size, weighted=weighted)
    forecast = Forecast(name, estimate, None, machines)
    if isinstance(made, WalkSkipGram):
        return _in_parts(forecast, made, size, weighted)
    if isinstance(made, FastRP):
        return replace(forecast, need=fastrp_need(made, *size, weighted=weighted))
    return forecast


def _in_parts(forecast: Forecast, method: WalkSkipGram, size: tuple[int, int], weighted: bool) -> Forecast:
    """The tables as a whole, or in as few parts as fit."""
    whole = replace(forecast, need=skipgram_need(method, *size, weighted=weighted))
    for num_parts in () if whole.one_is_enough else _PARTS:
        need = grid_need(method, *size, num_parts=num_parts, weighted=weighted)
        found = replace(forecast, need=need, num_parts=num_parts)
        if found.workers:
            return found
    return whole
