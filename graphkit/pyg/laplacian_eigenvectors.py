"""AddLaplacianEigenvectors: Laplacian positional encodings as a transform of PyTorch Geometric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.checks import check_whole
from graphkit.encodings.laplacian import laplacian_eigenvectors
from graphkit.errors import InputError
from graphkit.parameters import check_declared
from graphkit.pyg.graph_view import GraphView
from graphkit.pyg.walk_encoding import text_of

if TYPE_CHECKING:
    from torch_geometric.data import Data, HeteroData


class AddLaplacianEigenvectors:
    """Adds the eigenvectors of the normalised Laplacian's smallest eigenvalues above 0, in a canonical basis.

    An eigenvector has no sign, and an eigenspace no basis, of its own. Here both are chosen by the graph
    alone, by maximal axis projection (Ma, Wang, Wang, NeurIPS 2023; see
    `graphkit.encodings.canonical_basis`): the same graph with its nodes in another order gets the same
    vectors in that order. Where symmetry leaves no choice (a vector whose entries are those of its negative,
    all eigenspaces of a ring), the order of the nodes decides; to train with signs at random multiply by ±1,
    and for what needs no choice take `AddHeatKernel`.

    Parameters
    ----------
    count
        Vectors of each graph, >= 1; a graph that has fewer gets zeros in place of the others.
    attr_name
        The attribute of nodes, float32 [num_nodes, count], or None for further columns of ``x``.
    values_name
        The attribute of the graph that gets the eigenvalues, float32 [1, count], of a batch [num_graphs,
        count]; None for none.

    Raises
    ------
    ParameterError
        For a parameter outside its range.
    InputError
        When it is called, for edges that are not there in both directions, with one weight.

    Notes
    -----
    L = I - D^-1/2 A D^-1/2, self-loops left out, L(i, i) = 0 of a node without edges. Eigenvectors of
    eigenvalue 0, one a component, are left out, so that on connected graphs the vectors are those of PyTorch
    Geometric's ``AddLaplacianEigenvectorPE`` up to their sign, where eigenvalues are single. Graphs of up to
    700 nodes are solved in float64, larger ones to a residual of 1e-6 by iteration; of those an eigenspace
    that is cut by the last column, or has more than eight dimensions beyond it, has any basis.

    References
    ----------
    V. Dwivedi, C. Joshi, A. Luu, T. Laurent, Y. Bengio, X. Bresson, "Benchmarking Graph Neural Networks",
    JMLR 2023.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> star = Data(edge_index=torch.tensor([[0, 0, 0, 1, 2, 3], [1, 2, 3, 0, 0, 0]]), num_nodes=4)
    >>> found = AddLaplacianEigenvectors(3)(star)
    >>> found.laplacian_eigenvalues.round(decimals=4)
    tensor([[1., 1., 2.]])
    >>> found.laplacian_eigenvectors[:, 2]
    tensor([ 0.7071, -0.4082, -0.4082, -0.4082])
    """

    def __init__(
        self,
        count: int = 8,
        *,
        attr_name: str | None = "laplacian_eigenvectors",
        values_name: str | None = "laplacian_eigenvalues",
    ):
        check_declared(type(self), {"attr_name": attr_name, "values_name": values_name})
        self.count = check_whole("count", count, 1, 10_000)
        self.attr_name, self.values_name = attr_name, values_name

    def __call__(self, data: Data | HeteroData) -> Data | HeteroData:
        """Return a shallow copy of the data with eigenvectors and eigenvalues, where its edges are."""
        view = GraphView(data)
        if not view.rows.is_symmetric:
            raise InputError(
                "eigenvectors of the Laplacian need each edge in both directions, with one weight; "
                "torch_geometric.transforms.ToUndirected adds those that lack"
            )
        found = laplacian_eigenvectors(
            view.rows,
            view.graph_of(),
            view.num_graphs,
            self.count,
        )
        view.put_rows(self.attr_name, found.vectors)
        if self.values_name is not None:
            view.put_of_graphs(self.values_name, found.values)
        return view.data

    def __repr__(self) -> str:
        return text_of(self)
