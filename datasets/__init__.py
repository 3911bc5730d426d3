"""Graphs to try things on: shipped, found in ``GRAPHKIT_DATA``, downloaded, or generated.

`load` reads one of the `available` data sets; `graphkit.datasets.generators` makes graphs to measure.
"""

from __future__ import annotations

if __name__ != "graphkit.datasets":
    raise ImportError("the data sets live in the package graphkit: import graphkit.datasets")

from typing import TYPE_CHECKING

from graphkit.lazy import lazy_names

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
    "generators": "generators",
    "load": "loading",
    "read_entry": "entry",
    "whereabouts": "store",
}
"""Each public name and the module here that defines it."""

__all__ = ["Dataset", "Entry", "available", "fetch", "generators", "load", "read_entry", "whereabouts"]

__getattr__, __dir__ = lazy_names(__name__, _MODULE_OF)
