"""Compile the device's kernels, as they are launched, for a GPU that need not be there.

    python compiled_kernels.py 90

Prints a line of JSON a kernel: its options, registers, bytes of stack, how often each instruction occurs, and
the order of reads and additions in doubles.
Must run without TRITON_INTERPRET, which takes the compiler away.
"""

import collections
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.kernels.gpu import (
    deposit_table,
    layout,
    numpy_philox,
    ordered_sum,
    projection,
    row_filter,
    row_sums,
    sample_counts,
    skipgram_arcs,
    skipgram_pairs,
    skipgram_tokens,
    skipgram_walks,
    spmm,
    walker_coupling,
    walks_first_order,
    walks_second_order,
)
from graphkit.layout.gpu import DeviceLayout
from graphkit.layout.largevis import Objective
from graphkit.propagation.gpu import powers as propagation
from graphkit.propagation.gpu.powers import DevicePropagation
from graphkit.propagation.projection import Projection
from graphkit.seeds import Stream
from graphkit.sgns import block_grid
from graphkit.sgns.gpu.arcs import device_arcs
from graphkit.sgns.gpu.block_grid import DeviceBlockTrainer
from graphkit.sgns.gpu.training import DeviceTrainer
from graphkit.sgns.trainer import VectorTables
from graphkit.walks.gpu.tables import uploaded
from graphkit.walks.gpu.walks import SHAPES, DeviceWalker
from graphkit.walks.walker import Walker

TOOLS = Path(triton.__file__).parent / "backends" / "nvidia" / "bin"
POINTERS = {
    torch.bool: "*i1",
    torch.int32: "*i32",
    torch.int64: "*i64",
    torch.float32: "*fp32",
    torch.float64: "*fp64",
}
OPTIONS = ("num_warps", "num_stages", "enable_fp_fusion")
INSTRUCTIONS = "LDG|STG|LDL|STL|BAR|REDG?|HMMA|HGMMA"

KERNELS = {
    deposit_table: ["add_deposits"],
    walker_coupling: ["walker_words"],
    layout: ["move_points"],
    numpy_philox: ["fill_uniform"],
    ordered_sum: ["sum_in_order"],
    row_filter: ["build_row_filter"],
    walks_first_order: ["walk_first_order"],
    walks_second_order: ["walk_second_order"],
    row_sums: ["sum_rows", "scale_arcs"],
    spmm: ["multiply", "multiply_segments", "add_segments", "add_scaled"],
    projection: ["fill_dense"],
    sample_counts: ["count_samples"],
    skipgram_arcs: ["train_arc_tiles", "train_arcs"],
    skipgram_pairs: ["train_pairs"],
    skipgram_tokens: ["keep_tokens"],
    skipgram_walks: ["train_walks"],
}

RETURNING = {"p": 0.1, "q": 0.5, "restart": 0.1}
PLAIN = [{}, {"p": 0.25, "q": 0.25}, RETURNING]
WEIGHTED = [{"stop": 0.1}, {"p": 0.25, "q": 1}, RETURNING]
EXTENDED = [{"p": 0.1, "q": 0.5, "stop": 0.1, "extend": True}]
"""Laws on graphs without weights, with weights and directions, with weights."""


