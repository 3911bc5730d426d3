"""Files appear whole or not at all."""

import errno
from pathlib import Path

import numpy as np
import pytest

from graphkit.errors import InputError, RunError
from graphkit.files.arrays import save_npy
from graphkit.files.atomic import atomic_folder, atomic_path, atomic_write


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_name_at_the_end(tmp_path):
    with atomic_write(tmp_path / "a.txt", "w") as file:
        file.write("one")
        assert "a.txt" not in names(tmp_path)
    assert (tmp_path / "a.txt").read_text() == "one"
    assert names(tmp_path) == ["a.txt"]


def test_the_mode_is_that_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("")
    with atomic_write(tmp_path / "a.txt"):
        pass
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "folder").mkdir()
    with atomic_folder(tmp_path / "b"):
        pass
    assert (tmp_path / "b").stat().st_mode == (tmp_path / "folder").stat().st_mode


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_interrupted_write_leaves_the_old_file(tmp_path, error):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(error), atomic_write(tmp_path / "a.txt", "w") as file:
        file.write("half")
        raise error
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_full_disk_is_named(tmp_path):
    with pytest.raises(RunError, match=r"a\.txt: no space left"), atomic_path(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, "full")
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_really_full_disk(tmp_path):
    with (
        pytest.raises(RunError, match="no space left"),
        atomic_path(tmp_path / "a.txt"),
        Path("/dev/full").open("wb") as full,
    ):
        full.write(b"x")
        full.flush()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_an_array_on_a_really_full_disk(tmp_path):
    with pytest.raises(RunError, match="no space left"), atomic_path(tmp_path / "a.npy"):
        save_npy(Path("/dev/full"), np.zeros(10))


def test_an_existing_file_is_kept_unless_told(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with (
        pytest.raises(InputError, match="exists already; pass overwrite=True"),
        atomic_write(tmp_path / "a.txt", overwrite=False),
    ):
        pass
    with pytest.raises(InputError, match="is a folder"), atomic_write(tmp_path):
        pass


def test_a_missing_folder_is_named(tmp_path):
    with (
        pytest.raises(InputError, match=r"the folder .*nowhere does not exist"),
        atomic_write(tmp_path / "nowhere" / "a"),
    ):
        pass


def test_folders(tmp_path):
    with atomic_folder(tmp_path / "g") as folder:
        (folder / "x").write_text("1")
        assert not (tmp_path / "g").exists()
    with pytest.raises(ValueError, match="halfway"), atomic_folder(tmp_path / "g", overwrite=True) as folder:
        (folder / "y").write_text("2")
        raise ValueError("halfway")
    assert names(tmp_path / "g") == ["x"]
    with atomic_folder(tmp_path / "g", overwrite=True) as folder:
        (folder / "y").write_text("2")
    assert names(tmp_path / "g") == ["y"]
    assert names(tmp_path) == ["g"]


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    with atomic_write(tmp_path / "link.txt", "w") as file:
        file.write("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_device_is_never_replaced():
    with pytest.raises(InputError, match="is not a regular file"), atomic_write("/dev/null"):
        pass
