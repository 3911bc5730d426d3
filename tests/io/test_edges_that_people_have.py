"""Edge lists with decimal commas, comments amid rows, two kinds of nodes, and weights that are missing."""

import gzip
import io

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError, ParameterError
from graphkit.io import as_graph, load_graph, read_graph
from graphkit.io.two_columns import shared_remark

COMMAS = [("a", "b", 0.5), ("b", "c", 1.25)]

DECIMAL = {
    "semicolons": "a;b;0,5\nb;c;1,25\n",
    "semicolons and a header": "source;target;weight\na;b;0,5\nb;c;1,25\n",
    "bars": "a|b|0,5\nb|c|1,25\n",
    "tabs": "a\tb\t0,5\nb\tc\t1,25\n",
    "blanks after semicolons": "a; b; 0,5\nb; c; 1,25\n",
    "a whole number first": "a;b;0,5\nb;c;1,25\na;b;0\n",
    "quoted": '"a";"b";"0,5"\nb;c;1,25\n',
    "a named column": "weight;source;target\n0,5;a;b\n1,25;b;c\n",
    "a column beside": "source;target;year;weight\na;b;1999;0,5\nb;c;2000;1,25\n",
    "exponents": "a;b;5,0e-1\nb;c;1,25\n",
    "points between thousands": "a;b;0,5\nb;c;1,25\nc;c;1.234,5\n",
}


@pytest.mark.parametrize("name", DECIMAL)
def test_decimal_commas(name, write):
    graph = read_graph(write(DECIMAL[name]), bad_weights="drop")
    thousands = [("c", "c", 1234.5)] if "thousands" in name else []
    assert edges_of(graph) == COMMAS + thousands


def test_decimal_commas_are_read_as_pandas_reads_them(write):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.integers(0, 50, (300, 2)), columns=["source", "target"])
    frame["weight"] = rng.random(300).round(4) + 0.0001
    text = frame.to_csv(sep=";", decimal=",", index=False)
    expected = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
    graph = read_graph(write(text))
    assert edges_of(graph) == edges_of(as_graph(expected))


def test_a_decimal_comma_is_in_the_summary(write):
    assert "weight: column 3, with a decimal comma" in str(load_graph(write(DECIMAL["semicolons"])).report)


def test_thousands_are_asked_for(write):
    path = write("a;b;1,234\nb;c;5,678\n")
    with pytest.raises(InputError, match=r"column 3 holds '1,234', .*pass decimal=','"):
        read_graph(path)
    assert edges_of(read_graph(path, decimal=",")) == [
        ("a", "b", float(np.float32(1.234))),
        ("b", "c", float(np.float32(5.678))),
    ]
    with pytest.raises(InputError, match=r"line 1: expected a number as weight .*got '1,234'"):
        read_graph(path, decimal=".")
    with pytest.raises(InputError, match=r"line 2: expected a number as weight .*got '1\.25'"):
        read_graph(write("a;b;0,5\nb;c;1.25\n"))


def test_blanks_with_decimal_commas_are_asked_for(write):
    path = write("a b 0,5\nb c 1,25\n")
    with pytest.raises(InputError, match=r"pass delimiter=' ' or delimiter=','"):
        read_graph(path)
    assert edges_of(read_graph(path, delimiter=" ")) == COMMAS
    assert read_graph(path, delimiter=",").node_ids.tolist() == ["a b 0", "5", "b c 1", "25"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decimal": ";"}, "decimal must be '.', ',' or None, got ';'"),
        ({"decimal": ",", "delimiter": ","}, "decimal=',' needs another delimiter"),
    ],
)
def test_decimal_points_that_are_none(options, message, write):
    with pytest.raises(ParameterError, match=message):
        read_graph(write("a;b;0,5\n"), **options)


COMMENTED = {
    "text": ("# head\na\tb\n#python\t#data\n\nb\tc\n  % end", 2),
    "numbers": ("# head\n% head\n1 2\n# amid\n2 3\n", 1),
    "quoted": ('# head\n"a","b"\n# amid\nb,c\n# d, e, f\n', 2),
    "none": ("# head\na b\n\nb c\n", 0),
    "compressed": (gzip.compress(b"1 2\n" * 50_000 + b"# amid\n2 3\n"), 1),
}


@pytest.mark.parametrize("name", COMMENTED)
def test_comments_amid_rows_are_counted(name, write):
    content, count = COMMENTED[name]
    loaded = load_graph(write(content))
    said = f"comment lines amid the rows passed over: {count}; pass comments='' if they are edges"
    assert (said in str(loaded.report)) == bool(count)
    assert loaded.graph.num_edges == 2


@pytest.mark.parametrize("num_threads", ["1", "3"])
def test_comments_are_counted_on_all_threads(num_threads, write, monkeypatch):
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", num_threads)
    report = load_graph(write("1 2\n# x\n" * 40_000)).report
    assert "passed over: 40,000;" in str(report)


