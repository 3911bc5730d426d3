"""graphkit info, convert and datasets."""

import json

import pytest

from graphkit import Graph, read_graph
from graphkit.datasets import available

INFO = """\
edges.txt: text, columns separated by blanks
  no header
  rows: 45
  graph: 16 nodes (string ids), 45 edges, undirected, unweighted
  degrees: 5 to 7, median 5.5
  memory: 696 bytes
"""


def test_info_says_what_was_understood(graphkit, edges):
    outcome = graphkit("info edges.txt")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[:4] == INFO.splitlines()[:4]
    assert outcome.out.splitlines()[4] == "  components: 1"
    assert outcome.out.splitlines()[5].startswith("  degrees: ")
    assert outcome.out.splitlines()[6].startswith("  memory: ")


def test_info_as_json(graphkit, tmp_path):
    (tmp_path / "g.csv").write_text("source,target,weight\n1,2,0.5\n2,3,1\n7,7,2\n9,8,1\n")
    facts = json.loads(graphkit("info g.csv --json").out)
    counts = {
        "num_nodes": 6,
        "num_edges": 4,
        "num_self_loops": 1,
        "num_isolated": 0,
        "num_components": 3,
        "component_sizes": [3, 2, 1],
        "degree_min": 1,
        "degree_median": 1.0,
        "degree_max": 2,
        "directed": False,
        "weighted": True,
        "origin": "g.csv",
        "compression": None,
    }
    assert counts.items() <= facts.items()


def test_convert_makes_a_folder_that_every_command_reads(graphkit, edges):
    outcome = graphkit("convert edges.txt folder")
    assert outcome.code == 0
    assert outcome.err.endswith("folder: Graph(16 nodes, 45 edges, undirected, unweighted)\n")
    graph = Graph.open(edges.parent / "folder")
    assert graph.indices.tolist() == read_graph(edges).indices.tolist()
    assert "saved graph" in graphkit("info folder").out
    assert graphkit("embed folder -o out.npz --dim 4 -q") == (0, "", "")


def test_convert_replaces_a_saved_graph_only_when_asked_and_nothing_else(graphkit, edges):
    assert graphkit("convert edges.txt folder -q") == (0, "", "")
    assert graphkit("convert edges.txt folder").code == 2
    assert graphkit("convert edges.txt folder --force --directed -q") == (0, "", "")
    assert Graph.open(edges.parent / "folder").directed
    (edges.parent / "mine").mkdir()
    outcome = graphkit("convert edges.txt mine --force")
    assert outcome.code == 2
    assert "mine: holds no graph and is not replaced" in outcome.err
    assert graphkit("convert edges.txt none/folder").code == 2


def test_datasets_are_listed(graphkit):
    outcome = graphkit("datasets")
    assert (outcome.code, outcome.err) == (0, "")
    header, *rows = outcome.out.splitlines()
    assert header.split() == ["name", "nodes", "edges", "labels", "where"]
    assert [row.split()[0] for row in rows] == available()
    assert ["karate_club", "34", "78", "2", "shipped"] in [row.split() for row in rows]


def test_one_data_set_in_full(graphkit):
    out = graphkit("datasets wordnet").out
    assert "WordNet 3.0" in out
    assert "wordnet_edges.parquet, wordnet_labels.parquet" in out
    (facts,) = json.loads(graphkit("datasets wordnet --json").out)
    assert (facts["num_nodes"], facts["where"]) == (117_659, "shipped")
    assert len(json.loads(graphkit("datasets --json").out)) == len(available())


@pytest.mark.parametrize("line", ["info", "embed", "convert"])
def test_a_data_set_takes_no_options_on_reading(graphkit, line):
    target = {"info": "", "embed": "-o out.npz", "convert": "folder"}[line]
    outcome = graphkit(f"{line} dataset:karate_club {target} --directed")
    assert (outcome.code, outcome.err) == (2, "error: --directed has no effect on a data set; leave it out\n")
