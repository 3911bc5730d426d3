"""Processes in a ring by gloo: the bits of one process alone."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support import ring_process

from graphkit.distributed import fit_in_parts
from graphkit.errors import ParameterError
from graphkit.sgns.ring import TorchRing


@pytest.mark.parametrize("size", [2, 4])
def test_every_process_has_the_bits_of_one_alone(tmp_path, size):
    program = Path(ring_process.__file__)
    processes = [
        subprocess.Popen(
            [sys.executable, program, str(rank), str(size), tmp_path / "store", tmp_path / "rank"]
        )
        for rank in range(size)
    ]
    try:
        assert [process.wait(timeout=120) for process in processes] == [0] * size
    finally:
        # Where one has failed, the others wait for it.
        for process in processes:
            process.kill()
    for name, method in ring_process.METHODS.items():
        alone = fit_in_parts(method, ring_process.graph(), num_parts=ring_process.NUM_PARTS)
        for rank in range(size):
            found = np.load(tmp_path / f"rank{rank}.npz")
            assert np.array_equal(found[f"{name} centers"], alone.embedding_)
            assert np.array_equal(found[f"{name} contexts"], alone.context_embedding_)
            assert found[f"{name} record"].tolist() == [alone.pairs_, alone.loss_]


def test_a_ring_needs_a_group():
    with pytest.raises(ParameterError, match=r"torch\.distributed is not initialised: start"):
        TorchRing()
