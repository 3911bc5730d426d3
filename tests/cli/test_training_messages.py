"""What the methods that train say on the command line: of bad input, of checkpoints, and when they end."""

import re
import threading

import numpy as np
import pytest

from graphkit.embedding import Embedding
from graphkit.methods.base import Embedder
from graphkit.sgns.checkpoints import Checkpoint

NODE2VEC = "embed edges.txt -o out.npz --method node2vec --dim 4 --walks-per-node 2 --walk-length 20"
LINE = "embed edges.txt -o out.npz --method line --dim 4 --samples 5000"

MESSAGES = [
    (f"{NODE2VEC} --p 0", "p must be > 0 and finite, or inf, got 0.0"),
    (f"{NODE2VEC} --p -1", "p must be > 0 and finite, or inf, got -1.0"),
    (f"{NODE2VEC} --q nan", "q must be > 0 and finite, got nan"),
    (f"{NODE2VEC} --q x", "expected a number, got 'x'"),
    (f"{NODE2VEC} --walk-length 0", "walk_length must be a whole number >= 1, got 0"),
    (f"{NODE2VEC} --walks-per-node -1", "walks_per_node must be a whole number >= 1, got -1"),
    (f"{NODE2VEC} --window 0", "window must be a whole number >= 1, got 0"),
    (f"{NODE2VEC} --epochs 0", "epochs must be a whole number >= 1, got 0"),
    (f"{NODE2VEC} --gamma 1", "gamma has no effect without extend"),
    (f"{NODE2VEC} --extend --directed", "extend is for undirected graphs, got a directed one"),
    (f"{NODE2VEC} --num-negatives 0", "num_negatives must be > 0 and finite, got 0.0"),
    (f"{NODE2VEC} --learning-rate inf", "learning_rate must be > 0 and finite, got inf"),
    (f"{NODE2VEC} --subsample 2", "subsample must lie in [0, 1], got 2.0"),
    (f"{NODE2VEC} --seed -1", "seed must lie in [0, 2**64), got -1"),
    (f"{NODE2VEC} --resume", "resume has no effect without checkpoint"),
    (f"{NODE2VEC} --checkpoint edges.txt", "edges.txt: is a file; a checkpoint needs a folder"),
    (f"{NODE2VEC} --init none.npz", "none.npz: no such file"),
    (f"{NODE2VEC} --init wide.npz", "init must have shape [16, 4], got [16, 5]"),
    (f"{NODE2VEC} --init few.npz", "few.npz: has no vector for 1 nodes, such as y7"),
    (f"{NODE2VEC} --walk-lenght 3", "no such option: --walk-lenght; did you mean --walk-length?"),
    (f"{NODE2VEC} --samples 3", "--samples has no effect with this method; it belongs to line"),
    ("embed edges.txt -o out.npz --walk-lenght 3", "did you mean --walk-length?"),
    (
        "embed edges.txt -o out.npz --checkpoint kept",
        "--checkpoint has no effect with this method; it belongs to deepwalk, node2vec, line",
    ),
    (f"{LINE} --order third", "unknown order 'third'; possible: first, second, both"),
    (f"{LINE} --dim 1", "dim must be a whole number >= 2, got 1"),
    (f"{LINE} --samples-per-edge 3", "samples_per_edge has no effect where samples is given"),
    (f"{LINE} --depth 3", "depth has no effect without threshold"),
    (f"{LINE} --threshold 0", "threshold must be a whole number >= 1, got 0"),
    (f"{LINE} --p 2", "--p has no effect with this method; it belongs to node2vec"),
    (
        NODE2VEC.replace("edges", "zero"),
        "zero.txt, line 2: a weight must be a finite float32 number > 0, got 0;",
    ),
    (LINE.replace("edges", "negative"), "negative.txt, line 2: a weight must be a finite float32 number > 0"),
    (NODE2VEC.replace("edges", "empty"), "empty.txt: the file is empty"),
]


@pytest.fixture
def files(edges):
    """The graph, and files that cannot be used with it."""
    folder = edges.parent
    (folder / "zero.txt").write_text("1 2 1\n2 3 0\n")
    (folder / "negative.txt").write_text("1 2 1\n2 3 -4\n")
    (folder / "empty.txt").write_text("")
    names = [f"{group}{number}" for group in "xy" for number in range(8)]
    Embedding(names, np.zeros((16, 5))).save(folder / "wide.npz")
    Embedding(names[:15], np.zeros((15, 4))).save(folder / "few.npz")
    return folder


@pytest.mark.parametrize(("line", "message"), MESSAGES)
def test_bad_input_is_said_in_one_line(graphkit, files, line, message):
    outcome = graphkit(line)
    assert (outcome.code, outcome.out) == (2, "")
    *_, last = outcome.err.splitlines()
    assert last.startswith("error: ")
    assert message in last
    assert not (files / "out.npz").exists()


@pytest.mark.parametrize("line", [NODE2VEC, LINE])
def test_a_graph_without_edges_gets_vectors_and_a_warning(graphkit, files, line):
    (files / "edges.txt").write_text("1\n2\n3\n")
    outcome = graphkit(f"{line} --format adjlist -q")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "warning: the graph has no edges: the vectors stay random\n"
    embedding = Embedding.load(files / "out.npz")
    assert np.isfinite(embedding.vectors).all()
    assert embedding.info["pairs"] == 0
    assert "loss" not in embedding.info


def test_a_window_wider_than_the_walk_is_said_once(graphkit, files):
    outcome = graphkit(f"{NODE2VEC} --walk-length 5 --quiet")
    assert outcome.code == 0
    assert (
        outcome.err == "warning: window 10 is not below walk_length 5: a node sees its whole walk at most\n"
    )


