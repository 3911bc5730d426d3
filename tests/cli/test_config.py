"""Options from a TOML file: as if they were typed, and those that are typed win."""

import json

import numpy as np
import pytest

import graphkit as gk
from graphkit.cli import main
from graphkit.cli.config_file import with_config


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "edges.txt").write_text("a b\nb c\nc d\nd a\n")
    return tmp_path


def test_a_file_stands_for_what_is_typed(folder):
    options = 'method = "fastrp"\ndim = 8\nweights = [0.0, 1, 0.5]\nseed = 3\n'
    (folder / "run.toml").write_text(options)
    typed = ["--method", "fastrp", "--dim", "8", "--weights", "0.0,1,0.5", "--seed", "3"]
    assert main(["embed", "edges.txt", "-o", "typed.npz", "-q", *typed]) == 0
    assert main(["embed", "edges.txt", "-o", "file.npz", "-q", "--config", "run.toml"]) == 0
    assert main(["embed", "edges.txt", "-o", "both.npz", "-q", "--config=run.toml", "--dim", "4"]) == 0
    wanted, found, both = (gk.Embedding.load(f"{name}.npz") for name in ("typed", "file", "both"))
    assert np.array_equal(found.vectors, wanted.vectors)
    assert found.info["params"] == wanted.info["params"]
    assert both.dim == 4
    assert both.info["params"]["seed"] == 3


def test_where_the_options_go(folder):
    (folder / "c.toml").write_text(
        'directed = true\nself-loops = "drop"\nweighted = false\nsource = ["a", "b"]\n'
    )
    words = ["--directed", "--self-loops=drop", "--no-weighted", "--source=a", "--source=b"]
    assert with_config(["ppr", "x", "--config", "c.toml", "-k", "3"], {"run"}) == [
        "ppr",
        *words,
        "x",
        "-k",
        "3",
    ]
    assert with_config(["run", "status", "--config", "c.toml"], {"run"}) == ["run", "status", *words]
    # Behind -- nothing is an option.
    line = ["similar", "v.txt", "--", "--config"]
    assert with_config(line, set()) == line


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "c.toml: cannot be read: No such file"),
        ("dim 3", "c.toml: is not TOML"),
        ("[embed]\ndim = 3", "c.toml: embed must be a word, a number"),
        ("dims = 3", "no such option: --dims; did you mean --dim?"),
        ('dim = "x"', "expected a whole number, got 'x'"),
    ],
)
def test_refused(folder, capsys, content, message):
    if content is not None:
        (folder / "c.toml").write_text(content)
    assert main(["embed", "edges.txt", "-o", "out.npz", "--config", "c.toml"]) == 2
    assert message in capsys.readouterr().err


def test_a_file_must_follow(capsys):
    assert main(["embed", "edges.txt", "--config"]) == 2
    assert "--config takes a file" in capsys.readouterr().err


def test_help_tells_of_it(capsys):
    assert main(["--help"]) == 0
    assert "--config FILE" in capsys.readouterr().out


def test_facts_stay_json(folder, capsys):
    (folder / "c.toml").write_text("json = true\n")
    assert main(["info", "edges.txt", "--config", "c.toml"]) == 0
    assert json.loads(capsys.readouterr().out)
