"""How a kernel is launched: on the device where its tensors lie, whichever is torch's present one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def launch(kernel: Any, programs: int | tuple[int, int], *arguments: Any, **options: Any) -> None:
    """Run so many programs of a kernel on the device of its first tensor.

    Triton compiles for torch's present device, and launches there and on its stream, wherever the tensors
    lie; so theirs is made the present one for as long as the launch takes.

    Parameters
    ----------
    kernel
        Of `graphkit.kernels.gpu`.
    programs
        How many, along one axis or two.
    *arguments, **options
        The kernel's; all tensors are on one device.
    """
    import torch

    first = next(argument for argument in arguments if isinstance(argument, torch.Tensor))
    with made_present(first.device):
        kernel[programs if isinstance(programs, tuple) else (programs,)](*arguments, **options)


def made_present(device: torch.device) -> Any:
    """Return a context in which a GPU is torch's present one; of no effect for a device that is no GPU."""
    import torch

    return torch.cuda.device(device.index if device.type == "cuda" else -1)
