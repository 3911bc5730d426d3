"""Ctrl-C and kill: no half-written output, no stack trace."""

import signal
import subprocess
import sys

import pytest

from graphkit.datasets import generators
from graphkit.embedding import Embedding

SLOW_WRITER = """
import sys, time
import graphkit.io.vectors_word2vec as word2vec
from graphkit.cli import main

def stuck(file, *rest):
    file.write(b"half of it")
    file.flush()
    print("writing", file=sys.stderr, flush=True)
    time.sleep(120)

word2vec.write_rows = stuck
sys.exit(main())
"""

MAIN = "import sys; from graphkit.cli import main; sys.exit(main())"


def stop(script, arguments, sign, marker, folder):
    """Start a command line, send it a signal once `marker` is on its stderr; its exit code and stderr."""
    run = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with run:
        lines = []
        for line in run.stderr:
            lines.append(line)
            if marker in line:
                break
        run.send_signal(sign)
        lines.append(run.stderr.read())
        assert run.stdout.read() == ""
    return run.returncode, "".join(lines)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_run_stopped_while_writing_leaves_no_output(edges, sign, code):
    found, err = stop(SLOW_WRITER, ["embed", "edges.txt", "-o", "out.txt"], sign, "writing", edges.parent)
    assert found == code
    assert "Traceback" not in err
    assert not (edges.parent / "out.txt").exists()
    if sign == signal.SIGINT:
        assert err.endswith("writing\ninterrupted\n")
        assert [path.name for path in edges.parent.iterdir()] == ["edges.txt"]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_run_stopped_while_writing_leaves_the_old_output(edges, sign):
    old = edges.parent / "out.txt"
    Embedding(["a"], [[1.0]]).save(old)
    stop(SLOW_WRITER, ["embed", "edges.txt", "-o", "out.txt", "--force"], sign, "writing", edges.parent)
    assert Embedding.load(old)["a"].tolist() == [1.0]


def test_ctrl_c_in_the_middle_of_the_work(tmp_path):
    generators.rmat(14, 20, seed=1).save(tmp_path / "graph")
    line = "embed graph -o out.npy --progress json --dim 256 --weights"
    arguments = [*line.split(), ",".join("1" * 201)]
    code, err = stop(MAIN, arguments, signal.SIGINT, '"fastrp", "done": 1', tmp_path)
    assert code == 130
    assert err.endswith("interrupted\n")
    assert "Traceback" not in err
    assert '"done": 201' not in err
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def test_ctrl_c_before_anything_is_imported(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("graphkit.cli.run.run", interrupted)
    from graphkit.cli import main

    assert main(["--help"]) == 130
    assert capsys.readouterr().err == "interrupted\n"
