"""A word where kernels are compiled: whoever waits for the first run on a machine should know why."""

from __future__ import annotations

import functools
import sys
from typing import Any

from graphkit.cli.streams import Note

_WORDS = "compiling kernels, once on this machine: up to a minute"


@functools.cache
def tell_of_compiling(note: Note) -> None:
    """Have it said on a terminal, once, when Numba compiles what it has no copy of on the disk."""
    if not sys.stderr.isatty():
        return
    from numba.core import event

    class Once(event.Listener):  # type: ignore[misc]
        said = False

        def on_start(self, event: Any) -> None:  # noqa: ARG002 - Numba passes it
            if not self.said:
                self.said = True
                note(_WORDS)

        def on_end(self, event: Any) -> None:
            pass

    event.register("numba:compile", Once())
