"""Out of core, the graph is the one that is read in memory: node for node and bit for bit."""

import bz2
import gzip
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from support.graphs import random_edges

from graphkit import outofcore
from graphkit.engine import Engine
from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import Graph
from graphkit.io import load_graph
from graphkit.outofcore import number_bitmap


def same(first, second):
    assert first.directed == second.directed
    assert first.node_ids.dtype == second.node_ids.dtype
    assert first.node_ids.tolist() == second.node_ids.tolist()
    assert np.array_equal(first.indptr, second.indptr)
    assert np.array_equal(first.indices, second.indices)
    assert first.is_weighted == second.is_weighted
    if first.is_weighted:
        assert np.array_equal(first.weights.view(np.uint32), second.weights.view(np.uint32))


def both(path, make_engine, tmp_path, **options):
    expected = load_graph(path, **options)
    found = outofcore.convert(path, tmp_path / "g", engine=make_engine(), **options)
    same(Graph.open(tmp_path / "g", verify=True), expected.graph)
    assert found.reading_lines()[1:] == expected.report.reading_lines()[1:]
    return found


def lines(rows):
    return "".join(f"{' '.join(map(str, row))}\n" for row in rows)


def edges_with(names, *, num_edges=400, weighted=False, seed=0):
    edges, weights = random_edges(60, num_edges, weighted=True, seed=seed)
    rows = [[names[u], names[v]] for u, v in edges]
    return [[*row, f"{weight:.3f}"] for row, weight in zip(rows, weights, strict=True)] if weighted else rows


DENSE = list(range(100))
WIDE = [int(number) for number in np.random.default_rng(1).integers(-(2**62), 2**62, 100)]
TEXT = [f"n{number}" if number % 7 else f"ö/{number}" * 3 for number in DENSE]


