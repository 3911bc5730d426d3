"""Graphs to try things on: shipped, found in ``GRAPHKIT_DATA``, downloaded, or generated.

`load` reads one of the `available` data sets; `graphkit.datasets.generators` makes graphs to measure.
"""

from __future__ import annotations

if __name__ != "graphkit.datasets":
    raise ImportError("the data sets live in the package graphkit: import graphkit.datasets")

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphkit.datasets import generators
    from graphkit.datasets.dataset import Dataset
    from graphkit.datasets.entry import Entry, available, read_entry
    from graphkit.datasets.loading import load
    from graphkit.datasets.store import fetch, whereabouts

_MODULE_OF = {
    "Dataset": "dataset",
    "Entry": "entry",
    "available": "entry",
    "fetch": "store",
    "load": "loading",
    "read_entry": "entry",
    "whereabouts": "store",
}
"""Each public name and the module here that defines it."""

__all__ = ["Dataset", "Entry", "available", "fetch", "generators", "load", "read_entry", "whereabouts"]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use (PEP 562)."""
    from importlib import import_module

    if name in _MODULE_OF:
        value = getattr(import_module(f"graphkit.datasets.{_MODULE_OF[name]}"), name)
    elif name == "generators":
        value = import_module("graphkit.datasets.generators")
    else:
        raise AttributeError(f"module 'graphkit.datasets' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Name what is public, imported or not."""
    return sorted({*globals(), *__all__})
