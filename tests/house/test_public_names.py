"""What `import graphkit` offers is what `__all__` says, to people, editors and type checkers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import graphkit

SOURCE = Path(__file__).parents[2] / "graphkit" / "__init__.py"


def names_for_type_checkers():
    """What the TYPE_CHECKING block imports."""
    tree = ast.parse(SOURCE.read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


@pytest.mark.parametrize("name", graphkit.__all__)
def test_every_public_name_is_there(name):
    assert getattr(graphkit, name) is not None


def test_public_names_are_those_that_type_checkers_see():
    assert sorted([*names_for_type_checkers(), "__version__"]) == sorted(graphkit.__all__)


def test_public_names_are_listed_by_dir():
    assert len(set(graphkit.__all__)) == len(graphkit.__all__)
    assert set(graphkit.__all__) <= set(dir(graphkit))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'graphkit' has no attribute 'nonsense'"):
        graphkit.nonsense  # noqa: B018


def test_nothing_else_is_public_after_everything_was_used():
    script = """
import graphkit, types
before = set(vars(graphkit))
for name in graphkit.__all__:
    getattr(graphkit, name)
public = {name for name, value in vars(graphkit).items() if not name.startswith("_")}
modules = {name for name in public if isinstance(vars(graphkit)[name], types.ModuleType)}
odd = public - set(graphkit.__all__) - modules - {"TYPE_CHECKING", "annotations", "Any"}
assert not odd, odd
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
