"""On a terminal the first run says why it takes so long, once."""

import sys
from collections import defaultdict

import numba
import pytest
from numba.core import event

from graphkit.cli.compiling import tell_of_compiling


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """What is registered in a test is gone after it."""
    copy = defaultdict(list, {kind: [*each] for kind, each in event._registered.items()})
    monkeypatch.setattr(event, "_registered", copy)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_it_is_said_once_and_on_a_terminal_only(monkeypatch, is_terminal):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal, raising=False)
    said = []
    note = said.append
    tell_of_compiling(note)
    tell_of_compiling(note)
    for number in range(2):
        numba.njit(lambda x, number=number: x + number)(1)
    assert said == ["compiling kernels, once on this machine: up to a minute"] * is_terminal
