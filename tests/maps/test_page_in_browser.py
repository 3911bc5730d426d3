"""The map page in a real browser: it shows, finds, colours, filters, selects, exports, and asks no one."""

import contextlib
import time

import numpy as np
import pytest
from PIL import Image

from graphkit.maps import MapFrame, write_page

EVIL = "</script><img src=x onerror=\"document.title='broken'\">"
GRID = 10
FRAMES = """
window.frameTimes = [];
(function next() { window.frameTimes.push(performance.now()); requestAnimationFrame(next); })();
"""


def grid_frame():
    """100 points on a grid, ids n0 to n99, each with the next two of its row as neighbours."""
    places = np.array([[i % GRID, i // GRID] for i in range(GRID * GRID)])
    names = [f"n{i}" for i in range(GRID * GRID)]
    names[42] = EVIL
    columns = {
        "side": ["left" if x < GRID / 2 else "right" for x, _ in places],
        "height": places[:, 1] + 1,
        "name": [f"Person {i}" for i in range(GRID * GRID)],
    }
    rows = np.arange(GRID * GRID)
    neighbors = np.stack([(rows + 1) % 100, (rows + 2) % 100], axis=1)
    return MapFrame(names, places, columns, neighbors, np.tile([0.5, 1.25], (100, 1)))


@contextlib.contextmanager
def opened(browser, path, script="", **options):
    """The page, once it is ready; afterwards it must have asked for nothing and complained of nothing."""
    page = browser.new_page(**{"viewport": {"width": 900, "height": 700}, **options})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.add_init_script(script)
    page.goto(f"file://{path}")
    page.wait_for_selector("body[data-state]", timeout=60_000)
    assert page.evaluate("document.body.dataset.state") == "ready"
    yield page
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert [url for url in asked if url.startswith("file:")] == [f"file://{path}"]
    assert complaints == []
    page.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "map.html"
    write_page(grid_frame(), path, color="side", title="A & B")
    return path


@pytest.fixture
def page(browser, path):
    with opened(browser, path, color_scheme="light") as page:
        yield page


def place_of(page, row):
    """Where a point of the grid stands in the window: the map fills its shorter side but for a margin."""
    box = page.locator("#points").bounding_box()
    half = min(box["width"], box["height"]) / 2 / 1.06
    x, y = row % GRID / (GRID - 1) * 2 - 1, row // GRID / (GRID - 1) * 2 - 1
    return box["x"] + box["width"] / 2 + x * half, box["y"] + box["height"] / 2 - y * half


def pixels(page, tmp_path, wanted=lambda image: True, canvas="#points"):
    """A map as soon as it looks as wanted, or as it looks after half a minute: machines may be busy."""
    deadline = time.monotonic() + 30
    while True:
        page.wait_for_timeout(60)
        page.locator(canvas).screenshot(path=tmp_path / "shot.png")
        image = np.asarray(Image.open(tmp_path / "shot.png").convert("RGB")).astype(int)
        if wanted(image) or time.monotonic() > deadline:
            return image


def near(image, color):
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return np.abs(image - wanted).max(axis=2) < 60


def test_points_stand_where_they_should_in_their_colours(page, tmp_path):
    image = pixels(page, tmp_path, lambda image: near(image, "#E69F00").any())
    middle = image.shape[1] // 2
    blue, orange = near(image, "#0072B2"), near(image, "#E69F00")
    assert blue[:, :middle].sum() > 500
    assert orange[:, middle:].sum() > 500
    assert blue[:, middle + 20 :].sum() == orange[:, : middle - 20].sum() == 0
    assert page.text_content("#title") == "A & B"
    assert "100 points." in page.text_content("#facts")
    assert page.title() == "A & B"


def test_hovering_tells_id_and_columns(page):
    page.mouse.move(*place_of(page, 33))
    page.wait_for_selector("#tooltip:not([hidden])")
    assert page.text_content("#tooltip b") == "n33"
    assert page.locator("#tooltip dd").all_text_contents() == ["left", "4", "Person 33"]


def test_a_hostile_id_is_shown_as_it_is(page):
    page.mouse.move(*place_of(page, 42))
    page.wait_for_selector("#tooltip:not([hidden])")
    assert page.text_content("#tooltip b") == EVIL
    page.mouse.click(*place_of(page, 42))
    assert page.text_content("#details h2") == EVIL
    assert page.title() == "A & B"
    assert page.locator("img").count() == 0


def test_a_click_shows_the_neighbours_and_they_lead_on(page):
    page.mouse.click(*place_of(page, 55))
    assert page.text_content("#details h2") == "n55"
    assert page.locator("#details ol .name").all_text_contents() == ["n56", "n57"]
    assert page.locator("#details ol .count").all_text_contents() == ["0.5", "1.25"]
    page.locator("#details ol button").nth(1).click()
    page.wait_for_selector("#details h2:text-is('n57')")
    assert "selected n57" in page.text_content("#said")
    page.keyboard.press("Escape")
    page.wait_for_selector("#details h2", state="detached")


def test_search_finds_ids_and_names_from_the_keyboard(page):
    page.keyboard.press("/")
    page.keyboard.type("N7")
    page.wait_for_selector("#results li")
    found = page.locator("#results li span").all_text_contents()
    assert found[0] == "n7"
    assert set(found) == {"n7", *(f"n7{i}" for i in range(10))}
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#details h2")
    assert page.text_content("#details h2") == "n70"
    page.keyboard.press("/")
    page.fill("#search", "person 8")
    page.wait_for_selector("#results small")
    assert page.locator("#results small").first.text_content() == "name; id n8"
    page.fill("#search", "nobody")
    page.wait_for_selector("#results .none")


def test_a_point_that_was_found_comes_near(page, tmp_path):
    page.fill("#search", "n99")
    page.keyboard.press("Enter")
    page.wait_for_selector("#details h2")
    box = page.locator("#points").bounding_box()
    middle = int(box["height"] / 2), int(box["width"] / 2)

    def is_near(image):
        return near(image, "#E69F00")[middle] and not near(image, "#0072B2").any()

    assert is_near(pixels(page, tmp_path, is_near))


def test_colours_follow_the_column(page, tmp_path):
    page.select_option("#color", label="height")
    image = pixels(page, tmp_path, lambda image: near(image, "#fde725").any())
    half = image.shape[0] // 2
    low, high = near(image, "#440154"), near(image, "#fde725")
    assert low[half:].sum() > 200
    assert high[:half].sum() > 200
    # Left below stands the scale itself.
    assert low[:half].sum() == high[half:, 270:].sum() == 0
    assert page.locator("#scale .ticks span").all_text_contents() == ["1", "6", "10"]
    page.select_option("#color", label="one colour")
    image = pixels(page, tmp_path, lambda image: near(image, "#0072B2").any())
    assert near(image, "#0072B2").sum() > 1000
    assert near(image, "#E69F00").sum() == 0


def test_the_legend_shows_a_class_alone(page, tmp_path):
    right = page.get_by_role("button", name="right 50")
    right.click()
    assert right.get_attribute("aria-pressed") == "true"
    image = pixels(page, tmp_path, lambda image: not near(image, "#0072B2").any())
    assert near(image, "#0072B2").sum() == 0
    assert near(image, "#E69F00").sum() > 500
    assert "50 shown" in page.text_content("#facts")
    # The others fade, and can be neither hovered nor clicked, but found.
    assert (np.abs(image - [214, 231, 243]).max(axis=2) < 12).sum() > 500
    page.mouse.click(*place_of(page, 33))
    assert page.locator("#details h2").count() == 0
    page.fill("#search", "n0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#details h2")
    assert page.text_content("#details h2") == "n0"
    page.get_by_role("button", name="Show all").click()
    assert "shown" not in page.text_content("#facts")


def test_the_lasso_saves_ids(page, tmp_path):
    page.keyboard.press("l")
    assert page.get_attribute("#lasso", "aria-pressed") == "true"
    (left, bottom), (right, top) = place_of(page, 0), place_of(page, 22)
    corners = [(left - 6, bottom + 6), (right + 9, bottom + 6), (right + 9, top - 9), (left - 6, top - 9)]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in (*corners[1:], corners[0]):
        page.mouse.move(*corner, steps=12)
    page.mouse.up()
    page.wait_for_selector("#details h2")
    assert page.text_content("#details h2") == "9 points selected"
    assert page.get_attribute("#lasso", "aria-pressed") == "false"
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save their ids").click()
    wanted = {f"n{10 * row + column}" for row in range(3) for column in range(3)}
    saving.value.save_as(tmp_path / "ids.txt")
    assert set((tmp_path / "ids.txt").read_text().split()) == wanted
    page.get_by_title("Clear the selection").click()
    page.wait_for_selector("#details h2", state="detached")


def test_light_and_dark(page, tmp_path):
    assert pixels(page, tmp_path)[5, 5].min() > 240
    page.keyboard.press("t")
    image = pixels(page, tmp_path, lambda image: image[5, 5].max() < 40 and near(image, "#E69F00").any())
    assert image[5, 5].max() < 40
    assert near(image, "#E69F00").sum() > 500


def test_keys_move_the_map_and_help_lists_them(page, tmp_path):
    first = pixels(page, tmp_path, lambda image: near(image, "#E69F00").any())

    def is_first(image):
        return (image == first).all()

    for key in ("ArrowRight", "ArrowUp", "+"):
        page.keyboard.press(key)
        assert not is_first(pixels(page, tmp_path, lambda image: not is_first(image)))
        page.keyboard.press("0")
        assert is_first(pixels(page, tmp_path, is_first))
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_begins_as_the_reader_has_it_unless_dark(browser, tmp_path, dark):
    write_page(MapFrame([1], [[0, 0]]), tmp_path / "map.html", dark=dark)
    for scheme in ("light", "dark"):
        with opened(browser, tmp_path / "map.html", color_scheme=scheme) as page:
            wanted = "dark" if dark else scheme
            assert page.evaluate("document.documentElement.dataset.theme") == wanted


@pytest.mark.parametrize(
    "frame",
    [
        MapFrame(["only"], [[3, 3]]),
        MapFrame(range(5), np.zeros((5, 2)), {"none": [None] * 5, "nan": [np.nan] * 5, "same": [2] * 5}),
        MapFrame(range(4), np.eye(4, 3), {"kind": list("abcd")}, np.full((4, 2), -1)),
    ],
)
def test_awkward_maps(browser, tmp_path, frame):
    write_page(frame, tmp_path / "map.html", color=next(iter(frame.columns), None))
    with opened(browser, tmp_path / "map.html") as page:
        for column in page.locator("#color option").all_text_contents():
            page.select_option("#color", label=column)
        page.fill("#search", str(frame.node_ids[0]))
        page.keyboard.press("Enter")
        page.wait_for_selector("#details h2")


def test_an_old_browser_is_told_so(browser, path):
    page = browser.new_page()
    page.add_init_script("window.DecompressionStream = undefined")
    page.goto(f"file://{path}")
    page.wait_for_selector("#failure:not([hidden])")
    assert "The map cannot be shown" in page.text_content("#failure")
    assert "a browser of 2023 or newer" in page.text_content("#failure")
    page.close()


NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind === "webgl2" ? null : real.call(this, kind, ...rest);
};
"""


def test_without_webgl_the_map_is_drawn_plainly(browser, path, tmp_path):
    with opened(browser, path, NO_WEBGL) as page:
        assert "no WebGL" in page.text_content("#no-webgl")
        assert page.locator("#no-webgl").is_visible()
        image = pixels(page, tmp_path, lambda image: near(image, "#E69F00").any())
        middle = image.shape[1] // 2
        assert near(image, "#0072B2")[:, :middle].sum() > 500
        assert near(image, "#E69F00")[:, middle:].sum() > 500
        page.get_by_role("button", name="right 50").click()
        assert near(pixels(page, tmp_path, lambda image: not near(image, "#0072B2").any()), "#E69F00").any()
        page.mouse.click(*place_of(page, 57))
        assert page.text_content("#details h2") == "n57"


LONG = "https://www.example.org/" + "very/" * 60
DAY = np.datetime64("2015-03-01")


@pytest.fixture(scope="module")
def long_path(tmp_path_factory):
    """100 points in a row of 40 classes, with dates, years, long ids and all edges from the first."""
    path = tmp_path_factory.mktemp("long") / "map.html"
    rows = np.arange(100)
    columns = {
        "town": [f"Town {row % 40} of the {'long ' * 9}river {row % 40}" for row in rows],
        "joined": DAY + rows.astype("timedelta64[D]"),
        "year": 1990 + rows // 10,
    }
    frame = MapFrame([f"{LONG}{row}.html" for row in rows], np.stack([rows, rows % 7], 1), columns)
    write_page(frame, path, color="town", edges=[[0, row] for row in rows[1:]], title="Long names")
    return path


@pytest.fixture
def long_page(browser, long_path):
    with opened(browser, long_path, color_scheme="light") as page:
        yield page


def shown(page):
    """How many points the page says are shown."""
    words = page.text_content("#facts").split()
    return int(words[words.index("shown.") - 1]) if "shown." in words else 100


def move(page, label, key, times):
    slider = page.get_by_label(label)
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)


def test_a_range_of_numbers_is_shown_alone(page, tmp_path):
    page.select_option("#filter", label="height")
    assert page.locator("#filters .bars i").count() == 10
    move(page, "height from", "ArrowRight", 3)
    move(page, "height to", "ArrowLeft", 2)
    assert page.text_content("#filters output") == "4 – 8"
    assert shown(page) == 50
    image = pixels(page, tmp_path, lambda image: not near(image, "#0072B2")[-80:].any())
    assert not near(image, "#0072B2")[-80:].any()
    # Filters of several columns hold together.
    page.select_option("#filter", label="side")
    page.locator("#filters .classes button", has_text="left").click()
    assert shown(page) == 25
    page.get_by_title("Remove the filter of height").click()
    assert shown(page) == 50
    page.get_by_title("Remove the filter of side").click()
    assert shown(page) == 100


def test_a_range_of_dates_is_played(long_page):
    page = long_page
    page.select_option("#color", label="joined")
    assert page.locator("#scale .ticks span").all_text_contents() == [
        "2015-03-01",
        "2015-04-20",
        "2015-06-08",
    ]
    page.select_option("#filter", label="joined")
    assert page.text_content("#filters output") == "2015-03-01 – 2015-06-08"
    page.get_by_role("button", name="Play").click()
    assert 0 < shown(page) < 20
    first = page.text_content("#filters output")
    assert first.startswith("2015-03-")
    page.wait_for_selector(f"#filters output:not(:text-is('{first}'))")
    page.get_by_role("button", name="Stop").click()
    assert page.text_content("#filters output") != first
    assert 0 < shown(page) < 20
    page.select_option("#color", label="year")
    assert page.locator("#scale .ticks span").all_text_contents() == ["1990", "1995", "1999"]


def test_many_classes_are_searched_in_the_legend(long_page, tmp_path):
    page = long_page
    assert page.locator("#legend li").count() == 40
    page.get_by_label("Search classes of town").fill("river 33")
    assert page.locator("#legend li").count() == 1
    page.locator("#legend li button").click()
    assert shown(page) == 2
    # A class beyond the palette has a colour while it is chosen.
    image = pixels(page, tmp_path, lambda image: near(image, "#0072B2").any())
    assert near(image, "#0072B2").any()
    page.get_by_label("Search classes of town").fill("nowhere")
    assert "nothing found" in page.text_content("#legend")


def test_long_names_are_cut_in_their_middle(long_page):
    page = long_page
    box = page.locator("#points").bounding_box()
    half = min(box["width"], box["height"]) / 2 / 1.06
    place = box["x"] + box["width"] / 2 - half, box["y"] + box["height"] / 2 + half * 6 / 99
    page.mouse.move(*place)
    page.wait_for_selector("#tooltip:not([hidden])")
    tip = page.text_content("#tooltip b")
    assert tip.startswith("https://www.example.org/very")
    assert tip.endswith("/0.html")
    assert "…" in tip
    assert len(tip) == 60
    page.mouse.click(*place)
    assert page.get_attribute("#details h2", "title") == f"{LONG}0.html"
    rows = page.locator("#details ol .name")
    assert rows.count() == 99
    assert rows.first.get_attribute("title") == f"{LONG}1.html"
    assert page.locator("#details ol .tail").first.text_content().endswith("1.html")
    legend = page.locator("#legend .name").first
    assert legend.evaluate("name => name.scrollWidth <= name.clientWidth")


def test_a_selection_leaves_the_legend_where_it_is(page):
    before = page.locator("#legend").bounding_box()
    page.mouse.click(*place_of(page, 55))
    page.wait_for_selector("#details h2")
    assert page.locator("#legend").bounding_box() == before


def lines(image):
    """Grey pixels: points and paper have none."""
    return (np.ptp(image, axis=2) < 8) & (image.max(axis=2) < 225)


def test_edges_are_drawn_and_left_out(browser, tmp_path):
    frame = MapFrame("abcd", [[0, 0], [10, 0], [0, 10], [10, 10]])
    write_page(frame, tmp_path / "map.html", edges=[[3, 0], [1, 2], [2, 1], [1, 1]])
    with opened(browser, tmp_path / "map.html", color_scheme="light") as page:
        assert "4 points, 2 edges." in page.text_content("#facts")
        image = pixels(page, tmp_path, lambda image: lines(image).any())
        middle = np.array(image.shape[:2]) // 2
        assert lines(image)[middle[0] - 3 : middle[0] + 3, middle[1] - 3 : middle[1] + 3].any()
        assert not lines(image)[middle[0], : middle[1] - 200].any()
        page.keyboard.press("e")
        assert page.get_attribute("#edges", "aria-pressed") == "false"

        # The ids are as grey, and stand in the corners.
        def has_lines(image):
            return lines(image)[middle[0] - 100 : middle[0] + 100].any()

        assert not has_lines(pixels(page, tmp_path, lambda image: not has_lines(image)))
        # Those of a point are shown when it is clicked, whether or not all are.
        page.mouse.click(*corner_of(page, 1, -1))
        assert page.text_content("#details h2") == "b"
        assert page.locator("#details ol .name").all_text_contents() == ["c"]


def corner_of(page, x, y):
    """Where the map's place (x, y), each -1 or 1, stands in the window."""
    box = page.locator("#points").bounding_box()
    half = min(box["width"], box["height"]) / 2 / 1.06
    return box["x"] + box["width"] / 2 + x * half, box["y"] + box["height"] / 2 - y * half


INKED = """() => {
  const canvas = document.getElementById("overlay");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""


def test_names_of_classes_appear_as_one_comes_nearer(browser, tmp_path):
    # 30 classes of 20 points each on a line: the last ten are named when they are large.
    kinds = np.repeat(np.arange(30), 20)
    positions = np.stack([kinds + np.tile(np.linspace(0, 0.8, 20), 30), np.zeros(600)], axis=1)
    frame = MapFrame(range(600), positions, {"kind": [f"k{kind:02}" for kind in kinds]})
    write_page(frame, tmp_path / "map.html", color="kind")
    with opened(browser, tmp_path / "map.html") as page:

        def names_right():
            return page.evaluate(INKED.replace("0, 0, canvas.width", "canvas.width - 120, 0, 120"))

        assert page.evaluate(INKED) > 0
        assert names_right() == 0
        right, middle = corner_of(page, 0.93, 0)
        page.mouse.move(right, middle - 25)
        for _ in range(5):
            page.mouse.wheel(0, -300)
        pixels(page, tmp_path, lambda image: names_right() > 0)
        assert names_right() > 0


def test_ids_are_written_where_there_is_room(browser, tmp_path):
    # Ten points in a row, and a hundred more far right: these are too many while all are seen.
    places = [[i, 0] for i in range(10)] + [[100 + i % 10 / 10, i // 10 / 10] for i in range(100)]
    write_page(MapFrame([f"point {i}" for i in range(110)], places), tmp_path / "map.html")
    with opened(browser, tmp_path / "map.html") as page:
        assert page.evaluate(INKED) == 0
        page.fill("#search", "point 4")
        page.keyboard.press("Enter")
        page.wait_for_selector("#details h2")
        deadline = time.monotonic() + 30
        # A ring alone is some hundred pixels.
        while page.evaluate(INKED) < 500 and time.monotonic() < deadline:
            page.wait_for_timeout(60)
        assert page.evaluate(INKED) > 500


def test_words_of_columns_are_found(page):
    page.fill("#search", "righ")
    page.wait_for_selector("#results small")
    assert page.text_content("#results small") == "side: all 50 points"
    page.keyboard.press("Enter")
    page.wait_for_selector("#details h2")
    assert page.text_content("#details h2") == "50 points selected"
    assert shown(page) == 50
    page.keyboard.press("Escape")
    assert shown(page) == 100


@pytest.mark.parametrize(("column", "height"), [("side", 44), ("height", 96)])
def test_the_map_is_saved_as_an_image(page, tmp_path, column, height):
    page.select_option("#color", label=column)
    with page.expect_download() as saving:
        page.keyboard.press("i")
    assert saving.value.suggested_filename == "A-B.png"
    saving.value.save_as(tmp_path / "image.png")
    image = np.asarray(Image.open(tmp_path / "image.png").convert("RGB")).astype(int)
    box = page.locator("#points").bounding_box()
    assert image.shape[0] == box["height"] + height
    assert image.shape[1] == box["width"] + (230 if column == "side" else 0)
    color = "#E69F00" if column == "side" else "#fde725"
    assert near(image, color)[:, : int(box["width"])].sum() > 200
    assert (image[:44] < 100).any()
    if column == "side":
        assert near(image, "#0072B2")[:, int(box["width"]) :].sum() > 20


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_a_phone(browser, long_path, path, tmp_path):
    with opened(browser, long_path, **PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.locator(".keyed >> visible=true").count() == 0
        assert "Tap a point" in page.text_content("#hint")
        # No name is cut at the sides.
        assert page.evaluate(INKED) > 0
        for left in ("0", "canvas.width - 1"):
            assert page.evaluate(INKED.replace("0, 0, canvas.width", f"{left}, 0, 1")) == 0
    with opened(browser, path, **PHONE) as page:
        page.touchscreen.tap(*place_of(page, 55))
        page.wait_for_selector("#details h2")
        assert page.text_content("#details h2") == "n55"
        card, canvas = page.locator("#details").bounding_box(), page.locator("#points").bounding_box()
        assert card["y"] >= canvas["y"] + canvas["height"]
        before = pixels(page, tmp_path)
        pinch(page, canvas)
        assert not (pixels(page, tmp_path, lambda image: not (image == before).all()) == before).all()


def pinch(page, box):
    """Two fingers that go apart in the middle of the map."""
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for kind, away in (("touchStart", 20), ("touchMove", 60), ("touchMove", 100), ("touchEnd", None)):
        points = [] if away is None else [{"x": x - away, "y": y, "id": 0}, {"x": x + away, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture(scope="module")
def pair_path(tmp_path_factory):
    """The grid on two days: n99 goes to the middle, n98 leaves, n100 comes; "right" has more points."""
    path = tmp_path_factory.mktemp("pair") / "map.html"
    first = grid_frame()
    places, ids = first.positions.copy(), first.node_ids.copy()
    places[99], places[98], ids[98] = [4.5, 4.5], [8.5, 8.5], "n100"
    columns = {name: first.columns[name] for name in ("side", "name")}
    second = MapFrame(ids, places, columns, neighbors=first.neighbors[:, :1])
    write_page([first, second], path, titles=["Monday", "Tuesday"], color="side", title="Two days")
    return path


@pytest.fixture
def pair_page(browser, pair_path):
    with opened(browser, pair_path, color_scheme="light", viewport={"width": 1290, "height": 500}) as page:
        yield page


INKED_NEAR = """([id, x, y]) => {
  const canvas = document.getElementById(id);
  const { data } = canvas.getContext("2d").getImageData(x - 20, y - 20, 40, 40);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""


def on_pair(page, row, second=False):
    """Where a point of the first day's grid stands in the window, on either map."""
    x, y = place_of(page, row)
    return x + (
        page.locator("#points-2").bounding_box()["x"] - page.locator("#points").bounding_box()["x"]
    ) * second, y


def test_two_maps_stand_beside_each_other(pair_page, tmp_path):
    page = pair_page
    assert page.locator("figcaption").all_text_contents() == ["Monday", "Tuesday"]
    assert page.text_content("#facts") == "101 points. Monday: 100. Tuesday: 100."
    first, second = (page.locator(name).bounding_box() for name in ("#points", "#points-2"))
    assert (first["width"], first["height"]) == pytest.approx((second["width"], second["height"]), abs=1)
    for canvas in ("#points", "#points-2"):
        image = pixels(page, tmp_path, lambda image: near(image, "#0072B2").any(), canvas)
        middle = image.shape[1] // 2
        assert near(image, "#E69F00")[:, : middle - 20].sum() > 500
        assert near(image, "#0072B2")[:, middle + 20 :].sum() > 500


def test_what_is_pointed_at_is_marked_on_both_maps(pair_page):
    page = pair_page
    origin = page.locator("#points").bounding_box()
    at = [round(here - origin[axis]) for here, axis in zip(place_of(page, 33), "xy", strict=True)]

    def inked():
        return [page.evaluate(INKED_NEAR, [name, *at]) for name in ("overlay", "overlay-2")]

    before = inked()
    page.mouse.move(*on_pair(page, 33, second=True))
    page.wait_for_selector("#tooltip:not([hidden])")
    assert page.text_content("#tooltip b") == "n33"
    tip = page.locator("#tooltip").bounding_box()
    assert abs(tip["x"] - on_pair(page, 33, second=True)[0] - 14) < 3
    assert all(now > then for now, then in zip(inked(), before, strict=True))


def test_a_point_that_moved_is_shown_at_both_places(pair_page):
    page = pair_page
    page.fill("#search", "n99")
    page.keyboard.press("Enter")
    page.wait_for_selector("#details h2")
    facts = page.locator("#details dd").all_text_contents()
    assert facts[:2] == ["right", "10"]
    assert float(facts[3]) == pytest.approx(100 * 4.5 * 2**0.5 / 9, rel=1e-4)
    assert facts[4] == "both"
    assert page.locator("#details h3").all_text_contents() == ["Neighbours, Monday", "Neighbours, Tuesday"]
    assert page.locator("#details ol").first.locator(".name").all_text_contents() == ["n0", "n1"]
    assert page.locator("#details ol").last.locator(".name").all_text_contents() == ["n0"]
    # Both places are within the window.
    page.wait_for_timeout(500)
    for name in ("overlay", "overlay-2"):
        assert page.evaluate(INKED.replace("overlay", name)) > 100


def test_a_point_of_one_map_is_found_there(pair_page):
    page = pair_page
    for name, other in (("n98", "Tuesday"), ("n100", "Monday")):
        page.fill("#search", name)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#details h2:text-is('{name}')")
        assert f"Not on {other}" in page.locator("#details h3").all_text_contents()


def test_maps_move_and_are_filtered_together(pair_page, tmp_path):
    page = pair_page

    def both(wanted):
        return [pixels(page, tmp_path, wanted, canvas) for canvas in ("#points", "#points-2")]

    before = both(lambda image: near(image, "#0072B2").any())
    x, y = on_pair(page, 55, second=True)
    page.mouse.move(x, y + 25)
    page.mouse.down()
    page.mouse.move(x - 200, y + 25, steps=4)
    page.mouse.up()

    def rightmost(image):
        return np.flatnonzero(near(image, "#0072B2").any(axis=0)).max()

    for was, now in zip(
        before, both(lambda image: rightmost(image) < rightmost(before[0]) - 180), strict=True
    ):
        assert rightmost(was) - rightmost(now) == pytest.approx(200, abs=12)
    page.keyboard.press("0")
    page.get_by_role("button", name="right").first.click()
    assert shown(page) == 51
    for image in both(lambda image: not near(image, "#E69F00").any()):
        assert near(image, "#E69F00").sum() == 0
    page.keyboard.press("l")
    corners = [on_pair(page, row, second=True) for row in (5, 9, 39, 35)]
    page.mouse.move(corners[0][0] - 9, corners[0][1] + 9)
    page.mouse.down()
    for x, y in [*corners[1:], corners[0]]:
        page.mouse.move(
            x + (9 if x > corners[0][0] else -9), y + (9 if y > corners[3][1] + 5 else -9), steps=8
        )
    page.mouse.up()
    page.wait_for_selector("#details h2")
    assert page.text_content("#details h2") == "20 points selected"


def test_both_maps_are_saved_as_one_image(pair_page, tmp_path):
    page = pair_page
    with page.expect_download() as saving:
        page.keyboard.press("i")
    saving.value.save_as(tmp_path / "image.png")
    image = np.asarray(Image.open(tmp_path / "image.png").convert("RGB")).astype(int)
    box = page.locator("#maps").bounding_box()
    assert image.shape[:2] == (box["height"] + 44, box["width"] + 230)
    half = int(box["width"] / 2)
    for part in (image[:, :half], image[:, half : 2 * half]):
        assert near(part, "#0072B2").sum() > 500
        assert near(part, "#E69F00").sum() > 500


def test_two_maps_on_a_phone_stand_one_below_the_other(browser, pair_path):
    with opened(browser, pair_path, **PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        first, second = (page.locator(name).bounding_box() for name in ("#points", "#points-2"))
        assert first["width"] == second["width"] == 390
        assert second["y"] >= first["y"] + first["height"]
        assert first["height"] == pytest.approx(second["height"], abs=1)
        page.touchscreen.tap(second["x"] + second["width"] / 2, second["y"] + second["height"] / 2)
        page.wait_for_selector("#details h2:text-is('n99')")


@pytest.mark.slow
def test_a_million_points(browser, tmp_path):
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 30, 10**6)
    positions = rng.normal(size=(30, 2))[kinds] * 6 + rng.normal(size=(10**6, 2))
    frame = MapFrame(np.arange(10**6), positions, {"kind": [f"kind {i}" for i in kinds]})
    write_page(frame, tmp_path / "map.html", color="kind")
    with opened(browser, tmp_path / "map.html") as page:
        page.keyboard.press("/")
        page.keyboard.type("999999")
        page.keyboard.press("Enter")
        page.wait_for_selector("#details h2")
        assert page.text_content("#details h2") == "999999"
        assert (pixels(page, tmp_path, lambda image: (image < 200).any()) < 200).any()
        page.keyboard.press("0")
        page.mouse.move(600, 350)
        page.wait_for_timeout(1000)
        page.evaluate(FRAMES)
        for _ in range(12):
            page.mouse.wheel(0, 120)
            page.wait_for_timeout(50)
        frames = np.sort(np.diff(page.evaluate("frameTimes")))
        # Half a second on two cores, which draw it all themselves here.
        assert frames[-12:].mean() < 3000
