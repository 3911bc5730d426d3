"""How many threads FAISS uses.

They are OpenMP's, kept from one call to the next. A forked process has none of them, yet OpenMP waits for
them there without end; so FAISS uses one thread there.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

_kept = False
_lost = False


def _note_fork() -> None:
    global _lost
    _lost = _lost or _kept


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note_fork)


@contextlib.contextmanager
def faiss_threads(num_threads: int) -> Iterator[None]:
    """Let FAISS use this many threads; its setting is global, so it is put back."""
    global _kept
    import faiss

    before = faiss.omp_get_max_threads()
    # Where the system refuses a thread, OpenMP ends the process.
    wanted = 1 if _lost else min(num_threads, os.cpu_count() or 1)
    _kept = _kept or wanted > 1
    faiss.omp_set_num_threads(wanted)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