def test_comments_before_the_rows_that_look_like_rows_are_counted(write):
    said = "comment lines that look like rows before the first row: 1; pass comments='' if they are edges"
    path = write("# of the web\n#python\t#data\nx\ty\n")
    assert said in str(load_graph(path).report)
    tags = read_graph(write("#python\t#data\nx\ty\n"), comments="")
    assert tags.node_ids.tolist() == ["#python", "#data", "x", "y"]
    assert said not in str(load_graph(write("# From\tTo\n1\t2\n")).report)
    assert said not in str(load_graph(write("#x\tz\tw\nsource\ttarget\na\tb\n")).report)


def test_a_first_row_that_may_be_a_header_is_said(write):
    path = write("protein1\tprotein2\nA\tB\nB\tC\nC\tA\n")
    said = "pass columns=NAME,NAME if 'protein1' and 'protein2' in the first row are names of columns"
    assert said in str(load_graph(path).report)
    assert edges_of(read_graph(path, columns=("protein1", "protein2"))) == edges_of(
        as_graph(nx.cycle_graph(["A", "B", "C"]))
    )
    assert "names of columns" not in str(load_graph(write("a\tb\nb\tc\nc\ta\n")).report)


def bipartite_edges():
    """{(account, merchant)}, both numbered from 1, and their graph by networkx."""
    rng = np.random.default_rng(2)
    pairs = sorted({tuple(pair) for pair in rng.integers(1, 30, (80, 2)).tolist()})
    graph = nx.Graph((f"account:{a}", f"merchant:{b}") for a, b in pairs)
    return pairs, graph


def same(graph, expected):
    assert sorted(graph.node_ids.tolist()) == sorted(expected.nodes)
    assert {frozenset(edge[:2]) for edge in edges_of(graph)} == {frozenset(edge) for edge in expected.edges}


def test_nodes_of_two_kinds(write, tmp_path):
    pairs, expected = bipartite_edges()
    lines = "".join(f"{a},{b}\n" for a, b in pairs)
    same(read_graph(write("account,merchant\n" + lines), bipartite=True), expected)
    same(read_graph(write('"account","merchant"\n' + lines), bipartite=True), expected)
    frame = pl.DataFrame(pairs, schema=["account", "merchant"], orient="row")
    same(as_graph(frame, bipartite=True), expected)
    same(as_graph(frame.to_pandas(), bipartite=True), expected)
    frame.write_parquet(tmp_path / "edges.parquet")
    same(read_graph(tmp_path / "edges.parquet", bipartite=True), expected)
    unnamed = nx.relabel_nodes(
        expected, lambda node: node.replace("account", "source").replace("merchant", "target")
    )
    same(read_graph(write(lines), bipartite=True), unnamed)
    same(as_graph(pairs, bipartite=True), unnamed)
    same(as_graph([(str(a), str(b)) for a, b in pairs], bipartite=True), unnamed)
    assert as_graph(pairs).num_nodes < expected.number_of_nodes()


def test_konect_says_that_nodes_are_of_two_kinds(write):
    loaded = load_graph(write("% bip unweighted\n% 3 2 2\n1 1\n2 1\n2 2\n"))
    assert sorted(loaded.graph.node_ids) == ["source:1", "source:2", "target:1", "target:2"]
    assert "bipartite: ids begin with source: and target:" in str(loaded.report)
    assert read_graph(write("% bip unweighted\n1 1\n2 1\n"), bipartite=False).num_nodes == 2
    assert read_graph(write("% sym unweighted\n1 1\n2 1\n")).num_nodes == 2


SHARED = {
    "all": (
        "account,merchant\n1,2\n2,1\n",
        "ids in both columns: most, taken as the same nodes; pass bipartite=True",
    ),
    "none": ("source,target\n1,2\n3,4\n", "ids in both columns: none"),
    "usual names": ("source,target\n1,2\n2,1\n", None),
    "usual but for what they share": ("from_address,to_address\n1,2\n2,1\n", None),
    "numbered names": ("protein1,protein2\n1,2\n2,1\n", None),
    "no names": ("1 2\n2 3\n3 1\n", None),
    # Of the ids 2, 4, 6 and 9 of one column the other holds 2; of 1 and 2, it holds 2.
    "a few": ("1 2\n3 4\n5 6\n7 2\n2 9\n", "ids in both columns: some, 25 %, taken as the same nodes"),
    "a few of usual names": ("source,target\n1,2\n3,4\n5,6\n7,2\n2,9\n", None),
    "half": ("account,merchant\n1,2\n2,3\n", "ids in both columns: some, 50 %, taken as the same nodes"),
    "half, no names": ("1 2\n2 3\n", None),
}


@pytest.mark.parametrize("name", SHARED)
def test_a_word_on_ids_in_both_columns(name, write):
    content, word = SHARED[name]
    report = str(load_graph(write(content)).report)
    assert (word in report) if word else "ids in both columns" not in report


