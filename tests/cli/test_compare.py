"""graphkit compare: the library's table, a command for each row, a picture."""

import json

import graphkit as gk

LINE = "compare dataset:karate_club --methods fastrp,grf --runs 1 --dim 8"


def test_the_table_is_the_librarys(graphkit):
    data = gk.datasets.load("karate_club")
    ours = graphkit(f"{LINE} --labels dataset:karate_club --shuffles 2 --seed 3 --json")
    assert ours.code == 0, ours.err
    expected = gk.compare(
        data.graph, data.labels, methods=["fastrp", "grf"], runs=1, dim=8, shuffles=2, seed=3
    )
    for row, other in zip(json.loads(ours.out)["results"], expected.rows(), strict=True):
        assert {name: row[name] for name in other if name != "seconds"} == {
            name: value for name, value in other.items() if name != "seconds"
        }


def test_each_row_has_the_command_that_makes_its_vectors(graphkit, tmp_path):
    result = json.loads(graphkit(f"{LINE} --seed 3 --json").out)["results"]
    commands = {row["name"]: row["command"] for row in result}
    line = "graphkit embed dataset:karate_club --method grf --dim 8 --seed 3 --output grf.parquet"
    assert commands["grf"] == line
    assert graphkit(line.removeprefix("graphkit ")).code == 0
    made = gk.Embedding.load(tmp_path / "grf.parquet")
    expected = gk.RandomFeatures(dim=8, seed=3).fit_transform(gk.datasets.load("karate_club").graph)
    assert (made.vectors == expected).all()
    assert line in graphkit(f"{LINE} --seed 3").out


def test_commands_read_the_graph_as_the_comparison_did(graphkit, edges):
    line = "compare edges.txt --methods fastrp --runs 1 --dim 4 --test-ratio 0.1 --directed --self-loops drop"
    result = json.loads(graphkit(f"{line} --json").out)["results"]
    assert result[0]["command"] == (
        "graphkit embed edges.txt --directed --self-loops drop --method fastrp --dim 4 --seed 0 --output "
        "fastrp.parquet"
    )
    assert graphkit(result[0]["command"].removeprefix("graphkit ")).code == 0


def test_the_picture_is_drawn_and_not_replaced(graphkit, tmp_path):
    drawn = graphkit(f"{LINE} -o compared.svg")
    assert drawn.code == 0, drawn.err
    assert (tmp_path / "compared.svg").exists()
    again = graphkit(f"{LINE} -o compared.svg")
    assert again.code == 2
    assert "--force" in again.err


def test_what_has_no_effect_or_is_unknown_is_refused(graphkit):
    for line, message in (
        (f"{LINE} --label-column 2", "have no effect without --labels"),
        (f"{LINE} --budget soon", "--budget must be a number of seconds > 0"),
        (f"{LINE} -o compared.gif", "no picture has the suffix '.gif'"),
        ("compare dataset:karate_club --methods fastrb", "did you mean"),
    ):
        refused = graphkit(line)
        assert refused.code == 2
        assert message in refused.err, refused.err
