"""Imports go downwards only, and light modules stay light."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LAYERS = [
    {"errors", "arrays", "progress"},
    {"files", "seeds", "parallel", "backend"},
    {"engine"},
    {"kernels"},
    {"node_ids", "principal_components", "potential", "shards", "crowding"},
    {"relabel", "sorting", "stored_ids"},
    {"graph"},
    {"build", "storage", "features"},
    {"edges"},
    {"walk_starts", "walk_tables", "device_graph", "device_rows"},
    {"device_walks", "device_features"},
    {"walks", "length_features", "sparse_product"},
    {
        "feature_walks",
        "kernel_operator",
        "projection",
        "neighbors",
        "training",
        "corpus",
        "checkpoints",
        "reconstruction",
        "cores",
        "modulation",
        "learnable_modulation",
    },
    {"device_arcs", "device_chunks"},
    {
        "propagation",
        "outwards",
        "layout",
        "descent",
        "block_grid",
        "ring",
        "device_training",
        "device_corpus",
    },
    {"block_samples"},
    {"device_propagation", "device_layout"},
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
"""A module imports, at its top, from layers above it in this list or from its own package."""

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


def layer_of(package):
    return next(number for number, names in enumerate(LAYERS) if package in names)


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("__")])
def test_imports_go_downwards(name):
    package = name.split(".")[0]
    for module in imported(ast.parse(FILES[name].read_text()), top_only=False):
        if not module.startswith("graphkit."):
            continue
        other = module.split(".")[1]
        lazy = other in LAZY.get(package, ())
        assert other == package or lazy or layer_of(other) < layer_of(package), f"{name} imports {module}"


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("kernels.gpu.")])
def test_heavy_libraries_are_imported_where_they_are_used(name):
    tops = {module.split(".")[0] for module in imported(ast.parse(FILES[name].read_text()), top_only=True)}
    assert not tops & HEAVY


def test_every_module_has_a_layer():
    tops = {name.split(".")[0] for name in FILES if not name.startswith("__")}
    assert tops == set().union(*LAYERS)
