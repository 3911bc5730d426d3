"""Every public class with parameters of any kind, on awkward graphs: it works, or our error says why."""

import contextlib
from functools import partial

import pytest

from campaign.call_trials import CALLED, call
from campaign.children import faults_of
from graphkit.errors import GraphkitError

CALLS, FIRST = 30, 1


@pytest.mark.parametrize("name", CALLED)
def test_calls(name):
    # What is compiled here is not compiled in each child.
    with contextlib.suppress(GraphkitError):
        call(name, 0)
    faults = faults_of(partial(call, name), CALLS, GraphkitError, first=FIRST)
    assert not faults, "\n".join(f"{name}, seed {fault.trial}: {fault.what}" for fault in faults)
