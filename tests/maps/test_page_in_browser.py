"""The map page in a real browser: it shows, finds, colours, selects, exports, and asks no one."""

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
def opened(browser, path, **options):
    """The page, once it is ready; afterwards it must have asked for nothing and complained of nothing."""
    page = browser.new_page(viewport={"width": 900, "height": 700}, **options)
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
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


def pixels(page, tmp_path, wanted=lambda image: True):
    """The map as soon as it looks as wanted, or as it looks after half a minute: machines may be busy."""
    deadline = time.monotonic() + 30
    while True:
        page.wait_for_timeout(300)
        page.locator("#points").screenshot(path=tmp_path / "shot.png")
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
    page.wait_for_function("document.querySelector('#details h2').textContent === 'n57'")
    assert "selected n57" in page.text_content("#said")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('#details h2')")


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
    page.wait_for_timeout(800)
    box = page.locator("#points").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#tooltip:not([hidden])")
    assert page.text_content("#tooltip b") == "n99"


def test_colours_follow_the_column(page, tmp_path):
    page.select_option("#color", label="height")
    image = pixels(page, tmp_path, lambda image: near(image, "#fde725").any())
    half = image.shape[0] // 2
    low, high = near(image, "#440154"), near(image, "#fde725")
    assert low[half:].sum() > 200
    assert high[:half].sum() > 200
    assert low[:half].sum() == high[half:].sum() == 0
    assert page.locator("#legend .ticks span").all_text_contents() == ["1", "5.5", "10"]
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
    # A hidden point that is searched for is shown again.
    page.fill("#search", "n0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#details h2")
    page.wait_for_function(
        "document.querySelector('#legend button').getAttribute('aria-pressed') === 'false'"
    )
    assert page.text_content("#details h2") == "n0"


def test_the_lasso_saves_ids(page, tmp_path):
    page.keyboard.press("l")
    assert page.get_attribute("#lasso", "aria-pressed") == "true"
    (left, bottom), (right, top) = place_of(page, 0), place_of(page, 22)
    corners = [(left - 6, bottom + 6), (right + 9, bottom + 6), (right + 9, top - 9), (left - 6, top - 9)]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in (*corners[1:], corners[0]):
        page.mouse.move(*corner, steps=12)
        page.wait_for_timeout(30)
    page.mouse.up()
    page.wait_for_selector("#details h2")
    assert page.text_content("#details h2") == "9 points selected"
    assert page.get_attribute("#lasso", "aria-pressed") == "false"
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save their ids").click()
    wanted = {f"n{10 * row + column}" for row in range(3) for column in range(3)}
    saving.value.save_as(tmp_path / "ids.txt")
    assert set((tmp_path / "ids.txt").read_text().split()) == wanted
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("!document.querySelector('#details h2')")


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
            page.wait_for_timeout(100)
        page.fill("#search", str(frame.node_ids[0]))
        page.keyboard.press("Enter")
        page.wait_for_selector("#details h2")


def test_without_webgl_it_says_what_is_missing(browser, path):
    page = browser.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"file://{path}")
    page.wait_for_selector("#failure:not([hidden])")
    assert "The map cannot be shown" in page.text_content("#failure")
    assert "WebGL" in page.text_content("#failure")
    page.close()


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
