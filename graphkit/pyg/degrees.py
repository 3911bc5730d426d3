"""AddDegrees: degrees, alone or with the neighbours', as a transform of PyTorch Geometric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.encodings.degrees import degree_profile
from graphkit.parameters import check_declared
from graphkit.pyg.graph_view import GraphView
from graphkit.pyg.walk_encoding import text_of

if TYPE_CHECKING:
    from torch_geometric.data import Data, HeteroData


class AddDegrees:
    """Adds the degree of each node, and with `profile` what degrees its neighbours have.

    Parameters
    ----------
    profile
        Whether four columns follow: the minimum, maximum, mean and standard deviation of the neighbours'
        degrees, each neighbour counting once; 0 without neighbours.
    attr_name
        The attribute that gets them, or None for further columns of ``x``.

    Notes
    -----
    A degree is the number of arcs that leave the node, with ``edge_weight`` the sum of their weights. The
    profile is that of PyTorch Geometric's ``LocalDegreeProfile``, which takes no weights, and takes a
    deviation below 0.004 for 0.

    References
    ----------
    C. Cai, Y. Wang, "A simple yet effective baseline for non-attribute graph classification", 2018.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), num_nodes=3)
    >>> AddDegrees(profile=True)(data).degree
    tensor([[1., 2., 2., 2., 0.],
            [2., 1., 1., 1., 0.],
            [1., 2., 2., 2., 0.]])
    """

    def __init__(self, *, profile: bool = False, attr_name: str | None = "degree"):
        check_declared(type(self), {"profile": profile, "attr_name": attr_name})
        self.profile, self.attr_name = profile, attr_name

    def __call__(self, data: Data | HeteroData) -> Data | HeteroData:
        """Return a copy of the data with the degrees, float32 [num_nodes, 1 or 5], where its edges are."""
        view = GraphView(data)
        columns = degree_profile(view.rows)
        view.put_rows(self.attr_name, columns if self.profile else columns[:, :1])
        return view.data

    def __repr__(self) -> str:
        return text_of(self)
