"""graphkit kcore: what it writes, says, and refuses."""

import inspect
import json

import numpy as np
import pyarrow.parquet
import pytest

from graphkit import core_numbers, read_graph
from graphkit.cli import kcore


def wanted(edges, **options):
    graph = read_graph(edges)
    return list(zip(graph.node_ids.tolist(), core_numbers(graph, **options).tolist()))


def test_files_hold_what_the_function_gives(graphkit, edges):
    for suffix in ("parquet", "csv", "tsv", "txt"):
        outcome = graphkit(f"kcore edges.txt -o out.{suffix}")
        assert outcome.code == 0, outcome.err
        said = f"out.{suffix}: 16 nodes, degeneracy 5; innermost shells: 5 (16 nodes)\n"
        assert outcome.err.endswith(said)
    folder, rows = edges.parent, wanted(edges)
    table = pyarrow.parquet.read_table(folder / "out.parquet")
    assert list(zip(table["id"].to_pylist(), table["core"].to_pylist())) == rows
    for suffix, separator, header in (
        ("csv", ",", ["id,core"]),
        ("tsv", "\t", ["id\tcore"]),
        ("txt", " ", []),
    ):
        lines = [f"{node}{separator}{number}" for node, number in rows]
        assert (folder / f"out.{suffix}").read_text().splitlines() == header + lines


def test_stdout_gets_text_and_stderr_the_summary(graphkit, edges):
    outcome = graphkit("kcore edges.txt -o -")
    assert outcome.out.splitlines() == [f"{node} {number}" for node, number in wanted(edges)]
    assert outcome.err.endswith("standard output: 16 nodes, degeneracy 5; innermost shells: 5 (16 nodes)\n")
    assert graphkit("kcore edges.txt -o - -q").err == ""


def test_weights_and_directions(graphkit, tmp_path):
    (tmp_path / "edges.csv").write_text("source,target,weight\na,b,0.5\nb,c,2\nc,a,1\nd,a,4\n")
    assert graphkit("kcore edges.csv -o out.csv --strength -q") == (0, "", "")
    assert (tmp_path / "out.csv").read_text() == "id,core\na,4.0\nb,2.5\nc,2.5\nd,4.0\n"
    assert graphkit("kcore edges.csv -o out.csv --directed --degree in -q --force") == (0, "", "")
    assert (tmp_path / "out.csv").read_text() == "id,core\na,1\nb,1\nc,1\nd,0\n"


def test_flags_are_the_functions_parameters():
    listed = {parameter.name for parameter in kcore._signature().values()}
    assert set(inspect.signature(core_numbers).parameters) - listed == {"graph"}


def test_a_graph_without_edges(graphkit, tmp_path):
    (tmp_path / "nodes.txt").write_text("a\nb\n")
    (tmp_path / "edges.txt").write_text("a a\n")
    outcome = graphkit("kcore edges.txt --nodes nodes.txt -o out.txt")
    assert outcome.err.endswith("out.txt: 2 nodes, degeneracy 0; innermost shells: 0 (2 nodes)\n")


def test_progress(graphkit, edges):
    outcome = graphkit("kcore edges.txt -o out.csv --progress json")
    reports = [json.loads(line) for line in outcome.err.splitlines() if line.startswith("{")]
    assert [report["stage"] for report in reports[-4::2]] == ["cores", "write"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("kcore edges.txt -o out.npy", "out.npy: no format for numbers has the suffix '.npy'; use .parquet"),
        ("kcore edges.txt -o out.txt --degree in", "--degree in has no effect on an undirected graph"),
        ("kcore edges.txt -o out.txt --strength", "strength has no effect on a graph without weights"),
        ("kcore edges.txt -o out.txt --degre in", "did you mean --degree?"),
    ],
)
def test_what_is_refused(is_refused, line, message):
    is_refused(line, message)


def test_ids_with_blanks(graphkit, tmp_path):
    (tmp_path / "edges.csv").write_text('source,target\na b,"c,d"\n')
    outcome = graphkit("kcore edges.csv -o out.txt")
    assert outcome.code == 2
    assert "holds a blank" in outcome.err
    assert graphkit("kcore edges.csv -o out.csv -q") == (0, "", "")
    assert (tmp_path / "out.csv").read_text() == 'id,core\na b,1\n"c,d",1\n'
    assert np.array_equal(core_numbers(read_graph(tmp_path / "edges.csv")), [1, 1])
