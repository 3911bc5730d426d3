"""Every kernel compiles for GPUs that are not there, with nothing spilled and wide reads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "support" / "compiled_kernels.py"


@pytest.fixture(scope="module", params=[80, 90])
def kernels(request):
    """What became of each kernel, for one generation of GPUs."""
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    done = subprocess.run(
        [sys.executable, SCRIPT, str(request.param)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_nothing_is_spilled(kernels):
    assert {kernel["kernel"] for kernel in kernels} == {"walk_first_order", "walk_second_order"}
    for kernel in kernels:
        assert kernel["STACK"] == kernel["LOCAL"] == 0, kernel
        assert not any(name.startswith(("LDL", "STL")) for name in kernel["instructions"]), kernel


def test_registers_leave_room_for_many_walks(kernels):
    """With 32 a multiprocessor holds its 64 warps, with 64 half of them: as many as programs of one warp."""
    for kernel in kernels:
        most = 32 if kernel["kernel"] == "walk_first_order" else 80 if kernel["EXTENDED"] else 64
        assert kernel["REG"] <= most, kernel


def test_a_row_and_a_cell_are_one_read_each(kernels):
    for kernel in kernels:
        found = kernel["instructions"]
        assert any(name.startswith("LDG.E.64") for name in found), kernel
        assert any(name.startswith("LDG.E.128") for name in found) == kernel["WEIGHTED"], kernel


def test_lanes_do_not_wait_at_barriers(kernels):
    assert not any(name.startswith("BAR") for kernel in kernels for name in kernel["instructions"])
