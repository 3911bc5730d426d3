"""Which backend is taken, and what is said when there is no GPU to take."""

import ast
import contextlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from support.graphs import random_graph

import graphkit
from graphkit import DeepWalk, MissingDependencyError, ParameterError, RunError, random_walks
from graphkit.gpu import backend as backends
from graphkit.gpu import placement
from graphkit.gpu.backend import backend_of
from graphkit.gpu.launch import launch
from graphkit.gpu.placement import Placement, find_device
from graphkit.graph.gpu.graph import MAX_ARCS, check_size
from graphkit.walks.gpu.walks import DeviceWalker, device_bytes
from graphkit.walks.walker import Walker


def nothing():
    return {}


@pytest.fixture
def gpu(monkeypatch):
    """A machine with a driver and a torch for it, to be spoilt by a test."""
    monkeypatch.setattr(backends, "is_interpreted", lambda: False)
    monkeypatch.setattr(placement, "seems_to_be_there", lambda: True)
    monkeypatch.setattr(backends, "_start_triton", lambda: None)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "init", lambda: None)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "NVIDIA H100")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2 * 10**9, 80 * 10**9))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 3 * 10**9)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 10**9)
    return monkeypatch


def test_a_gpu_that_is_there_is_taken(gpu):
    assert find_device("gpu", nothing) == find_device("auto", nothing) == torch.device("cuda", 0)
    assert find_device("cpu", nothing) is None


@pytest.mark.parametrize("number", [0, 1])
def test_a_gpu_is_taken_by_its_number(gpu, number):
    device = find_device(f"gpu:{number}", nothing)
    assert device == torch.device("cuda", number)
    assert backend_of(device) == f"gpu:{number}"


@pytest.mark.parametrize(("count", "there"), [(1, "1 GPU, gpu:0"), (2, "2 GPUs, gpu:0 to gpu:1")])
def test_there_is_no_gpu_of_that_number(gpu, count, there):
    gpu.setattr(torch.cuda, "device_count", lambda: count)
    with pytest.raises(ParameterError, match=f"gpu:2: there is no such GPU; torch finds {there}$"):
        find_device("gpu:2", nothing)


def test_what_is_asked_is_asked_of_that_gpu(gpu):
    gpu.setattr(torch.cuda, "get_device_capability", lambda device: (9 - 2 * device.index, 0))
    gpu.setattr(torch.cuda, "mem_get_info", lambda device: ((10 - device.index) * 10**9, 80 * 10**9))
    assert find_device("gpu:0", nothing) is not None
    with pytest.raises(ParameterError, match=r"backend gpu:1: NVIDIA H100 has compute capability 7\.0"):
        find_device("gpu:1", nothing)
    gpu.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    with pytest.raises(ParameterError, match=r"backend gpu:1 needs 11\.2 GiB .*, but 10\.2 GiB are free"):
        find_device("gpu:1", lambda: {"graph": 12 * 10**9})
    assert find_device("gpu:0", lambda: {"graph": 12 * 10**9}) is not None


def test_auto_asks_torch_only_where_a_driver_is(gpu):
    gpu.setattr(placement, "seems_to_be_there", lambda: False)
    gpu.setattr(placement, "usable_device", lambda: pytest.fail("torch was asked"))
    assert find_device("auto", nothing) is None


@pytest.mark.parametrize("backend", ["cuda", "cpu:0", "auto:1", "gpu:", "gpu:-1", "gpu:1.0", "gpu:x", 1])
def test_an_unknown_backend(backend):
    message = f"unknown backend '{backend}'.*ossible: auto, cpu, gpu, gpu:N"
    with pytest.raises(ParameterError, match=message):
        random_walks(random_graph(5, 9), backend=backend)


def test_a_method_hands_its_gpu_on(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "graphkit.methods.walk_skipgram.placement_for", lambda *_: Placement(torch.device("cuda", 1), 1)
    )
    monkeypatch.setattr(
        "graphkit.walks.walker.device_for", lambda graph, backend, plan: asked.append(backend)
    )
    DeepWalk(dim=2, walk_length=3, window=1, backend="auto").fit(random_graph(5, 9))
    assert asked == ["gpu:1"]


def test_kernels_run_on_the_device_of_their_tensors(monkeypatch):
    present = [0]

    @contextlib.contextmanager
    def device(number):
        before, present[0] = present[0], number
        yield
        present[0] = before

    class Kernel:
        def __getitem__(self, programs):
            return lambda *arguments, **options: launches.append((present[0], programs, arguments, options))

    launches, tensor = [], torch.empty(3)
    monkeypatch.setattr(torch.cuda, "device", device)
    launch(Kernel(), 4, 7, tensor, None, BLOCK=8)
    # No tensor can be made on a GPU that is not there: its device is all that counts.
    monkeypatch.setattr(torch.Tensor, "device", torch.device("cuda", 1))
    launch(Kernel(), (4, 5), tensor)
    assert launches == [(-1, (4,), (7, tensor, None), {"BLOCK": 8}), (1, (4, 5), (tensor,), {})]
    assert present == [0]


def test_no_file_launches_a_kernel_by_itself():
    root = Path(graphkit.__file__).parent
    files = [path for path in root.rglob("*.py") if "kernels" not in path.relative_to(root).parts]
    using = [path for path in files if "graphkit.kernels.gpu" in path.read_text()]
    assert len(using) > 4
    for path in using:
        for node in ast.walk(ast.parse(path.read_text())):
            launches = isinstance(node, ast.Call) and isinstance(node.func, ast.Subscript)
            by_itself = launches and path.name != "launch.py"
            assert not by_itself, f"{path}:{node.lineno} launches without graphkit.gpu.launch"