@pytest.mark.parametrize("names", [DENSE, WIDE, TEXT], ids=["dense", "wide", "strings"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
def test_text(make_engine, small, tmp_path, names, weighted, directed):
    path = tmp_path / "edges.txt"
    path.write_text("# a comment\n" + lines(edges_with(names, weighted=weighted)))
    both(path, make_engine, tmp_path, directed=directed)


@pytest.mark.parametrize("names", [DENSE, WIDE, TEXT], ids=["dense", "wide", "strings"])
@pytest.mark.parametrize("row_group_size", [11, 1000])
def test_parquet(make_engine, small, tmp_path, names, row_group_size):
    rows = edges_with(names, weighted=True)
    columns = {
        "src": [row[0] for row in rows],
        "dst": [row[1] for row in rows],
        "weight": [float(row[2]) for row in rows],
    }
    path = tmp_path / "edges.parquet"
    pyarrow.parquet.write_table(pa.table(columns), path, row_group_size=row_group_size)
    both(path, make_engine, tmp_path)


@pytest.mark.parametrize("num_groups", [0, 1])
@pytest.mark.parametrize("kind", [pa.int64(), pa.string()], ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_parquet_without_rows(make_engine, tmp_path, num_groups, kind, weighted):
    fields = {"src": kind, "dst": kind} | ({"weight": pa.float32()} if weighted else {})
    path = tmp_path / "edges.parquet"
    with pyarrow.parquet.ParquetWriter(path, pa.schema(fields)) as writer:
        for _ in range(num_groups):
            writer.write_table(pa.schema(fields).empty_table())
    both(path, make_engine, tmp_path)


def test_parquet_without_rows_beside_others(make_engine, tmp_path):
    (tmp_path / "edges").mkdir()
    full = pa.table({"src": ["a", "b"], "dst": ["b", "c"]})
    pyarrow.parquet.write_table(full, tmp_path / "edges" / "b.parquet")
    for name, kind in (("a", pa.int64()), ("c", pa.null())):
        schema = pa.schema({"src": kind, "dst": kind})
        pyarrow.parquet.ParquetWriter(tmp_path / "edges" / f"{name}.parquet", schema).close()
    found = outofcore.convert(tmp_path / "edges", tmp_path / "g", engine=make_engine()).graph
    assert (found.node_ids.tolist(), found.num_edges) == (["a", "b", "c"], 2)


def test_parquet_without_rows_and_a_list_of_nodes(make_engine, tmp_path):
    path = tmp_path / "edges.parquet"
    pyarrow.parquet.write_table(pa.schema({"src": pa.int64(), "dst": pa.int64()}).empty_table(), path)
    assert both(path, make_engine, tmp_path, nodes=[7, 3, 5]).graph.num_nodes == 3


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_compressed_text(make_engine, small, tmp_path, monkeypatch, compress):
    monkeypatch.setattr("graphkit.io.opening.BLOCK_BYTES", 300)
    path = tmp_path / "edges.txt"
    path.write_bytes(compress(lines(edges_with(TEXT)).encode()))
    both(path, make_engine, tmp_path)


@pytest.mark.parametrize("quotes_from", [0, 300])
def test_csv_with_quotes(make_engine, small, tmp_path, quotes_from):
    """Line ends and doubled quotes within quotes, from the first line on or far behind it."""
    rows = edges_with(TEXT)
    names = {name: f'"{name}, the\n""{name}"""' for name in TEXT}
    text = "".join(f"{names[u] if place >= quotes_from else u},{v}\n" for place, (u, v) in enumerate(rows))
    path = tmp_path / "edges.csv"
    path.write_text("source,target\n" + text)
    both(path, make_engine, tmp_path)


@pytest.mark.parametrize(
    "options",
    [
        {"duplicates": "sum"},
        {"duplicates": "max"},
        {"duplicates": "first"},
        {"self_loops": "drop"},
        {"self_loops": "drop", "duplicates": "sum", "directed": True},
        {"weights": None},
        {"weights": None, "duplicates": "sum"},
        {"columns": (2, 1), "weights": 3},
        {"id_type": "string"},
    ],
    ids=str,
)
def test_options(make_engine, small, tmp_path, options):
    path = tmp_path / "edges.txt"
    path.write_text(lines(edges_with(DENSE, weighted=True)))
    both(path, make_engine, tmp_path, **options)


@pytest.mark.parametrize("policy", ["drop", "abs"])
def test_bad_weights(make_engine, small, tmp_path, policy):
    rows = edges_with(DENSE, weighted=True)
    for place, bad in ((3, "-2"), (50, "0"), (399, "-1e-60")):
        rows[place][2] = bad
    rows.append([98, 99, "0"])
    (tmp_path / "edges.txt").write_text(lines(rows))
    both(tmp_path / "edges.txt", make_engine, tmp_path, bad_weights=policy)


@pytest.mark.parametrize("change", [0, 1])
def test_a_weighted_list_of_both_directions_is_not_doubled(make_engine, small, tmp_path, change):
    graph_rows = {(u, v): w for u, v, w in edges_with(DENSE, weighted=True)}
    rows = [[*pair, weight] for (u, v), weight in graph_rows.items() for pair in {(u, v), (v, u)}]
    merged = {}
    for u, v, weight in rows:
        merged.setdefault((min(u, v), max(u, v)), weight)
    rows = [[*pair, weight] for (u, v), weight in merged.items() for pair in {(u, v), (v, u)}]
    rows[0][2] = float(rows[0][2]) + change
    (tmp_path / "edges.txt").write_text(lines(rows))
    found = both(tmp_path / "edges.txt", make_engine, tmp_path)
    assert found.build.both_directions == (not change or rows[0][0] == rows[0][1])


@pytest.mark.parametrize("first", ["{nodes} {edges}", "{nodes} {nodes} {edges}", "{edges} {edges}"])
def test_a_line_of_counts(make_engine, small, tmp_path, first):
    rows = edges_with(DENSE)
    text = first.format(nodes=60, edges=len(rows)) + "\n" + lines(rows)
    (tmp_path / "edges.txt").write_text(text)
    if first.startswith("{edges}"):
        rows[0] = [len(rows), len(rows)]
    both(tmp_path / "edges.txt", make_engine, tmp_path)


def test_a_folder_of_files_is_read_in_the_order_of_names(make_engine, small, tmp_path):
    rows = edges_with(TEXT)
    (tmp_path / "parts").mkdir()
    for number in range(4):
        part = rows[100 * number : 100 * (number + 1)]
        (tmp_path / "parts" / f"{number}.txt").write_text(lines(part))
    (tmp_path / "all.txt").write_text(lines(rows))
    outofcore.convert(tmp_path / "parts", tmp_path / "g", engine=make_engine())
    same(Graph.open(tmp_path / "g"), load_graph(tmp_path / "all.txt").graph)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1 2 3 4", "line 302: expected 2 columns, found 4"),
        ("x 2", "line 302: expected a whole number as source"),
    ],
)
def test_faults_name_the_line(make_engine, small, tmp_path, row, message):
    rows = edges_with(DENSE)
    rows[300] = [row]
    (tmp_path / "edges.txt").write_text("# comment\n" + lines(rows))
    with pytest.raises(InputError, match=f"edges.txt, {message}"):
        outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=make_engine())
    assert not (tmp_path / "g").exists()


