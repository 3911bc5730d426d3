"""graphkit.evaluation offers its names lazily, whatever was imported before."""

import importlib
import subprocess
import sys

import pytest

from graphkit import evaluation


@pytest.mark.parametrize("name", evaluation.__all__)
def test_names_stay_what_they_are(name):
    module = evaluation._MODULE_OF[name]
    value = getattr(importlib.import_module(f"graphkit.evaluation.{module}"), name)
    assert getattr(evaluation, name) is value
    assert module not in evaluation.__all__


def test_unknown_name():
    with pytest.raises(AttributeError, match=r"'graphkit.evaluation' has no attribute 'f2'"):
        evaluation.f2  # noqa: B018
    assert set(evaluation.__all__) <= set(dir(evaluation))


def test_heavy_libraries_wait_for_a_call():
    heavy = "{'sklearn', 'scipy', 'numba'}"
    script = f"import sys\nfrom graphkit.evaluation import *\nassert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
