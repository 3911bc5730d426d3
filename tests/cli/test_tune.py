"""graphkit tune: the library's table, values to try as they are typed, a command for the best vectors."""

import json

import pytest

import graphkit as gk

LINE = "tune dataset:karate_club --method fastrp --dim 8 --seed 3"


def test_the_table_is_the_librarys(graphkit):
    search = {"weights": [(0.0, 1.0), (1.0, 0.5)], "beta": [-0.5, 0.0], "normalize": [False]}
    flags = "--search weights=0,1/1,0.5 --search beta=-0.5,0 --search normalize=false"
    ours = graphkit(f"{LINE} --labels dataset:karate_club --shuffles 2 {flags} --json")
    assert ours.code == 0, ours.err
    data = gk.datasets.load("karate_club")
    expected = gk.tune(
        data.graph, data.labels, method="fastrp", search=search, shuffles=2, dim=8, seed=3
    ).to_dict()
    found = json.loads(ours.out)
    assert found["test"] == expected["test"]
    assert [row["setting"] for row in found["results"]] == [row["setting"] for row in expected["results"]]
    assert [row["score"] for row in found["results"]] == [row["score"] for row in expected["results"]]


def test_the_command_makes_the_best_vectors(graphkit, tmp_path):
    flags = "--search weights=0,0,1 --search beta=-0.5 --search normalize=false --search sparsity=none,2.5"
    result = json.loads(graphkit(f"{LINE} {flags} --json").out)
    command = result["command"]
    assert command.startswith("graphkit embed dataset:karate_club --method fastrp --dim 8")
    assert graphkit(command.removeprefix("graphkit ")).code == 0
    setting = result["test"]["best"]["setting"].removeprefix("fastrp").strip("()")
    made = eval(f"gk.FastRP(dim=8, seed=3, {setting})", {"gk": gk})
    vectors = gk.Embedding.load(tmp_path / "fastrp.parquet").vectors
    assert (vectors == made.fit_transform(gk.datasets.load("karate_club").graph)).all()
    assert command in graphkit(f"{LINE} {flags}").out


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--search beta", "--search takes a name and values, NAME=VALUE,VALUE; got 'beta'"),
        ("--search bta=1", "unknown parameter of fastrp to search 'bta': did you mean 'beta'"),
        ("--search beta=1,x", "beta takes numbers, got 'x'"),
        ("--search dim=1.5", "dim takes whole numbers, got '1.5'"),
        ("--search normalize=yes", "normalize is true or false, got 'yes'"),
        ("--unknown ignore", "have no effect without --labels"),
        ("--budget 5x", "--budget"),
    ],
)
def test_bad_options(graphkit, flags, said):
    outcome = graphkit(f"{LINE} {flags}")
    assert outcome.code == 2
    assert said in outcome.err
