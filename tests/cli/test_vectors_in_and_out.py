"""Vectors from one format to another, and from standard input."""

import io
import sys

import numpy as np
import pytest

import graphkit as gk
from graphkit.cli import main


@pytest.fixture
def embedding(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = gk.Embedding(list("abcd"), np.random.default_rng(0).normal(size=(4, 3)), {"method": "mine"})
    made.save("vectors.parquet")
    return made


def given_on_stdin(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


@pytest.mark.parametrize("suffix", [".txt", ".bin", ".npy", ".npz", ".csv", ".tsv", ".parquet"])
def test_conversion(embedding, suffix, capsys):
    assert main(["convert", "vectors.parquet", f"out{suffix}"]) == 0
    assert f"out{suffix}: Embedding(4 nodes, 3 dimensions, mine)" in capsys.readouterr().err
    read = gk.Embedding.load(f"out{suffix}")
    assert read.node_ids.tolist() == list("abcd")
    assert np.array_equal(read.vectors, embedding.vectors)
    assert main(["convert", "vectors.parquet", f"out{suffix}"]) == 2
    assert main(["convert", "vectors.parquet", f"out{suffix}", "--force", "-q"]) == 0


@pytest.mark.usefixtures("embedding")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("convert vectors.parquet out.txt --directed", "--directed has no effect on vectors; give a folder"),
        ("convert vectors.parquet out.txt --threads 2", "--engine and --threads have no effect on vectors"),
        ("convert vectors.parquet vectors.parquet --force", "is the input too"),
        ("convert edges.txt out.parquet", "a graph becomes a folder"),
    ],
)
def test_refused(tmp_path, capsys, line, message):
    (tmp_path / "edges.txt").write_text("a b\nb c\n")
    assert main(line.split()) == 2
    assert message in capsys.readouterr().err


def test_standard_input(embedding, tmp_path, monkeypatch, capsys):
    embedding.save("vectors.txt")
    text = (tmp_path / "vectors.txt").read_text()
    given_on_stdin(monkeypatch, text)
    assert main(["similar", "-", "a", "-k", "1"]) == 0
    ((best, _),) = embedding.most_similar("a", 1)
    assert capsys.readouterr().out.split()[:2] == ["a", best]
    given_on_stdin(monkeypatch, text)
    assert main(["convert", "-", "copy.npz", "-q"]) == 0
    assert np.array_equal(gk.Embedding.load("copy.npz").vectors, embedding.vectors)
    given_on_stdin(monkeypatch, text)
    assert main(["knn", "-", "-k", "2", "-o", "knn.csv", "-q"]) == 0
    given_on_stdin(monkeypatch, "3 2\na 1 2\nb 1\n")
    assert main(["similar", "-", "a"]) == 2
    assert "standard input" in capsys.readouterr().err