@pytest.mark.parametrize("line", [NODE2VEC, LINE])
def test_more_threads_than_cores_give_the_same_bits(graphkit, files, line):
    vectors = []
    for threads in (1, 64):
        assert graphkit(f"{line} --threads {threads} --force -q") == (0, "", "")
        vectors.append(Embedding.load(files / "out.npz").vectors)
    np.testing.assert_array_equal(*vectors)


@pytest.mark.parametrize("line", [NODE2VEC, LINE])
def test_a_dry_run_says_memory_and_time(graphkit, files, line):
    outcome = graphkit(f"{line} --dry-run -q")
    assert (outcome.code, outcome.err) == (0, "")
    facts = dict(line.split(maxsplit=1) for line in outcome.out.splitlines())
    assert re.fullmatch(r"about [\d.]+ (KiB|MiB) \(.*vectors [\d.]+ \w+.*\); available: .*", facts["memory"])
    assert re.fullmatch(r"about \d+\.\d s", facts["time"])
    assert not (files / "out.npz").exists()


@pytest.mark.parametrize("line", [NODE2VEC, LINE])
def test_the_end_says_how_much_was_trained(graphkit, files, line):
    last = graphkit(line).err.splitlines()[-1]
    info = Embedding.load(files / "out.npz").info
    found = re.fullmatch(
        r"out\.npz: Embedding\(16 nodes, 4 dimensions, \w+\) in [\d.]+ s; "
        r"([\d,]+) pairs, [\d.,]+( M)? a second, loss ([\d.]+) a pair",
        last,
    )
    assert found is not None, last
    assert int(found[1].replace(",", "")) == info["pairs"] > 0
    assert float(found[3]) == pytest.approx(info["loss"], abs=0.006)
    if line is LINE:
        assert info["pairs"] == 10_000


def test_a_method_without_pairs_says_none(graphkit, files):
    last = graphkit("embed edges.txt -o out.npz --method fastrp").err.splitlines()[-1]
    assert last.endswith(" s")
    assert Embedder().measured() == {}


def test_a_checkpoint_is_resumed_and_another_runs_refused(graphkit, files):
    kept = f"{NODE2VEC} --checkpoint kept --force"
    assert graphkit(kept).code == 0
    first = Embedding.load(files / "out.npz").vectors
    again = graphkit(kept)
    assert (again.code, again.err.splitlines()[-1]) == (
        2,
        "error: kept/checkpoint.npz: is there already; pass --resume to go on from it, or choose another "
        "folder",
    )
    resumed = graphkit(f"{kept} --resume --threads 1")
    assert resumed.code == 0
    assert " a second" not in resumed.err
    np.testing.assert_array_equal(Embedding.load(files / "out.npz").vectors, first)
    other = graphkit(f"{kept} --resume --walk-length 21 --p 0.5 --extend")
    assert other.err.splitlines()[-1] == (
        "error: kept/checkpoint.npz: belongs to another run: there --walk-length 20, here --walk-length 21; "
        "there --p 1.0, here --p 0.5; there --no-extend, here --extend; start it as it was, or choose "
        "another folder"
    )


def test_ctrl_c_keeps_the_checkpoint(graphkit, files, monkeypatch):
    monkeypatch.setattr("graphkit.sgns.checkpoints.SECONDS", 0.0)
    monkeypatch.setattr("graphkit.sgns.trainer.CHUNK_TILES", 4)
    whole = graphkit(f"{LINE} -q")
    assert whole.code == 0
    vectors = Embedding.load(files / "out.npz").vectors
    save, calls = Checkpoint.save, []

    def interrupted(self, *arguments, **more):
        save(self, *arguments, **more)
        calls.append(threading.get_ident())
        if len(calls) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "save", interrupted)
    stopped = graphkit(f"{LINE} -q --checkpoint kept --force")
    # Five chunks were trained of those that the whole run has.
    share = re.fullmatch(
        r"interrupted; kept keeps (\S+) % of the run, and --resume goes on from there\n", stopped.err
    )
    assert stopped.code == 130
    assert 0 < float(share[1]) < 100
    resumed = graphkit(f"{LINE} --checkpoint kept --resume --force")
    assert resumed.code == 0
    assert f"\nresumes kept at {share[1]} %\n" in resumed.err
    np.testing.assert_array_equal(Embedding.load(files / "out.npz").vectors, vectors)


def test_ctrl_c_before_the_first_checkpoint_says_that_nothing_is_kept(graphkit, files, monkeypatch):
    def interrupted(self, *arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "save", interrupted)
    stopped = graphkit(f"{LINE} --checkpoint kept --resume --force")
    assert stopped.code == 130
    assert "\nno checkpoint is in kept yet: starts anew\n" in stopped.err
    assert stopped.err.endswith(
        "interrupted; nothing is kept: the first checkpoint in kept was not yet due\n"
    )


def test_vectors_to_start_from_are_found_by_id(graphkit, files):
    generator = np.random.default_rng(0)
    names = np.array([f"{group}{number}" for group in "xy" for number in range(8)])
    vectors = generator.random((16, 4), np.float32)
    order = generator.permutation(16)
    Embedding(names, vectors).save(files / "start.npz")
    Embedding(names[order], vectors[order]).save(files / "shuffled.parquet")
    found = []
    for start in ("start.npz", "shuffled.parquet"):
        assert graphkit(f"{LINE} -q --force --init {start}") == (0, "", "")
        found.append(Embedding.load(files / "out.npz").vectors)
    np.testing.assert_array_equal(*found)
    graphkit(f"{LINE} -q --force")
    assert (Embedding.load(files / "out.npz").vectors != found[0]).any()
