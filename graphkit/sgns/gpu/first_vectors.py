"""Where training starts, drawn on a device: the bits of `graphkit.sgns.trainer.initial_vectors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.gpu.launch import launch
from graphkit.seeds import Stream, check_seed
from graphkit.sgns.trainer import VectorTables, initial_width

if TYPE_CHECKING:
    import torch

_LANES = 128
_BLOCK_FLOATS = 8

_ROWS_CHECKED = 1 << 16


class TensorTables(VectorTables):
    """Vectors in training that are tensors, and stay where they are.

    Attributes
    ----------
    centers, contexts
        float32 [num_nodes, dim] each.
    """

    def are_finite(self) -> bool:
        """Whether all numbers of both tables are finite."""
        tables: Any = self.centers, self.contexts
        return all(_are_finite(table) for table in tables)


def tensor_tables(num_nodes: int, dim: int, seed: int, init: Any, device: torch.device) -> TensorTables:
    """Return small random centres, or a copy of `init`, and contexts of 0.

    Raises
    ------
    InputError
        For `init` of another shape, or not finite.
    """
    if init is None:
        return with_contexts(first_vectors(num_nodes, dim, seed, device))
    return with_contexts(own_vectors(init, num_nodes, dim, device))


def with_contexts(centers: torch.Tensor, *, one_table: bool = False) -> TensorTables:
    """Return tables of these centres, and of contexts of 0, or the centres themselves as contexts."""
    import torch

    tables: Any = centers, centers if one_table else torch.zeros_like(centers)
    return TensorTables(*tables)


def own_vectors(init: Any, num_nodes: int, dim: int, device: torch.device) -> torch.Tensor:
    """Return a copy of own initial vectors on the device, float32 [num_nodes, dim], or raise `InputError`."""
    import torch

    vectors = torch.as_tensor(init, dtype=torch.float32, device=device).detach().clone()
    if vectors.shape != (num_nodes, dim):
        raise InputError(f"init must have shape [{num_nodes}, {dim}], got {list(vectors.shape)}")
    if not _are_finite(vectors):
        raise InputError("init holds numbers that are not finite")
    return vectors


def _are_finite(vectors: torch.Tensor) -> bool:
    """Whether all numbers are finite; looked at in parts, since torch takes a table more for it."""
    parts = vectors.split(_ROWS_CHECKED)  # type: ignore[no-untyped-call]
    return all(bool(part.isfinite().all()) for part in parts)


def first_vectors(
    num_nodes: int, dim: int, seed: int, device: torch.device, item: int = 0, *, width: float | None = None
) -> torch.Tensor:
    """Return the bits of `initial_vectors`, float32 [num_nodes, dim]."""
    import torch

    from graphkit.kernels.gpu.numpy_philox import fill_uniform

    size = num_nodes * dim
    vectors = torch.empty(size, device=device)
    num_blocks = -(-size // _BLOCK_FLOATS)
    if size:
        key = check_seed(seed), int(Stream.VECTORS)
        launch(fill_uniform, -(-num_blocks // _LANES), *key, item, vectors, size, LANES=_LANES)
    vectors.sub_(0.5).mul_(initial_width(dim) if width is None else width)
    return vectors.view(num_nodes, dim)
