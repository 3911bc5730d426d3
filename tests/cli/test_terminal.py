"""What a terminal shows that a pipe does not, and widths and colours."""

import os
import pty
import subprocess
import sys

import pytest

MAIN = "import sys; from graphkit.cli import main; sys.exit(main())"


def on_a_terminal(arguments, folder, **environment):
    """Run a command line whose stderr is a terminal; what it draws there."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    drawn = b""
    with run, os.fdopen(ours, "rb", buffering=0) as terminal:
        while True:
            try:
                drawn += terminal.read(4096)
            except OSError:
                # Linux says so when the other side is closed.
                break
    assert run.returncode == 0
    return drawn.decode()


def test_a_bar_with_the_time_left_on_a_terminal(edges):
    drawn = on_a_terminal(
        ["embed", "edges.txt", "-o", "out.npz", "--dim", "4", "--method", "fastrp"], edges.parent
    )
    for word in ("read", "fastrp", "write", "100%", "left", "rows: 45"):
        assert word in drawn


@pytest.mark.parametrize("options", [["--progress", "none"], ["--quiet"]])
def test_the_bar_can_be_switched_off(edges, options):
    drawn = on_a_terminal(["embed", "edges.txt", "-o", "out.npz", "--dim", "4", *options], edges.parent)
    assert "%" not in drawn
    assert "\x1b" not in drawn


def test_no_color_leaves_colours_out(edges):
    drawn = on_a_terminal(["embed", "edges.txt", "-o", "out.npz", "--dim", "4"], edges.parent, NO_COLOR="1")
    assert "100%" in drawn
    assert "\x1b[3" not in drawn


def test_no_bar_in_a_pipe_unless_asked_for(graphkit, edges):
    assert "%" not in graphkit("embed edges.txt -o out.npz --dim 4").err
    assert "100%" in graphkit("embed edges.txt -o out.npz --dim 4 --force --progress bar").err


@pytest.mark.parametrize("columns", ["40", "80", "200"])
@pytest.mark.parametrize("line", ["--help", "embed --help", "evaluate nodes --help", "evaluate links --help"])
def test_help_fits_the_width_and_holds_no_escapes(graphkit, monkeypatch, columns, line):
    monkeypatch.setenv("COLUMNS", columns)
    outcome = graphkit(line)
    assert (outcome.code, outcome.err) == (0, "")
    assert "\x1b" not in outcome.out
    options = outcome.out.partition("Examples:")[0]
    assert max(map(len, options.splitlines())) <= max(int(columns), 80)