class Compiled:
    """Stands for a kernel: what would launch it compiles it."""

    def __init__(self, kernel, capability):
        self.kernel, self.target = kernel, GPUTarget("cuda", capability, 32)
        self.done = set()

    def __getitem__(self, _grid):
        return self.compile

    def compile(self, *arguments, **named):
        options = {key: named.pop(key) for key in OPTIONS if key in named}
        values = dict(zip(self.kernel.arg_names, arguments)) | named
        parameters = {parameter.name: parameter for parameter in self.kernel.params}
        signature = {name: type_of(parameters[name], values[name]) for name in self.kernel.arg_names}
        constants = {
            (place,): values[name]
            for place, name in enumerate(self.kernel.arg_names)
            if signature[name] == "constexpr"
        }
        aligned = {
            (place,): [["tt.divisibility", 16]]
            for place, name in enumerate(self.kernel.arg_names)
            if is_aligned(parameters[name], values[name])
        }
        if (what := str((signature, constants, aligned, options))) in self.done:
            return
        self.done.add(what)
        source = ASTSource(self.kernel, signature, constants, aligned)
        compiled = triton.compile(source, target=self.target, options=options)
        shown = {name: value for name, value in named.items() if isinstance(value, (bool, int))}
        print(
            json.dumps(
                {
                    "kernel": self.kernel.__name__,
                    "weighted": values.get("weights") is not None,
                    "damped": any(values.get(name) is not None for name in ("factors", "center_factors")),
                    **shown,
                    **anatomy(compiled.asm["cubin"]),
                }
            )
        )


def type_of(parameter, value):
    """The type that a launch gives an argument."""
    if parameter.is_constexpr or value is None:
        return "constexpr"
    if isinstance(value, torch.Tensor):
        return POINTERS[value.dtype]
    return parameter.annotation_type or ("fp32" if isinstance(value, float) else "i32")


def is_aligned(parameter, value):
    """Whether a launch tells the compiler that an argument is a multiple of 16."""
    if isinstance(value, int) and not isinstance(value, bool):
        return not (parameter.is_constexpr or parameter.do_not_specialize) and value % 16 == 0
    return isinstance(value, torch.Tensor)


