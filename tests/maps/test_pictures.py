"""Pictures of maps: formats, colours at their places, names and counts, awkward maps, what is refused."""

import numpy as np
import pytest
from PIL import Image

from graphkit.errors import InputError, MissingDependencyError, ParameterError
from graphkit.graph.node_ids import STRING
from graphkit.maps import MapFrame, draw_map, figure, libraries
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
    monkeypatch.setattr(figure, "_FEW", few)
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
    monkeypatch.setattr(figure, "_FEW", few)
    draw_map(frame(size=values), tmp_path / "map.png", color="size")
    assert pixels(tmp_path / "map.png").min() < 100


@pytest.mark.parametrize("few", [20_000, 10])
def test_unknown_numbers_are_grey(tmp_path, monkeypatch, few):
    monkeypatch.setattr(figure, "_FEW", few)
    draw_map(frame(size=np.full(60, np.nan)), tmp_path / "map.png", color="size")
    image = pixels(tmp_path / "map.png")
    assert image.min() < 215
    assert (image == image[:, :, :1]).all()


@pytest.mark.parametrize("few", [20_000, 0])
@pytest.mark.parametrize("positions", [np.zeros((1, 2)), np.zeros((9, 2)), np.ones((9, 3)), np.eye(3)])
def test_awkward_maps(tmp_path, monkeypatch, few, positions):
    monkeypatch.setattr(figure, "_FEW", few)
    draw_map(MapFrame(range(len(positions)), positions), tmp_path / "map.png")
    assert pixels(tmp_path / "map.png").min() < 200


@pytest.mark.parametrize("few", [20_000, 10])
@pytest.mark.parametrize("most", [50_000, 30])
def test_edges_are_lines_behind_the_points(tmp_path, monkeypatch, few, most):
    monkeypatch.setattr(figure, "_FEW", few)
    monkeypatch.setattr(figure, "MOST_EDGES", most)
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

    monkeypatch.setattr(libraries.importlib, "import_module", refuse)
    with pytest.raises(
        MissingDependencyError, match=r"matplotlib is not installed: pip install 'matplotlib>=3.9'"
    ):
        draw_map(frame(), tmp_path / "map.png")
    assert list(tmp_path.iterdir()) == []


def texts_of(made):
    axes = made.axes[0]
    renderer = made.canvas.get_renderer()
    made.canvas.draw()
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    return axes, axes.texts, boxes


def are_apart(boxes):
    return not any(
        one.x0 < other.x1 - 1 and other.x0 < one.x1 - 1 and one.y0 < other.y1 - 1 and other.y0 < one.y1 - 1
        for place, one in enumerate(boxes)
        for other in boxes[:place]
    )


def test_names_of_classes_stand_apart_within_the_map_and_hide_no_small_one():
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 15, 5000)
    positions = rng.normal(size=(15, 2))[kinds] * 3 + rng.normal(size=(5000, 2))
    # Ten points amid the largest class.
    middle = positions[kinds == np.bincount(kinds).argmax()].mean(axis=0)
    positions = np.vstack([positions, middle + rng.normal(size=(10, 2)) * 0.02])
    words = [f"a class of the number {kind}" for kind in kinds] + ["tiny"] * 10
    made = figure.map_figure(MapFrame(range(5010), positions, {"kind": words}), color="kind")
    axes, texts, boxes = texts_of(made)
    assert len(texts) >= 10
    assert are_apart(boxes)
    frame = axes.get_window_extent()
    assert all(frame.x0 - 1 <= box.x0 and box.x1 <= frame.x1 + 1 for box in boxes)
    assert all(frame.y0 - 1 <= box.y0 and box.y1 <= frame.y1 + 1 for box in boxes)
    tiny = axes.transData.transform(positions[5000:])
    for text, box in zip(texts, boxes, strict=True):
        inside = (tiny > (box.x0, box.y0)).all(axis=1) & (tiny < (box.x1, box.y1)).all(axis=1)
        assert text.get_text() == "tiny" or inside.mean() <= 0.2


