"""Without a GPU, Triton's interpreter runs the kernels: it is chosen when they are first imported."""

import os
import sys

import numpy as np
import pytest

from graphkit.gpu.backend import seems_to_be_there


def gpu_is_there():
    """Whether torch, imported only where there is a driver, finds a GPU."""
    if not seems_to_be_there():
        return False
    import torch

    return torch.cuda.is_available()


if not gpu_is_there():
    os.environ["TRITON_INTERPRET"] = "1"


@pytest.fixture
def crossings(monkeypatch):
    """Numbers in each copy between tensors and arrays that graphkit makes, either way."""
    import torch

    sizes = []

    def counted(function, size):
        def call(*arguments, **options):
            if sys._getframe(1).f_globals["__name__"].startswith("graphkit"):
                sizes.append(size(arguments[0]))
            return function(*arguments, **options)

        return call

    for name in ("cpu", "numpy", "tolist", "__array__"):
        monkeypatch.setattr(torch.Tensor, name, counted(getattr(torch.Tensor, name), torch.Tensor.numel))
    for name in ("tensor", "from_numpy"):
        monkeypatch.setattr(torch, name, counted(getattr(torch, name), np.size))
    given = counted(torch.as_tensor, lambda x: 0 if isinstance(x, torch.Tensor) else np.size(x))
    monkeypatch.setattr(torch, "as_tensor", given)
    return sizes


@pytest.fixture
def few_episodes(monkeypatch):
    """An episode costs the interpreter as much whatever its size."""
    monkeypatch.setattr("graphkit.sgns.gpu.training._EPISODES", 2)
