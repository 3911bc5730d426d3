"""Imports go downwards only, and light modules stay light."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LAYERS = [
    "errors arrays progress lazy preview checks parameters resources parallel seeds",
    "kernels files gpu",
    "graph engine",
    "io walks cores propagation graph_kernels neighbors",
    "embedding datasets sgns layout encodings subgraphs",
    "methods maps",
    "pagerank local evaluation prediction distributed sparsification pyg",
    "outofcore",
    "cli",
]
"""A module imports from its own package, from layers above, and from what stands before it in its layer."""

ORDER = " ".join(LAYERS).split()

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
                # The version is the package's own.
                names = {alias.name for alias in node.names} - {"__version__"}
                yield from (f"graphkit.{name}" for name in sorted(names))
            else:
                yield node.module


def top_level(tree):
    """Statements that run when the module is imported."""
    for node in tree.body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from node.body


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("__")])
def test_imports_go_downwards(name):
    unit = name.split(".")[0]
    for module in imported(ast.parse(FILES[name].read_text()), top_only=False):
        package, _, rest = module.partition(".")
        if package == "graphkit":
            other = rest.split(".")[0]
            assert other == unit or ORDER.index(other) < ORDER.index(unit), f"{name} imports {module}"


def test_the_top_holds_what_everything_stands_on():
    at_top = {name for name in FILES if "." not in name and name not in ("kernels", "datasets", "__main__")}
    modules = {name for name in at_top if (ROOT / "graphkit" / f"{name}.py").exists()}
    assert len(modules) <= 13, f"a module belongs to a subject: {sorted(modules)}"


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("kernels.gpu.")])
def test_heavy_libraries_are_imported_where_they_are_used(name):
    tops = {module.split(".")[0] for module in imported(ast.parse(FILES[name].read_text()), top_only=True)}
    assert not tops & HEAVY


def test_every_module_has_a_layer():
    assert {name.split(".")[0] for name in FILES if not name.startswith("__")} == set(ORDER)
    assert len(ORDER) == len(set(ORDER))
