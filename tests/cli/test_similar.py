"""graphkit similar: nearest ids of ids."""

import json

import pytest

from graphkit.embedding import Embedding

VECTORS = [[1, 0], [1, 1], [0, 1], [-1, 0]]


@pytest.fixture
def words(tmp_path):
    Embedding(["cat", "dog", "cow", "worm"], VECTORS).save(tmp_path / "words.txt")


@pytest.fixture
def numbers(tmp_path):
    Embedding([10, -2, 30, 0], VECTORS).save(tmp_path / "numbers.npy")


@pytest.mark.usefixtures("words")
def test_one_line_a_neighbour(graphkit):
    outcome = graphkit("similar words.txt cat worm -k 2")
    assert outcome == (
        0,
        "cat\tdog\t0.707107\ncat\tcow\t0.000000\nworm\tcow\t0.000000\nworm\tdog\t-0.707107\n",
        "",
    )


@pytest.mark.usefixtures("numbers")
def test_negative_numbers_stand_behind_two_dashes(graphkit):
    assert graphkit("similar numbers.npy -k 1 --threads 1 -- -2").out == "-2\t10\t0.707107\n"


@pytest.mark.usefixtures("words", "numbers")
def test_json(graphkit):
    assert json.loads(graphkit("similar words.txt cow -k 1 --json").out) == {
        "cow": [{"id": "dog", "similarity": 0.707107}]
    }
    assert json.loads(graphkit("similar numbers.npy 10 -k 1 --json").out)["10"][0]["id"] == -2


@pytest.mark.usefixtures("words", "numbers")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("similar words.txt cot", "no node has the id 'cot'; did you mean 'cow'?"),
        ("similar numbers.npy cat", "the ids of this file are whole numbers, got 'cat'"),
        ("similar numbers.npy 11", "no node has the id 11"),
        ("similar words.txt cat -k 0", "k must be a whole number >= 1, got 0"),
        ("similar none.txt cat", "none.txt: no such file"),
        ("similar words.txt", "Missing argument 'IDS...'; see graphkit similar --help"),
    ],
)
def test_what_is_wrong_is_said(graphkit, line, message):
    outcome = graphkit(line)
    assert (outcome.code, outcome.out) == (2, "")
    assert message.replace("...", "") in outcome.err.replace("...", "")
