"""Command lines of other tools run as they are behind ``graphkit embed``, and do what they did there."""

from itertools import pairwise

import numpy as np
import pytest

from graphkit import read_graph
from graphkit.cli.aliases import translate
from graphkit.cli.method_choice import completed
from graphkit.datasets import load
from graphkit.embedding import Embedding
from graphkit.methods.registry import make_method

NODE2VEC = "--input graph/karate.edgelist --output emb/karate.emd"
SNAP = "-i:graph/karate.edgelist -o:emb/karate.emb -l:3 -d:24 -p:0.3 -dr -v"
PECANPY = "--input demo/karate.edg --output demo/karate.emb --mode SparseOTF"
DEEPWALK = "--input example_graphs/karate.adjlist --output karate.embeddings"
DEEPWALK_WHOLE = (
    "--format adjlist --input example_graphs/karate.adjlist --max-memory-data-size 0 --number-walks 8 "
    "--representation-size 16 --walk-length 20 --window-size 10 --workers 1 --output karate.embeddings"
)
LINE = (
    "-train net.txt -output vec.txt -binary 1 -size 20 -order 2 -negative 5 -samples 0.05 -rho 0.025 "
    "-threads 20"
)

READMES = [
    (NODE2VEC, "graph/karate.edgelist", "emb/karate.emd", "node2vec", {}, {}),
    (
        f"{NODE2VEC} --dimensions 12 --walk-length 8 --num-walks 3 --window-size 4 --iter 2 --workers 8 "
        "--p 0.25 --q 4 --unweighted --undirected",
        "graph/karate.edgelist",
        "emb/karate.emd",
        "node2vec",
        {"dim": 12, "walk_length": 8, "walks_per_node": 3, "window": 4, "epochs": 2, "p": 0.25, "q": 4.0},
        {},
    ),
    (
        f"{NODE2VEC.replace('karate.edgelist', 'weighted.edgelist')} --weighted --directed --num-walks 2",
        "graph/weighted.edgelist",
        "emb/karate.emd",
        "node2vec",
        {"walks_per_node": 2},
        {"weights": 3, "directed": True},
    ),
    (
        SNAP,
        "graph/karate.edgelist",
        "emb/karate.emb",
        "node2vec",
        {"dim": 24, "walk_length": 3, "p": 0.3},
        {"directed": True},
    ),
    (
        "-i:graph/weighted.edgelist -o:emb/karate -r:2 -k:4 -e:2 -q:0.5 -l:9 -d:8 -w",
        "graph/weighted.edgelist",
        "emb/karate",
        "node2vec",
        {"dim": 8, "walk_length": 9, "walks_per_node": 2, "window": 4, "epochs": 2, "q": 0.5},
        {"weights": 3},
    ),
    (PECANPY, "demo/karate.edg", "demo/karate.emb", "node2vec", {}, {}),
    (
        "--input demo/karate.edg --output demo/karate.emb --task pecanpy --mode PreComp --dimensions 8 "
        "--walk-length 12 --num-walks 2 --window-size 5 --epochs 2 --workers 0 --p 0.5 --q 2 --verbose "
        "--extend --gamma 1 --random_state 7 --delimiter \\t",
        "demo/karate.edg",
        "demo/karate.emb",
        "node2vec",
        {
            **{
                "dim": 8,
                "walk_length": 12,
                "walks_per_node": 2,
                "window": 5,
                "epochs": 2,
                "p": 0.5,
                "q": 2.0,
            },
            **{"extend": True, "gamma": 1.0, "seed": 7},
        },
        {},
    ),
    (DEEPWALK, "example_graphs/karate.adjlist", "karate.embeddings", "node2vec", {}, {}),
    (
        DEEPWALK_WHOLE,
        "example_graphs/karate.adjlist",
        "karate.embeddings",
        "deepwalk",
        {"walks_per_node": 8, "dim": 16, "walk_length": 20},
        {},
    ),
    (
        f"{DEEPWALK} --number-walks 5 --seed 3 --undirected True",
        "example_graphs/karate.adjlist",
        "karate.embeddings",
        "deepwalk",
        # What is left out is as it is there.
        {"walks_per_node": 5, "dim": 64, "walk_length": 40, "window": 5, "seed": 3},
        {},
    ),
    (
        "--format edgelist --input graph/karate.edgelist --output karate.embeddings --number-walks 2",
        "graph/karate.edgelist",
        "karate.embeddings",
        "deepwalk",
        {"walks_per_node": 2, "dim": 64, "walk_length": 40, "window": 5},
        {},
    ),
    (
        LINE,
        "net.txt",
        "vec.txt",
        "line",
        {"dim": 20, "order": "second", "samples": 50_000},
        {"directed": True},
    ),
    (
        "-train graph/weighted.edgelist -output vec -order 1 -samples 0.01 -rho 0.05 -negative 3",
        "graph/weighted.edgelist",
        "vec",
        "line",
        {"dim": 100, "order": "first", "samples": 10_000, "learning_rate": 0.05, "num_negatives": 3},
        {"directed": True, "weights": 3},
    ),
]


