"""Pictures of maps: formats, colours at their places, names and counts, awkward maps, what is refused."""

import numpy as np
import pytest
from PIL import Image

from graphkit.errors import InputError, MissingDependencyError, ParameterError
from graphkit.graph.node_ids import STRING
from graphkit.maps import MapFrame, draw_map, picture
from graphkit.maps.colors import OTHER, UNLABELLED, classes_of


def frame(num_points=60, dim=2, **columns):
    positions = np.random.default_rng(0).normal(size=(num_points, dim))
    return MapFrame(range(num_points), positions, columns)


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


def has_color(image, code):
    wanted = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)])
    return (np.abs(image.astype(int) - wanted).max(axis=2) <= 55).any()


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_formats(tmp_path, suffix, start):
    draw_map(frame(), tmp_path / f"map{suffix}")
    assert (tmp_path / f"map{suffix}").read_bytes().startswith(start)


@pytest.mark.parametrize("few", [20_000, 10])
@pytest.mark.parametrize("dark", [False, True])
def test_classes_have_their_colours_at_their_places(tmp_path, monkeypatch, few, dark):
    monkeypatch.setattr(picture, "_FEW", few)
    positions = [[-5 - i % 3, i % 5] for i in range(30)] + [[5 + i % 3, i % 5] for i in range(20)]
    words = ["many"] * 30 + ["few"] * 20
    draw_map(MapFrame(range(50), positions, {"kind": words}), tmp_path / "map.png", color="kind", dark=dark)
    image = pixels(tmp_path / "map.png")
    assert tuple(image[0, 0]) == ((22, 24, 29) if dark else (255, 255, 255))
    # The legend stands right of the map.
    left, right = image[:, : image.shape[1] // 4], image[:, image.shape[1] // 2 : image.shape[1] * 17 // 20]
    blue, orange = classes_of(np.array(words, STRING)).colors[2:]
    assert has_color(left, blue)
    assert not has_color(left, orange)
    assert has_color(right, orange)


def test_the_legend_says_names_and_counts(tmp_path):
    words = ["a$b"] * 30 + ["</script>"] * 20 + [None] * 10
    draw_map(frame(kind=words), tmp_path / "map.svg", color="kind", title="A & B")
    text = (tmp_path / "map.svg").read_text()
    for words in ("a$b  30", "&lt;/script&gt;  20", "no label  10", "A &amp; B"):
        assert words.replace("$", r"\$") in text or words in text


def test_the_largest_classes_have_colours_and_the_rest_share_one():
    words = np.array([f"c{i:02}" for i in range(30) for _ in range(40 - i)] + ["", ""], STRING)
    classes = classes_of(words)
    assert len(set(classes.colors)) == 22
    assert classes.names[2] == "c00"
    assert classes.names[OTHER] == "other (10 classes)"
    assert (classes.codes == OTHER).sum() == sum(40 - i for i in range(20, 30))
    assert (classes.codes == UNLABELLED).sum() == 2


@pytest.mark.parametrize("few", [20_000, 10])
@pytest.mark.parametrize("values", [np.arange(60), 10.0 ** np.arange(60), np.zeros(60)])
def test_numbers_have_a_scale(tmp_path, monkeypatch, few, values):
    monkeypatch.setattr(picture, "_FEW", few)
    draw_map(frame(size=values), tmp_path / "map.png", color="size")
    assert pixels(tmp_path / "map.png").min() < 100


@pytest.mark.parametrize("few", [20_000, 10])
def test_unknown_numbers_are_grey(tmp_path, monkeypatch, few):
    monkeypatch.setattr(picture, "_FEW", few)
    draw_map(frame(size=np.full(60, np.nan)), tmp_path / "map.png", color="size")
    image = pixels(tmp_path / "map.png")
    assert image.min() < 215
    assert (image == image[:, :, :1]).all()


@pytest.mark.parametrize("few", [20_000, 0])
@pytest.mark.parametrize("positions", [np.zeros((1, 2)), np.zeros((9, 2)), np.ones((9, 3)), np.eye(3)])
def test_awkward_maps(tmp_path, monkeypatch, few, positions):
    monkeypatch.setattr(picture, "_FEW", few)
    draw_map(MapFrame(range(len(positions)), positions), tmp_path / "map.png")
    assert pixels(tmp_path / "map.png").min() < 200


@pytest.mark.parametrize("few", [20_000, 10])
@pytest.mark.parametrize("most", [50_000, 30])
def test_edges_are_lines_behind_the_points(tmp_path, monkeypatch, few, most):
    monkeypatch.setattr(picture, "_FEW", few)
    monkeypatch.setattr(picture, "MOST_EDGES", most)
    edges = np.stack([np.arange(59), np.arange(1, 60)], axis=1)
    draw_map(frame(), tmp_path / "plain.svg")
    draw_map(frame(), tmp_path / "lines.svg", edges=edges)
    plain, lines = ((tmp_path / name).read_text().count("<path") for name in ("plain.svg", "lines.svg"))
    assert lines - plain in ((59,) if most > 59 else (30,))


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([[0, 60]], r"edges must lie in \[0, 60\)"),
        ([0, 1], "edges must be whole numbers"),
        ([[0.5, 1]], "edges must"),
    ],
)
def test_edges_that_are_none_are_refused(tmp_path, edges, message):
    with pytest.raises(ParameterError, match=message):
        draw_map(frame(), tmp_path / "map.png", edges=edges)


@pytest.mark.parametrize(
    ("points", "name", "color", "error", "message"),
    [
        (0, "map.png", None, InputError, "the map has no points to draw"),
        (5, "map.jpg", None, ParameterError, "no picture has the suffix '.jpg'; use .png, .svg, .pdf"),
        (5, "map.png", "size", ParameterError, "unknown column 'size'"),
        (5, "no/map.png", None, InputError, "does not exist; create it first"),
    ],
)
def test_what_is_refused(tmp_path, points, name, color, error, message):
    with pytest.raises(error, match=message):
        draw_map(frame(points), tmp_path / name, color=color)


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    def refuse(name):
        raise ImportError(name)

    monkeypatch.setattr(picture.importlib, "import_module", refuse)
    with pytest.raises(
        MissingDependencyError, match=r"matplotlib is not installed: pip install 'matplotlib>=3.9'"
    ):
        draw_map(frame(), tmp_path / "map.png")
    assert list(tmp_path.iterdir()) == []
