"""Every public class with parameters of any kind, on awkward graphs: it works, or our error says why."""

import contextlib
from functools import partial

import pytest

import graphkit as gk
from campaign.call_trials import CALLED, call
from campaign.children import faults_of
from graphkit import errors
from graphkit.errors import GraphkitError

CALLS, FIRST = 30, 1

ERRORS = {name for name in dir(errors) if name.endswith(("Error", "Warning"))}

OTHERWISE = {
    *("Graph", "Engine", "KnnGraph", "PredictedLabels", "PredictedLinks", "predict_labels", "predict_links"),
    *("embed", "NodeVectors", "compare", "tune", "TensorGraph"),
}
"""Made by what is called here, or made of it: of many runs, or of a device."""


@pytest.mark.parametrize("name", CALLED)
def test_calls(name):
    # What is compiled here is not compiled in each child.
    with contextlib.suppress(GraphkitError):
        call(name, 0)
    faults = faults_of(partial(call, name), CALLS, GraphkitError, first=FIRST)
    assert not faults, "\n".join(f"{name}, seed {fault.trial}: {fault.what}" for fault in faults)


def test_no_public_name_escapes():
    public = {name for name in gk.__all__ if callable(getattr(gk, name)) and name not in ERRORS}
    public |= {name for name in dir(gk.pyg) if isinstance(getattr(gk.pyg, name), type)}
    assert public <= set(CALLED) | OTHERWISE | {"Auto"}
