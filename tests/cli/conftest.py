"""The command line in this process, and a small graph for it."""

from typing import NamedTuple

import pytest

from graphkit.cli import main

EDGES = (
    "\n".join(f"{group}{a} {group}{b}" for group in "xy" for a in range(8) for b in range(a) if (a + b) % 4)
    + "\nx0 y0\n"
)


class Outcome(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str


@pytest.fixture
def graphkit(capfd, tmp_path, monkeypatch):
    """Run a command line in the folder of the test; its words are split at blanks."""
    monkeypatch.chdir(tmp_path)

    def run(line, *more):
        code = main([*line.split(), *more])
        return Outcome(code, *capfd.readouterr())

    return run


@pytest.fixture
def edges(tmp_path):
    """A text file: two dense groups of eight nodes, x0 … x7 and y0 … y7, and an edge between them."""
    path = tmp_path / "edges.txt"
    path.write_text(EDGES)
    return path


@pytest.fixture
def is_refused(graphkit, edges):
    """Check that a command line on `edges` ends with a message, and leaves nothing behind."""

    def check(line, message):
        outcome = graphkit(line)
        assert outcome.code == 2, line
        assert message in outcome.err, line
        assert sorted(path.name for path in edges.parent.iterdir()) == ["edges.txt"]

    return check
