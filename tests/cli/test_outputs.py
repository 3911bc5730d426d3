"""Where commands write to: what all of them refuse, and replace."""

import pytest

COMMANDS = {
    "embed edges.txt --dim 4": "out.parquet",
    "walks edges.txt": "out.txt",
    "kcore edges.txt": "out.csv",
    "ppr edges.txt -k 3": "out.tsv",
    "kernel-features edges.txt": "out.npz",
    "layout edges.txt --samples-per-node 20": "out.csv",
}


@pytest.fixture(params=COMMANDS, ids=lambda line: line.split()[0])
def command(request):
    """A command line without its output, and a name for that."""
    return request.param, COMMANDS[request.param]


def test_an_output_is_replaced_only_when_asked(graphkit, edges, command):
    line, name = command
    assert graphkit(f"{line} -o {name} -q") == (0, "", "")
    written = (edges.parent / name).read_bytes()
    outcome = graphkit(f"{line} -o {name}")
    assert outcome.code == 2
    assert f"{name}: exists already; pass --force to replace it" in outcome.err
    assert (edges.parent / name).read_bytes() == written
    assert graphkit(f"{line} -o {name} -q --force") == (0, "", "")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("edges.txt", "edges.txt: is the input too; write to another file"),
        ("none/{}", "the folder none does not exist"),
        ("out.xyz", "out.xyz"),
    ],
)
def test_what_is_refused_before_the_work(graphkit, edges, command, output, message):
    line, name = command
    outcome = graphkit(f"{line} -o {output.format(name)} --force")
    assert outcome.code == 2
    assert message in outcome.err
    assert "rows" not in outcome.err, "the graph was read"
    assert sorted(path.name for path in edges.parent.iterdir()) == ["edges.txt"]


def test_an_output_is_asked_for(graphkit, edges, command):
    outcome = graphkit(command[0])
    assert outcome.code == 2
    assert "--output" in outcome.err
    assert sorted(path.name for path in edges.parent.iterdir()) == ["edges.txt"]
