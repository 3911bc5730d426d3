"""Commands with an engine and a work folder."""

from pathlib import Path

import pytest

from graphkit.cli import main
from graphkit.graph.graph import Graph
from graphkit.io import read_graph


def command(line):
    return main(line.split())


@pytest.fixture
def edges(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "edges.csv").write_text("source,target,weight\n" + "a,b,1\nb,c,2\nc,c,1\n" * 50)


def test_convert(edges, tmp_path, capsys):
    assert command("convert edges.csv g --engine local --work work --threads 1") == 0
    said = capsys.readouterr().err
    assert "rows: 150" in said
    assert "g: Graph(3 nodes, 3 edges, undirected, weighted)" in said
    assert Graph.open("g", verify=True).weights.tolist() == read_graph("edges.csv").weights.tolist()


def test_convert_with_a_list_of_nodes(edges, tmp_path, capsys):
    (tmp_path / "nodes.txt").write_text("d\nc\nb\na\n")
    line = "convert edges.csv {0} --engine local --work work-{0} --threads 1 --nodes nodes.txt"
    assert command(line.format("g")) == 0
    found, expected = Graph.open("g", verify=True), read_graph("edges.csv", nodes="nodes.txt")
    assert found.node_ids.tolist() == expected.node_ids.tolist() == ["d", "c", "b", "a"]
    assert found.indices.tolist() == expected.indices.tolist()
    capsys.readouterr()
    (tmp_path / "nodes.txt").write_text("d\nc\na\n")
    assert command(line.format("h")) == 2
    assert "edges.csv, line 2: the edge names the node 'b', which is not in" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["-", "dataset:karate_club"])
def test_only_files_are_converted_out_of_core(edges, capsys, file):
    assert command(f"convert {file} g --engine local --work work") == 2
    assert f"--engine reads a file or a folder of them, not {file}" in capsys.readouterr().err
    assert not Path("work").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--engine local", "--engine needs --work FOLDER"),
        ("--work work", "--work has no effect without --engine"),
        ("--threads 2", "--threads has no effect without --engine"),
        ("--engine lokal --work work", "unknown engine 'lokal'"),
        ("--engine local --work work --nodes n", "n: no such file"),
        ("--engine local --work no/work", "does not exist; create it first"),
    ],
)
def test_what_is_refused(edges, capsys, options, message):
    assert command(f"convert edges.csv g {options}") == 2
    assert message in capsys.readouterr().err


def test_a_work_folder_of_another_run_is_refused(edges, capsys):
    engine = "--engine local --work work --threads 1"
    assert command(f"convert edges.csv g {engine}") == 0
    assert command(f"convert edges.csv g2 {engine} --self-loops drop") == 2
    assert "belongs to a run with --self-loops keep, not 'drop'" in capsys.readouterr().err


@pytest.fixture
def folder(edges):
    read_graph("edges.csv").save("g")


def test_embed(folder, capsys):
    assert (
        main(
            [
                "embed",
                "g",
                "-o",
                "e.npy",
                "--engine",
                "local",
                "--work",
                "work",
                "--threads",
                "1",
                "--dim",
                "8",
                "--seed",
                "2",
            ]
        )
        == 0
    )
    assert "e.npy: Embedding(3 nodes, 8 dimensions, fastrp)" in capsys.readouterr().err
    assert command("embed g -o f.npy --dim 8 --seed 2") == 0
    assert Path("e.npy").read_bytes() == Path("f.npy").read_bytes()
    assert (
        main(
            [
                "embed",
                "g",
                "-o",
                "e.npy",
                "--force",
                "--engine",
                "local",
                "--work",
                "work",
                "--dim",
                "9",
                "--seed",
                "2",
            ]
        )
        == 2
    )
    assert "belongs to a run with --dim 8, not 9" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("embed edges.csv", "edges.csv: is a file; convert it to a graph folder first"),
        ("embed g --dry-run", "--dry-run has no effect with --engine"),
        ("embed g --features x.npy", "--features has no effect with --engine"),
        ("embed g --directed", "--directed has no effect on a graph folder"),
        ("embed g --method line", "out of core these methods run: fastrp"),
        ("embed g --ranks 2", "ranks has no effect for fastrp"),
        ("embed g --method deepwalk --ranks 2", "ranks has no effect on the engine 'local'"),
        ("embed none", "none: no such folder"),
    ],
)
def test_embed_refuses(folder, capsys, line, message):
    assert command(f"{line} -o e.npy --engine local --work work") == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--parts", "--ranks"])
def test_in_memory_there_are_no_parts_or_ranks(folder, capsys, flag):
    assert command(f"embed g -o e.npy --method deepwalk {flag} 2") == 2
    assert f"{flag} has no effect without --engine" in capsys.readouterr().err


def test_cores_walks_and_ranks(folder, capsys):
    assert command("kcore g -o c.csv --engine local --work w1 --threads 1 -q") == 0
    assert command("kcore g -o d.csv -q") == 0
    read_graph("edges.csv", directed=True).save("h")
    assert command("kcore h --degree in -o e.csv --engine local --work w9 --threads 1 -q") == 0
    assert command("kcore h --degree in -o f.csv -q") == 0
    assert Path("e.csv").read_bytes() == Path("f.csv").read_bytes()
    assert Path("c.csv").read_bytes() == Path("d.csv").read_bytes()
    assert command("walks g -o w.npy --engine local --work w2 --threads 1 --seed 1 -q") == 0
    assert command("walks g -o v.npy --seed 1 -q") == 0
    assert Path("w.npy").read_bytes() == Path("v.npy").read_bytes()
    assert command("ppr g -k 2 -o p.csv --engine local --work w3 --threads 1 -q") == 0
    assert command("ppr g -k 2 -o q.csv -q") == 0
    assert Path("p.csv").read_bytes() == Path("q.csv").read_bytes()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("kcore g -o c.csv --strength", "--strength has no effect with --engine"),
        ("ppr g -o p.csv --source a", "--source has no effect with --engine"),
        ("walks g -o -", "--engine writes to a file"),
        ("walks g -o w.npy --start-at-arcs", "--start-at-arcs has no effect with --engine"),
        ("walks edges.csv -o w.npy", "is a file; convert it"),
    ],
)
def test_cores_and_walks_refuse(folder, capsys, line, message):
    assert command(f"{line} --engine local --work work") == 2
    assert message in capsys.readouterr().err


def test_vectors_are_propagated(tmp_path, monkeypatch, capsys):
    from support.graphs import random_graph

    from graphkit import Embedding, FastRP, propagate

    monkeypatch.chdir(tmp_path)
    graph = random_graph(60, 200, seed=1)
    graph.save("g")
    line = "embed g -o out.parquet --method fastrp --dim 4 --propagate auto"
    assert command(f"{line} --engine local --work work --threads 1") == 0
    assert "propagated: ppr (restart = 0.15)" in capsys.readouterr().err
    wanted = propagate(FastRP(dim=4).embed(graph), graph, "ppr")
    assert (Embedding.load("out.parquet").vectors == wanted.vectors).all()