@pytest.fixture
def files(tmp_path):
    """The karate club in the files that the tools' lines name."""
    graph = load("karate_club").graph
    source, target, *_ = graph.to_edges()
    pairs = list(zip(graph.node_ids[source].tolist(), graph.node_ids[target].tolist(), strict=True))
    for folder in ("graph", "emb", "demo", "example_graphs"):
        (tmp_path / folder).mkdir()
    lines = {
        "graph/karate.edgelist": [f"{u} {v}" for u, v in pairs],
        "graph/weighted.edgelist": [f"{u} {v} {1 + (u + v) % 3}" for u, v in pairs],
        "demo/karate.edg": [f"{u}\t{v}" for u, v in pairs],
        "example_graphs/karate.adjlist": [f"{u} {v}" for u, v in pairs],
        "net.txt": [line for u, v in pairs for line in (f"{u} {v} 1", f"{v} {u} 1")],
    }
    for name, content in lines.items():
        (tmp_path / name).write_text("\n".join(content) + "\n")
    return tmp_path


@pytest.mark.parametrize(("line", "source", "output", "method", "params", "reading"), READMES)
@pytest.mark.filterwarnings("ignore::graphkit.errors.GraphkitWarning")
def test_a_line_does_what_it_says(graphkit, files, line, source, output, method, params, reading):
    outcome = graphkit(f"embed {line}")
    assert (outcome.code, outcome.out) == (0, ""), outcome.err
    assert f"read as: graphkit embed --method {method} " in outcome.err
    expected = make_method(method, **params).embed(read_graph(files / source, **reading))
    written = files / output
    if "-binary 1" in line:
        written = written.rename(files / "vec.bin")
    elif not written.suffix:
        written = written.rename(files / "vec.emb")
    found = Embedding.load(written)
    assert list(found) == list(expected)
    np.testing.assert_allclose(found.vectors, expected.vectors, rtol=1e-6)


@pytest.mark.parametrize(
    ("line", "tool"),
    [
        (NODE2VEC, "node2vec"),
        (f"{NODE2VEC} --dimensions 4", "node2vec"),
        (SNAP, "SNAP's node2vec"),
        (PECANPY, "PecanPy"),
        (DEEPWALK_WHOLE, "DeepWalk"),
        (LINE, "LINE"),
    ],
)
def test_whose_line_it_is_is_said(graphkit, files, line, tool):
    assert f"a line of {tool}, read as: graphkit embed --method " in graphkit(f"embed {line}").err


def test_the_line_that_is_said_does_the_same(graphkit, files):
    said = graphkit(f"embed {LINE}").err
    (again,) = [line for line in said.splitlines() if "read as: graphkit " in line]
    first = (files / "vec.txt").read_bytes()
    outcome = graphkit(f"{again.partition('read as: graphkit ')[2]} --force")
    assert "read as" not in outcome.err
    assert (files / "vec.txt").read_bytes() == first


@pytest.mark.parametrize(
    ("line", "method"),
    [
        ("e.txt -o v.txt", None),
        ("e.txt -o v.txt --dim 4 --seed 1", None),
        ("e.txt -o v.txt --weights 0,1", "fastrp"),
        ("e.txt -o v.txt --walk-length 4", "node2vec"),
        ("e.txt -o v.txt --window 4", "node2vec"),
        ("e.txt -o v.txt --p 4", "node2vec"),
        ("e.txt -o v.txt --num-walks 4 --weighted", "node2vec"),
        ("e.txt -o v.txt --dimensions 4", "node2vec"),
        ("e.txt -o v.txt --representation-size 4", "deepwalk"),
        # More of its options are another's.
        ("e.txt -o v.txt --representation-size 4 --p 2", "node2vec"),
        ("--input e.txt --output v.txt --weights 0,1 --beta 2", "fastrp"),
        ("e.txt -o v.txt --order first", "line"),
        ("e.txt -o v.txt --samples 4e6", "line"),
        ("e.txt -o v.txt --method fastrp --dimensions 4", "fastrp"),
        ("--input e.txt -o v.txt --method=deepwalk --num-walks 4", None),
    ],
)
def test_the_method_follows_from_the_options(line, method):
    arguments = completed(translate(["embed", *line.split()])).arguments
    following = dict(pairwise(arguments))
    assert following.get("--method") == method


