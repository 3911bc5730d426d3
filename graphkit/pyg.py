"""Transforms for PyTorch Geometric, which add vectors of nodes to a ``Data``.

Any callable is a transform there, so these need no base class; their text tells their parameters, by which
PyTorch Geometric knows whether what it has stored is still what is asked for.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from graphkit.checks import check_whole
from graphkit.errors import GraphkitWarning, InputError, ParameterError
from graphkit.gpu.backend import Backend, find_device
from graphkit.graph.gpu.edge_tensors import checked_weights, edge_tensor
from graphkit.graph.gpu.edges import mean_of_directions
from graphkit.graph.gpu.graph import Sizes
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.io import as_graph
from graphkit.io.mirrored import ROUNDING
from graphkit.io.report import MirrorReport
from graphkit.io.tensors import is_directed, num_nodes_of
from graphkit.methods.base import Embedder
from graphkit.methods.registry import make_method
from graphkit.sparsification.schur_view import RandomSchurComplement
from graphkit.walks.gpu.walks import device_bytes
from graphkit.walks.random_walks import iter_walks

if TYPE_CHECKING:
    import torch
    from torch_geometric.data import Data


__all__ = ["AddEmbedding", "AddReturnProbabilities", "RandomSchurComplement", "TensorGraph"]


class AddEmbedding:
    """Adds the vectors of a method.

    Where the edges are on a GPU and the method runs on one (``backend="gpu"``), the graph is built and the
    vectors are made there: neither edges nor vectors cross to the host. FastRP, DeepWalk, Node2Vec, CoreWalk
    and LINE (without `threshold`) do so; those of other methods, and of the CPU, are copied to the edges.

    Parameters
    ----------
    method
        A name, such as ``"deepwalk"``, or the method itself.
    attr_name
        The attribute that gets them; None for further columns of ``x``.
    **params
        Parameters of a method given by name.

    Raises
    ------
    ParameterError
        For an unknown method or parameter, or one outside its range.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1, 2], [1, 2, 0]]), num_nodes=3)
    >>> AddEmbedding("fastrp", dim=8, seed=1)(data).x.shape
    torch.Size([3, 8])
    """

    def __init__(self, method: str | Embedder = "fastrp", *, attr_name: str | None = None, **params: Any):
        if not isinstance(method, str) and params:
            raise ParameterError(f"{next(iter(params))} has no effect beside a method that is made already")
        self.method = make_method(method, **params) if isinstance(method, str) else method
        # Estimating checks the parameters.
        self.method.estimate(1, 1)
        self.attr_name = attr_name

    def __call__(self, data: Data) -> Data:
        """Return the data with the vectors, float32 [num_nodes, dim], where its edges are."""
        graph = _graph_of(data, self.method.device_for_tensors)
        return _with_rows(data, self.method.fit_transform(graph), self.attr_name)

    def __repr__(self) -> str:
        return f"AddEmbedding({self.method!r}, attr_name={self.attr_name!r})"


class AddReturnProbabilities:
    """Adds how likely a walk is back at its node after 1, 2, … steps: random-walk positional encodings.

    V. Dwivedi and others, "Graph neural networks with learnable structural and positional representations",
    ICLR 2022. There the diagonals of the powers of P are computed, which costs the product of sparse matrices
    that fill up; here they are estimated by walks, in time linear in the nodes.

    Parameters
    ----------
    num_steps
        Columns, >= 1.
    walks_per_node
        Walks, >= 1; the standard error of a probability p is sqrt(p (1 - p) / walks_per_node).
    attr_name
        The attribute that gets them; None for further columns of ``x``.
    seed
        Random seed, in [0, 2**64). The probabilities do not depend on where walks are made.
    backend
        Where to walk: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes a GPU
        where there is one, and room on it. If the edges are on a GPU too, they do not cross to the host.
    num_threads
        Threads to use, >= 1; None for all cores.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), num_nodes=3)
    >>> AddReturnProbabilities(num_steps=4)(data).random_walk_pe[1]
    tensor([0., 1., 0., 1.])
    """

    def __init__(
        self,
        *,
        num_steps: int = 16,
        walks_per_node: int = 200,
        attr_name: str | None = "random_walk_pe",
        seed: int = 0,
        backend: Backend = "cpu",
        num_threads: int | None = None,
    ):
        check_whole("num_steps", num_steps, 1)
        check_whole("walks_per_node", walks_per_node, 1)
        self.num_steps, self.walks_per_node = num_steps, walks_per_node
        self.attr_name, self.seed = attr_name, seed
        self.backend, self.num_threads = backend, num_threads

    def __call__(self, data: Data) -> Data:
        """Return the data with the probabilities, float32 [num_nodes, num_steps], where its edges are."""
        return _with_rows(data, self._probabilities(_graph_of(data, self._device)), self.attr_name)

    def __repr__(self) -> str:
        return (
            f"AddReturnProbabilities(num_steps={self.num_steps}, walks_per_node={self.walks_per_node}, "
            f"attr_name={self.attr_name!r}, seed={self.seed})"
        )

    def _device(self, sizes: Sizes) -> torch.device | None:
        """Where to walk: a GPU, or None for the CPU."""
        law = {"second_order": False, "extended": False, "asks": False}
        return find_device(self.backend, lambda: device_bytes(sizes, walk_length=self.num_steps + 1, **law))

    def _probabilities(self, graph: Any) -> Any:
        import torch

        shape = graph.num_nodes, self.num_steps
        if not graph.num_nodes:
            return torch.zeros(shape)
        # A round of walks at a time: walk number k begins at node k modulo num_nodes.
        rounds = iter_walks(
            graph,
            walk_length=self.num_steps + 1,
            walks_per_node=self.walks_per_node,
            chunk_walks=graph.num_nodes,
            seed=self.seed,
            backend=self.backend,
            num_threads=self.num_threads,
        )
        returns: Any = 0
        for walks in map(torch.as_tensor, rounds):
            returns += (walks[:, 1:] == walks[:, :1]).int()
        # Divided by a tensor: for a number, torch multiplies by its reciprocal.
        return returns.float() / torch.full_like(returns, self.walks_per_node)


class _MostSizes(NamedTuple):
    """Of a graph that is to be made, at most."""

    num_nodes: int
    num_arcs: int
    is_weighted: bool


def _graph_of(data: Data, device_for: Callable[[Sizes], torch.device | None]) -> Any:
    """The graph of a data: of tensors, if its edges are on a GPU and it is to run on one; else a `Graph`."""
    if getattr(data, "edge_index", None) is None:
        raise InputError(f"expected a torch_geometric Data with edge_index, got {type(data).__name__}")
    edges, weights = data.edge_index, getattr(data, "edge_weight", None)
    # As many arcs as there can be: the room is looked at before anything is built.
    num_nodes = num_nodes_of(data)
    device = device_for(_MostSizes(num_nodes, 2 * edges.shape[-1], weights is not None))
    if device is None or device.type != edges.device.type:
        return as_graph(data)
    moved, directed = None if weights is None else weights.to(device), is_directed(data)
    edges = edges.to(device)
    if moved is not None and not directed:
        edges, moved = _of_one_weight(edges, moved)
    return TensorGraph.from_edges(edges, moved, num_nodes, directed=directed)


def _of_one_weight(edges: torch.Tensor, weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Edges whose two directions have one weight, the mean of theirs, as `as_graph` takes a ``Data``."""
    ends = edge_tensor(edges)
    ends, means, differences = mean_of_directions(ends, checked_weights(weights, ends))
    different = differences > ROUNDING
    if bool(different.any()):
        report = MirrorReport(int(different.sum()) // 2, float(differences.max()))
        warnings.warn(f"PyTorch Geometric Data: {report}", GraphkitWarning, stacklevel=4)
    return ends, means


def _with_rows(data: Data, rows: Any, attr_name: str | None) -> Data:
    """A shallow copy of the data with an attribute, or more columns of ``x``."""
    import torch

    changed, tensor = copy.copy(data), torch.as_tensor(rows).to(data.edge_index.device)
    if attr_name is not None:
        changed[attr_name] = tensor
    elif data.x is None:
        changed.x = tensor
    else:
        old = data.x.view(-1, 1) if data.x.dim() == 1 else data.x
        changed.x = torch.cat([old, tensor.to(old.device, old.dtype)], dim=-1)
    return changed
