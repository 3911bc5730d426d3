"""Without a GPU, Triton's interpreter runs the kernels: it is chosen when they are first imported."""

import os

from graphkit.backend import seems_to_be_there


def gpu_is_there():
    """Whether torch, imported only where there is a driver, finds a GPU."""
    if not seems_to_be_there():
        return False
    import torch

    return torch.cuda.is_available()


if not gpu_is_there():
    os.environ["TRITON_INTERPRET"] = "1"
