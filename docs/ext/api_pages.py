"""Writes the overview of the API: every public name in its group, so that none can be missing."""

from importlib import import_module
from pathlib import Path
from typing import Any

import graphkit
from graphkit.methods.registry import MAPS, METHODS

GRAPHS = ("Graph", "read_graph", "as_graph", "core_numbers", "k_core", "random_walks", "PersonalizedPageRank")
VECTORS = ("embed", "Embedding", "compare", "propagate")
NEIGHBORS = ("knn_graph", "KnnGraph", "NeighborIndex")

SUBMODULES = {
    "graphkit.maps": "Pictures, pages and files for other tools",
    "graphkit.evaluation": "Scores that state their protocol",
    "graphkit.datasets": "Shipped graphs, found ones, downloads",
    "graphkit.datasets.generators": "Graphs to measure on",
    "graphkit.io": "Reading with more to say than `read_graph`",
    "graphkit.pyg": "Transforms of PyTorch Geometric",
    "graphkit.distributed": "Training on the processes of torch.distributed",
    "graphkit.outofcore": "Graphs beyond memory",
    "graphkit.graph_kernels.learnable_modulation": "A kernel that is learned",
}

INNER = {
    "block_samples",
    "check_given",
    "check_kinds",
    "check_parameters",
    "check_run",
    "check_time",
    "device_for_tensors",
    "estimate_for",
    "measured",
    "memory_remedy",
    "name",
    "parameters",
    "prepared",
    "random_projection",
    "sampling_bytes",
    "top_of_rows",
    "train_walks",
}
"""Members of methods that the code itself calls, and no user."""

HEAD = """API reference
=============

Everything public, by what it is for. Methods are scikit-learn estimators with keyword parameters; the
command line has the same names (``graphkit METHOD --help``).

.. toctree::
   :hidden:
   :glob:

   generated/*
"""


def groups() -> list[tuple[str, list[str]]]:
    """Return the title of each group and its names, from ``graphkit.`` on; each public name once."""
    methods = [where.partition(":")[2] for where in METHODS.values()]
    maps = [where.partition(":")[2] for where in MAPS.values()]
    everything = [name for name in graphkit.__all__ if name != "__version__"]
    errors = [name for name in everything if name.endswith(("Error", "Warning"))]
    modules = [name for name in everything if f"graphkit.{name}" in SUBMODULES]
    named = [
        ("Graphs", list(GRAPHS)),
        ("Vectors", list(VECTORS)),
        ("Methods", [name for name in methods if name in everything]),
        ("Neighbours", list(NEIGHBORS)),
        ("Maps", [name for name in maps if name in everything]),
        ("Errors", errors),
    ]
    seen = {name for _, names in named for name in names} | set(modules)
    named.insert(-1, ("Also", [name for name in everything if name not in seen]))
    found = [(title, [f"graphkit.{name}" for name in names]) for title, names in named]
    return found + [(module, public_names(module)) for module in SUBMODULES]


def public_names(module: str) -> list[str]:
    """Return what a module offers, without what is a page of its own."""
    names = getattr(import_module(module), "__all__", None) or functions_of(module)
    whole = [f"{module}.{name}" for name in names]
    return [name for name in whole if name not in SUBMODULES]


def functions_of(module: str) -> list[str]:
    """Return the public functions and classes that a module itself defines."""
    found = vars(import_module(module)).items()
    return [name for name, value in found if name[0] != "_" and getattr(value, "__module__", "") == module]


def overview() -> str:
    """Return the page as reStructuredText."""
    parts = [HEAD]
    for title, names in groups():
        heading = SUBMODULES.get(title)
        words = f"{heading}: ``{title}``".replace("`read_graph`", "``read_graph``") if heading else title
        lines = [words, "-" * len(words), "", ".. autosummary::", "   :toctree: generated", ""]
        if names:
            parts.append("\n".join([*lines, *(f"   {name}" for name in names)]))
    return "\n\n".join(parts) + "\n"


def is_inner(_app: Any, _what: str, name: str, _member: Any, skip: bool, _options: Any) -> bool:
    """Tell whether a member is left out: what a method offers to the rest of the code."""
    return skip or name in INNER


def setup(app: Any) -> dict[str, Any]:
    """Write the overview at once: sources are looked for after this."""
    page = Path(app.srcdir) / "api" / "index.rst"
    page.parent.mkdir(exist_ok=True)
    if not page.exists() or page.read_text() != overview():
        page.write_text(overview())
    app.connect("autodoc-skip-member", is_inner)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
