"""Steps of walks, counted by context: the node before and the present one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask
from graphkit.checks import as_array, kind_of
from graphkit.errors import InputError
from graphkit.graph.graph import Graph
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges

ENDED = -1
"""Stands behind the end of a walk."""

MOST_WORK = 4e9
"""Neighbours looked at for all contexts together, at most; else some contexts are left out."""

_FIBONACCI = np.uint64(0x9E3779B97F4A7C15)


def as_rows(graph: Graph, walks: Any, ids: bool) -> NDArray[np.int64]:
    """Return walks as rows [num_walks, walk_length], ENDED behind each; ids that are not there are -2."""
    if isinstance(walks, np.ndarray):
        if walks.ndim != 2:
            raise InputError(f"walks must be [num_walks, walk_length], got {list(walks.shape)}")
        rows = _find(graph, walks.ravel()).reshape(walks.shape) if ids else walks
    else:
        listed = _listed(walks)
        lengths = np.array([len(walk) for walk in listed], np.int64)
        entries = [entry for walk in listed for entry in walk]
        found = _find(graph, entries) if ids else as_array("walks", entries)
        if found.dtype.kind not in "iu" and found.size:
            raise InputError(f"walks must hold rows, which are whole numbers, got {found.dtype}")
        rows = np.full((len(listed), lengths.max(initial=0)), ENDED)
        rows[np.arange(rows.shape[1]) < lengths[:, None]] = found
    if rows.dtype.kind not in "iu":
        raise InputError(f"walks must hold rows, which are whole numbers, got {rows.dtype}")
    return rows.astype(np.int64, copy=False)


def _listed(walks: Any) -> list[list[Any]]:
    try:
        return [list(walk) for walk in walks]
    except TypeError:
        raise InputError(
            f"walks must be an array [num_walks, walk_length] or a list of walks, got {kind_of(walks)}"
        ) from None


def _find(graph: Graph, ids: Any) -> NDArray[np.int64]:
    rows = graph.index.find(ids)
    # In an array of numbers -1 ends a walk here too, unless a node is called so.
    ended = np.asarray(ids) == ENDED if np.asarray(ids).dtype.kind in "iu" else np.False_
    return np.where(rows >= 0, rows, np.where(ended, ENDED, -2))


def arcs_of(graph: Graph, rows: NDArray[np.int64], threads: int) -> NDArray[np.int64]:
    """Return the arc that each step takes, -1 for none; int64 [num_walks, walk_length - 1]."""
    from graphkit.kernels.cpu.transitions import find_steps

    arcs = np.empty((len(rows), max(rows.shape[1] - 1, 0)), np.int64)
    run_ranges(
        lambda start, stop: find_steps(graph.indptr, graph.indices, rows, arcs, start, stop),
        even_bounds(len(rows), threads * RANGES_PER_THREAD),
        threads,
    )
    return arcs


def faults_of(graph: Graph, rows: NDArray[np.int64], arcs: NDArray[np.int64]) -> dict[str, int]:
    """Count what no walk on the graph does."""
    inside: Mask = (rows >= 0) & (rows < graph.num_nodes)
    ended: Mask = rows == ENDED
    both = inside[:, :-1] & inside[:, 1:]
    leaving = inside[:, :-1] & ended[:, 1:]
    stuck = graph.degree[np.where(inside, rows, 0)[:, :-1]] == 0 if graph.num_nodes else ~leaving
    return {
        "entries that are no nodes": int((~inside & ~ended).sum() + ended[:, :1].sum()),
        "steps that are no arcs": int((both & (arcs < 0)).sum()),
        "entries behind the end of a walk": int((ended[:, :-1] & ~ended[:, 1:]).sum()),
        "walks that end too early": int((leaving & ~stuck).sum()),
    }


@dataclass(frozen=True)
class Contexts:
    """Contexts that were met, and what followed: see `graphkit.kernels.cpu.transitions`."""

    previous: NDArray[np.int64]
    nodes: NDArray[np.int64]
    begins: NDArray[np.int64]
    slots: NDArray[np.int64]
    counts: NDArray[np.int64]
    firsts: NDArray[np.int64]

    @staticmethod
    def of(graph: Graph, rows: NDArray[np.int64], arcs: NDArray[np.int64], threads: int) -> Contexts:
        """Count what follows each context: the arc before, or, at the start, num_arcs + the node."""
        if graph.num_arcs == 0 or arcs.shape[1] == 0:
            none = np.empty(0, np.int64)
            return Contexts(none, none, np.zeros(1, np.int64), none, none, none)
        starting = arcs[:, 0] >= 0
        before, after = arcs[:, :-1], arcs[:, 1:]
        going = (before >= 0) & (after >= 0)
        contexts = np.concatenate([graph.num_arcs + rows[starting, 0], before[going]])
        taken = np.concatenate([arcs[starting, 0], after[going]])
        source = np.repeat(np.arange(graph.num_nodes), graph.degree)
        width = int(graph.degree.max())
        transitions = contexts * width + taken - graph.indptr[source[taken]]
        keys, counts = np.unique(transitions, return_counts=True)
        first = np.concatenate([np.ones(starting.sum(), np.bool_), _first(before, threads)[going]])
        first_keys, first_counts = np.unique(transitions[first], return_counts=True)
        firsts = np.zeros_like(counts)
        firsts[np.searchsorted(keys, first_keys)] = first_counts
        context, slots = keys // width, keys % width
        begins = np.flatnonzero(np.diff(context, prepend=-1))
        sizes = np.diff(begins, append=len(context))
        context = context[begins]
        is_arc = context < graph.num_arcs
        place = np.where(is_arc, context, 0)
        previous = np.where(is_arc, source[place], -1)
        nodes = np.where(is_arc, graph.indices[place], context - graph.num_arcs)
        kept = _affordable(graph, context, previous, nodes)
        mask = np.repeat(kept, sizes)
        ends = np.concatenate([[0], np.cumsum(sizes[kept])])
        return Contexts(previous[kept], nodes[kept], ends, slots[mask], counts[mask], firsts[mask])


def _first(arcs: NDArray[np.int64], threads: int) -> Mask:
    """Whether a walk takes an arc for the first time, bool [num_walks, num_steps]."""
    from graphkit.kernels.cpu.transitions import mark_first

    first = np.empty(arcs.shape, np.bool_)
    run_ranges(
        lambda start, stop: mark_first(arcs, first, start, stop),
        even_bounds(len(arcs), threads * RANGES_PER_THREAD),
        threads,
    )
    return first


def _affordable(
    graph: Graph, context: NDArray[np.int64], previous: NDArray[np.int64], nodes: NDArray[np.int64]
) -> Mask:
    """Choose contexts of `MOST_WORK` together, by their number alone: what follows them has no part in it."""
    work = graph.degree[nodes] + graph.degree[np.maximum(previous, 0)]
    share = min(1.0, MOST_WORK / max(1, work.sum()))
    return context.astype(np.uint64) * _FIBONACCI >> np.uint64(32) < np.uint64(share * 2**32)
