"""Walkers that estimate the powers of a graph's matrix, on a device.

The bits are those of `graphkit.graph_kernels.feature_walks`.

All walkers of a chunk of rows take a step together. They are kept in the order of row, node and number, so
that those which stand at a node side by side are those that repel each other and whose loads are summed;
a step ends with a sort. Products and sums are the CPU's, in float64 and in its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows, Weights
from graphkit.gpu.launch import launch
from graphkit.graph.gpu.graph import DeviceGraph, check_size, upload

if TYPE_CHECKING:
    import torch

    from graphkit.graph.graph import Graph

CHUNK_WALKERS = 1 << 20
"""Walkers side by side, or those of one row if they are more."""

_LANES = 256
_LOW_HALF = (1 << 32) - 1
_NODE_BITS, _LENGTH_BITS = 31, 8
_BYTES_A_WALKER, _BYTES_AN_ENTRY = 200, 120
"""At most, of arrays that live at the same time."""


class Scales(NamedTuple):
    """Factors in float64: of a step from each node, of an entry's root by node, and of each length."""

    step: torch.Tensor | None
    entry: torch.Tensor | None
    length: torch.Tensor


@dataclass
class _Walkers:
    """Those that are going on: row, counted within the chunk; number; node; load."""

    owner: torch.Tensor
    number: torch.Tensor
    node: torch.Tensor
    load: torch.Tensor

    def kept(self, which: torch.Tensor) -> _Walkers:
        """Return some, by a mask or in an order."""
        return _Walkers(self.owner[which], self.number[which], self.node[which], self.load[which])

    @property
    def places(self) -> torch.Tensor:
        """Row and node, as one number."""
        return (self.owner << _NODE_BITS) | self.node


