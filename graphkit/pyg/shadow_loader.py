"""ShaDowLoader: batches of subgraphs of bounded scope, as a data loader of PyTorch Geometric."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_array, check_choice, check_whole, kind_of, shown
from graphkit.errors import InputError, ParameterError
from graphkit.io.tensors import num_nodes_of
from graphkit.parallel import resolve_threads
from graphkit.parameters import check_declared
from graphkit.seeds import Stream, check_seed, generator
from graphkit.subgraphs.extraction import SubgraphExtractor, check_targets
from graphkit.subgraphs.scopes import KHopScope, PageRankScope, Scope

if TYPE_CHECKING:
    from torch.utils.data import DataLoader, Dataset
    from torch_geometric.data import Batch, Data
else:
    # This module is imported where the loader is used.
    _data = import_module("torch.utils.data")
    DataLoader, Dataset = _data.DataLoader, _data.Dataset

DEFAULT_SIZE, DEFAULT_DEPTH = 200, 2

_LEFT_OUT = ("edge_index", "adj_t", "num_nodes", "batch", "ptr")
"""Attributes of the graph that a batch has of its own, or not at all."""


class ShaDowLoader(DataLoader[Any]):
    """Loads batches of subgraphs, each around a target, whose scope does not grow with a network's depth.

    A network of any depth runs within the subgraph, and its readout is the target's row, or a pooling of all
    rows: ``batch.batch`` says which subgraph a node is of, ``batch.root_n_id`` where the targets are.

    Parameters
    ----------
    data
        A ``Data`` with ``edge_index``; messages flow along edges, so that a subgraph has the nodes that lead
        to its target.
    targets
        Nodes, a mask of nodes [num_nodes], or None for all nodes.
    scope
        ``"ppr"``: the nodes of the largest personalised PageRank, by forward push on the edges turned round,
        with ``edge_weight`` by weight; ``"k-hop"``: all nodes within some steps, or a sample of them.
    size
        Of ``"ppr"``: nodes of a subgraph at most, >= 1; None for 200.
    restart
        Of ``"ppr"``: probability of going back to the target, in (0, 1); None for 0.15.
    tolerance
        Of ``"ppr"``: residual for each edge of a node below which push leaves it, in (0, 1); None for 1e-5.
    depth
        Of ``"k-hop"``: steps, >= 1; None for 2.
    num_neighbors
        Of ``"k-hop"``: neighbours that are followed from each node, from 1 to 10000, drawn anew each epoch;
        None for all.
    batch_size
        Targets of a batch, >= 1.
    shuffle
        Whether each epoch has an order of its own.
    drop_last
        Whether targets at the end that do not fill a batch are left out.
    seed
        Of orders and of neighbours that are drawn, in [0, 2**64). Epoch e, counted from 0, has the same
        batches for the same seed, whatever the number of threads and workers.
    num_threads
        Threads to use, >= 1; None for all cores, and one in a worker process.
    **options
        What else ``torch.utils.data.DataLoader`` takes, such as ``num_workers``.

    Raises
    ------
    ParameterError
        For a parameter outside its range, or that has no effect on the scope.
    InputError
        For data that has no edges of one kind, or targets that are none.

    Notes
    -----
    A batch has the attributes that PyTorch Geometric's ``ShaDowKHopSampler`` gives: ``x`` and other
    attributes of nodes, those of edges, ``y`` of the targets only; and ``n_id`` and ``e_id``, which nodes and
    edges of the graph they are. With ``scope="k-hop"`` and all neighbours the batches are those of that
    sampler. Nodes ascend within a subgraph, edges by source, then target.

    Memory is 20 to 32 bytes an edge for the sorted edges, and 8 bytes (``"ppr"``: 28) a node and thread.

    References
    ----------
    H. Zeng and others, "Decoupling the Depth and Scope of Graph Neural Networks", NeurIPS 2021.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> path = Data(x=torch.arange(5.0), edge_index=torch.tensor([[0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2]]))
    >>> batch = next(iter(ShaDowLoader(path, [0, 3], scope="k-hop", depth=1, batch_size=2)))
    >>> batch.x, batch.batch, batch.root_n_id
    (tensor([0., 1., 2., 3.]), tensor([0, 0, 1, 1]), tensor([0, 3]))
    """

    def __init__(
        self,
        data: Data,
        targets: Any = None,
        *,
        scope: Literal["ppr", "k-hop"] = "ppr",
        size: int | None = None,
        restart: float | None = None,
        tolerance: float | None = None,
        depth: int | None = None,
        num_neighbors: int | None = None,
        batch_size: int = 128,
        shuffle: bool = False,
        drop_last: bool = False,
        seed: int = 0,
        num_threads: int | None = None,
        **options: Any,
    ):
        check_declared(type(self), {"shuffle": shuffle, "drop_last": drop_last})
        ppr = {"size": size, "restart": restart, "tolerance": tolerance}
        k_hop = {"depth": depth, "num_neighbors": num_neighbors}
        for name in ("sampler", "batch_sampler", "collate_fn", "dataset"):
            if name in options:
                raise ParameterError(f"{name} has no effect: the loader has its own; leave it out")
        subgraphs = _Subgraphs(data, _scope(scope, ppr, k_hop), check_seed(seed), num_threads)
        nodes = _checked_targets(targets, subgraphs.num_nodes)
        batches = _Batches(nodes, check_whole("batch_size", batch_size, 1), shuffle, drop_last, seed)
        super().__init__(subgraphs, batch_size=None, sampler=batches, collate_fn=_as_it_is, **options)

    def __iter__(self) -> Any:
        """Iterate over the batches of the next epoch."""
        if self.num_workers or self.pin_memory:
            return super().__iter__()
        # What PyTorch does for workers costs as much as a batch here.
        return map(self.dataset.__getitem__, self.sampler)


class _Subgraphs(Dataset[Any]):
    """The batch of some targets in an epoch, as the items of a data set."""

    def __init__(self, data: Data, scope: Scope, seed: int, num_threads: int | None):
        from torch_geometric.data import Batch

        if getattr(data, "edge_index", None) is None or hasattr(data, "node_types"):
            raise InputError(
                f"expected a torch_geometric Data with edge_index, got {kind_of(data)}; a HeteroData has "
                "to_homogeneous()"
            )
        self.num_nodes = num_nodes_of(data)
        resolve_threads(num_threads)
        self._num_threads = num_threads
        weights = getattr(data, "edge_weight", None)
        self._extractor = SubgraphExtractor(
            data.edge_index.detach().cpu().numpy().astype(np.int64, copy=False),
            None if weights is None else weights.detach().cpu().numpy(),
            self.num_nodes,
            scope,
            seed=seed,
        )
        # Whenever a Batch is made its class is looked for anew: to copy one takes a fifth of the time.
        self._empty = Batch()
        self._attributes = [(key, value, _place_of(data, key)) for key, value in data if key not in _LEFT_OUT]

    def __getitem__(self, batch: tuple[int, NDArray[np.int64]]) -> Batch:
        import torch

        epoch, targets = batch
        found = self._extractor.extract(targets, epoch=epoch, num_threads=self._threads())
        nodes, edge_ids = torch.from_numpy(found.nodes), torch.from_numpy(found.edge_ids)
        made = copy.copy(self._empty)
        made["batch"], made["ptr"] = torch.from_numpy(found.of), torch.from_numpy(found.offsets)
        made["root_n_id"], made["edge_index"] = torch.from_numpy(found.roots), torch.from_numpy(found.edges)
        for key, value, place in self._attributes:
            if place == "nodes":
                rows = torch.from_numpy(targets) if key == "y" else nodes
                # A quarter of the time of value[rows].
                value = value.index_select(0, rows.to(value.device))
            elif place == "edges":
                value = value.index_select(0, edge_ids.to(value.device))
            made[key] = value
        made["n_id"], made["e_id"] = nodes, edge_ids
        return made

    def _threads(self) -> int:
        import torch

        in_worker = torch.utils.data.get_worker_info() is not None
        return resolve_threads(1 if in_worker and self._num_threads is None else self._num_threads)


class _Batches:
    """Epochs of batches of targets: whenever it is iterated over, the next epoch."""

    def __init__(
        self, targets: NDArray[np.int64], batch_size: int, shuffle: bool, drop_last: bool, seed: int
    ):
        self._targets, self._batch_size, self._seed = targets, batch_size, seed
        self._shuffle, self._drop_last = shuffle, drop_last
        self._epoch = 0

    def __len__(self) -> int:
        whole, rest = divmod(len(self._targets), self._batch_size)
        return whole + (rest > 0 and not self._drop_last)

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        epoch, targets = self._epoch, self._targets
        self._epoch += 1
        if self._shuffle:
            targets = generator(self._seed, Stream.SUBGRAPH_ORDER, epoch).permutation(targets)
        for number in range(len(self)):
            yield epoch, targets[number * self._batch_size : (number + 1) * self._batch_size]


def _as_it_is(batch: Batch) -> Batch:
    return batch


def _scope(name: str, ppr: dict[str, Any], k_hop: dict[str, Any]) -> Scope:
    """The scope of this name, of parameters that have an effect on it."""
    check_choice("scope", name, ("ppr", "k-hop"))
    own, others = (ppr, k_hop) if name == "ppr" else (k_hop, ppr)
    for parameter, value in others.items():
        if value is not None:
            raise ParameterError(f"{parameter} has no effect with scope={name!r}; leave it out")
    given = {parameter: value for parameter, value in own.items() if value is not None}
    if name == "ppr":
        return PageRankScope(**{"size": DEFAULT_SIZE, **given})
    return KHopScope(**{"depth": DEFAULT_DEPTH, **given})


def _checked_targets(targets: Any, num_nodes: int) -> NDArray[np.int64]:
    """Targets as nodes, int64 [num_targets]."""
    if targets is None:
        nodes = np.arange(num_nodes)
    else:
        nodes = as_array("targets", targets.cpu() if hasattr(targets, "cpu") else targets)
        if nodes.dtype == bool and nodes.shape == (num_nodes,):
            nodes = np.flatnonzero(nodes)
        elif nodes.ndim != 1 or (nodes.size and nodes.dtype.kind not in "iu"):
            raise InputError(
                f"targets must be nodes, [num_targets] whole numbers, or a mask of the {num_nodes} nodes; "
                f"got {nodes.dtype} {list(nodes.shape)}"
            )
    if not len(nodes):
        raise InputError(f"targets name no node, got {shown(targets)}; give one at least")
    nodes = nodes.astype(np.int64)
    check_targets(nodes, num_nodes)
    return nodes


def _place_of(data: Data, key: str) -> str:
    """Whose an attribute is: "nodes", "edges", or "graph"."""
    if data.is_node_attr(key):
        return "nodes"
    return "edges" if data.is_edge_attr(key) else "graph"
