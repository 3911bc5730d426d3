"""The examples in docstrings do what they show."""

import doctest
import importlib
import pkgutil

import pytest

import graphkit

MODULES = [
    module.name
    for module in pkgutil.walk_packages(graphkit.__path__, "graphkit.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0
