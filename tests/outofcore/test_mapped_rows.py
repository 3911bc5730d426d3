"""Files of rows as one array, mapped where they begin on pages and copied where they do not."""

import mmap
import os

import numpy as np
import pytest

from graphkit.files.arrays import reserve
from graphkit.outofcore.mapped_rows import map_rows

PAGE = mmap.ALLOCATIONGRANULARITY


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
@pytest.mark.parametrize(
    "sizes",
    [[PAGE, PAGE, 3], [2 * PAGE, 0, PAGE], [5, 7, PAGE], [0, 0], [1], [PAGE] * 40],
    ids=["pages", "an empty one", "within a page", "nothing", "one row", "many"],
)
def test_rows_are_those_of_the_files(tmp_path, sizes, dtype):
    rows = np.arange(4 * sum(sizes), dtype=dtype).reshape(-1, 4)
    paths = [tmp_path / str(number) for number in range(len(sizes))]
    for path, part in zip(paths, np.split(rows, np.cumsum(sizes)[:-1]), strict=True):
        part.tofile(path)
    found = map_rows(paths, 4, dtype)
    assert found.dtype == dtype
    assert np.array_equal(found, rows)
    assert not sum(sizes) or not found.flags.writeable


def test_what_is_mapped_outlives_its_files_and_its_owner(tmp_path):
    for number in range(2):
        np.full(PAGE, number, np.float32).tofile(tmp_path / str(number))
    part = map_rows([tmp_path / "0", tmp_path / "1"], 1)[PAGE:]
    for number in range(2):
        (tmp_path / str(number)).unlink()
    assert part.min() == part.max() == 1


@pytest.mark.parametrize("native", [True, False])
def test_room_is_reserved(tmp_path, monkeypatch, native):
    if not native:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    with (tmp_path / "file").open("wb") as file:
        file.write(b"begun")
        reserve(file, 3_000_000)
    content = (tmp_path / "file").read_bytes()
    assert content == b"begun" + bytes(3_000_000 - 5)
