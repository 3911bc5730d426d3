"""``graphkit plan``."""

import json

import pytest
from support.graphs import random_graph

from graphkit.cli import main


def planned(capsys, *words):
    assert main(["plan", *words, "--json"]) == 0
    return {facts["method"]: facts for facts in json.loads(capsys.readouterr().out)}


def test_one_machine_is_enough_when_it_is(capsys):
    small = planned(capsys, "--nodes", "1e5", "--edges", "1e6", "--machines", "16x64G", "--cores", "8")
    assert {"fastrp", "deepwalk", "grf", "walks", "ppr", "cores", "knn"} <= set(small)
    assert all(facts["one_is_enough"] for facts in small.values())
    large = planned(capsys, "--nodes", "1e9", "--edges", "1e11", "--machines", "16x256G", "--cores", "32")
    assert large["fastrp"]["verdict"] == "one machine is enough, out of core; 16 share the work"
    assert not large["line"]["one_is_enough"]
    assert "does not fit: a machine of" in large["line"]["verdict"]
    needed = large["fastrp"]["out_of_core"]
    assert needed["bytes"] < 256 * 2**30 < large["fastrp"]["in_memory"]["bytes"]
    assert needed["seconds_on_all"] < needed["seconds_on_one"] / 5


def test_tables_that_do_not_fit_are_cut_into_parts(capsys):
    words = ["--nodes", "1e8", "--edges", "1e9", "--machines", "64G", "--cores", "16", "--method", "deepwalk"]
    (facts,) = planned(capsys, *words).values()
    assert facts["out_of_core"]["num_parts"] == 2
    words = "one machine is enough, out of core, in 2 parts; one with 108 GiB does it in memory, "
    assert facts["verdict"].startswith(words)


def test_a_folder_and_a_file(capsys, tmp_path):
    graph = random_graph(100, 400, weighted=True)
    graph.save(tmp_path / "g")
    (tmp_path / "edges.txt").write_text("0 1\n1 2\n")
    assert main(["plan", str(tmp_path / "g"), "--dim", "16"]) == 0
    text = capsys.readouterr().out
    assert f"100 nodes, {graph.num_arcs:,} arcs; one machine of " in text
    assert "fastrp: one machine is enough, in memory\n  in memory " in text
    assert main(["plan", str(tmp_path / "edges.txt"), "--method", "fastrp"]) == 0
    assert "3 nodes, 4 arcs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "a graph, or --nodes and --edges, are needed"),
        ("--nodes 5", "a graph, or --nodes and --edges, are needed"),
        ("--nodes -5 --edges 3", "--nodes must be a number of nodes, got -5"),
        ("--nodes nan --edges 3", "--nodes must be a number of nodes, got nan"),
        ("--nodes 0 --edges 3", "num_nodes must be"),
        ("--nodes 5 --edges 3 --machines 16", "machines are COUNTxMEMORY such as 16x64G"),
        ("--nodes 5 --edges 3 --machines 0x3G", "count must be"),
        ("--nodes 5 --edges 3 --cores 0 --machines 3G", "cores must be"),
        ("--nodes 5 --edges 3 --method fastrb", "did you mean 'fastrp'"),
        ("--nodes 5 --edges 3 --dim 0", "dim must be"),
        ("no-such-graph", "no-such-graph: does not exist"),
        (". --nodes 5", "--nodes has no effect beside a graph"),
    ],
)
def test_what_is_refused(capsys, words, message):
    assert main(["plan", *words.split()]) == 2
    assert message in capsys.readouterr().err