def anatomy(cubin):
    """Registers, stack and instructions of a compiled kernel."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        usage = output_of("cuobjdump", "-res-usage", file.name)
        code = output_of("nvdisasm", "-c", file.name)
    instructions = collections.Counter(re.findall(rf"\b((?:{INSTRUCTIONS})\.[\w.]+)", code))
    found = {name: int(re.search(rf"{name}:(\d+)", usage)[1]) for name in ("REG", "STACK", "LOCAL")}
    return found | {"instructions": instructions, "order": re.findall(r"\b(LDG|DADD)\b", code)}


def output_of(tool, *arguments):
    return subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, check=True).stdout


def launch_walks(graph, law):
    """Walk a little, as on a device."""
    walker = Walker(graph, walk_length=4, **law)
    bias = walker.bias if walker.second_order else None
    on_device = DeviceGraph(graph, torch.device("cpu"), 1)
    device_walker = DeviceWalker(
        on_device,
        uploaded(on_device, walker._tables),
        bias=bias,
        halts=walker.halts,
        seed=walker.seed,
        walk_length=4,
    )
    device_walker.shape = SHAPES["second" if walker.second_order else "first"]
    device_walker.walk(torch.zeros(8, dtype=torch.int32), torch.arange(8))


def launch_propagation(graph, *, transition):
    """What FastRP does, for 128 columns."""
    operator = DevicePropagation(DeviceGraph(graph, torch.device("cpu"), 1), transition=transition)
    first = operator.times_projection(Projection(128, 2.0, 1, Stream.PROJECTION, 1), np.ones(graph.num_nodes))
    operator.add_scaled(first, 1.0, operator.zeros(128), normalize=transition)


def launch_features():
    """What walkers with deposits launch; their own code would read the words, which nobody writes here."""
    words, loads = torch.zeros(8, dtype=torch.int64), torch.zeros(8, dtype=torch.float64)
    for antithetic in (False, True):
        walker_coupling.walker_words[(1,)](
            words, words, words, words, 0, 8, 1, 2, ANTITHETIC=antithetic, BLOCK=256
        )
    deposit_table.add_deposits[(1,)](words, words, loads, loads, 8, BLOCK=256)


def launch_preparation():
    """What is launched before walks and training on a graph of tensors."""
    words, arcs = torch.zeros(8, dtype=torch.int64), torch.zeros(8, dtype=torch.int32)
    row_filter.build_row_filter[(1,)](words, words, arcs, words, 8, BLOCK=256)
    numpy_philox.fill_uniform[(1,)](1, 2, 0, torch.zeros(8), 8, LANES=128)
    total = torch.zeros(1, dtype=torch.float64)
    ordered_sum.sum_in_order[(1,)](torch.zeros(8), total, 8, AHEAD=32, num_warps=1)


def launch_layout(graph, *, dim, shape):
    """Run a round, as on a device."""
    options = {"strength": np.ones(graph.num_nodes), "objective": Objective(shape=shape), "seed": 1}
    arcs = graph.indptr, graph.indices, graph.weights
    first = np.zeros((graph.num_nodes, dim), np.float32)
    moving = DeviceLayout(*arcs, first, device=torch.device("cpu"), num_threads=1, **options)
    moving.run(1, 1.0)


def launch_training(*, dim, num_negatives, weighted):
    """Train a little on arcs, then on walks in every way."""
    tables = VectorTables(np.zeros((50, dim), np.float32), np.zeros((50, dim), np.float32))
    ends, table = np.arange(50, dtype=np.int32), np.zeros((50 if weighted else 0, 2), np.uint32)
    # Skewed enough that rows are damped.
    frequencies = np.arange(1, 51) ** 3 if weighted else np.ones(50)
    trainer = DeviceTrainer(
        tables, frequencies, device=torch.device("cpu"), window=10, num_negatives=num_negatives
    )
    arcs = device_arcs(Arcs(ends, ends, table), torch.device("cpu"))
    trainer._train_arc_pairs(arcs, 0, 64, (0.05, 0.04))
    trainer._train_arc_tiles(arcs, 0, 64, (0.05, 0.04))
    for length in (40,) if weighted else (40, 80):
        walks = torch.zeros((length, 8), dtype=torch.int32)
        trainer.train_walks(walks, torch.arange(8), 1, (1e-4, 0.0))
    if not weighted:
        # A rate at which one tile would be too much at a time.
        trainer.train_walks(walks, torch.arange(8), 1, (1e4, 0.0))


def launch_grid(*, dim, num_negatives):
    """Train a block in tiles, then one with a rate at which a tile would be too much at a time."""
    tables = VectorTables(np.zeros((50, dim), np.float32), np.zeros((50, dim), np.float32))
    objective = block_grid.Objective(np.ones(50), np.ones(50), num_negatives, 0.75, 1)
    trainer = DeviceBlockTrainer(tables, objective, 2, device=torch.device("cpu"), num_threads=1)
    ends = np.arange(25, dtype=np.int32)
    arcs = block_grid.in_shuffled_order(ends, ends)
    for rate in (1e-4, 1e4):
        episode = block_grid.Episode(np.array([[0, 0], [25, 0]]), 0, (rate, 0.0), {(1, 0): arcs})
        for _ in trainer.train(SimpleNamespace(episodes=lambda *_, episode=episode: iter([episode]))):
            pass


def main(capability):
    for module, names in KERNELS.items():
        for name in names:
            setattr(module, name, Compiled(getattr(module, name), capability))
    # Node 2 has more arcs.
    propagation.SEGMENT_ARCS = 2
    edges = np.array([(0, 1), (1, 2), (2, 0), (2, 3), (2, 4)])
    plain = Graph.from_edges(edges)
    weighted, directed = (Graph.from_edges(edges, np.arange(1, 6), directed=asked) for asked in (False, True))
    for graph, laws in ((plain, PLAIN), (directed, WEIGHTED), (weighted, EXTENDED)):
        for law in laws:
            launch_walks(graph, law)
    launch_propagation(plain, transition=False)
    launch_propagation(directed, transition=True)
    launch_features()
    launch_preparation()
    launch_layout(plain, dim=2, shape="student")
    launch_layout(weighted, dim=3, shape="logistic")
    launch_training(dim=128, num_negatives=1, weighted=False)
    launch_training(dim=96, num_negatives=5, weighted=True)
    launch_grid(dim=128, num_negatives=1)
    launch_grid(dim=96, num_negatives=5)


if __name__ == "__main__":
    main(int(sys.argv[1]))