@pytest.mark.parametrize(
    ("library", "install"), [("torch", "pip install torch"), ("triton", "pip install 'triton>=3.6'")]
)
def test_a_library_is_missing(gpu, library, install):
    gpu.setitem(sys.modules, library, None)
    with pytest.raises(MissingDependencyError, match=f"backend gpu needs {library}: {install}"):
        find_device("gpu", nothing)
    assert find_device("auto", nothing) is None


def test_a_torch_for_the_cpu_alone(gpu):
    gpu.setattr(torch.version, "cuda", None)
    gpu.setattr(torch, "__version__", "2.13.0+cpu")
    with pytest.raises(ParameterError, match=r"gpu: torch 2\.13\.0\+cpu is built for the CPU alone"):
        find_device("gpu", nothing)


def test_amds_torch_will_do(gpu):
    gpu.setattr(torch.version, "cuda", None)
    gpu.setattr(torch.version, "hip", "6.4")
    gpu.setattr(torch.cuda, "get_device_capability", lambda device: (7, 0))
    assert find_device("gpu", nothing) == torch.device("cuda", 0)


def test_no_driver_or_an_old_one(gpu):
    def fail():
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).\nUpdate it.")

    gpu.setattr(torch.cuda, "init", fail)
    with pytest.raises(ParameterError, match=r"gpu: The NVIDIA driver .* too old \(found version 11040\)\.$"):
        find_device("gpu", nothing)


def test_an_old_gpu(gpu):
    gpu.setattr(torch.cuda, "get_device_capability", lambda device: (7, 0))
    with pytest.raises(ParameterError, match=r"H100 has compute capability 7\.0, Triton needs 8\.0 or more"):
        find_device("gpu", nothing)


def test_triton_cannot_start(gpu):
    class Driver:
        def get_current_target(self):
            raise RuntimeError("Failed to find C compiler.\nSet CC.")

    gpu.undo()
    gpu.setattr("triton.runtime.driver", SimpleNamespace(active=Driver()))
    with pytest.raises(ParameterError, match=r"triton .* cannot start: Failed to find C compiler\.$"):
        backends._start_triton()


def test_too_little_memory_is_refused_with_the_numbers(gpu):
    def plan():
        return {"graph": 3 * 10**9, "walks": 15 * 10**8}

    # 2 GB are free, and 2 GB are torch's and not in use.
    message = r"needs 4\.2 GiB on the device \(graph 2\.8 GiB, walks 1\.4 GiB\), but 3\.7 GiB are free"
    with pytest.raises(ParameterError, match=message):
        find_device("gpu", plan)
    assert find_device("auto", plan) is None
    assert find_device("gpu", lambda: {"graph": 4 * 10**9}) is not None


def test_a_graph_beyond_packed_rows():
    with pytest.raises(ParameterError, match="holds graphs below 4,294,967,296 arcs, got 4,294,967,296"):
        check_size(MAX_ARCS)
    check_size(MAX_ARCS - 1)


@pytest.mark.parametrize(
    ("weighted", "law"),
    [(weighted, law) for weighted in (False, True) for law in ({}, {"p": 0.5}, {"p": 0.5, "q": 2})]
    + [(True, {"q": 2, "extend": True})],
)
def test_the_plan_is_what_lies_on_the_device(weighted, law):
    graph = random_graph(50, 300, weighted=weighted, seed=1)
    walker = Walker(graph, walk_length=3, backend="gpu", **law)
    walker.walk(*walks_from(graph))
    held = tensors_of(walker.device_walker) | tensors_of(walker.device_walker.graph)
    plan = device_bytes(
        graph,
        walk_length=3,
        second_order=walker.second_order,
        extended=bool(law.get("extend")),
        asks=law.get("q", 1) != 1,
    )
    law_bytes = 32 if walker.second_order else 0
    assert sum(tensor.nbytes for tensor in held.values()) == plan["graph"] + plan["tables"] + law_bytes


def walks_from(graph):
    return np.arange(graph.num_nodes, dtype=np.int32), np.arange(graph.num_nodes)


def tensors_of(owner):
    return {name: value for name, value in vars(owner).items() if isinstance(value, torch.Tensor)}


def test_a_launch_without_memory_is_halved_until_it_is_small(monkeypatch):
    graph = random_graph(2000, 6000, seed=1)
    walker = Walker(graph, walk_length=2, backend="gpu")
    wanted = walker.walk(*walks_from(graph))
    launches, walk = [], DeviceWalker.walk

    def scarce(self, starts, numbers):
        launches.append(len(starts))
        if len(starts) > limit:
            raise torch.OutOfMemoryError
        return walk(self, starts, numbers)

    monkeypatch.setattr(DeviceWalker, "walk", scarce)
    walker.device_walker.launch_walks, limit = 4096, 1500
    assert (walker.walk(*walks_from(graph)) == wanted).all()
    assert launches == [2000, 2000, 1024, 976]
    limit = 500
    with pytest.raises(RunError, match="the device has no memory left for 1,024 walks"):
        walker.walk(*walks_from(graph))


def test_the_interpreter_counts_as_a_gpu_only_when_asked_for(monkeypatch):
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setattr(placement, "seems_to_be_there", lambda: False)
    assert find_device("gpu", nothing) == find_device("gpu:0", nothing) == torch.device("cpu")
    assert find_device("auto", nothing) is None
    with pytest.raises(ParameterError, match="gpu:1: there is no such GPU; torch finds 1 GPU, gpu:0"):
        find_device("gpu:1", nothing)
