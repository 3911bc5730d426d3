"""Bombs are refused, or read in bounds: within a gigabyte of memory and in some seconds."""

import sys

import pytest

from campaign.bombs import BOMBS, FEW, fault

CHOSEN = [name for name in BOMBS if name in FEW or not name.endswith((".gz", ".bz2", ".xz", ".zst"))]


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is asked of /proc")
@pytest.mark.parametrize("name", CHOSEN)
def test_a_bomb_is_read_in_bounds(name, tmp_path):
    found = fault(name, tmp_path)
    assert found is None, found
