"""Edges on a device → sorted arcs without repetitions: the law, and the bits, of `graphkit.graph.build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphkit.errors import InputError
from graphkit.gpu.sums import ordered_sums
from graphkit.graph.build import overflow_message

if TYPE_CHECKING:
    import torch

_HALF = 32
_LOW_HALF = (1 << _HALF) - 1


class ArcTensors(NamedTuple):
    """CSR rows: `degree` int64 [num_nodes]; `indices` int32, `weights` float32 or None, [num_arcs]."""

    degree: torch.Tensor
    indices: torch.Tensor
    weights: torch.Tensor | None


class _Merged(NamedTuple):
    """Distinct arcs, source * 2**32 + target, ascending; how often each was given; sums of the weights."""

    keys: torch.Tensor
    counts: torch.Tensor
    weights: torch.Tensor


def merged_arcs(
    edges: torch.Tensor, weights: torch.Tensor | None, num_nodes: int, *, directed: bool
) -> ArcTensors:
    """Return the arcs of edges.

    An edge given twice is one edge, of the summed weight. An undirected edge is an arc in both directions, a
    self-loop one arc; a weighted list that names each edge as often in one direction as in the other, with
    the same summed weight, is taken as it is.

    Parameters
    ----------
    edges
        Sources and targets, int64 [2, num_edges], in 0 .. num_nodes - 1.
    weights
        float32 [num_edges], finite and > 0, or None.
    num_nodes
        Below 2**31.
    directed
        Whether edges have a direction.
    """
    import torch

    source, target = edges
    forward, backward = _key(source, target), _key(target, source)
    if weights is None:
        keys, summed = torch.unique(forward if directed else torch.cat([forward, backward])), None
    else:
        merged = _merged(forward, weights)
        if not directed and not _is_symmetric(merged):
            merged = _merged(*_in_both_directions(forward, backward, weights))
        keys, summed = merged.keys, merged.weights
    if summed is not None and bool(summed.isinf().any()):
        arc = int(keys[summed.isinf()][0])
        raise InputError(overflow_message(arc >> _HALF, arc & _LOW_HALF))
    degree = torch.bincount(keys >> _HALF, minlength=num_nodes)
    return ArcTensors(degree, (keys & _LOW_HALF).int(), summed)


def mean_of_directions(
    edges: torch.Tensor, weights: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return arcs, both directions of an edge with the mean of their weights, and by what share they differ.

    Parameters
    ----------
    edges
        Each arc and its reverse, int64 [2, num_edges].
    weights
        float32 [num_edges], finite and > 0.

    Returns
    -------
    edges, weights, differences
        int64 [2, num_arcs]; float32 and float64 [num_arcs], the difference as a share of the larger weight.
    """
    import torch

    arcs = _merged(_key(*edges), weights)
    _, order = _key(arcs.keys & _LOW_HALF, arcs.keys >> _HALF).sort()
    here, there = arcs.weights.double(), arcs.weights[order].double()
    differences = (here - there).abs() / torch.maximum(here, there)
    ends = torch.stack([arcs.keys >> _HALF, arcs.keys & _LOW_HALF])
    return ends, ((here + there) / 2).float(), differences


def building_bytes(num_edges: int, *, weighted: bool) -> int:
    """Return what `merged_arcs` takes on the device at most, in bytes, the arcs included."""
    # Keys of both directions, sorted, and room for that; where they came from; weights in doubles, and sums.
    return 2 * num_edges * (112 if weighted else 48)


def _key(source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (source << _HALF) | target


def _merged(keys: torch.Tensor, weights: torch.Tensor) -> _Merged:
    """Sum the weights of equal keys, in float64 and in the order of the edges."""
    import torch

    keys, order = keys.sort(stable=True)
    distinct, counts = torch.unique_consecutive(keys, return_counts=True)
    return _Merged(distinct, counts, ordered_sums(weights[order].double(), counts).float())


def _is_symmetric(arcs: _Merged) -> bool:
    """Whether each arc was given as often as its reverse, and has its weight."""
    import torch

    back, order = _key(arcs.keys & _LOW_HALF, arcs.keys >> _HALF).sort()
    of_reverse = back, arcs.counts[order], arcs.weights[order]
    return all(torch.equal(one, other) for one, other in zip(of_reverse, arcs, strict=True))


def _in_both_directions(
    forward: torch.Tensor, backward: torch.Tensor, weights: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Keys and weights of the arcs of each edge, edge after edge, since that is the order of sums."""
    import torch

    twice = forward != backward
    there = torch.stack([torch.ones_like(twice), twice], 1).flatten()
    keys = torch.stack([forward, backward], 1).flatten()
    return keys[there], weights.repeat_interleave(2)[there]
