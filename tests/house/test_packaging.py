"""What is in the tree is in the wheel, and nothing else is installed."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import graphkit
from graphkit.errors import EXTRAS, install_line

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
    assert tops == {"graphkit", f"graphkit_embeddings-{graphkit.__version__}.dist-info"}


def test_the_folders_do_not_import_as_top_level_packages():
    for name in ("kernels", "datasets"):
        outcome = subprocess.run(
            [sys.executable, "-c", f"import {name}"], cwd=ROOT, capture_output=True, text=True
        )
        assert f"ImportError: the {'kernels' if name == 'kernels' else 'data sets'} live in" in outcome.stderr


def test_what_errors_ask_for_is_what_the_extras_hold():
    extras = PROJECT["project"]["optional-dependencies"]
    for extra, libraries in EXTRAS.items():
        assert list(libraries) == [wanted.partition(";")[0] for wanted in extras[extra]]
        assert install_line(extra) == "pip install " + " ".join(f"'{library}'" for library in libraries)


def texts():
    """Every tracked file that holds text, but those that only quote others."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if path.suffix in {"", ".md", ".py", ".toml", ".sh", ".rst", ".js"} and path.is_file():
            yield name, path.read_text(errors="replace")


WRONG_INSTALL = re.compile(r"pip\s+(?:install|download)\b[^\n`#]*?[\s'\"]" + r"graphkit(?![-_./]\w)")
"""A line that installs the other project's package, with an extra or without."""


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("pip install {name}", True),
        ("pip install -U '{name}[maps]'", True),
        ("pip install '{name}-embeddings[maps]'", False),
        ("pip install dist/{name}_embeddings-0.1.0-py3-none-any.whl", False),
        ("pip install --editable '.[maps]'  # {name}", False),
    ],
)
def test_the_wrong_line_is_known(line, wrong):
    assert bool(WRONG_INSTALL.search(line.format(name="graphkit"))) == wrong


def test_no_text_advises_to_install_the_package_of_another_project():
    found = [f"{name}: {match[0]}" for name, text in texts() for match in WRONG_INSTALL.finditer(text)]
    assert not found


def test_version_is_read_from_one_place():
    """Metadata of an older editable install, or none at all, must not matter."""
    found = [
        path.relative_to(ROOT).as_posix()
        for top in ("graphkit", "kernels", "datasets")
        for path in (ROOT / top).rglob("*.py")
        if re.search(r"importlib\.metadata|from importlib import metadata", path.read_text())
    ]
    assert not found
