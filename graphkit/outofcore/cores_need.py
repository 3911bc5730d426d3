"""What core numbers need, in memory and out of core; see `cores` for the rounds."""

from __future__ import annotations

from graphkit.graph.size import GraphSize, csr_bytes
from graphkit.outofcore.arc_blocks import ARCS_PER_BLOCK, bucket_shift
from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes, count_shards, shard_rows
from graphkit.resources import Estimate

USUAL_ROUNDS = 30
"""Of networks of people and pages; the most that are seen in practice are some tens."""

_SECONDS_PER_ARC, _SECONDS_PER_NODE = 3e-9, 1e-8
"""Of a round."""

_SECONDS_PER_TURNED_ARC = 1.5e-8

_SECONDS_PER_PEELED_ARC = 2e-8
"""In memory, where each arc is looked at once."""


def cores_need(
    num_nodes: int,
    num_arcs: int,
    *,
    weighted: bool = False,
    directed: bool = False,
    rounds: int = USUAL_ROUNDS,
) -> Need:
    """Return what `outofcore.core_numbers` needs for a graph of this size, in so many rounds, by all arcs.

    Examples
    --------
    >>> cores_need(10**8, 2 * 10**9).disk_bytes >> 30
    11
    """
    numbers, arcs = 4 * num_nodes, arc_bytes(num_arcs, weighted=weighted)
    turned = _turned_bytes(num_nodes, num_arcs) if directed else 0
    a_round = (1 + directed) * (4 * num_arcs + 8 * num_nodes)
    sorted_at_once = 24 * min(num_arcs, ARCS_PER_BLOCK) if directed else 0
    return Need(
        # The first round counts the arcs of all nodes.
        worker_bytes=max(3 * numbers, sorted_at_once) + 12 * shard_rows(num_nodes, num_arcs),
        cached_bytes=numbers,
        disk_bytes=rounds * numbers + turned,
        written_bytes=rounds * numbers + turned,
        read_bytes=arcs + turned + rounds * a_round,
        read_by_each=rounds * numbers,
        seconds=rounds * ((1 + directed) * num_arcs * _SECONDS_PER_ARC + num_nodes * _SECONDS_PER_NODE)
        + directed * num_arcs * _SECONDS_PER_TURNED_ARC,
    )


def cores_estimate(
    num_nodes: int, num_arcs: int, *, weighted: bool = False, directed: bool = False, num_threads: int = 1
) -> Estimate:
    """Return what `graphkit.core_numbers` needs for a graph of this size, by all arcs.

    Examples
    --------
    >>> cores_estimate(10**8, 2 * 10**9).bytes >> 30
    10
    """
    # Turned: the arcs as pairs, by bucket, and sorted.
    turned = 8 * num_nodes + (26 if weighted else 18) * num_arcs
    memory = {
        "graph": csr_bytes(GraphSize(num_nodes, num_arcs, weighted)),
        "arcs turned round": turned if directed else 0,
        "cores": 20 * num_nodes,
    }
    each = (1 + directed) * _SECONDS_PER_PEELED_ARC + directed * _SECONDS_PER_TURNED_ARC
    return Estimate(memory, num_arcs * each / num_threads)


def _turned_bytes(num_nodes: int, num_arcs: int) -> int:
    """What `arriving_arcs` writes: arcs by bucket, where each begins in each shard, and sorted arcs."""
    num_shards, num_blocks = count_shards(num_nodes, num_arcs), -(-num_arcs // ARCS_PER_BLOCK)
    offsets = 8 * (((num_nodes - 1) >> bucket_shift(num_nodes)) + 2)
    return (
        10 * num_arcs + 4 * num_nodes + num_shards * (offsets + 3 * NPY_HEADER) + 2 * NPY_HEADER * num_blocks
    )
