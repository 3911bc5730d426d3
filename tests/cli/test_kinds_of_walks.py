"""Lévy flights, typed and temporal walks on the command line: what they write, say and refuse."""

import numpy as np
import pytest

from graphkit import (
    CTDNE,
    Embedding,
    Graph,
    MetaPath2Vec,
    TypedGraph,
    levy_walks,
    metapath_walks,
    read_graph,
    read_temporal_graph,
    temporal_walks,
)

MAILS = "from,to,date\n" + "".join(
    f"{u},{v},2020-01-{1 + (7 * u + 3 * v) % 28:02}\n"
    for u in range(12)
    for v in range(12)
    if (u * v) % 5 == 1
)


@pytest.fixture
def mails(graphkit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mails.csv").write_text(MAILS)
    (tmp_path / "types.txt").write_text("".join(f"{node} {'ab'[node % 2]}\n" for node in range(12)))
    return tmp_path


def test_walks_are_those_of_the_functions(graphkit, mails):
    graph, timed = read_graph(mails / "mails.csv"), read_temporal_graph(mails / "mails.csv", directed=True)
    typed = TypedGraph(graph, ["ab"[node % 2] for node in graph.node_ids.tolist()])
    size = {"walk_length": 6, "walks_per_node": 4, "seed": 3}
    lines = {
        "--kind levy --alpha 0.4 --max-hops 9": levy_walks(graph, alpha=0.4, max_hops=9, **size),
        "--kind metapath --metapath a,b,a --types types.txt": metapath_walks(
            typed, metapath=["a", "b", "a"], **size
        ),
        "--kind temporal --directed --step-choice linear --equal-times": temporal_walks(
            timed, step_choice="linear", equal_times=True, **size
        ),
    }
    for number, (flags, wanted) in enumerate(lines.items()):
        done = graphkit(
            f"walks mails.csv -o {number}.npy {flags} --walk-length 6 --walks-per-node 4 --seed 3"
        )
        assert done.code == 0, done.err
        assert np.array_equal(np.load(mails / f"{number}.npy"), wanted)
    assert "times: dates in UTC" in done.err


def test_methods_are_those_of_the_classes(graphkit, mails):
    size = {"dim": 4, "walks_per_node": 3, "walk_length": 6, "window": 3, "seed": 2}
    flags = "--dim 4 --walks-per-node 3 --walk-length 6 --window 3 --seed 2"
    done = graphkit(f"embed mails.csv -o v.npz {flags} --times date --time-zone Europe/Berlin")
    assert done.code == 0, done.err
    assert "--method ctdne" in done.err
    timed = read_temporal_graph(mails / "mails.csv", time_zone="Europe/Berlin")
    assert np.array_equal(Embedding.load(mails / "v.npz").vectors, CTDNE(**size).fit_transform(timed))
    done = graphkit(f"embed mails.csv -o w.npz --method metapath2vec --types types.txt {flags}")
    assert done.code == 0, done.err
    graph = read_graph(mails / "mails.csv")
    typed = TypedGraph(graph, ["ab"[node % 2] for node in graph.node_ids.tolist()])
    assert np.array_equal(Embedding.load(mails / "w.npz").vectors, MetaPath2Vec(**size).fit_transform(typed))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("walks mails.csv -o a.npy --kind levi", "unknown --kind 'levi': did you mean 'levy'"),
        ("walks mails.csv -o a.npy --kind levy --alpha 1", "alpha must lie in (0, 1), got 1.0"),
        ("walks mails.csv -o a.npy --kind metapath", "ids such as 1 do not begin with one, as user:1 does"),
        ("walks mails.csv -o a.npy --kind temporal --times from", "column 1 holds ids, not times"),
        ("walks mails.csv -o a.npy --kind temporal --weighted", "--weighted has no effect on a graph whose"),
        ("walks g -o a.npy --kind levy --engine local --work w", "--engine walks at random only"),
        ("embed mails.csv -o v.npz --method node2vec --types types.txt", "it belongs to metapath2vec"),
        ("embed mails.csv -o v.npz --method metapath2vec --type-column 2", "no effect without --types"),
        ("embed dataset:karate_club -o v.npz --method ctdne", "the data sets have no times of edges"),
        (
            "embed g -o v.npz --method ctdne --times date --engine local --work w",
            "--times has no effect on a",
        ),
    ],
)
def test_what_is_refused(graphkit, mails, line, message):
    done = graphkit(line)
    assert done.code == 2
    assert message in done.err


def test_a_folder_keeps_times_and_types(graphkit, mails):
    size = "--walk-length 6 --walks-per-node 4 --seed 3"
    for number, (kept, kind, needed) in enumerate(
        [
            (
                "--times date --time-zone Europe/Berlin --directed",
                "temporal",
                "--time-zone Europe/Berlin --directed",
            ),
            ("--types types.txt", "metapath --metapath a,b,a", "--types types.txt"),
        ]
    ):
        done = graphkit(f"convert mails.csv folder{number} {kept}")
        assert done.code == 0, done.err
        for source, options in ((f"folder{number}", ""), ("mails.csv", needed)):
            done = graphkit(f"walks {source} -o {source}.npy --kind {kind} {options} {size}")
            assert done.code == 0, done.err
        assert np.array_equal(np.load(mails / f"folder{number}.npy"), np.load(mails / "mails.csv.npy"))
        (mails / "mails.csv.npy").unlink()
    assert repr(Graph.open(mails / "folder0")).startswith("TemporalGraph(")
    assert repr(Graph.open(mails / "folder1")).endswith("of a, b)")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "folder --types types.txt --times date",
            "types of nodes or times of edges; leave --types or --times out",
        ),
        ("folder --time-zone UTC", "--time-zone has no effect without --times"),
        ("folder --times date --weighted", "--weighted has no effect on a graph whose edges have times"),
        ("folder --times when", "when"),
        ("folder --types types.txt --engine local --work w", "--types has no effect on what --engine makes"),
        ("v.npz --times date", "--times has no effect on vectors"),
    ],
)
def test_what_a_folder_cannot_keep_is_refused(graphkit, mails, options, message):
    done = graphkit(f"convert mails.csv {options}")
    assert done.code == 2
    assert message in done.err
    assert not (mails / "folder").exists()
