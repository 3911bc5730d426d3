"""The libraries that draw, which are installed with the maps only."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from graphkit.errors import MissingDependencyError, install_line


def check_libraries() -> None:
    """Raise `MissingDependencyError` before any work if the libraries that draw are not installed."""
    for library in ("matplotlib", "datashader"):
        if importlib.util.find_spec(library) is None:
            raise _missing(library)


def plotting_module(module: str) -> Any:
    """Import a library that pictures are made with, or say how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module.partition(".")[0]) from error


def _missing(library: str) -> MissingDependencyError:
    return MissingDependencyError(f"{library} is not installed: {install_line('maps')}")