def test_faults_in_quoted_files_and_tables_name_the_row(make_engine, small, tmp_path):
    rows = [[f'"{u}"', f'"{v}"'] for u, v in edges_with(DENSE)]
    rows[300][1] = "oops"
    text = "".join(f"{u},{v}\n" for u, v in rows)
    (tmp_path / "edges.csv").write_text(text)
    with pytest.raises(InputError, match=r"edges.csv, line 301: expected a whole number as target"):
        outofcore.convert(tmp_path / "edges.csv", tmp_path / "g", engine=make_engine())
    table = pa.table({"source": [1, 2] * 100, "target": [3] * 150 + [None] + [4] * 49})
    pyarrow.parquet.write_table(table, tmp_path / "edges.parquet", row_group_size=20)
    with pytest.raises(InputError, match=r"row 150 \(counted from 0\): the target id is missing"):
        outofcore.convert(tmp_path / "edges.parquet", tmp_path / "g", engine=make_engine("other"))


def test_repeated_edges_are_refused_by_name(make_engine, small, tmp_path):
    (tmp_path / "edges.txt").write_text(
        lines([*zip(TEXT[:50], TEXT[50:], strict=True), (TEXT[70], TEXT[20])])
    )
    with pytest.raises(InputError, match=rf"between '{TEXT[20]}' and '{TEXT[70]}' is given more than once"):
        outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=make_engine(), duplicates="error")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("edges.txt", {"format": "mtx"}, "format must be auto, text or parquet out of core"),
        ("edges.txt", {"mat_network": "x"}, "mat_network has no effect"),
        ("edges.mtx", {}, "out of core these formats are read: text, parquet; .* is mtx"),
    ],
)
def test_what_is_not_known_out_of_core(make_engine, tmp_path, name, options, message):
    (tmp_path / name).write_text("1 2\n")
    with pytest.raises(ParameterError, match=message):
        outofcore.convert(tmp_path / name, tmp_path / "g", engine=make_engine(), **options)


def test_files_that_do_not_go_together(make_engine, tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.txt").write_text("1 2\n")
    (tmp_path / "parts" / "b.txt").write_text("a b\n")
    with pytest.raises(InputError, match="some of the files have string ids, others have not"):
        outofcore.convert(tmp_path / "parts", tmp_path / "g", engine=make_engine())


@pytest.mark.parametrize("directed", [False, True])
def test_weights_of_an_edge_that_add_up_beyond_float32_are_refused(make_engine, tmp_path, directed):
    path = tmp_path / "edges.txt"
    path.write_text("c a 1\na b 3e38\na b 1e38\n")
    with pytest.raises(InputError, match="between 'a' and 'b' add up to more than float32 holds"):
        outofcore.convert(path, tmp_path / "g", engine=make_engine(), directed=directed)


def test_an_input_that_changed_is_refused(make_engine, tmp_path):
    path = tmp_path / "edges.txt"
    path.write_text("1 2\nx 3\n")
    with make_engine() as engine, pytest.raises(InputError, match="line 2"):
        outofcore.convert(path, tmp_path / "g", engine=engine)
    path.write_text("1 2\n2 3\n")
    with pytest.raises(InputError, match=r"edges.txt: has changed since the run in .* began"):
        outofcore.convert(path, tmp_path / "g", engine=make_engine())


def test_the_work_folder_is_cleared(make_engine, tmp_path):
    (tmp_path / "edges.txt").write_text("1 2\n2 3\n")
    outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=make_engine())
    assert {path.name for path in (tmp_path / "work").iterdir()} == {"lock", "manifest.jsonl", "run.json"}


