"""Pages of a map that are asked for are those that are read."""

import mmap
from pathlib import Path

import numpy as np
import pytest

from graphkit.files.page_reads import few_pages, many_pages


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "numbers.npy", np.arange(1 << 20))
    return np.load(tmp_path / "numbers.npy", mmap_mode="r")


def flags_of(array):
    """What the kernel keeps of the area in memory where the array lies."""
    address, inside = array.ctypes.data, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ")[0]:
            first, last = (int(part, 16) for part in line.split(" ")[0].split("-"))
            inside = first <= address < last
        elif inside and line.startswith("VmFlags"):
            return line.split()[1:]
    raise AssertionError("no such area")


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells")
def test_reading_ahead_ends_within_the_block(mapped):
    arrays = mapped, np.arange(3), None
    assert "rr" not in flags_of(mapped)
    with few_pages(arrays):
        assert "rr" in flags_of(mapped)
        with many_pages(arrays):
            assert "rr" not in flags_of(mapped)
        assert "rr" in flags_of(mapped)
    assert "rr" not in flags_of(mapped)
    with pytest.raises(KeyError), few_pages(arrays):
        raise KeyError
    assert "rr" not in flags_of(mapped)
    assert mapped[12345] == 12345


def test_systems_without_advice(mapped, monkeypatch):
    monkeypatch.delattr(mmap, "MADV_RANDOM", raising=False)
    with few_pages([mapped]):
        assert mapped[7] == 7
