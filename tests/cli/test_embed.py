"""graphkit embed: what it writes, says, and takes."""

import json
import subprocess
import sys

import numpy as np
import pytest

from graphkit import FastRP, embed, read_graph
from graphkit.embedding import Embedding
from graphkit.io.vectors import FORMATS

SUMMARY = """\
edges.txt: text, columns separated by blanks
  no header
  rows: 45
  graph: 16 nodes (string ids), 45 edges, undirected, unweighted
"""


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_holds_what_the_method_gives(graphkit, edges, suffix):
    assert graphkit(f"embed edges.txt -o out{suffix} --method fastrp --dim 4 --seed 7").code == 0
    graph = read_graph(edges)
    written = Embedding.load(edges.parent / f"out{suffix}")
    assert list(written) == graph.node_ids.tolist()
    np.testing.assert_array_equal(written.vectors, FastRP(dim=4, seed=7).fit_transform(graph))


def test_the_summary_goes_to_stderr_and_nothing_to_stdout(graphkit, edges):
    outcome = graphkit("embed edges.txt -o out.npz --dim 4")
    assert outcome.out == ""
    assert outcome.err.startswith(SUMMARY)
    last = outcome.err.removeprefix(SUMMARY)
    assert last.startswith("out.npz: Embedding(16 nodes, 4 dimensions, auto) in ")
    assert last.count("\n") == 2


@pytest.mark.parametrize("more", ["", " --directed"])
def test_what_was_chosen_is_said_and_can_be_named(graphkit, edges, more):
    outcome = graphkit(f"embed edges.txt -o out.npz --dim 4 --seed 7{more}")
    (said,) = [line for line in outcome.err.splitlines() if line.startswith("chose ")]
    named = said.partition("; this line with ")[2].removesuffix(" makes the same")
    assert named == f"--method {'fastrp' if more else 'spectral'}"
    assert graphkit(f"embed edges.txt -o named.npz --dim 4 --seed 7{more} {named}").code == 0
    chosen, again = (Embedding.load(edges.parent / f"{name}.npz") for name in ("out", "named"))
    np.testing.assert_array_equal(chosen.vectors, again.vectors)


def test_quiet_says_nothing(graphkit, edges):
    assert graphkit("embed edges.txt -o out.npz --dim 4 -q") == (0, "", "")


def test_the_file_says_how_it_was_made(graphkit, edges):
    graphkit("embed edges.txt -o out.parquet --dim 4 --weights 0,1,2.5 --beta -0.1 --no-normalize --seed 3")
    info = Embedding.load(edges.parent / "out.parquet").info
    assert info["method"] == "fastrp"
    chosen = {"dim": 4, "weights": [0, 1, 2.5], "beta": -0.1, "normalize": False, "seed": 3}
    assert chosen.items() <= info["params"].items()
    assert (info["num_nodes"], info["num_edges"]) == (16, 45)


@pytest.mark.parametrize(
    "line",
    [
        "embed --input edges.txt --output out.emb --dimensions 4 --workers 1 --seed 5 --undirected "
        "--method fastrp",
        "embed --input=edges.txt --output=out.emb --dim=4 --threads=1 --random-state=5 --method=fastrp",
        "embed -i edges.txt -o out.emb -d 4 --workers 0 --random_state 5 --method fastrp",
        "embed --format text --input edges.txt --representation-size 4 --seed 5 --output out.emb "
        "--method fastrp",
        "embed edges.txt -o out.emb --dim 4 --num_threads 1 --seed 5 --unweighted --method fastrp",
        "embed edges.txt -o out.emb --method fastrp --dim 4 --seed 5",
        "embed edges.txt -o out.emb --method=fastrp --dim 4 --seed 5",
    ],
)
def test_other_tools_spellings_do_the_same(graphkit, edges, line):
    outcome = graphkit(line)
    assert outcome.code == 0, outcome.err
    expected = FastRP(dim=4, seed=5).fit_transform(read_graph(edges))
    np.testing.assert_array_equal(Embedding.load(edges.parent / "out.emb").vectors, expected)


def test_stdin_to_stdout(edges):
    command = [sys.executable, "-c", "import sys; from graphkit.cli import main; sys.exit(main())"]
    done = subprocess.run(
        [*command, "embed", "-", "-o", "-", "--dim", "4"],
        input=edges.read_bytes(),
        capture_output=True,
        check=True,
    )
    (edges.parent / "piped.txt").write_bytes(done.stdout)
    np.testing.assert_array_equal(
        Embedding.load(edges.parent / "piped.txt").vectors, embed(read_graph(edges), dim=4).vectors
    )
    assert b"standard output: Embedding(16 nodes, 4 dimensions, auto)" in done.stderr