def test_a_run_killed_while_its_folder_was_cleared_begins_anew(make_engine, tmp_path, monkeypatch):
    """Some files are gone then: those that a task read which is on record as done, but not all it wrote."""
    (tmp_path / "edges.txt").write_text("1 2\n2 3\n")
    outofcore.convert(tmp_path / "edges.txt", tmp_path / "expected", engine=make_engine("unbroken"))
    removed = shutil.rmtree

    def killed(path, **options):
        if Path(path).name in ("read", "partition"):
            raise KeyboardInterrupt
        removed(path, **options)

    monkeypatch.setattr("graphkit.engine.folder.shutil.rmtree", killed)
    with make_engine() as engine, pytest.raises(KeyboardInterrupt):
        outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=engine)
    # The order in which a folder is read is the system's: what is left is taken by name.
    work = tmp_path / "work"
    for file in [*work.glob("mark/*"), *work.glob("number/*")]:
        file.unlink()
    assert list(work.glob("partition/*"))
    monkeypatch.undo()
    outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=make_engine(), overwrite=True)
    same(Graph.open(tmp_path / "g"), Graph.open(tmp_path / "expected"))


def test_a_bitmap_and_sorting_agree(make_engine, small, tmp_path, monkeypatch):
    (tmp_path / "edges.txt").write_text(lines(edges_with(DENSE)))
    for name, span in (("a", 1 << 31), ("b", 1)):
        monkeypatch.setattr("graphkit.outofcore.conversion.MAX_SPAN", span)
        outofcore.convert(tmp_path / "edges.txt", tmp_path / name, engine=make_engine(f"work-{name}"))
    same(Graph.open(tmp_path / "a"), Graph.open(tmp_path / "b"))
    assert number_bitmap.MAX_SPAN == 1 << 31


def listed(names):
    """All names and some that no edge has, in an order of their own."""
    more = [f"alone {number}" if isinstance(names[0], str) else 10**6 + number for number in range(9)]
    return [*names[::-1], *more[::2], *more[1::2]]


