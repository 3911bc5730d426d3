"""graphkit ppr: what it writes, says, and refuses."""

import csv
import inspect

import pyarrow.parquet
import pytest

from graphkit import PersonalizedPageRank, read_graph
from graphkit.cli import ppr


def wanted(edges, k, sources=None, **options):
    graph = read_graph(edges)
    top = PersonalizedPageRank(**options).top(graph, k, sources)
    return [(source, node, score) for source in top.sources.tolist() for node, score in top[source]]


def test_files_hold_what_the_class_gives(graphkit, edges):
    rows = wanted(edges, 3)
    for suffix, separator in (("parquet", None), ("csv", ","), ("tsv", "\t")):
        outcome = graphkit(f"ppr edges.txt -o out.{suffix} -k 3")
        assert outcome.code == 0, outcome.err
        assert f"out.{suffix}: 16 sources, 3 nodes each at most; scores leave out 0.0" in outcome.err
        if separator is None:
            table = pyarrow.parquet.read_table(edges.parent / "out.parquet")
            assert list(zip(*(table[name].to_pylist() for name in ("source", "node", "score")))) == rows
        else:
            head, *lines = (edges.parent / f"out.{suffix}").read_text().splitlines()
            assert head == separator.join(["source", "node", "score"])
            found = list(csv.reader(lines, delimiter=separator))
            assert [tuple(line[:2]) for line in found] == [(str(s), str(n)) for s, n, _ in rows]
            assert [float(line[2]) for line in found] == pytest.approx([score for *_, score in rows])


def test_walks_from_one_source_to_stdout(graphkit, edges):
    outcome = graphkit("ppr edges.txt --method walks --walks-per-node 500 --seed 3 --source x5 --k 4 -o - -q")
    rows = wanted(edges, 4, ["x5"], method="walks", walks_per_node=500, seed=3)
    assert outcome.err == ""
    found = [line.split("\t") for line in outcome.out.splitlines()[1:]]
    assert [tuple(line[:2]) for line in found] == [(s, n) for s, n, _ in rows]


def test_sources_from_a_file(graphkit, edges):
    (edges.parent / "some.txt").write_text("x7\nx2\n")
    assert graphkit("ppr edges.txt --sources some.txt -k 2 -o out.csv -q").code == 0
    lines = (edges.parent / "out.csv").read_text().splitlines()[1:]
    assert [row[0] for row in csv.reader(lines)] == ["x7", "x7", "x2", "x2"]


def test_a_source_given_twice_is_two_sources(graphkit, edges):
    assert graphkit("ppr edges.txt --source x7 --source y2 -k 2 -o out.csv -q").code == 0
    lines = (edges.parent / "out.csv").read_text().splitlines()[1:]
    assert [row[0] for row in csv.reader(lines)] == ["x7", "x7", "y2", "y2"]


def test_string_ids_are_quoted_where_they_must_be(graphkit, tmp_path):
    (tmp_path / "edges.csv").write_text('source,target\n"a,b",c\nc,d\n')
    assert graphkit("ppr edges.csv --source c -k 2 -o out.csv -q").code == 0
    assert '"a,b"' in (tmp_path / "out.csv").read_text()
    assert graphkit("ppr edges.csv --source c -k 2 -o out.tsv -q").code == 0
    assert '"' not in (tmp_path / "out.tsv").read_text()


def test_a_dry_run_writes_nothing(graphkit, edges):
    outcome = graphkit("ppr edges.txt --dry-run -k 5")
    assert outcome.code == 0
    for word in ("method", "16, 5 nodes each", "memory", "time"):
        assert word in outcome.out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ppr edges.txt -o out.xyz", "use .parquet, .csv, .tsv"),
        ("ppr edges.txt -o out.csv -k 0", "k must be a whole number >= 1, got 0"),
        ("ppr edges.txt -o out.csv --restart 1", "restart must lie in (0, 1), got 1.0"),
        ("ppr edges.txt -o out.csv --tolerance 0", "tolerance must lie in (0, 1), got 0.0"),
        ("ppr edges.txt -o out.csv --source x99", "no node has the id 'x99'"),
        ("ppr edges.txt -o out.csv --source x1 --sources some.txt", "--source has no effect with --sources"),
        ("ppr edges.txt -o out.csv --seed 3", "seed has no effect with --method push"),
        ("ppr edges.txt -o out.csv --num-negatives 3", "no such option: --num-negatives"),
    ],
)
def test_what_is_refused(is_refused, line, message):
    is_refused(line, message)


def test_ids_of_another_kind(graphkit, tmp_path):
    (tmp_path / "edges.txt").write_text("1 2\n2 3\n")
    outcome = graphkit("ppr edges.txt -o out.csv --source x")
    assert outcome.code == 2
    assert "the ids of this file are whole numbers, got 'x'" in outcome.err


def test_flags_are_the_classes_parameters():
    assert set(ppr._signature()) == set(inspect.signature(PersonalizedPageRank).parameters)
