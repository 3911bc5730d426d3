"""GraphView: what a ``Data``, a ``HeteroData`` or a ``Batch`` has as one graph, and where results go."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.encodings.edge_rows import EdgeRows, edge_rows
from graphkit.encodings.walk_powers import Pairs
from graphkit.errors import InputError
from graphkit.graph.size import Sizes
from graphkit.io.tensors import num_nodes_of
from graphkit.pyg.tensor_graphs import graph_of_data

if TYPE_CHECKING:
    import torch


class GraphView:
    """The nodes and edges of all types, side by side, and a shallow copy that gets the results.

    Types are forgotten: the nodes of the first type come first, and an edge is an edge. The graphs of a batch
    stay apart.

    Parameters
    ----------
    data
        A ``Data`` with ``edge_index``, a ``HeteroData``, or a ``Batch`` of either.

    Raises
    ------
    InputError
        For anything else, for edges that are none, or if only some types of edges have ``edge_weight``.
    """

    def __init__(self, data: Any):
        self.data = copy.copy(data)
        stores = getattr(data, "node_stores", None)
        edge_stores = [store for store in getattr(data, "edge_stores", []) if _has_edges(store)]
        if not stores or not edge_stores:
            raise InputError(
                f"expected a torch_geometric Data with edge_index, got {type(data).__name__} without edges; "
                "give a Data, a HeteroData, or a Batch of them"
            )
        self._stores = list(self.data.node_stores)
        sizes = [num_nodes_of(data if len(stores) == 1 else store) for store in stores]
        self._offsets = np.append(0, np.cumsum(sizes)).astype(np.int64)
        self._edge_stores = edge_stores
        self.is_typed = hasattr(data, "node_types")
        self.device = edge_stores[0].edge_index.device

    @property
    def num_nodes(self) -> int:
        """Nodes of all types."""
        return int(self._offsets[-1])

    @property
    def num_graphs(self) -> int:
        """Graphs of a batch, or 1."""
        return int(getattr(self.data, "num_graphs", 1) or 1) if self._is_batch else 1

    @cached_property
    def rows(self) -> EdgeRows:
        """The edges as sorted rows, on the host."""
        return self._edge_rows(self._edge_stores)

    def graph(self, device_for: Callable[[Sizes], torch.device | None]) -> Any:
        """Return a graph: of tensors, if the edges are on a GPU and it is to run on one; else a `Graph`."""
        return self.rows.to_graph() if self.is_typed else graph_of_data(self.data, device_for)

    def graph_of(self) -> NDArray[np.int64]:
        """Return the graph of each node, int64 [num_nodes]."""
        if not self._is_batch:
            return np.zeros(self.num_nodes, np.int64)
        return np.concatenate([store.batch.cpu().numpy() for store in self._stores])

    def put_rows(self, name: str | None, rows: Any) -> None:
        """Give each node its row of an attribute, or further columns of ``x`` if it has no name."""
        import torch

        tensor = torch.as_tensor(rows).to(self.device)
        for place, store in enumerate(self._stores):
            part = tensor[self._offsets[place] : self._offsets[place + 1]]
            self._put(store, name, part, "x" if name is None else name)

    def put_of_graphs(self, name: str, values: NDArray[np.float32]) -> None:
        """Give each graph its row of an attribute, [num_graphs, columns]."""
        import torch

        self.data[name] = torch.as_tensor(values).to(self.device)
        if self._is_batch and not self.is_typed:
            self._remember(None, name, np.arange(self.num_graphs + 1), np.zeros(self.num_graphs))

    def put_pairs(self, name: str, pairs: Pairs, errors: Any = None) -> None:
        """Give pairs (i, j) as edges j -> i: ``NAME_index`` and ``NAME_val``, or an edge type for two node
        types.

        Edge types are (type of j, NAME, type of i), with ``edge_index`` and ``edge_attr``.
        """
        index = np.stack([pairs.second, pairs.first])
        if not self.is_typed:
            self._put_pairs_of_data(name, index, pairs, errors)
            return
        kinds = list(self.data.node_types)
        of = np.searchsorted(self._offsets, index, side="right") - 1
        for source in range(len(kinds)):
            for target in range(len(kinds)):
                chosen = np.flatnonzero((of[0] == source) & (of[1] == target))
                offsets = self._offsets[[source, target]][:, None]
                store = self.data[kinds[source], name, kinds[target]]
                store.edge_index = self._tensor(index[:, chosen] - offsets)
                store.edge_attr = self._tensor(pairs.values[chosen])
                if errors is not None:
                    store.edge_error = self._tensor(errors[chosen])

    @property
    def _is_batch(self) -> bool:
        return all("batch" in store for store in self._stores)

    def _tensor(self, array: NDArray[Any]) -> torch.Tensor:
        import torch

        return torch.as_tensor(np.ascontiguousarray(array)).to(self.device)

    def _put_pairs_of_data(self, name: str, index: NDArray[np.int64], pairs: Pairs, errors: Any) -> None:
        self.data[f"{name}_index"] = self._tensor(index)
        self.data[f"{name}_val"] = self._tensor(pairs.values)
        if errors is not None:
            self.data[f"{name}_val_error"] = self._tensor(errors)
        if not self._is_batch:
            return
        # Pairs come graph by graph, since nodes do, and both of a pair are of one graph.
        graph = self.graph_of()
        first_nodes = np.searchsorted(graph, np.arange(self.num_graphs))
        begins = np.searchsorted(graph[pairs.first], np.arange(self.num_graphs + 1))
        self._remember(None, f"{name}_index", begins, first_nodes)
        for attribute in (f"{name}_val", *([f"{name}_val_error"] if errors is not None else [])):
            self._remember(None, attribute, begins, np.zeros(self.num_graphs))

    def _put(self, store: Any, name: str | None, tensor: torch.Tensor, attribute: str) -> None:
        import torch

        if name is None and "x" in store:
            old = store.x.view(-1, 1) if store.x.dim() == 1 else store.x
            tensor = torch.cat([old, tensor.to(old.device, old.dtype)], dim=-1)
        store[attribute] = tensor
        if self._is_batch:
            nodes = np.searchsorted(store.batch.cpu().numpy(), np.arange(self.num_graphs + 1))
            self._remember(store._key, attribute, nodes, np.zeros(self.num_graphs))

    def _remember(self, key: str | None, name: str, begins: NDArray[Any], steps: NDArray[Any]) -> None:
        """Tell the batch which part of an attribute is whose, so that it can be taken apart again."""
        import torch

        whole = getattr(self.data, "_slice_dict", None), getattr(self.data, "_inc_dict", None)
        if None in whole:
            return
        for kept, values in zip(("_slice_dict", "_inc_dict"), (begins, steps)):
            table = copy.copy(getattr(self.data, kept))
            if key is not None:
                table[key] = inner = copy.copy(table.get(key, {}))
            else:
                inner = table
            inner[name] = torch.as_tensor(values.astype(np.int64))
            setattr(self.data, kept, table)

    def _edge_rows(self, edge_stores: list[Any]) -> EdgeRows:
        import torch

        kinds = list(self.data.node_types) if self.is_typed else []
        ends: list[NDArray[np.int64]] = []
        weights: list[Any] = []
        for store in edge_stores:
            index = _whole_edge_index(store.edge_index)
            if kinds:
                source, _, target = store._key
                places = [kinds.index(source), kinds.index(target)]
                _check_ends(index, np.diff(self._offsets)[places], store._key)
                index = index + self._offsets[places][:, None]
            ends.append(index)
            weights.append(store.edge_weight if "edge_weight" in store else None)
        if any(weight is None for weight in weights) != all(weight is None for weight in weights):
            raise InputError("some types of edges have edge_weight and some have not; give it to all or none")
        edges = ends[0] if len(ends) == 1 else np.concatenate(ends, axis=1)
        values = None
        if weights[0] is not None:
            values = torch.cat([weight.detach().reshape(-1) for weight in weights]).cpu().numpy()
        return edge_rows(edges, values, self.num_nodes)


def _has_edges(store: Any) -> bool:
    return "edge_index" in store and store.edge_index is not None


def _whole_edge_index(tensor: Any) -> NDArray[np.int64]:
    if tensor.dim() != 2 or tensor.shape[0] != 2 or tensor.is_floating_point():
        raise InputError(
            f"edge_index must be whole numbers [2, num_edges], got {tensor.dtype} {list(tensor.shape)}"
        )
    index: NDArray[np.int64] = tensor.detach().cpu().numpy().astype(np.int64, copy=False)
    return index


def _check_ends(index: NDArray[np.int64], sizes: NDArray[np.int64], key: tuple[str, str, str]) -> None:
    for side, (nodes, size) in enumerate(zip(index, sizes)):
        wrong = (nodes < 0) | (nodes >= size)
        if wrong.any():
            raise InputError(
                f"edge {int(wrong.argmax())} of {key} has the node {int(nodes[wrong.argmax()])} of type "
                f"{key[2 * side]!r}, which has {size}; set its num_nodes, or mend edge_index"
            )
