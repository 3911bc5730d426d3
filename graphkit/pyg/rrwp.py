"""AddRRWP: relative random walk probabilities as a transform of PyTorch Geometric."""

from __future__ import annotations

from graphkit.encodings.walk_series import check_steps, step_series
from graphkit.pyg.walk_encoding import WalkEncoding


class AddRRWP(WalkEncoding):
    """Adds relative random walk probabilities (RRWP): R(i, j) = [I, P, P^2, …, P^(num_steps - 1)](i, j).

    The node part is R(i, i). The edge part has all pairs that a walk leads from and to, and no other:
    ``rrwp_index`` holds j above i for the walk from i to j, so that along this edge i hears of j, and
    ``rrwp_val`` R(i, j), the pairs ascending by i, then j. Both are exact, or estimated, as of
    `AddReturnProbabilities`; estimated pairs are those that a walk has met.

    Parameters
    ----------
    num_steps
        Columns, I among them, from 1 to 1000.
    walks_per_node
        Walks, >= 1, to estimate the probabilities by; the standard error of a probability p is
        sqrt(p (1 - p) / walks_per_node). None for exact ones where they take no longer than 200 walks a node
        or two seconds, and pairs no more than a gigabyte; 200 walks elsewhere.
    attr_name
        The attribute of the node part, and the beginning of those of the edge part. Of a ``HeteroData`` the
        edge part is an edge type (type of j, ATTR, type of i) for any two types of nodes, with ``edge_index``
        and ``edge_attr``.
    seed
        Random seed of walks, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    exact
        True for exact probabilities, however long it takes, False for estimated ones, None for what
        `walks_per_node` says.
    errors
        Whether ``ATTR_error`` and ``ATTR_val_error`` get the standard errors; 0 where exact.

    Raises
    ------
    ParameterError
        For a parameter outside its range, and when it is called, if memory cannot hold the pairs.

    Notes
    -----
    A walk ends at a node without arcs. With ``edge_weight`` a step takes an arc by its weight. The authors'
    code stores the same numbers under the same names; where it has weights, it leaves them out.

    References
    ----------
    L. Ma, C. Lin, D. Lim, A. Romero-Soriano, P. Dokania, M. Coates, P. Torr, S. Lim, "Graph Inductive Biases
    in Transformers without Message Passing", ICML 2023.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), num_nodes=3)
    >>> found = AddRRWP(num_steps=2)(data)
    >>> found.rrwp_index
    tensor([[0, 1, 0, 1, 2, 1, 2],
            [0, 0, 1, 1, 1, 2, 2]])
    >>> found.rrwp_val[2]
    tensor([0.0000, 0.5000])
    """

    attr_name: str

    def __init__(
        self,
        *,
        num_steps: int = 8,
        walks_per_node: int | None = None,
        attr_name: str = "rrwp",
        seed: int = 0,
        num_threads: int | None = None,
        exact: bool | None = None,
        errors: bool = False,
    ):
        self.num_steps = check_steps("num_steps", num_steps)
        super().__init__(
            step_series(0, self.num_steps - 1),
            stays=False,
            with_pairs=True,
            attr_name=attr_name,
            errors=errors,
            exact=exact,
            walks_per_node=walks_per_node,
            seed=seed,
            num_threads=num_threads,
        )
