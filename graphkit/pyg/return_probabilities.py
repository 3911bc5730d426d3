"""AddReturnProbabilities: random-walk structural encodings (RWSE) as a transform of PyTorch Geometric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.encodings.walk_series import check_steps, step_series
from graphkit.gpu.backend import Backend
from graphkit.gpu.placement import find_device
from graphkit.graph.size import Sizes
from graphkit.pyg.walk_encoding import WalkEncoding
from graphkit.walks.gpu.walks import device_bytes

if TYPE_CHECKING:
    import torch


class AddReturnProbabilities(WalkEncoding):
    """Adds how likely a walk is back at its node after 1, 2, … steps: random-walk structural encodings, RWSE.

    Column k - 1 of node i is P^k(i, i), P = D^-1 A. Powers of P are never formed. On small graphs, and large
    ones where few steps do not lead far, the probabilities are exact; on others they are estimated by walks,
    in time linear in the nodes.

    Parameters
    ----------
    num_steps
        Columns, from 1 to 1000.
    walks_per_node
        Walks, >= 1, to estimate the probabilities by; the standard error of a probability p is
        sqrt(p (1 - p) / walks_per_node). None for exact ones where they take no longer than 200 walks a node
        or two seconds, and 200 walks elsewhere.
    attr_name
        The attribute that gets them; None for further columns of ``x``.
    seed
        Random seed, in [0, 2**64). The probabilities do not depend on where walks are made.
    backend
        Where to walk: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes a GPU
        where there is one, and room on it. If the edges are on a GPU too, they do not cross to the host.
        What is exact is computed on the CPU.
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.
    exact
        True for exact probabilities, however long it takes, False for estimated ones, None for what
        `walks_per_node` says.
    errors
        Whether ``ATTR_error`` gets the standard errors, float32 [num_nodes, num_steps]; 0 where exact.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    A walk ends at a node without arcs, so that an isolated node has zeros. With ``edge_weight`` a step takes
    an arc by its weight. Without weights the values are those of PyTorch Geometric's ``AddRandomWalkPE``,
    which takes all arcs of a node alike even if there are weights.

    References
    ----------
    V. Dwivedi and others, "Graph neural networks with learnable structural and positional representations",
    ICLR 2022.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> data = Data(edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), num_nodes=3)
    >>> AddReturnProbabilities(num_steps=4)(data).random_walk_pe[0]
    tensor([0.0000, 0.5000, 0.0000, 0.5000])
    """

    def __init__(
        self,
        *,
        num_steps: int = 16,
        walks_per_node: int | None = None,
        attr_name: str | None = "random_walk_pe",
        seed: int = 0,
        backend: Backend = "cpu",
        num_threads: int | None = None,
        exact: bool | None = None,
        errors: bool = False,
    ):
        self.num_steps = check_steps("num_steps", num_steps)
        self.backend = backend
        super().__init__(
            step_series(1, self.num_steps),
            stays=False,
            with_pairs=False,
            attr_name=attr_name,
            errors=errors,
            exact=exact,
            walks_per_node=walks_per_node,
            seed=seed,
            num_threads=num_threads,
        )

    def _device(self, sizes: Sizes) -> torch.device | None:
        law = {"second_order": False, "extended": False, "asks": False}
        return find_device(self.backend, lambda: device_bytes(sizes, walk_length=self.num_steps + 1, **law))