def test_few_points_have_their_names_over_no_point(tmp_path):
    made = figure.map_figure(frame(40, degree=np.arange(40)))
    axes, texts, boxes = texts_of(made)
    assert 20 <= len(texts) <= 40
    assert "39" in [text.get_text() for text in texts]
    assert are_apart(boxes)
    points = axes.transData.transform(frame(40).positions)
    for box in boxes:
        assert not ((points > (box.x0, box.y0)).all(axis=1) & (points < (box.x1, box.y1)).all(axis=1)).any()
    assert not figure.map_figure(frame(40), names=False).axes[0].texts
    assert not figure.map_figure(frame(201)).axes[0].texts
    assert figure.map_figure(frame(201), names=True).axes[0].texts
    draw_map(frame(40), tmp_path / "map.svg")
    assert ">39</text>" in (tmp_path / "map.svg").read_text()


def test_pdf_has_fonts_that_can_be_edited(tmp_path):
    draw_map(frame(), tmp_path / "map.pdf", title="Title")
    written = (tmp_path / "map.pdf").read_bytes()
    assert b"/FontType 42" in written or b"/CIDFontType2" in written
    assert b"/Subtype /Type3" not in written


def test_size_dpi_legend_and_font(tmp_path):
    draw_map(frame(kind=["a"] * 60), tmp_path / "small.png", color="kind", size=3, dpi=50)
    draw_map(frame(kind=["a"] * 60), tmp_path / "large.png", color="kind", size=6, dpi=50)
    small, large = (pixels(tmp_path / f"{name}.png").shape for name in ("small", "large"))
    assert 1.7 < large[0] / small[0] < 2.3
    made = figure.map_figure(frame(kind=["a"] * 60), color="kind", legend=False, font="DejaVu Serif")
    assert made.axes[0].get_legend() is None
    with pytest.raises(ParameterError, match="unknown font 'DejaVu Seriff': did you mean 'DejaVu Serif'"):
        figure.map_figure(frame(), font="DejaVu Seriff")
    for options, message in (({"size": 0.5}, "size must lie in"), ({"dpi": 0}, "dpi must be a whole number")):
        with pytest.raises(ParameterError, match=message):
            draw_map(frame(), tmp_path / "map.png", **options)


def test_years_are_whole_and_without_commas():
    made = figure.map_figure(frame(year=np.resize([2009, 2010, 2011], 60)), color="year")
    made.canvas.draw()
    ticks = [label.get_text() for label in made.axes[1].get_yticklabels()]
    assert {"2009", "2010", "2011"} <= set(ticks)
    assert all(tick.isdigit() for tick in ticks)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 1, 2, 3, 17], ["1", "2", "5", "10"]),
        ([1, 1, 1, 30, 25_000], ["1", "10", "100", "1,000", "10,000"]),
        ([2009.0, np.nan, 2010, 2011, 2011], ["2009", "2010", "2011"]),
        ([0, 1, 0, 1, 1], ["0", "1"]),
    ],
)
def test_ticks_of_whole_numbers_are_whole(values, wanted):
    made = figure.map_figure(frame(count=np.resize(values, 60)), color="count")
    made.canvas.draw()
    axis = made.axes[1].yaxis
    low, high = made.axes[1].get_ylim()
    places = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    shown = [label.get_text() for place, label in places if low <= place <= high]
    assert [text for text in shown if text] == wanted
    assert not axis.get_ticklabels(minor=True)


def test_few_values_far_away_do_not_take_the_scale():
    values = np.random.default_rng(0).normal(size=500)
    values[0], values[1] = 1e6, -1e6
    made = figure.map_figure(frame(500, size=values), color="size")
    low, high = made.axes[1].get_ylim()
    assert -4 < low < high < 4
    constant = figure.map_figure(frame(500, size=np.full(500, 7.5)), color="size")
    assert constant.axes[1].get_ylim()[0] == 7.5


def test_three_dimensions_say_that_two_are_shown():
    made = figure.map_figure(frame(300, dim=3))
    assert [text.get_text() for text in made.axes[0].texts] == ["The two longest axes of three dimensions."]