def test_another_tools_defaults_hold_in_its_own_lines_only():
    own = completed(translate(["embed", "e.adjlist", "--output", "v.txt", "--representation-size", "4"]))
    assert own.arguments == ["embed", "--method", "deepwalk", "e.adjlist", "--output", "v.txt", "--dim", "4"]


@pytest.mark.parametrize(
    "line", [NODE2VEC, SNAP, DEEPWALK_WHOLE.replace("--format adjlist", "--format edgelist")]
)
def test_weights_that_the_tool_ignores_are_named(graphkit, files, line):
    for name in ("graph/karate.edgelist", "example_graphs/karate.adjlist"):
        (files / name).write_text((files / "graph/weighted.edgelist").read_text())
    assert "the edges have weights, and they count; " in graphkit(f"embed {line}").err
    outcome = graphkit(f"embed {line} {'-w' if line == SNAP else '--weighted'}", "--force")
    assert (outcome.code, "they count" in outcome.err) == (0, False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{PECANPY} --task tocsr", "--task tocsr is not done by embed; `graphkit convert"),
        (PECANPY.replace("SparseOTF", "Sparse"), "unknown --mode 'Sparse'; possible: DenseOTF, First"),
        (
            PECANPY.replace("SparseOTF", "PreCompFirstOrder --p 0.5"),
            "--mode PreCompFirstOrder is for --p 1 --q 1",
        ),
        (PECANPY.replace("SparseOTF", "FirstOrderUnweighted --q=2"), "--mode FirstOrderUnweighted is for"),
        (
            PECANPY.replace("SparseOTF", "FirstOrderUnweighted --weighted"),
            "--mode FirstOrderUnweighted and --weighted contradict each other",
        ),
        (f"{DEEPWALK} --number-walks 2 --undirected False", "DeepWalk takes any word here for True"),
        (LINE.replace("-order 2", "-order 3"), "-order takes 1 or 2, got '3'"),
        (LINE.replace("0.05", "many"), "-samples takes a number of millions, got 'many'"),
        (f"{LINE.removesuffix(' 20')}", "-threads requires an argument"),
        (f"{SNAP} -ow", "`graphkit walks FILE -o OUT` writes walks"),
        (f"{SNAP} -d:x", "expected a whole number, got 'x'"),
        (f"{NODE2VEC} --p 0", "p must be > 0 and finite, or inf, got 0.0"),
        (f"{NODE2VEC} --num-walks 0", "walks_per_node must be a whole number >= 1, got 0"),
    ],
)
def test_what_is_not_done_is_said(graphkit, files, line, message):
    outcome = graphkit(f"embed {line}")
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err.splitlines()[-1]


@pytest.mark.parametrize("mode", ["DenseOTF", "FirstOrderUnweighted", "PreComp", "PreCompFirstOrder"])
def test_every_mode_gives_the_same_vectors(graphkit, files, mode):
    graphkit(f"embed {PECANPY} --num-walks 2")
    first = (files / "demo/karate.emb").read_bytes()
    outcome = graphkit(f"embed {PECANPY.replace('SparseOTF', mode)} --num-walks 2 --force")
    assert outcome.code == 0, outcome.err
    assert (files / "demo/karate.emb").read_bytes() == first


@pytest.mark.parametrize("name", ["bin", "npz", "txt", "parquet"])
def test_a_format_may_be_named_beside_any_suffix(graphkit, files, name):
    assert graphkit(f"embed net.txt -o vectors.dat --dim 4 --output-format {name} -q") == (0, "", "")
    (files / "vectors.dat").rename(files / f"vectors.{name}")
    assert Embedding.load(files / f"vectors.{name}").vectors.shape == (34, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("-o v.txt --output-format binary", "unknown --output-format 'binary': did you mean 'bin'?"),
        ("-o - --output-format bin", "--output-format has no effect on stdout"),
        ("-o v.dat", "no format for vectors has the suffix '.dat'"),
    ],
)
def test_an_unknown_format_is_refused(graphkit, files, options, message):
    outcome = graphkit(f"embed net.txt {options}")
    assert outcome.code == 2
    assert message in outcome.err
