"""graphkit sparsify: what it writes, says, and refuses."""

import csv

import numpy as np
import pytest

from graphkit import Graph, read_graph, sparsify


def same(one, other):
    assert np.array_equal(one.indptr, other.indptr)
    assert np.array_equal(one.indices, other.indices)
    assert one.node_ids.tolist() == other.node_ids.tolist()
    if other.is_weighted:
        np.testing.assert_array_equal(one.weights, other.weights)


@pytest.mark.parametrize("suffix", ["", ".parquet", ".csv", ".tsv"])
def test_files_hold_what_the_function_gives(graphkit, edges, suffix):
    outcome = graphkit(f"sparsify edges.txt -o out{suffix} --distortion 2 --seed 3")
    assert outcome.code == 0, outcome.err
    wanted = sparsify(read_graph(edges), distortion=2, seed=3)
    assert f"out{suffix}: {wanted.num_edges} of 45 edges, in " in outcome.err
    out = edges.parent / f"out{suffix}"
    found = read_graph(out, nodes=wanted.node_ids) if suffix else Graph.open(out)
    same(found, wanted)


def test_sampled_edges_have_weights(graphkit, edges):
    outcome = graphkit("sparsify edges.txt -o - --method resistances --share 0.6 --seed 1 -q")
    assert (outcome.code, outcome.err) == (0, "")
    head, *lines = csv.reader(outcome.out.splitlines(), delimiter="\t")
    assert head == ["source", "target", "weight"]
    wanted = sparsify(read_graph(edges), method="resistances", share=0.6, seed=1)
    source, target, weights = wanted.to_edges()
    assert [tuple(line[:2]) for line in lines] == list(zip(source.tolist(), target.tolist()))
    np.testing.assert_allclose([float(line[2]) for line in lines], weights, rtol=1e-6)


def test_ids_are_quoted_where_they_must_be(graphkit, tmp_path):
    (tmp_path / "edges.csv").write_text('source,target\n"a,b",c\nc,d\n')
    assert graphkit("sparsify edges.csv -o out.csv -q").code == 0
    assert '"a,b"' in (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize("method", ["walks", "resistances"])
def test_a_dry_run_writes_nothing(graphkit, edges, method):
    outcome = graphkit(f"sparsify edges.txt --dry-run --method {method} -o out.csv")
    assert outcome.code == 0
    assert f"method  {method}" in outcome.out
    assert "memory  about" in outcome.out
    assert not (edges.parent / "out.csv").exists()


def test_what_is_wrong_is_said(is_refused):
    for line, message in (
        ("sparsify edges.txt", "--output"),
        ("sparsify edges.txt -o out.txt", "no format for edges has the suffix '.txt'"),
        ("sparsify edges.txt -o out.csv --directed", "sparsify is for undirected graphs"),
        ("sparsify edges.txt -o out.csv --share 0.5", "share has no effect with --method walks"),
        ("sparsify edges.txt -o out.csv --distortion -1", "distortion must be > 0 and finite, got -1"),
        ("sparsify edges.txt -o out.csv --method walk", "unknown method 'walk': did you mean 'walks'"),
    ):
        is_refused(line, message)
