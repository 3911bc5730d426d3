"""Commands with an engine and a work folder."""

import pytest

from graphkit.cli import main
from graphkit.graph import Graph
from graphkit.io import read_graph


@pytest.fixture
def edges(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "edges.csv").write_text("source,target,weight\n" + "a,b,1\nb,c,2\nc,c,1\n" * 50)


def test_convert(edges, tmp_path, capsys):
    assert main(["convert", "edges.csv", "g", "--engine", "local", "--work", "work", "--threads", "1"]) == 0
    said = capsys.readouterr().err
    assert "rows: 150" in said
    assert "g: Graph(3 nodes, 3 edges, undirected, weighted)" in said
    assert Graph.open("g", verify=True).weights.tolist() == read_graph("edges.csv").weights.tolist()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--engine local", "--engine needs --work FOLDER"),
        ("--work work", "--work has no effect without --engine"),
        ("--threads 2", "--threads has no effect without --engine"),
        ("--engine lokal --work work", "unknown engine 'lokal'"),
        ("--engine local --work work --nodes n", "--nodes has no effect out of core"),
        ("--engine local --work no/work", "does not exist; create it first"),
    ],
)
def test_what_is_refused(edges, capsys, options, message):
    assert main(f"convert edges.csv g {options}".split()) == 2
    assert message.replace("--nodes", "nodes") in capsys.readouterr().err


def test_a_work_folder_of_another_run_is_refused(edges, capsys):
    engine = "--engine local --work work --threads 1"
    assert main(f"convert edges.csv g {engine}".split()) == 0
    assert main(f"convert edges.csv g2 {engine} --self-loops drop".split()) == 2
    assert "belongs to a run with --self-loops keep, not 'drop'" in capsys.readouterr().err
