"""Every example of the gallery runs, and shows something."""

import re
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "gallery"
EXAMPLES = sorted(FOLDER.glob("*.py"))


@pytest.fixture(scope="module", autouse=True)
def one_thread_for_torch():
    """Networks this small only wait for each other's threads."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs_and_shows_something(example, tmp_path, monkeypatch, capsys):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(example))
    drawn = [*pyplot.get_fignums(), *tmp_path.glob("*.png")]
    pyplot.close("all")
    assert drawn, capsys.readouterr().out


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_a_page_for_anybody(example):
    text = example.read_text()
    title, line = text.split("\n")[1:3]
    assert set(line) == {"="}
    assert len(line) == len(title)
    # Nothing that only some machines have.
    assert "GRAPHKIT_DATA" not in text
    assert set(re.findall(r"datasets\.load\(\"(\w+)\"", text)) <= {"karate_club", "les_miserables", "wordnet"}


def test_gallery_is_large_enough_to_choose_from():
    assert len(EXAMPLES) >= 12