@pytest.mark.parametrize("num_edges", [600_000, 1_200_000])
def test_the_word_on_shared_ids_holds_for_all_edges(num_edges):
    # The ids that both columns hold come last.
    source = np.arange(num_edges, dtype=np.int32) % 1000
    target = source + 1000
    names = ("account", "merchant")
    assert shared_remark(source, target, 2000, names) == "ids in both columns: none"
    target[-600:] = source[:600]
    assert shared_remark(source, target, 2000, names).startswith("ids in both columns: most")
    assert shared_remark(source, target, 2000, None) is None
    target[-600:] = source[-1]
    assert shared_remark(source, target, 2000, names).startswith("ids in both columns: some, 0.1 %")


def test_bipartite_has_no_effect_on_matrices(tmp_path):
    import scipy.sparse

    with pytest.raises(ParameterError, match="bipartite has no effect on the format SciPy sparse matrix"):
        as_graph(scipy.sparse.eye_array(3), bipartite=True)


MISSING = {
    "text": "a,b,0.5\nb,c,\nc,d,2\n",
    "the first": "b,c,\na,b,0.5\nc,d,2\n",
    "NA": "a,b,0.5\nb,c,NA\nc,d,2\n",
    "named": "source,target,weight\na,b,0.5\nb,c,null\nc,d,2\n",
    "quoted": '"a","b",0.5\nb,c,""\nc,d,2\n',
    "a decimal comma": "a;b;0,5\nb;c;\nc;d;2\n",
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_weights_are_bad_weights(name, write):
    path = write(MISSING[name])
    loaded = load_graph(path, bad_weights="drop")
    assert {(*sorted(ends), weight) for *ends, weight in edges_of(loaded.graph)} == {
        ("a", "b", 0.5),
        ("c", "d", 2.0),
    }
    assert "rows left out for their weight (missing, zero, negative or not finite): 1" in str(loaded.report)
    with pytest.raises(InputError, match=r"line \d: .* got (none|NA|null); pass bad_weights='drop'"):
        read_graph(path)
    with pytest.raises(InputError, match=r"pass bad_weights='drop' to leave such edges out$"):
        read_graph(path, bad_weights="abs")


def missing_in_memory():
    ends = (["a", "b", "c"], ["b", "c", "d"])
    frame = pd.DataFrame({"source": ends[0], "target": ends[1], "weight": [0.5, None, 2]})
    graph = nx.Graph([("a", "b", {"weight": 0.5}), ("b", "c"), ("c", "d", {"weight": 2})])
    return {
        "pandas": frame,
        "polars": pl.from_pandas(frame),
        "columns": (*ends, [0.5, None, 2]),
        "columns of NaN": (*ends, [0.5, float("nan"), 2]),
        "networkx": graph,
    }


@pytest.mark.parametrize("name", missing_in_memory())
def test_missing_weights_in_memory(name):
    graph = as_graph(missing_in_memory()[name], bad_weights="drop")
    assert edges_of(graph) == [("a", "b", 0.5), ("c", "d", 2.0)]
    with pytest.raises(InputError, match="pass bad_weights='drop' to leave such edges out"):
        as_graph(missing_in_memory()[name])


def test_missing_weights_of_igraph_and_parquet(tmp_path):
    import igraph

    graph = igraph.Graph(edges=[(0, 1), (1, 2)], edge_attrs={"weight": [0.5, None]})
    assert edges_of(as_graph(graph, bad_weights="drop")) == [(0, 1, 0.5)]
    pl.DataFrame({"s": [0, 1], "t": [1, 2], "weight": [None, 2.0]}).write_parquet(tmp_path / "a.parquet")
    assert edges_of(read_graph(tmp_path / "a.parquet", bad_weights="drop")) == [(1, 2, 2.0)]
    with pytest.raises(
        InputError, match=r"row 0 \(counted from 0\): a weight .* got none or NaN; pass bad_weights='drop'"
    ):
        read_graph(tmp_path / "a.parquet")


MIXED = {
    "pairs": [(1, "a"), (2, "b")],
    "a column": ([1, "a"], [2, 3]),
    "two columns": ([1, 2], ["a", "b"]),
    "floats": [(1.0, 2.0)],
    "an array of floats": np.array([[1.0, 2.0]]),
    "a missing id": ([1, None], [2, 3]),
    "networkx": nx.Graph([(1, "a")]),
    "pandas, two kinds": pd.DataFrame({"s": [1, "a"], "t": [2, 3]}),
    "pandas, a missing id": pd.DataFrame({"s": [1, None], "t": [2, 3]}),
    "polars, two columns": pl.DataFrame({"s": [1, 2], "t": ["a", "b"]}),
    "polars, floats": pl.DataFrame({"s": [1.0, 2.0], "t": [2, 3]}),
    "polars, a missing id": pl.DataFrame({"s": [1, None], "t": [2, 3]}),
}


@pytest.mark.parametrize("name", MIXED)
def test_ids_of_mixed_kinds_are_refused_with_a_remedy(name):
    with pytest.raises(
        InputError, match=r"\bas strings|leave .* out|whole numbers, (for instance|such as)|astype"
    ):
        as_graph(MIXED[name])
