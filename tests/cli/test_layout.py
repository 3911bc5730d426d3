"""graphkit layout: what it writes, says, and refuses."""

import csv

import numpy as np
import pytest

from graphkit import LargeVis, read_graph
from graphkit.errors import install_line


def test_a_file_holds_what_the_class_gives(graphkit, edges):
    outcome = graphkit("layout edges.txt -o map.csv --samples-per-node 50 --seed 3 --dim 3")
    assert outcome.code == 0, outcome.err
    assert "map.csv: Embedding(16 nodes, 3 dimensions, largevis) in " in outcome.err
    wanted = LargeVis(samples_per_node=50, seed=3, dim=3).embed(read_graph(edges))
    rows = list(csv.reader((edges.parent / "map.csv").read_text().splitlines()))[1:]
    assert [row[0] for row in rows] == wanted.node_ids.tolist()
    assert np.allclose(np.array([row[1:] for row in rows], float), wanted.vectors, rtol=1e-5)


@pytest.mark.parametrize("command", ["layout edges.txt", "map vectors.csv --perplexity 4"])
def test_the_method_is_chosen(graphkit, edges, command):
    assert graphkit("embed edges.txt -o vectors.csv --dim 8").code == 0
    outcome = graphkit(f"{command} -o map.csv --method tsne --steps 20 --early-steps 10")
    assert outcome.code == 0, outcome.err
    assert "map.csv: Embedding(16 nodes, 2 dimensions, tsne) in " in outcome.err


def test_nodes_without_edges_are_said(graphkit, edges):
    (edges.parent / "nodes.txt").write_text("".join(f"{group}{i}\n" for group in "xyz" for i in range(8)))
    outcome = graphkit("layout edges.txt --nodes nodes.txt -o map.csv --samples-per-node 20")
    assert outcome.code == 0, outcome.err
    assert "; 8 in small parts beside the others" in outcome.err


@pytest.mark.parametrize(
    ("row", "ring"),
    [("hub is_cited", ""), ("alone alone", "; 1 in small parts beside the others")],
)
def test_edges_that_arrive_are_edges_and_loops_are_none(graphkit, edges, row, ring):
    edges.write_text(f"a b\nb hub\n{row}\n")
    outcome = graphkit("layout edges.txt --directed -o map.csv --samples-per-node 20")
    assert outcome.code == 0, outcome.err
    assert outcome.err.endswith(f" s{ring}\n")


def test_text_to_stdout(graphkit, edges):
    outcome = graphkit("layout edges.txt -o - -q --samples-per-node 20")
    assert outcome.err == ""
    assert outcome.out.splitlines()[0] == "16 2"
    assert len(outcome.out.splitlines()) == 17


def test_a_dry_run_writes_nothing(graphkit, edges):
    outcome = graphkit("layout edges.txt --dry-run")
    assert outcome.code == 0
    for word in ("LargeVis()", "memory", "time", "none given"):
        assert word in outcome.out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("layout edges.txt -o map.csv --dim 4", "dim must be a whole number from 2 to 3, got 4"),
        (
            "layout edges.txt -o map.csv --samples-per-node 0",
            "samples_per_node must be a whole number >= 1",
        ),
        ("layout edges.txt -o map.csv --shape round", "unknown shape 'round'"),
        ("layout edges.txt -o map.csv --method tsen", "unknown method 'tsen': did you mean 'tsne'"),
        ("layout edges.txt -o map.csv --method tsne --steps -1", "steps must be a whole number >= 0, got -1"),
        (
            "layout edges.txt -o map.csv --steps 9",
            "--steps has no effect with this method; it belongs to tsne",
        ),
        ("layout edges.txt -o map.xyz", "no format for vectors has the suffix '.xyz'"),
    ],
)
def test_what_is_refused(is_refused, line, message):
    is_refused(line, message)


@pytest.mark.parametrize("extra", ["", "--color degree --dark --edges", "--labels labels.txt --title Map"])
def test_a_picture(graphkit, edges, extra):
    ids = read_graph(edges).node_ids.tolist()
    (edges.parent / "labels.txt").write_text("".join(f"{name} {name[0]}\n" for name in ids))
    outcome = graphkit(f"layout edges.txt -o map.svg --samples-per-node 20 {extra}")
    assert outcome.code == 0, outcome.err
    assert (edges.parent / "map.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-o map.csv --dark", "--dark has no effect but on .html, .png, .svg and .pdf"),
        ("-o map.csv --edges", "--edges has no effect but on .html, .png, .svg and .pdf"),
        ("-o map.png --color size", "unknown column 'size'"),
        ("-o map.png --labels labels.txt", "labels.txt"),
    ],
)
def test_pictures_that_cannot_be_are_refused(graphkit, edges, line, message):
    outcome = graphkit(f"layout edges.txt --samples-per-node 20 {line}")
    assert outcome.code == 2
    assert message in outcome.err


@pytest.mark.parametrize("line", ["layout edges.txt", "explore map.csv", "map map.csv"])
def test_a_missing_library_is_named_before_the_work(graphkit, edges, monkeypatch, line):
    (edges.parent / "map.csv").write_text("id,v0,v1\na,1,2\nb,2,3\n")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    outcome = graphkit(f"{line} -o map.png")
    assert outcome.code != 0
    assert outcome.err == f"error: matplotlib is not installed: {install_line('maps')}\n"