def test_a_reader_that_stops_early_is_no_defect(edges):
    command = [sys.executable, "-c", "import sys; from graphkit.cli import main; sys.exit(main())"]
    run = subprocess.Popen(
        [*command, "embed", edges, "-o", "-", "--dim", "20000", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with run:
        assert run.stdout.read(5) == b"16 20"
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 1


def test_a_data_set_stands_for_a_file(graphkit, tmp_path):
    outcome = graphkit("embed dataset:karate_club -o out.npz --dim 4")
    assert outcome.err.startswith("dataset:karate_club: ")
    assert Embedding.load(tmp_path / "out.npz").info["num_edges"] == 78


def test_features_are_found_by_id(graphkit, edges):
    graph = read_graph(edges)
    features = np.random.default_rng(0).standard_normal((16, 3)).astype(np.float32)
    shuffled = np.random.default_rng(1).permutation(16)
    Embedding(graph.node_ids[shuffled], features[shuffled]).save(edges.parent / "features.csv")
    outcome = graphkit("embed edges.txt -o out.npz --dim 8 --features features.csv --feature-ratio 0.25")
    assert outcome.code == 0, outcome.err
    expected = FastRP(dim=8, feature_ratio=0.25).fit(graph, features).embedding_
    np.testing.assert_array_equal(Embedding.load(edges.parent / "out.npz").vectors, expected)


def test_a_dry_run_says_what_would_run_and_writes_nothing(graphkit, edges):
    outcome = graphkit("embed edges.txt -o out.npz --dim 4 --dry-run -q")
    assert (outcome.code, outcome.err) == (0, "")
    facts = dict(line.split(maxsplit=1) for line in outcome.out.splitlines())
    assert facts["method"] == "Auto(dim=4)"
    assert facts["graph"] == "Graph(16 nodes, 45 edges, undirected, unweighted)"
    assert facts["memory"].startswith("about ")
    assert "; available: " in facts["memory"]
    assert facts["time"].startswith("about ")
    assert facts["output"] == "out.npz"
    assert sorted(path.name for path in edges.parent.iterdir()) == ["edges.txt"]


def test_a_dry_run_needs_no_output(graphkit, edges):
    outcome = graphkit("embed edges.txt --dry-run")
    assert outcome.code == 0
    assert "none given" in outcome.out


def test_too_little_memory_is_said_before_the_run(graphkit, edges, monkeypatch):
    monkeypatch.setattr("graphkit.resources.available_memory", lambda: 1000)
    monkeypatch.setattr("graphkit.io.read.check_memory", lambda *_: None)
    monkeypatch.setattr("graphkit.resources._ALWAYS_FITS", 0)
    outcome = graphkit("embed edges.txt -o out.npz -q")
    assert outcome.code == 2
    assert outcome.err.startswith("error: fastrp needs about ")
    assert "1000 bytes are available; choose smaller parameters, or run out of core" in outcome.err
    assert not (edges.parent / "out.npz").exists()


GRAPH_OPTIONS = [
    ("a,b,w\n1,2,3\n", "--weight-column w", {"weights": "w"}),
    ("a,b,w\n1,2,3\n", "--weight-column 3", {"weights": 3}),
    ("1 2 3\n2 3 4\n", "--unweighted", {"weights": None}),
    ("1 2 3\n2 3 4\n", "--weighted", {}),
    ("1 2\n2 3\n", "--directed", {"directed": True}),
    ("x,a,b\n5,1,2\n6,2,3\n", "--columns b,a", {"columns": ("b", "a")}),
    ("5 1 2\n6 2 3\n", "--columns 3,2", {"columns": (3, 2)}),
    ("1\t2\n2\t3\n", "--delimiter tab", {"delimiter": "\t"}),
    ("1;2\n2;3\n", "--delimiter ;", {"delimiter": ";"}),
    ("! no\n1 2\n", "--comments !", {"comments": "!"}),
    ("1 2\n2 3\n", "--id-type string", {"id_type": "string"}),
    ("1 2\n2 1\n", "--duplicates sum", {"duplicates": "sum"}),
    ("1 1\n2 1\n", "--self-loops drop", {"self_loops": "drop"}),
    ("1 2 3\n2 3 -4\n", "--bad-weights abs", {"bad_weights": "abs"}),
    ("a b c\nb d\n", "--format adjlist", {"format": "adjlist"}),
    ("1 2\n", "--nodes nodes.txt", {"nodes": "nodes.txt"}),
]


@pytest.mark.parametrize(("text", "options", "expected"), GRAPH_OPTIONS)
def test_each_option_reaches_the_reader(graphkit, tmp_path, text, options, expected):
    (tmp_path / "graph").write_text(text)
    (tmp_path / "nodes.txt").write_text("9\n2\n1\n")
    outcome = graphkit(f"convert graph folder {options}")
    assert outcome.code == 0, outcome.err
    from graphkit import Graph

    written, read = Graph.open(tmp_path / "folder"), read_graph("graph", **expected)
    np.testing.assert_array_equal(written.indices, read.indices)
    np.testing.assert_array_equal(written.indptr, read.indptr)
    assert written.node_ids.tolist() == read.node_ids.tolist()
    assert written.directed == read.directed
    assert (written.weights is None) == (read.weights is None)
    if read.weights is not None:
        assert written.weights.tolist() == read.weights.tolist()


def test_progress_as_json_lines(graphkit, edges):
    outcome = graphkit("embed edges.txt -o out.npz --dim 4 --progress json -q --weights 1,1,1")
    lines = [json.loads(line) for line in outcome.err.splitlines()]
    assert [(line["stage"], line["done"]) for line in lines if line["done"] == line["total"]] == [
        ("read", 1),
        ("fastrp", 3),
        ("write", 1),
    ]
    assert all(set(line) == {"stage", "done", "total", "seconds", "eta"} for line in lines)
    assert outcome.out == ""
