"""`graphkit predict`: as in Python, by id, to files and to standard output."""

import subprocess
import sys

import numpy as np
import pytest

import graphkit as gk
from graphkit.cli import main


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    edges = [(f"n{u}", f"n{v}") for u in range(20) for v in range(u) if (u < 10) == (v < 10) and (u + v) % 7]
    graph = gk.Graph.from_edges(edges)
    embedding = gk.Embedding(graph.node_ids, gk.Spectral(dim=4, seed=1).fit_transform(graph))
    embedding.save("vectors.parquet")
    (tmp_path / "edges.txt").write_text("".join(f"{u} {v}\n" for u, v in edges))
    (tmp_path / "labels.csv").write_text("id,label\nn1,left\nn2,left\nn15,right\nn16,right\n")
    return embedding, graph


def test_links_of_the_graph(files, capsys):
    embedding, graph = files
    assert main(["predict", "links", "vectors.parquet", "edges.txt", "-k", "5", "-o", "-"]) == 0
    said = capsys.readouterr()
    lines = [line.split("\t") for line in said.out.splitlines()]
    assert lines[0] == ["source", "target", "score"]
    assert [line[:2] for line in lines[1:]] == [
        list(pair[:2]) for pair in gk.predict_links(embedding, graph, k=5)
    ]
    assert "5 pairs. Scores are probabilities by a logistic regression" in said.err


def test_links_of_some_nodes(files, tmp_path):
    embedding, graph = files
    (tmp_path / "some.txt").write_text("n3\nn4\n")
    for chosen in (["--source", "n3", "--source", "n4"], ["--sources", "some.txt"]):
        line = [
            "predict",
            "links",
            "vectors.parquet",
            "edges.txt",
            *chosen,
            "-k",
            "2",
            "--operator",
            "cosine",
        ]
        assert main([*line, "-o", "links.csv", "--force", "-q"]) == 0
        written = (tmp_path / "links.csv").read_text().splitlines()[1:]
        found = gk.predict_links(embedding, graph, ["n3", "n4"], k=2, operator="cosine")
        assert [line.split(",")[:2] for line in written] == [list(pair[:2]) for pair in found]


@pytest.mark.usefixtures("files")
def test_labels(capsys):
    line = ["predict", "labels", "vectors.parquet", "--labels", "labels.csv", "--C", "100"]
    assert main([*line, "-o", "-", "-q"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["id", "label", "probability"]
    assert {node: label for node, label, _ in rows[1:]} == {
        f"n{number}": "left" if number < 10 else "right"
        for number in range(20)
        if number not in (1, 2, 15, 16)
    }
    assert main([*line, "--node", "n1", "-k", "2", "-o", "-", "-q"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
    assert [row[:2] for row in rows] == [["n1", "left"], ["n1", "right"]]
    assert np.isclose(sum(float(row[2]) for row in rows), 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["links", "vectors.parquet", "edges.txt"], "--output"),
        (["links", "vectors.parquet", "edges.txt", "-o", "a.xlsx"], "suffix '.xlsx'"),
        (
            ["links", "vectors.parquet", "edges.txt", "-o", "-", "--source", "n33"],
            "no node has the id 'n33'; did you mean 'n3'",
        ),
        (
            ["links", "vectors.parquet", "edges.txt", "-o", "-", "--source", "n3", "--sources", "x"],
            "--source has no effect with --sources",
        ),
        (["labels", "vectors.parquet", "-o", "-"], "--labels"),
        (["labels", "vectors.parquet", "--labels", "absent.csv", "-o", "-"], "absent.csv"),
    ],
)
def test_refused(files, capsys, arguments, message):
    assert main(["predict", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_python_m_graphkit_and_the_short_flag():
    for flag in ("--version", "-V"):
        line = [sys.executable, "-m", "graphkit", flag]
        said = subprocess.run(line, capture_output=True, text=True, check=True)
        assert said.stdout == f"graphkit {gk.__version__}\n"


def test_no_line_of_help_ends_in_dots(capsys):
    for line in (["--help"], ["evaluate", "--help"], ["predict", "--help"], ["run", "--help"]):
        assert main(line) == 0
        listed = capsys.readouterr().out.partition("Commands:")[2].splitlines()
        assert listed
        assert not [line for line in listed if line.endswith("...")]
