"""graphkit cluster: what it writes, says, and refuses."""

import csv

import pyarrow.parquet
import pytest

from graphkit import local_cluster, read_graph


def test_files_hold_what_the_function_gives(graphkit, edges):
    cluster = local_cluster(read_graph(edges), "x1")
    assert set(cluster) == {f"x{i}" for i in range(8)}
    for suffix in ("parquet", "csv", "txt"):
        outcome = graphkit(f"cluster edges.txt --seeds x1 -o out.{suffix}")
        assert outcome.code == 0, outcome.err
        assert f"out.{suffix}: 8 nodes, conductance 0.0222 (bound " in outcome.err
        assert "16 nodes touched" in outcome.err
    table = pyarrow.parquet.read_table(edges.parent / "out.parquet")
    assert list(zip(table["id"].to_pylist(), table["score"].to_pylist())) == cluster.members
    head, *rows = csv.reader((edges.parent / "out.csv").read_text().splitlines())
    assert head == ["id", "score"]
    assert [(name, float(score)) for name, score in rows] == cluster.members
    assert (edges.parent / "out.txt").read_text().split()[::2] == list(cluster)


def test_several_seeds_or_a_file_of_them_and_a_method(graphkit, edges):
    (edges.parent / "some.txt").write_text("x1\nx3\n")
    options = "--method flow --mass 60 --tolerance 0.01"
    one = graphkit(f"cluster edges.txt --seeds x1 --seeds x3 {options} -o - -q")
    other = graphkit(f"cluster edges.txt --seeds-from some.txt {options} -o - -q")
    cluster = local_cluster(read_graph(edges), ["x1", "x3"], method="flow", mass=60, tolerance=0.01)
    assert one.out == other.out
    assert one.out.split()[::2] == list(cluster)
    assert one.err == other.err == ""


def test_labels_of_the_seeds_weigh_the_edges(graphkit, edges):
    names = [f"{group}{i}" for group in "xy" for i in range(8)]
    rows = "".join(f"{name},{'red' if name in names[4:12] else 'blue'}\n" for name in names)
    (edges.parent / "labels.csv").write_text(f"id,label\n{rows}")
    found = graphkit("cluster edges.txt --seeds x5 --labels labels.csv --label-weight 0.2 -o -")
    labels = dict.fromkeys(names[4:12], 1)
    cluster = local_cluster(read_graph(edges), "x5", labels=labels, label_weight=0.2)
    assert found.out.split()[::2] == list(cluster)
    assert "members are likely to be 'red', as seeds are" in found.err
    assert " by labels, bound " in found.err
    other = graphkit("cluster edges.txt --seeds x5 --labels labels.csv --label blue -o - -q")
    assert other.code == 0


def test_a_dry_run_writes_nothing(graphkit, edges):
    outcome = graphkit("cluster edges.txt --seeds x1 --method heat-kernel --dry-run")
    assert outcome.code == 0
    for word in ("heat-kernel", "seeds   1", "memory", "time"):
        assert word in outcome.out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cluster edges.txt -o out.csv", "give the seeds by --seeds ID"),
        ("cluster edges.txt --seeds x1 --seeds-from edges.txt -o out.csv", "give the seeds by --seeds ID"),
        ("cluster edges.txt --seeds x99 -o out.csv", "no node has the id 'x99'"),
        ("cluster edges.txt --seeds x1", "--output FILE (-o) is missing"),
        ("cluster edges.txt --seeds x1 -o out.xyz", "use .parquet, .csv, .tsv, .txt"),
        ("cluster edges.txt --directed --seeds x1 -o out.csv", "is for undirected graphs"),
        ("cluster edges.txt --seeds x1 --restart 0 -o out.csv", "restart must lie in (0, 1), got 0.0"),
        ("cluster edges.txt --seeds x1 --restart 1.5 -o out.csv", "restart must lie in (0, 1), got 1.5"),
        ("cluster edges.txt --seeds x1 --mass 3 -o out.csv", "mass has no effect with"),
        ("cluster edges.txt --seeds x1 --label red -o out.csv", "--label has no effect without --labels"),
        ("cluster edges.txt --seeds x1 --label-weight 0.3 -o out.csv", "label_weight has no effect without"),
    ],
)
def test_what_cannot_be_is_refused(is_refused, line, message):
    is_refused(line, message)


def test_labels_that_do_not_help_are_refused(graphkit, edges):
    names = [f"{group}{i}" for group in "xy" for i in range(8)]
    (edges.parent / "one.csv").write_text("id,label\n" + "".join(f"{name},red\n" for name in names))
    (edges.parent / "two.csv").write_text("id,label\nx1,red\nx2,blue\ny1,blue\n")
    for line, message in (
        ("--seeds x1 --labels one.csv", "one.csv: all labels are 'red'"),
        (
            "--seeds x1 --labels two.csv --label green",
            "--label green is none of the labels of two.csv; there are: blue, red",
        ),
        ("--seeds x1 --seeds x2 --labels two.csv", "the seeds do not have one label"),
        ("--seeds x5 --labels two.csv", "the seeds do not have one label"),
    ):
        outcome = graphkit(f"cluster edges.txt {line} -o out.csv")
        assert outcome.code == 2
        assert message in outcome.err
        assert not (edges.parent / "out.csv").exists()