@pytest.mark.parametrize("names", [DENSE, WIDE, TEXT], ids=["dense", "wide", "strings"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("as_file", [False, True])
def test_a_list_of_nodes(make_engine, small, tmp_path, names, weighted, as_file):
    (tmp_path / "edges.txt").write_text(lines(edges_with(names, weighted=weighted)))
    nodes = listed(names)
    if as_file:
        (tmp_path / "nodes.txt").write_text(lines([[name] for name in nodes]).replace("alone ", "alone"))
        nodes = tmp_path / "nodes.txt"
    found = both(tmp_path / "edges.txt", make_engine, tmp_path, nodes=nodes)
    assert found.graph.num_nodes == len(listed(names))


def test_a_list_of_nodes_beside_a_line_of_counts_and_edges_that_are_dropped(make_engine, small, tmp_path):
    rows = edges_with(DENSE, weighted=True)
    rows[7][2] = "-1"
    (tmp_path / "edges.txt").write_text(f"60 60 {len(rows)}\n" + lines(rows))
    both(tmp_path / "edges.txt", make_engine, tmp_path, nodes=listed(DENSE), bad_weights="drop")


def test_a_list_of_nodes_may_be_given_once(make_engine, small, tmp_path):
    (tmp_path / "edges.txt").write_text(lines(edges_with(DENSE)))
    found = outofcore.convert(
        tmp_path / "edges.txt", tmp_path / "g", engine=make_engine(), nodes=iter(listed(DENSE))
    )
    same(found.graph, load_graph(tmp_path / "edges.txt", nodes=listed(DENSE)).graph)


def message_of(read):
    with pytest.raises(InputError) as caught:
        read()
    return str(caught.value)


KINDS = {
    "text": lambda rows: "# comment\n\n" + lines(rows),
    "counts": lambda rows: (f"100 {len(rows)}\n" if rows[0][0] in DENSE else "") + lines(rows),
    "quotes": lambda rows: 'u,"v"\n' + "".join(f'"{u}",{v}\n' for u, v in rows),
    "compressed": lambda rows: gzip.compress(lines(rows).encode()),
    "parquet": lambda rows: rows,
}


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("strings", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_an_edge_of_a_node_that_is_not_listed(make_engine, small, tmp_path, monkeypatch, kind, strings, end):
    monkeypatch.setattr("graphkit.io.opening.BLOCK_BYTES", 700)
    names = TEXT if strings else DENSE
    path, rows = tmp_path / f"edges.{'parquet' if kind == 'parquet' else 'txt'}", edges_with(names)
    rows[333][end] = names[99]
    content = KINDS[kind](rows)
    if kind == "parquet":
        ends = zip(*rows, strict=True)
        table = pa.table(dict(zip(("source", "target"), ends, strict=True)))
        pyarrow.parquet.write_table(table, path, row_group_size=150)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    nodes = [name for name in listed(names) if name != names[99]]
    found = message_of(lambda: outofcore.convert(path, tmp_path / "g", engine=make_engine(), nodes=nodes))
    assert found == message_of(lambda: load_graph(path, nodes=nodes))
    assert "which is not in the list of nodes" in found
    assert not (tmp_path / "g").exists()


@pytest.mark.parametrize(
    ("names", "nodes", "message"),
    [
        (DENSE, ["a"], "edges name nodes by whole numbers, but the list of nodes holds strings"),
        (TEXT, [1], "edges name nodes by strings, but the list of nodes holds whole numbers"),
        (DENSE, [1, 1], "node id 1 appears more than once"),
        (DENSE, [], "the edge names the node .* is not in the list of nodes"),
        (TEXT, [], "the edge names the node .* is not in the list of nodes"),
    ],
)
def test_lists_that_do_not_fit(make_engine, small, tmp_path, names, nodes, message):
    (tmp_path / "edges.txt").write_text(lines(edges_with(names)))
    with pytest.raises(InputError, match=message):
        outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=make_engine(), nodes=nodes)
    with pytest.raises(InputError, match=message):
        load_graph(tmp_path / "edges.txt", nodes=nodes)


def test_another_list_is_another_run(make_engine, small, tmp_path):
    (tmp_path / "edges.txt").write_text(lines(edges_with(DENSE)))
    outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=make_engine(), nodes=DENSE)
    make_engine.release()
    with pytest.raises(ParameterError, match="belongs to a run with nodes="):
        outofcore.convert(tmp_path / "edges.txt", tmp_path / "h", engine=make_engine(), nodes=DENSE[::-1])


def test_worker_processes(small, tmp_path):
    (tmp_path / "edges.txt").write_text(lines(edges_with(TEXT, weighted=True)))
    with Engine(work=tmp_path / "work", workers=2) as engine:
        outofcore.convert(tmp_path / "edges.txt", tmp_path / "g", engine=engine)
    same(Graph.open(tmp_path / "g", verify=True), load_graph(tmp_path / "edges.txt").graph)


@pytest.mark.parametrize("names", [DENSE, TEXT], ids=["numbers", "strings"])
@pytest.mark.parametrize("header", ["", "src dst\n"])
def test_nodes_of_two_kinds_and_comments(make_engine, small, tmp_path, names, header):
    rows = lines(edges_with(names))
    (tmp_path / "edges.txt").write_text(header + rows.replace("\n", "\n# amid\n", 7) + "% end\n")
    found = both(tmp_path / "edges.txt", make_engine, tmp_path, bipartite=True)
    assert any("passed over: 8;" in remark for remark in found.remarks)
    assert all(
        node_id.startswith(("src:", "dst:") if header else ("source:", "target:"))
        for node_id in found.graph.node_ids
    )


def test_konects_bipartite_graphs(make_engine, small, tmp_path):
    (tmp_path / "edges.txt").write_text("% bip weighted\n" + lines(edges_with(DENSE)))
    both(tmp_path / "edges.txt", make_engine, tmp_path)


def test_decimal_commas(make_engine, small, tmp_path):
    rows = [f"{u};{v};{weight.replace('.', ',')}" for u, v, weight in edges_with(TEXT, weighted=True)]
    (tmp_path / "commas.csv").write_text("\n".join(rows))
    both(tmp_path / "commas.csv", make_engine, tmp_path, bad_weights="drop")


def test_tables_of_nodes_of_two_kinds(make_engine, tmp_path):
    columns = {"account": [1, 2, 2], "merchant": [1, 1, 2]}
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "edges.parquet")
    found = both(tmp_path / "edges.parquet", make_engine, tmp_path, bipartite=True)
    assert sorted(found.graph.node_ids) == ["account:1", "account:2", "merchant:1", "merchant:2"]


def test_matrices_are_not_read(make_engine, tmp_path):
    (tmp_path / "matrix.csv").write_text(",a,b\na,0,1\nb,1,0\n")
    with pytest.raises(
        ParameterError, match=r"these formats are read: text, parquet; .*matrix\.csv is matrix"
    ):
        outofcore.convert(tmp_path / "matrix.csv", tmp_path / "g", engine=make_engine())
