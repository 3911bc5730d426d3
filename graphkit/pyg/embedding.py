"""AddEmbedding: the vectors of a method, as a transform of PyTorch Geometric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.checks import shown
from graphkit.errors import ParameterError
from graphkit.methods.base import Embedder
from graphkit.methods.registry import make_method
from graphkit.parameters import check_declared
from graphkit.pyg.graph_view import GraphView

if TYPE_CHECKING:
    from torch_geometric.data import Data, HeteroData


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
        if not isinstance(method, str | Embedder):
            raise ParameterError(f"method must be a method or its name, got {shown(method)}")
        check_declared(type(self), {"attr_name": attr_name})
        if not isinstance(method, str) and params:
            raise ParameterError(f"{next(iter(params))} has no effect beside a method that is made already")
        self.method = make_method(method, **params) if isinstance(method, str) else method
        # Estimating checks the parameters.
        self.method.estimate(1, 1)
        self.attr_name = attr_name

    def __call__(self, data: Data | HeteroData) -> Data | HeteroData:
        """Return the data with the vectors, float32 [num_nodes, dim], where its edges are.

        Of a ``HeteroData`` or a ``Batch`` all nodes and edges are taken as one graph.
        """
        view = GraphView(data)
        graph = view.graph(self.method.device_for_tensors)
        view.put_rows(self.attr_name, self.method.fit_transform(graph))
        return view.data

    def __repr__(self) -> str:
        return f"AddEmbedding({self.method!r}, attr_name={self.attr_name!r})"
