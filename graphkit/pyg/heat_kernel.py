"""AddHeatKernel: how much heat stays, and how much goes where, as a transform of PyTorch Geometric."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit.encodings.walk_series import heat_series
from graphkit.pyg.walk_encoding import WalkEncoding


class AddHeatKernel(WalkEncoding):
    """Adds heat kernels: exp(-t (I - P))(i, i) of each node, a column a time t; with `pairs`, (i, j) too.

    P = D^-1 A, a node without arcs keeping its heat. On the diagonal that is exp(-t L)(i, i) of the
    normalised Laplacian L = I - D^-1/2 A D^-1/2: a sum over all eigenvectors, each squared, so that neither
    their signs nor their basis count.

    Parameters
    ----------
    times
        One or more, > 0 and <= 10000.
    pairs
        Whether ``ATTR_index`` and ``ATTR_val`` get the pairs in reach, as of `AddRRWP`: the heat at j of what
        was at i.
    walks_per_node
        Walks, >= 1, to estimate the kernels by, whose standard error is at most 1 / (2 sqrt(walks_per_node)).
        None for exact ones where they take no longer than 200 walks a node or two seconds, and pairs no more
        than a gigabyte; 200 walks elsewhere.
    attr_name
        The attribute of nodes, or None for further columns of ``x``.
    seed
        Random seed of walks, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    exact
        True for exact kernels, however long it takes, False for estimated ones, None for what
        `walks_per_node` says.
    errors
        Whether ``ATTR_error``, and of pairs ``ATTR_val_error``, get the standard errors; 0 where exact.

    Raises
    ------
    ParameterError
        For a parameter outside its range, and when it is called, if memory cannot hold the pairs.

    Notes
    -----
    The series sum_k e^-t t^k / k! P^k is summed until 1e-9 is left.

    References
    ----------
    J. Sun, M. Ovsjanikov, L. Guibas, "A concise and provably informative multi-scale signature based on heat
    diffusion", SGP 2009; F. Grötschla, J. Xie, R. Wattenhofer, "Benchmarking Positional Encodings for GNNs
    and Graph Transformers", 2024.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=3)
    >>> AddHeatKernel(times=[1.0, 4.0])(data).heat_kernel
    tensor([[0.5677, 0.5002],
            [0.5677, 0.5002],
            [1.0000, 1.0000]])
    """

    def __init__(
        self,
        times: float | Sequence[float] = (1.0, 2.0, 4.0, 8.0),
        *,
        pairs: bool = False,
        walks_per_node: int | None = None,
        attr_name: str | None = "heat_kernel",
        seed: int = 0,
        num_threads: int | None = None,
        exact: bool | None = None,
        errors: bool = False,
    ):
        self.times, self.pairs = times, pairs
        super().__init__(
            heat_series(times),
            stays=True,
            with_pairs=pairs,
            attr_name=attr_name,
            errors=errors,
            exact=exact,
            walks_per_node=walks_per_node,
            seed=seed,
            num_threads=num_threads,
        )
