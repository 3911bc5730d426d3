"""Imports go downwards only, and light modules stay light."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LAYERS = [
    {"errors", "arrays", "progress", "lazy", "numba_start", "arrow_numbers"},
    {"checks"},
    {"files", "array_files", "host_memory", "seeds", "parallel", "backend"},
    {"json_digest"},
    {"json_files"},
    {"engine"},
    {"kernels"},
    {"node_ids", "principal_components", "potential", "shards", "crowding"},
    {"relabel", "sorting", "stored_ids"},
    {"graph"},
    {"build", "storage", "features"},
    {"edges"},
    {"walk_starts", "walk_tables", "device.launch", "device.rows"},
    {"device.graph", "device.sums", "device.streams"},
    {"device.edges", "device.edge_tensors"},
    {"device.tensor_graph"},
    {"device.alias_cells", "device.cores"},
    {"device.walk_tables"},
    {"device.walks", "device.features"},
    {"walker"},
    {"walks", "graph_kernels", "training", "projection", "neighbors", "reconstruction", "cores", "row_sums"},
    {"device.arcs", "device.chunks", "device.first_vectors", "device.parts", "device.row_sums"},
    {"propagation", "outwards", "layout", "descent", "device.training", "device.corpus"},
    {"device.block_steps"},
    {"device.propagation", "device.layout", "device.block_grid", "device.ring_blocks"},
    {"device.in_parts"},
    {"embedding"},
    {"io"},
    {"methods"},
    {"distributed", "pyg"},
    {"top_nodes"},
    {"pagerank_engines"},
    {"pagerank"},
    {"maps"},
    {"evaluation"},
    {"datasets"},
    {"outofcore"},
    {"cli"},
]
"""A module imports, at its top, from layers above it in this list or from its own package.

Modules of `graphkit.device` stand beside the modules whose counterparts they are, each by its own name."""

LAZY = {"graph": {"edges", "storage"}, "embedding": {"io"}}
"""Methods of a class that hand over to a later layer, imported when they are called."""

HEAVY = {
    "faiss",
    "torch",
    "torch_geometric",
    "triton",
    "sklearn",
    "polars",
    "pyarrow",
    "pandas",
    "networkx",
    "igraph",
    "rich",
    "ray",
}


def module_files():
    files = {
        path.relative_to(ROOT / "graphkit").with_suffix("").parts: path
        for path in (ROOT / "graphkit").rglob("*.py")
    }
    for top in ("kernels", "datasets"):
        for path in (ROOT / top).rglob("*.py"):
            files[(top, *path.relative_to(ROOT / top).with_suffix("").parts)] = path
    return {".".join(parts): path for parts, path in sorted(files.items())}


FILES = module_files()


def imported(tree, *, top_only):
    """Names of the modules that a file imports; those under TYPE_CHECKING do not count."""
    nodes = list(top_level(tree)) if top_only else list(ast.walk(tree))
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in nodes:
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module == "graphkit":
                yield from (f"graphkit.{alias.name}" for alias in node.names)
            else:
                yield node.module


def top_level(tree):
    """Statements that run when the module is imported."""
    for node in tree.body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from node.body


def unit_of(name):
    """What the layers are made of: a package, or a module of the one that has no layer of its own."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "device" else parts[0]


def layer_of(unit):
    return next(number for number, names in enumerate(LAYERS) if unit in names)


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("__")])
def test_imports_go_downwards(name):
    unit = unit_of(name)
    for module in imported(ast.parse(FILES[name].read_text()), top_only=False):
        if not module.startswith("graphkit."):
            continue
        other = unit_of(module.removeprefix("graphkit."))
        lazy = other in LAZY.get(unit, ())
        assert other == unit or lazy or layer_of(other) < layer_of(unit), f"{name} imports {module}"


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("kernels.gpu.")])
def test_heavy_libraries_are_imported_where_they_are_used(name):
    tops = {module.split(".")[0] for module in imported(ast.parse(FILES[name].read_text()), top_only=True)}
    assert not tops & HEAVY


def test_every_module_has_a_layer():
    units = {unit_of(name) for name in FILES if not name.startswith("__")}
    assert units - {"device.__init__"} == set().union(*LAYERS)
