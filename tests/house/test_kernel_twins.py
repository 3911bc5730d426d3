"""Each kernel is held to an independent reference, which is found by the kernel's name."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
TWINS = TESTS / "support" / "reference"

STEMS = sorted({path.stem for side in ("cpu", "gpu") for path in (ROOT / "kernels" / side).glob("[!_]*.py")})
"""A kernel on the CPU and one on a GPU of the same stem are held by the same twin."""


def imported(path):
    """Dotted names of the modules that a file imports, and of what it takes from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_has_a_test_or_a_twin_of_its_name(stem):
    named = [*TESTS.rglob(f"test_{stem}.py"), *TWINS.glob(f"{stem}.py")]
    assert named, (
        f"kernel {stem}: hold it to an independent reference in tests/kernels/test_{stem}.py, "
        f"or write its plain twin, tests/support/reference/{stem}.py"
    )


def test_no_twin_is_left_alone():
    twins = {f"support.reference.{path.stem}" for path in TWINS.glob("[!_]*.py")}
    used = {name for path in TESTS.rglob("*.py") for name in imported(path)}
    assert twins <= used, f"twins that nothing is held to: {', '.join(sorted(twins - used))}"


def test_twins_are_written_without_graphkit():
    for path in TWINS.glob("*.py"):
        taken = [name for name in imported(path) if name.partition(".")[0] == "graphkit"]
        assert not taken, f"{path.name}: a twin is written from the formula, without {', '.join(taken)}"
