"""Completion by the shell: asked as bash and zsh ask, by variables of the environment."""

import pytest

from graphkit.cli import main
from graphkit.methods.registry import MAPS, METHODS


@pytest.fixture
def completed(monkeypatch, capfd):
    """What bash is offered for the last word of a line."""

    def ask(line):
        words = line.split(" ")
        monkeypatch.setenv("_GRAPHKIT_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        with pytest.raises(SystemExit, match="0"):
            main([])
        out, err = capfd.readouterr()
        assert err == ""
        return out.split()

    return ask


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("graphkit em", ["embed"]),
        ("graphkit evaluate l", ["links"]),
        ("graphkit embed edges.txt --meth", ["--method"]),
        ("graphkit embed edges.txt --method ", [*METHODS]),
        ("graphkit layout edges.txt --method t", [name for name in MAPS if name[0] == "t"]),
        ("graphkit embed edges.txt --method node2vec --walk", ["--walks-per-node", "--walk-length"]),
        ("graphkit info edges.txt --self-loops ", ["keep", "drop"]),
        ("graphkit layout edges.txt --no-e", ["--no-edges"]),
    ],
)
def test_what_bash_is_offered(completed, line, words):
    assert completed(line) == words


def test_what_cannot_be_understood_is_left_to_its_user(monkeypatch, capfd):
    monkeypatch.setenv("_GRAPHKIT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "graphkit embed edges.txt --method nonsense --d")
    monkeypatch.setenv("COMP_CWORD", "5")
    assert main([]) == 0
    assert capfd.readouterr() == ("", "")


def test_zsh_is_offered_the_help_too(monkeypatch, capfd):
    monkeypatch.setenv("_GRAPHKIT_COMPLETE", "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "graphkit embed edges.txt --method fastrp --proj")
    with pytest.raises(SystemExit, match="0"):
        main([])
    assert "--projection" in capfd.readouterr().out


def test_the_script_is_shown(monkeypatch, capfd):
    # Told by the processes above, of which a test run need not have a shell.
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: "bash")
    with pytest.raises(SystemExit, match="0"):
        main(["--show-completion"])
    assert "_GRAPHKIT_COMPLETE=complete_bash" in capfd.readouterr().out
