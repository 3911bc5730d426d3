"""graphkit evaluate: the scores that the library gives, as a table and as JSON."""

import json

import numpy as np
import pytest

from graphkit import Embedding, FastRP, Node2Vec, datasets, evaluation, read_graph

NODES = "evaluate karate.npz --labels dataset:karate_club"


@pytest.fixture
def karate(tmp_path):
    data = datasets.load("karate_club")
    embedding = FastRP(dim=8).embed(data.graph)
    embedding.save(tmp_path / "karate.npz")
    return data, embedding


def test_node_classification_is_the_librarys(graphkit, karate):
    data, embedding = karate
    options = {"train_ratios": (0.3, 0.6), "shuffles": 3, "C": 2.0, "normalize": "l2", "seed": 4}
    expected = evaluation.node_classification(embedding, data.labels, **options)
    line = f"{NODES} --train-ratio 0.3,0.6 --shuffles 3 --C 2 --normalize --seed 4"
    assert graphkit(line) == (0, f"{expected}\n", "")
    assert json.loads(graphkit(f"{line} --json").out) == json.loads(json.dumps(expected.to_dict()))


def test_labels_of_a_data_set_are_found_by_id(graphkit, karate, tmp_path):
    data, embedding = karate
    order = np.random.default_rng(0).permutation(34)
    Embedding(embedding.node_ids[order], embedding.vectors[order]).save(tmp_path / "karate.npz")
    expected = evaluation.node_classification(embedding.vectors[order], data.labels[order], shuffles=2)
    assert graphkit(f"{NODES} --shuffles 2").out == f"{expected}\n"


def test_labels_of_a_file(graphkit, karate, tmp_path):
    data, _ = karate
    rows = data.labels.tocoo()
    names = [data.label_names[column] for column in rows.col]
    (tmp_path / "labels.csv").write_text(
        "id,other,label\n" + "".join(f"{node},?,{name}\n" for node, name in zip(rows.row, names, strict=True))
    )
    by_file = graphkit("evaluate nodes karate.npz --labels labels.csv --label-column label --shuffles 2")
    assert by_file.code == 0, by_file.err
    assert by_file.out == graphkit("evaluate karate.npz --labels dataset:karate_club --shuffles 2").out


def test_labels_of_nodes_without_a_vector(graphkit, karate, tmp_path):
    (tmp_path / "labels.txt").write_text("".join(f"{node} {node % 2}\n" for node in range(40)))
    refused = graphkit("evaluate karate.npz --labels labels.txt --shuffles 2")
    assert refused.code == 2
    assert "labels.txt, line 35: no node has the id 34" in refused.err
    assert graphkit("evaluate karate.npz --labels labels.txt --shuffles 2 --unknown ignore").code == 0


def test_link_prediction_is_the_librarys(graphkit, edges):
    split = evaluation.split_edges(
        read_graph(edges), 0.15, negatives="degree", negatives_per_edge=1, keep_connected=False, seed=3
    )
    embedding = FastRP(dim=8, beta=-0.2, seed=3).embed(split.train_graph)
    expected = evaluation.link_prediction(embedding, split, operator=("l1", "cosine"), C=0.5)
    line = (
        "evaluate links edges.txt --test-ratio 0.15 --negatives degree --negatives-per-edge 1 "
        "--no-keep-connected --operator l1,cosine --C 0.5 --method fastrp --dim 8 --beta -0.2 --seed 3 -q"
    )
    outcome = graphkit(line)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"{expected}\nVectors: FastRP(dim=8, beta=-0.2, seed=3) on the training graph.\n"
    found = json.loads(graphkit(f"{line} --json").out)
    assert found["results"] == expected.rows()
    assert (found["method"], found["params"]["beta"]) == ("fastrp", -0.2)


def test_negatives_of_the_training_are_not_those_of_the_test(graphkit):
    split = evaluation.split_edges(datasets.load("karate_club").graph, negatives_per_edge=2, seed=3)
    method = Node2Vec(dim=8, num_negatives=3.5, walks_per_node=1, seed=3)
    expected = evaluation.link_prediction(method.embed(split.train_graph), split)
    outcome = graphkit(
        "evaluate links dataset:karate_club --method node2vec --num-negatives 3.5 "
        "--negatives-per-edge 2 --dim 8 --walks-per-node 1 --seed 3 -q --json"
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["results"] == expected.rows()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("evaluate karate.npz", "Missing option '--labels'; see graphkit evaluate nodes --help"),
        ("evaluate karate.npz --labels none.txt", "none.txt: no such file"),
        ("evaluate karate.npz --labels dataset:wordnet", "it has no node 0"),
        ("evaluate karate.npz --labels dataset:les_miserables", "has no labels"),
        (
            f"{NODES} --unknown ignore",
            "--label-column, --label-separator and --unknown have no effect on a data set; leave them out",
        ),
        (
            f"{NODES} --train-ratios 1,2",
            "train_ratios must lie in (0, 1)",
        ),
        (f"{NODES} --train-ratios x", "--train-ratios takes numbers"),
        (
            "evaluate links dataset:karate_club --operator cosin",
            "unknown operator 'cosin': did you mean",
        ),
        ("evaluate links dataset:karate_club --test-ratio 0", "test_ratio must lie in (0, 1), got 0"),
        ("evaluate link dataset:karate_club", "No such command 'link'"),
        ("evaluate", "Missing command; see graphkit evaluate --help"),
    ],
)
@pytest.mark.usefixtures("karate")
def test_what_is_wrong_is_said(graphkit, line, message):
    outcome = graphkit(line)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err.splitlines()[-1]
