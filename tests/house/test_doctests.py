"""The examples in docstrings do what they show, and their sections stand on lines of their own."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

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


@pytest.mark.parametrize("name", MODULES)
def test_headings(name):
    source = Path(importlib.import_module(name).__file__).read_text()
    assert re.findall(r"^ *\w+ -{3,}.*", source, re.MULTILINE) == []
