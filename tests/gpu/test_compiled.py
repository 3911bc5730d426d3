"""Every kernel compiles for GPUs that are not there, with nothing spilled and wide reads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MOST_REGISTERS = {
    "walk_first_order": 32,
    "walk_second_order": 64,
    "multiply": 64,
    "multiply_segments": 64,
    "add_segments": 64,
    "add_scaled": 64,
    "sum_rows": 64,
    "scale_arcs": 32,
    "fill_dense": 64,
    "fill_uniform": 64,
    "build_row_filter": 32,
    "add_deposits": 32,
    "sum_in_order": 64,
    "walker_words": 32,
    "move_points": 64,
    "keep_tokens": 32,
    "count_samples": 32,
    "train_arc_tiles": 255,
    "train_arcs": 80,
    "train_pairs": 128,
    "train_walks": 255,
}
"""With 32 a multiprocessor holds its 64 warps, with 64 half of them: as many as programs of one warp."""

SCRIPT = Path(__file__).parents[1] / "support" / "compiled_kernels.py"


@pytest.fixture(scope="module")
def compilations():
    """A process for each generation of GPUs, side by side; the interpreter would take their compiler away."""
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    return {
        capability: subprocess.Popen(
            [sys.executable, SCRIPT, capability],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for capability in ("80", "90")
    }


@pytest.fixture(scope="module", params=["80", "90"])
def kernels(request, compilations):
    """What became of each kernel, for one generation of GPUs."""
    output, errors = compilations[request.param].communicate()
    assert compilations[request.param].returncode == 0, errors[-3000:]
    return [json.loads(line) for line in output.splitlines()]


def of_kind(kernels, *names):
    return [kernel for kernel in kernels if kernel["kernel"] in names]


def reads(kernel, width):
    return any(name.startswith(f"LDG.E.{width}") for name in kernel["instructions"])


def test_nothing_is_spilled(kernels):
    assert {kernel["kernel"] for kernel in kernels} == MOST_REGISTERS.keys()
    for kernel in kernels:
        assert kernel["STACK"] == kernel["LOCAL"] == 0, kernel
        assert not any(name.startswith(("LDL", "STL")) for name in kernel["instructions"]), kernel


def test_registers_leave_room_for_others(kernels):
    for kernel in kernels:
        most = MOST_REGISTERS[kernel["kernel"]]
        if kernel["kernel"] == "walk_second_order" and (kernel["HALTS"] or kernel["EXTENDED"]):
            most = 80
        if kernel["kernel"] == "train_arcs" and kernel["damped"]:
            most = 96
        assert kernel["REG"] <= most, kernel


def test_points_and_cells_of_a_layout_are_one_read_each(kernels):
    for kernel in of_kind(kernels, "move_points"):
        assert reads(kernel, 128), kernel
        assert reads(kernel, 64), kernel
        assert not any(name.startswith("RED") for name in kernel["instructions"]), kernel


def test_steps_are_added_16_bytes_at_a_time_by_atomics(kernels, request):
    wide = request.node.callspec.params["kernels"] == "90"
    for kernel in of_kind(kernels, "train_arc_tiles", "train_arcs", "train_pairs", "train_walks"):
        assert reads(kernel, 128), kernel
        added = [name for name in kernel["instructions"] if name.startswith("RED")]
        # Before compute capability 9.0 there are none but for single numbers.
        assert [name for name in added if ("F32x4" in name) == wide] == added != [], kernel


def test_products_of_tiles_are_for_tensor_cores(kernels):
    for kernel in of_kind(kernels, "train_arc_tiles", "train_walks"):
        assert any(name.startswith(("HMMA", "HGMMA")) for name in kernel["instructions"]), kernel


def test_a_row_and_a_cell_are_one_read_each(kernels):
    for kernel in of_kind(kernels, "walk_first_order", "walk_second_order"):
        assert reads(kernel, 64), kernel
        assert reads(kernel, 128) == kernel["WEIGHTED"], kernel


def test_dense_rows_are_read_and_written_16_bytes_at_a_time(kernels):
    for kernel in of_kind(kernels, "multiply", "multiply_segments", "add_segments", "add_scaled"):
        assert reads(kernel, 128), kernel
        assert any(name.startswith("STG.E.128") for name in kernel["instructions"]), kernel


def test_a_long_sum_reads_ahead_of_its_additions(kernels):
    (kernel,) = of_kind(kernels, "sum_in_order")
    first_added = kernel["order"].index("DADD")
    assert kernel["order"][:first_added].count("LDG") == 32, kernel


def test_lanes_do_not_wait_at_barriers(kernels):
    for kernel in of_kind(kernels, "walk_first_order", "walk_second_order", "multiply", "multiply_segments"):
        assert not any(name.startswith("BAR") for name in kernel["instructions"]), kernel