class DeviceFeatures:
    """Walks from the rows of a graph and gathers what is left.

    Parameters
    ----------
    graph
        On the device.
    scales
        Factors as of `graphkit.kernels.cpu.random_features.sample_deposits`.
    law
        Its `law`: seed, stream, threshold of halts, whether halts are antithetic and directions repel.
    walkers
        Number of the first walker and how many a row.
    """

    def __init__(
        self,
        graph: DeviceGraph,
        scales: tuple[NDArray[np.floating] | None, NDArray[np.floating] | None, NDArray[np.floating]],
        law: tuple[Any, ...],
        walkers: tuple[int, int],
    ):
        self.graph, self._walkers = graph, walkers
        step, entry = (
            None if part is None else upload(part.astype(np.float64), graph.device) for part in scales[:2]
        )
        self._scales = Scales(step, entry, upload(scales[2].astype(np.float64), graph.device))
        self._seed, self._stream, self._threshold = (int(value) for value in law[:3])
        self._antithetic, self._repelling = law[3:]

    def rows(self, start: int, stop: int) -> tuple[NDArray[np.int64], Rows, NDArray[np.uint8], Weights]:
        """Return the entries of rows: how many each row has; columns, lengths and loads, in order."""
        import torch

        device, (first, count) = self.graph.device, self._walkers
        owner = torch.arange(stop - start, device=device).repeat_interleave(count)
        number = torch.arange(first, first + count, device=device).repeat(stop - start)
        walkers = _Walkers(owner, number, owner + start, torch.ones(len(owner), device=device).double())
        own = torch.arange(stop - start, device=device)
        keys = [_entry_keys((own << _NODE_BITS) | (own + start), 0)]
        loads = [torch.full((stop - start,), float(count), dtype=torch.float64, device=device)]
        for step in range(len(self._scales.length) - 1):
            walkers = self._stepped(walkers, start, step)
            if not len(walkers.owner):
                break
            places, sums = _deposits(walkers)
            keys.append(_entry_keys(places, step + 1))
            loads.append(sums)
        return self._written(torch.cat(keys), torch.cat(loads), start, stop)

    def _stepped(self, walkers: _Walkers, start: int, step: int) -> _Walkers:
        """Halt some, and move the others along an arc; return them in the order of row, node and number."""
        from graphkit.kernels.gpu.walker_coupling import walker_words

        size = len(walkers.owner)
        halts, words = walkers.owner.new_empty(size), walkers.owner.new_empty(size)
        launch(
            walker_words,
            -(-size // _LANES),
            walkers.owner + start,
            walkers.number,
            halts,
            words,
            step,
            size,
            self._seed,
            self._stream,
            ANTITHETIC=self._antithetic,
            BLOCK=_LANES,
        )
        going = halts >= self._threshold
        walkers, words = walkers.kept(going), words[going]
        packed = self.graph.rows[walkers.node]
        first, degree = packed & _LOW_HALF, packed >> 32
        if self._repelling:
            words = _repelled(walkers.places, words, degree)
        going = degree > 0
        walkers, words, first, degree = walkers.kept(going), words[going], first[going], degree[going]
        arc = first + ((words * degree) >> 32)
        if self._scales.step is not None:
            walkers.load *= self._scales.step[walkers.node]
        if self.graph.weights is not None:
            walkers.load *= self.graph.weights[arc].double()
        walkers.node = self.graph.indices[arc].long()
        return walkers.kept(_order(walkers, self._walkers[0]))

    def _written(
        self, keys: torch.Tensor, loads: torch.Tensor, start: int, stop: int
    ) -> tuple[NDArray[np.int64], Rows, NDArray[np.uint8], Weights]:
        """Entries in the order of row, column and length, scaled, on the host."""
        import torch

        keys, order = keys.sort()
        owner, column = keys >> (_NODE_BITS + _LENGTH_BITS), (keys >> _LENGTH_BITS) & ((1 << _NODE_BITS) - 1)
        length = keys & ((1 << _LENGTH_BITS) - 1)
        values = loads[order] * self._scales.length[length]
        if self._scales.entry is not None:
            values *= self._scales.entry[owner + start] / self._scales.entry[column]
        counts = torch.bincount(owner, minlength=stop - start)
        parts = counts, column.int(), length.to(torch.uint8), values.float()
        found = tuple(part.cpu().numpy() for part in parts)
        return found[0], found[1], found[2], found[3]


def features_bytes(graph: Graph, *, num_walkers: int, p_halt: float, max_length: int) -> dict[str, int]:
    """Return what `DeviceFeatures` takes on the device at most, in bytes, by what it is for.

    Raises
    ------
    ParameterError
        For a graph that no device holds.
    """
    check_size(graph.num_arcs)
    walkers = max(num_walkers, min(CHUNK_WALKERS, num_walkers * graph.num_nodes))
    # The mean number of steps, and half as many more.
    entries = walkers * min(max_length + 1, int(1.5 / p_halt) + 1)
    return {
        "graph": 8 * graph.num_nodes + (8 if graph.is_weighted else 4) * graph.num_arcs,
        "scales": 16 * graph.num_nodes,
        "walkers": _BYTES_A_WALKER * walkers + _BYTES_AN_ENTRY * entries,
    }


def rows_at_once(num_walkers: int) -> int:
    """Return the rows of a chunk."""
    return max(1, CHUNK_WALKERS // num_walkers)


def _entry_keys(places: torch.Tensor, length: int) -> torch.Tensor:
    """Keys that order by row, node and length."""
    return (places << _LENGTH_BITS) | length


def _order(walkers: _Walkers, first: int) -> torch.Tensor:
    """The order of row, node and number."""
    by_number = (walkers.number - first).argsort(stable=True)
    order = walkers.places[by_number].argsort(stable=True)
    return by_number[order]


def _groups(places: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Of walkers side by side at a place: the places, each one's group; a group's size and first walker."""
    import torch

    distinct, group, counts = torch.unique_consecutive(places, return_inverse=True, return_counts=True)
    return distinct, group, counts, counts.cumsum(0) - counts


def _repelled(places: torch.Tensor, words: torch.Tensor, degree: torch.Tensor) -> torch.Tensor:
    """Directions of walkers that leave the same node, in blocks of as many as it has neighbours.

    Number i of a block of k goes by the first one's word plus i / k turns.
    """
    import torch

    if not len(places):
        return words
    _, group, counts, firsts = _groups(places)
    rank = torch.arange(len(places), device=places.device) - firsts[group]
    most = degree.clamp(min=1)
    within = rank % most
    size = torch.minimum(most, counts[group] - (rank - within))
    leader = words[firsts[group] + rank - within]
    return (leader + (within << 32) // size) & _LOW_HALF


def _deposits(walkers: _Walkers) -> tuple[torch.Tensor, torch.Tensor]:
    """Row and node of each entry, and the loads left there, summed in the walkers' order."""
    from graphkit.kernels.gpu.deposit_table import add_deposits

    places, _, counts, firsts = _groups(walkers.places)
    sums = walkers.load.new_empty(len(places))
    programs = -(-len(places) // _LANES)
    launch(add_deposits, programs, firsts, counts, walkers.load, sums, len(places), BLOCK=_LANES)
    return places, sums
