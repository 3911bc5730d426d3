"""What is in the tree is in the wheel, and nothing else is installed."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def packages_in_the_tree():
    folders = {
        init.parent
        for top in ("graphkit", "kernels", "datasets")
        for init in (ROOT / top).rglob("__init__.py")
    }
    names = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    return {name if name.split(".")[0] == "graphkit" else f"graphkit.{name}" for name in names}


def test_the_package_list_is_the_tree():
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages_in_the_tree()


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_data_file(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        Path("graphkit", *path.relative_to(ROOT).parts[top == "graphkit" :]).as_posix()
        for top in ("graphkit", "kernels", "datasets")
        for path in (ROOT / top).rglob("*")
        if path.is_file() and path.suffix in {".py", ".toml", ".parquet", ".csv", ".txt", ".typed", ".html"}
    }
    assert wanted <= held
    tops = {name.split("/")[0] for name in held}
    assert tops == {"graphkit", f"graphkit-{PROJECT['project']['version']}.dist-info"}


def test_the_folders_do_not_import_as_top_level_packages():
    for name in ("kernels", "datasets"):
        outcome = subprocess.run(
            [sys.executable, "-c", f"import {name}"], cwd=ROOT, capture_output=True, text=True
        )
        assert f"ImportError: the {'kernels' if name == 'kernels' else 'data sets'} live in" in outcome.stderr
