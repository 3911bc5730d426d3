"""What the command line says of files, and the options that it asks for."""

import json

import networkx as nx
import pytest

from graphkit import Embedding, read_graph

IDS = [f"{group}{number}" for group in "xy" for number in range(8)]


@pytest.fixture
def vectors(tmp_path):
    """Vectors of x0 … y7, those of a group side by side."""
    rows = [[float(node_id[0] == "x"), int(node_id[1]) / 50] for node_id in IDS]
    Embedding(IDS, rows).save(tmp_path / "vectors.parquet")


def labels(tmp_path, *lines):
    (tmp_path / "labels.txt").write_text("\n".join(lines))


@pytest.mark.usefixtures("vectors")
def test_how_labels_were_read_is_said(graphkit, tmp_path):
    labels(
        tmp_path, "protein\tgo_term", *(f"{node_id}\tkind {node_id[0]}, of two" for node_id in IDS), "# end"
    )
    outcome = graphkit("evaluate vectors.parquet --labels labels.txt --train-ratios 0.5 --json")
    assert outcome.err.splitlines() == [
        "labels.txt: columns separated by tabs, header: protein, go_term",
        "labels.txt: comment lines amid the rows passed over: 1",
    ]
    assert "with 2 labels, 1.00 a node" in json.loads(outcome.out)["statement"]
    assert graphkit("evaluate vectors.parquet --labels labels.txt --train-ratios 0.5 -q").err == ""


@pytest.mark.usefixtures("vectors")
def test_cells_of_labels_are_taken_apart(graphkit, tmp_path):
    labels(tmp_path, *(f"{node_id}\tGO:{node_id[0]};GO:both" for node_id in IDS))
    outcome = graphkit(
        "evaluate vectors.parquet --labels labels.txt --train-ratios 0.5 --json --label-separator ;"
    )
    assert "labels.txt: cells with several labels, separated by semicolons: 16" in outcome.err
    assert "with 3 labels, 2.00 a node" in json.loads(outcome.out)["statement"]
    labels(tmp_path, "x0\tParis, France", "x1\tred,blue")
    outcome = graphkit("evaluate vectors.parquet --labels labels.txt")
    assert "pass --label-separator , if they stand between labels, --label-separator '' if not" in outcome.err
    outcome = graphkit("explore map.csv -o map.html --label-separator ;")
    assert outcome.code == 2


def test_labels_nearly_as_many_as_nodes_are_warned_of(graphkit, tmp_path):
    ids = [*range(30)]
    Embedding(ids, [[node_id % 3, 1.0] for node_id in ids]).save(tmp_path / "vectors.parquet")
    labels(tmp_path, *(f"{node_id}\tGO:{node_id // 3 * 3};GO:{node_id}" for node_id in ids))
    outcome = graphkit("evaluate vectors.parquet --labels labels.txt --train-ratios 0.5")
    said = "warning: labels.txt: 30 different labels of 30 nodes; pass --label-separator ; if cells such as"
    assert any(line.startswith(said) for line in outcome.err.splitlines())


def test_nodes_of_two_kinds(graphkit, tmp_path):
    (tmp_path / "payments.csv").write_text("account,merchant\n1,1\n2,1\n2,2\n")
    outcome = graphkit("info payments.csv")
    assert (
        "ids in both columns: most, taken as the same nodes; pass --bipartite if they are not" in outcome.out
    )
    graphkit("convert payments.csv graph --bipartite -q")
    assert sorted(read_graph(tmp_path / "graph").node_ids) == [
        "account:1",
        "account:2",
        "merchant:1",
        "merchant:2",
    ]
    (tmp_path / "konect.txt").write_text("% bip unweighted\n1 1\n2 1\n")
    assert "2 nodes" in graphkit("info konect.txt --no-bipartite").out


def test_a_decimal_comma_is_asked_for_by_its_flag(graphkit, tmp_path):
    (tmp_path / "a.csv").write_text("a;b;1,234\nb;c;5,678\n")
    outcome = graphkit("info a.csv")
    assert outcome.code == 2
    assert "pass --decimal , if it is the former" in outcome.err
    assert "weights 1.234 to 5.678" in graphkit("info a.csv --decimal ,").out


def test_sources_may_have_a_header_and_blanks(graphkit, tmp_path):
    (tmp_path / "edges.tsv").write_text("New York\tLos Angeles\nLos Angeles\tRome\n")
    (tmp_path / "sources.txt").write_text("town\nLos Angeles\nRome\n")
    outcome = graphkit("ppr edges.tsv --sources sources.txt -k 1 -o -")
    assert [line.split("\t")[0] for line in outcome.out.splitlines()] == ["source", "Los Angeles", "Rome"]
    assert "sources.txt: one a line, header: town" in outcome.err


@pytest.mark.parametrize("suffix", ["json", "gexf"])
def test_graphs_of_other_tools_are_embedded(suffix, graphkit, tmp_path):
    graph = nx.les_miserables_graph()
    if suffix == "json":
        (tmp_path / "graph.json").write_text(json.dumps(nx.node_link_data(graph, edges="links")))
    else:
        nx.write_gexf(graph, tmp_path / "graph.gexf")
    assert graphkit(f"embed graph.{suffix} -o vectors.parquet -d 4").code == 0
    assert list(Embedding.load(tmp_path / "vectors.parquet")) == list(graph)


def test_attributes_and_features_say_how_they_were_read(graphkit, edges, tmp_path):
    (tmp_path / "features.csv").write_text("gene;size\n" + "".join(f"{node_id};0,5\n" for node_id in IDS))
    outcome = graphkit("embed edges.txt -o vectors.parquet -d 4 --features features.csv")
    assert "features.csv: columns separated by semicolons, header: gene, size" in outcome.err
