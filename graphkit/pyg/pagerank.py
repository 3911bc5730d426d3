"""AddPageRank: personalised PageRank as a transform of PyTorch Geometric."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit.encodings.walk_series import pagerank_series
from graphkit.pyg.walk_encoding import WalkEncoding


class AddPageRank(WalkEncoding):
    """Adds personalised PageRank, r (I - (1 - r) P)^-1 (i, i) of each node; with `pairs`, (i, j) too.

    P = D^-1 A; there is a column for each probability r of restarting.

    Parameters
    ----------
    restarts
        One or more, in [0.001, 1).
    pairs
        Whether ``ATTR_index`` and ``ATTR_val`` get the pairs in reach, as of `AddRRWP`: the score of j for
        the source i.
    walks_per_node
        Walks, >= 1, to estimate the scores by, whose standard error is at most 1 / (2 sqrt(walks_per_node)).
        None for exact ones where they take no longer than 200 walks a node or two seconds, and pairs no more
        than a gigabyte; 200 walks elsewhere.
    attr_name
        The attribute of nodes, or None for further columns of ``x``.
    seed
        Random seed of walks, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    exact
        True for exact scores, however long it takes, False for estimated ones, None for what
        `walks_per_node` says.
    errors
        Whether ``ATTR_error``, and of pairs ``ATTR_val_error``, get the standard errors; 0 where exact.

    Raises
    ------
    ParameterError
        For a parameter outside its range, and when it is called, if memory cannot hold the pairs.

    Notes
    -----
    The series sum_k r (1 - r)^k P^k is summed until 1e-9 is left. A walk stays at a node without arcs, where
    `graphkit.PersonalizedPageRank` sends it back to its source: of undirected graphs that is the same.

    References
    ----------
    F. Grötschla, J. Xie, R. Wattenhofer, "Benchmarking Positional Encodings for GNNs and Graph Transformers",
    2024; L. Page, S. Brin, R. Motwani, T. Winograd, "The PageRank citation ranking", 1999.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=2)
    >>> AddPageRank(0.5)(data).pagerank
    tensor([[0.6667],
            [0.6667]])
    """

    def __init__(
        self,
        restarts: float | Sequence[float] = 0.15,
        *,
        pairs: bool = False,
        walks_per_node: int | None = None,
        attr_name: str | None = "pagerank",
        seed: int = 0,
        num_threads: int | None = None,
        exact: bool | None = None,
        errors: bool = False,
    ):
        self.restarts, self.pairs = restarts, pairs
        super().__init__(
            pagerank_series(restarts),
            stays=True,
            with_pairs=pairs,
            attr_name=attr_name,
            errors=errors,
            exact=exact,
            walks_per_node=walks_per_node,
            seed=seed,
            num_threads=num_threads,
        )
