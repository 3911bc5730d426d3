"""Arrays in files: the bytes of NumPy's own, and never a part of them on a full disk."""

import io
from pathlib import Path

import numpy as np
import pytest

from graphkit.files.arrays import map_npy, save_npy, write_array, write_numbers

FULL = Path("/dev/full")
ARRAYS = [np.arange(7), np.zeros((0, 3), np.float32), np.ones((5, 4), np.float32).T, np.array(["a", "bc"])]


@pytest.mark.parametrize("array", ARRAYS)
def test_the_bytes_are_those_of_numpy(array):
    ours, theirs = io.BytesIO(), io.BytesIO()
    write_array(ours, array)
    np.save(theirs, np.ascontiguousarray(array), allow_pickle=False)
    assert ours.getvalue() == theirs.getvalue()
    assert np.array_equal(np.load(io.BytesIO(ours.getvalue())), array)


@pytest.mark.skipif(not FULL.exists(), reason="no disk here is always full")
@pytest.mark.parametrize("count", [1, 10, 1000, 100_000])
@pytest.mark.parametrize("write", [write_numbers, write_array])
def test_a_full_disk_is_an_error_however_little_is_written(count, write):
    def whole():
        with FULL.open("wb") as file:
            write(file, np.arange(count, dtype=np.float32))

    with pytest.raises(OSError, match="No space left"):
        whole()


def test_a_mapped_file_has_its_room_on_the_disk(tmp_path):
    mapped = map_npy(tmp_path / "a.npy", np.float32, (1000, 8))
    mapped[:] = 3
    assert np.array_equal(np.load(tmp_path / "a.npy"), np.full((1000, 8), 3, np.float32))
    assert (tmp_path / "a.npy").stat().st_blocks * 512 >= 32_000


def test_an_array_of_its_own_file(tmp_path):
    save_npy(tmp_path / "a.npy", np.arange(5))
    assert np.load(tmp_path / "a.npy").tolist() == [0, 1, 2, 3, 4]
