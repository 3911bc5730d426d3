"""Numba's cache of compiled kernels, made anew when any kernel has changed.

Numba looks at the file of the function alone that it reads from its cache. What that function calls lies
inlined in the compiled code, whichever file it comes from: after an upgrade in place old code would run on,
and one that calls the system by a name no longer known would crash.
"""

from __future__ import annotations

import functools
from pathlib import Path

from numba.core import caching

_FOLDER = Path(__file__).resolve().parent


@functools.cache
def _stamp():
    """Sizes and times of all kernels' files."""
    states = ((path.name, path.stat()) for path in sorted(_FOLDER.glob("*.py")))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _of_kernels(locator):
    """Return the class of a place for compiled code that serves this folder alone."""

    class KernelLocator(locator):
        """As `locator`, with the stamp of all kernels."""

        def get_source_stamp(self):
            """Return what must be the same for compiled code to be read."""
            return _stamp()

        @classmethod
        def from_function(cls, py_func, py_file):
            """Return the place of a kernel, None for what is none."""
            if Path(py_file).resolve().parent != _FOLDER:
                return None
            return super().from_function(py_func, py_file)

    return KernelLocator


def watch_all_kernels():
    """Let Numba ask for the stamp of all kernels where it asks for one of theirs."""
    # Numba 0.61 has given the class its public name.
    kept = getattr(caching, "CacheImpl", None) or caching._CacheImpl
    locators = kept._locator_classes
    locators[:0] = [_of_kernels(locator) for locator in tuple(locators)]
