"""What all embedding methods share: parameters as scikit-learn has them, and the shape of a result."""

from __future__ import annotations

import inspect
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeVar, dataclass_transform

import numpy as np

from graphkit import __version__
from graphkit.arrays import NodeIds, Vectors
from graphkit.errors import ParameterError, naming_ours, unknown_parameter
from graphkit.graph.graph import Graph, check_graph
from graphkit.graph.size import GraphSize, Sizes
from graphkit.parameters import check_declared
from graphkit.resources import Estimate, check_host_memory

if TYPE_CHECKING:
    import torch

    from graphkit.embedding import Embedding
    from graphkit.progress import Progress


class Embedder:
    """Base of all methods: a keyword-only constructor that only stores its parameters (`embedder`).

    A method implements `fit`, which sets `embedding_` and `node_ids_`, `resources`, and names itself.
    """

    name: str
    """The method's name in the registry and on the command line."""

    takes: Literal["any graph", "types", "times"] = "any graph"
    """Whether nodes need types, or edges times."""

    memory_remedy = "choose smaller parameters, or run out of core"
    """What to do where there is too little memory."""

    embedding_: Vectors
    node_ids_: NodeIds

    def fit(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Compute the vectors of all nodes."""
        raise NotImplementedError

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory, by what it is for, and the time that `fit` needs for a graph of a size.

        The parameters are checked before.
        """
        raise NotImplementedError

    def estimate(self, num_nodes: int, num_arcs: int, *, weighted: bool = False) -> Estimate:
        """Return the memory and time that `fit` will need for a graph of this size.

        Parameters
        ----------
        num_nodes, num_arcs
            Size of the graph; an undirected edge is two arcs.
        weighted
            Whether arcs carry weights.

        Returns
        -------
        Estimate
            Peak memory, by what it is for, the graph included, and rough seconds.
        """
        self.check_parameters()
        return self.resources(GraphSize(num_nodes, num_arcs, weighted))

    def estimate_for(self, graph: Graph) -> Estimate:
        """Return the memory and time that `fit` will need for a graph."""
        self.check_parameters()
        return self.resources(graph)

    def check_run(self, graph: Any) -> None:
        """Raise `ParameterError` for what is no graph, or where `fit` would not find the memory it needs."""
        self.check_given(graph)
        if not isinstance(graph, Graph):
            # A graph on a device: what holds its vectors is not this machine's memory.
            return
        memory = dict(self.estimate_for(graph).memory)
        # The graph is there already; a column takes a number or two where there are no nodes, too.
        memory.pop("graph", None)
        memory["columns"] = 16 * (getattr(self, "dim", None) or 0)
        check_host_memory(memory, f"{self.name} needs", self.memory_remedy)

    def check_given(self, graph: Any) -> None:
        """Raise `ParameterError` for what is no graph for this method, and parameters of a wrong kind."""
        check_graph(graph)
        self.check_parameters()
        on_host_only = type(self).device_for_tensors is Embedder.device_for_tensors
        if on_host_only and not isinstance(graph, Graph):
            raise ParameterError(
                f"{self.name} runs on the CPU and takes a graphkit.Graph, got a {type(graph).__name__}; "
                "build the graph on the host"
            )

    def check_parameters(self) -> None:
        """Raise `ParameterError` for a parameter outside its range, or without effect beside another."""
        check_declared(type(self), self.get_params())

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep a number of NumPy's as Python's, which does not overflow."""
        is_scalar = isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim)
        super().__setattr__(name, value.item() if is_scalar else value)

    def device_for_tensors(self, sizes: Sizes) -> torch.device | None:  # noqa: ARG002 - others ask for it
        """Return the GPU on which `fit` takes a `TensorGraph` of a size; None where it takes a `Graph` only.

        Raises
        ------
        ParameterError, MissingDependencyError
            For a backend that is not there, or too small.
        """
        return None

    def measured(self) -> dict[str, Any]:
        """Return what the last `fit` found out about itself, as JSON can hold it; by default nothing."""
        return {}

    def fit_transform(self, graph: Graph, **fit_params: Any) -> Vectors:
        """Return ``fit(graph).embedding_``, float32 [num_nodes, dim]; row i belongs to graph.node_ids[i]."""
        return self.fit(graph, **fit_params).embedding_

    def embed(self, graph: Graph, **fit_params: Any) -> Embedding:
        """Return the vectors with their node ids and a record of how they were made."""
        from graphkit.embedding import Embedding
        from graphkit.graph.gpu.tensor_graph import TensorGraph

        if isinstance(graph, TensorGraph):
            raise ParameterError("an Embedding is on the host: fit_transform gives a TensorGraph's vectors")
        began = time.perf_counter()
        self.fit(graph, **fit_params)
        info = {
            "method": self.name,
            "params": {name: _recorded(value) for name, value in self.get_params().items()},
            "num_nodes": graph.num_nodes,
            "num_edges": graph.num_edges,
            "directed": graph.directed,
            "weighted": graph.is_weighted,
            "seconds": round(time.perf_counter() - began, 3),
            **self.measured(),
            "graphkit": __version__,
        }
        return Embedding(self.node_ids_, self.embedding_, info)

    @classmethod
    def parameters(cls) -> dict[str, inspect.Parameter]:
        """Return the constructor's parameters by name, in order."""
        return {
            name: parameter
            for name, parameter in inspect.signature(cls, eval_str=True).parameters.items()
            if name != "self"
        }

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - scikit-learn passes it
        """Return the parameters by name, as scikit-learn's ``clone`` and grid search ask for them."""
        return {name: getattr(self, name) for name in self.parameters()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name and return self; `ParameterError` for an unknown one."""
        names = self.parameters()
        for name, value in params.items():
            if name not in names:
                raise unknown_parameter("parameter", name, names)
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        changed = (
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != self.parameters()[name].default
        )
        return f"{type(self).__name__}({', '.join(changed)})"


Method = TypeVar("Method", bound=Embedder)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(field,))
def embedder(method: type[Method]) -> type[Method]:
    """Make a class's fields the parameters of its constructor, which answers other tools' names with ours.

    Parameters are given by keyword only and do no work; what a fit sets is a ``field(init=False)``.
    """
    return naming_ours(dataclass(kw_only=True, eq=False, repr=False)(method))


class GraphFacts(Protocol):
    """What is known of a graph, or of a folder of one, before an arc is read."""

    @property
    def directed(self) -> bool:
        """Whether arcs have a direction."""

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""

    @property
    def num_arcs(self) -> int:
        """Number of arcs."""


def check_undirected(graph: GraphFacts, name: str) -> None:
    """Raise `ParameterError` for a directed graph, whose matrices are not symmetric; `name` takes none."""
    if graph.directed:
        raise ParameterError(
            f"{name} is for undirected graphs, got a directed one; read it as undirected, or choose fastrp, "
            "nrp or node2vec"
        )


def _recorded(value: Any) -> Any:
    """A parameter as a record holds it: a method within a method as its text."""
    return repr(value) if isinstance(value, Embedder) else value
