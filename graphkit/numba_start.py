"""Numba made ready sooner, in processes that are graphkit's own.

Before its first kernel Numba asks whether SciPy has BLAS, and so imports all of ``scipy.linalg``, which takes
as long as the rest. No kernel here calls BLAS. What a user compiles may call it, so that in a user's process
nothing is done.
"""

from __future__ import annotations

import functools
import sys


@functools.cache
def start_numba() -> None:
    """Make Numba ready to load kernels; without effect where it is already."""
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
