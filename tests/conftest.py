"""Fixtures for all tests."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data():
    """The folder of real graphs that GRAPHKIT_DATA names."""
    folder = os.environ.get("GRAPHKIT_DATA")
    if not folder:
        pytest.skip("GRAPHKIT_DATA is not set: no folder of real graphs to test on")
    return Path(folder)
