"""Code that Numba kept is read again only while no kernel's file has changed."""

from pathlib import Path

from numba import njit

import graphkit.kernels.cpu
from graphkit.kernels.cpu import compiled_cache, tickets
from graphkit.kernels.cpu.skipgram_walks import train_walks

FOLDER = Path(graphkit.kernels.cpu.__file__).resolve().parent


@njit(cache=True)
def another(x):
    return x + 1


def stamp_of(function):
    return function._cache._impl.locator.get_source_stamp()


def test_a_kernel_has_the_stamp_of_all():
    files = {path.name: path.stat() for path in FOLDER.glob("*.py")}
    assert Path(tickets.__file__).name in files
    wanted = {(name, state.st_mtime_ns, state.st_size) for name, state in files.items()}
    assert set(stamp_of(train_walks)) == wanted


def test_a_change_in_one_makes_others_stale(monkeypatch):
    before = stamp_of(train_walks)
    monkeypatch.setattr(compiled_cache, "_stamp", lambda: before[1:])
    assert stamp_of(train_walks) != before


def test_functions_of_others_keep_numbas_own():
    kind = type(another._cache._impl.locator)
    assert kind.__module__ == "numba.core.caching"
    assert type(train_walks._cache._impl.locator).__mro__[1].__module__ == "numba.core.caching"
