"""What is imported late: public names at their first use (PEP 562), and Numba without BLAS."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, module_of: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and the ``__dir__`` of a package.

    Parameters
    ----------
    package
        Its name.
    module_of
        Each public name and the module of the package that defines it; a module has its own name beside it.

    Examples
    --------
    >>> found, _ = lazy_names("graphkit", {"Graph": "graph.graph"})
    >>> found("Graph").__name__
    'Graph'
    """

    def found(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{module_of[name]}")
        value = module if module_of[name] == name else getattr(module, name)
        setattr(sys.modules[package], name, value)
        return value

    return found, lambda: sorted({*vars(sys.modules[package]), *module_of})


def public(name: str) -> Any:
    """Return what ``graphkit`` offers under a name: for methods that are short for a function above them.

    Examples
    --------
    >>> public("plot").__name__
    'plot'
    """
    return getattr(import_module("graphkit"), name)


@functools.cache
def start_numba() -> None:
    """Make Numba ready to load kernels, sooner; without effect where it is already.

    Only for processes that are graphkit's own. Before its first kernel Numba asks whether SciPy has BLAS,
    and so imports all of ``scipy.linalg``, which takes as long as the rest. No kernel here calls BLAS; what
    a user compiles may call it.
    """
    from numba.core.registry import cpu_target

    name = "scipy.linalg"
    asked = name not in sys.modules
    if asked:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        cpu_target.target_context.refresh()
    finally:
        if asked:
            del sys.modules[name]
