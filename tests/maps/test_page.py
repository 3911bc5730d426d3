"""The map page as a file: the data in it, hostile names, what it may load, what is refused."""

import base64
import hashlib
import html.parser
import json
import zlib
from pathlib import Path

import networkx
import numpy as np
import pytest
from scipy.spatial.distance import pdist

from graphkit.errors import InputError, ParameterError
from graphkit.maps import MapFrame, write_page

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "graphkit/maps/assets"


class Elements(html.parser.HTMLParser):
    """Scripts by id (None for the program), all tags, and the title, as a browser would find them."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.tags, self.attributes, self.title, self._into = {}, [], [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        self._into = (tag, dict(attributes).get("id"))

    def handle_endtag(self, tag):
        self._into = None

    def handle_data(self, data):
        if self._into and self._into[0] == "script":
            self.scripts[self._into[1]] = self.scripts.get(self._into[1], "") + data
        if self._into and self._into[0] == "title":
            self.title += data


def written(tmp_path, frame, **options):
    write_page(frame, tmp_path / "map.html", **options)
    return Elements((tmp_path / "map.html").read_text("utf-8"))


def content(page, reference):
    raw = zlib.decompress(base64.b64decode(page.scripts[reference["id"]], validate=True))
    return json.loads(raw) if reference["kind"] == "json" else np.frombuffer(raw, reference["kind"])


def manifest(page):
    return content(page, {"id": "manifest", "kind": "json"})


def test_the_data_stand_in_the_page(tmp_path):
    columns = {"kind": ["b", "a", "b", None], "size": [1, 2, 300, 4], "share": [0.25, np.nan, 0.1, 1.0]}
    neighbors, distances = [[1, 2], [0, -1], [3, 0], [2, 1]], [[0.5, 1], [0.5, 0], [1, 2], [1, 1.5]]
    positions = [[0, 0], [10, 0], [10, 4], [4, 4]]
    frame = MapFrame(["p", "q", "r", "é"], positions, columns, neighbors, distances)
    page = written(tmp_path, frame, color="kind", title="Four")
    found = manifest(page)
    assert (found["title"], found["size"], found["color"]) == ("Four", 4, "kind")
    assert content(page, found["ids"]) == ["p", "q", "r", "é"]
    assert content(page, found["views"][0]["x"]).tolist() == pytest.approx([-1, 1, 1, -0.2])
    assert content(page, found["views"][0]["y"]).tolist() == pytest.approx([-0.4, -0.4, 0.4, 0.4])
    kind, size, share = found["columns"]
    assert [column["name"] for column in found["columns"]] == ["kind", "size", "share"]
    assert content(page, kind["names"]) == ["b", "a"]
    assert content(page, kind["codes"]).tolist() == [1, 2, 1, 0]
    assert size["values"]["kind"] == "uint16"
    assert content(page, size["values"]).tolist() == [1, 2, 300, 4]
    assert size["scale"] == {"low": 1, "high": 300, "log": True}
    assert np.array_equal(content(page, share["values"]), columns["share"], equal_nan=True)
    assert found["views"][0]["neighbors"]["k"] == 2
    assert content(page, found["views"][0]["neighbors"]["rows"]).tolist() == np.ravel(neighbors).tolist()
    assert content(page, found["views"][0]["neighbors"]["distances"]).tolist() == np.ravel(distances).tolist()


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        ([0, 255], "uint8"),
        ([-1, 7], "int32"),
        ([0, 2**31], "uint32"),
        ([0, 2**53], "float32"),
        ([0, 2**53 - 1], "float64"),
    ],
)
def test_whole_ids_stay_numbers(tmp_path, ids, kind):
    page = written(tmp_path, MapFrame(ids, np.eye(2)))
    assert manifest(page)["ids"]["kind"] == kind
    assert content(page, manifest(page)["ids"]).tolist() == ids


def test_ids_beyond_the_whole_numbers_of_a_browser_become_words(tmp_path):
    page = written(tmp_path, MapFrame([0, 2**53 + 1], np.eye(2), {"count": [2**53 + 1, 1]}))
    assert content(page, manifest(page)["ids"]) == ["0", str(2**53 + 1)]
    assert content(page, manifest(page)["columns"][0]["values"]).tolist() == [2**53, 1]


def test_hostile_names_stay_data(tmp_path):
    evil = [
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><b>',
        "x" * 10_000,
        "\u2028",
        "{{data}}",
    ]
    positions = np.random.default_rng(0).normal(size=(len(evil), 2))
    frame = MapFrame(evil, positions, {evil[0]: evil, evil[1]: range(len(evil))})
    plain = written(tmp_path, MapFrame(range(len(evil)), positions, {"a": ["b"] * len(evil)}), title="t")
    page = written(tmp_path, frame, title=evil[0] + evil[5], color=evil[0])
    assert page.title == evil[0] + evil[5]
    assert content(page, manifest(page)["ids"]) == evil
    assert set(page.tags) == set(plain.tags)
    assert page.tags.count("script") == plain.tags.count("script") + 1
    assert page.scripts[None] == plain.scripts[None]


def test_the_page_runs_its_own_program_alone(tmp_path):
    page = written(tmp_path, MapFrame([1], [[0, 0]]))
    policy = next(value for _, value in page.attributes if value and value.startswith("default-src"))
    digest = base64.b64encode(hashlib.sha256(page.scripts[None].encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}';" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert not [pair for pair in page.attributes if pair[0] in ("src", "href", "action")]


def test_the_page_was_built_from_these_sources():
    digest = hashlib.sha256()
    sources = [f"src/{path.name}" for path in sorted((ROOT / "page/src").iterdir(), key=lambda one: one.name)]
    for name in ("package.json", "package-lock.json", "build.mjs", *sources):
        digest.update(f"{name}\n{(ROOT / 'page' / name).read_text('utf-8')}".encode())
    text = (ASSETS / "page.html").read_text("utf-8")
    assert f'content="{digest.hexdigest()}"' in text, "run `make page`"


def test_no_library_of_others_is_in_the_page():
    locked = json.loads((ROOT / "page/package-lock.json").read_text())["packages"]
    # Of such, the licence would have to stand beside the page.
    assert [path for path, package in locked.items() if path and not package.get("dev")] == []


def edges_in(page, held):
    """The pairs of points that the page connects, read as it says it reads them."""
    counts, gaps = content(page, held["counts"]).tolist(), iter(content(page, held["gaps"]).tolist())
    pairs = []
    for point, count in enumerate(counts):
        other = point
        for _ in range(count):
            other += next(gaps)
            pairs.append((point, other))
    assert next(gaps, None) is None
    return pairs


def test_each_edge_stands_in_the_page_once(tmp_path):
    graph = networkx.gnm_random_graph(400, 3000, seed=1)
    edges = np.array([*graph.edges, *[edge[::-1] for edge in graph.edges], (7, 7)])
    frame = MapFrame(range(400), np.random.default_rng(0).normal(size=(400, 2)))
    page = written(tmp_path, frame, edges=np.random.default_rng(0).permutation(edges))
    held = manifest(page)["views"][0]["edges"]
    assert edges_in(page, held) == sorted(tuple(sorted(edge)) for edge in graph.edges)
    assert held["step"] == 1
    assert sum(len(page.scripts[held[name]["id"]]) for name in ("counts", "gaps")) < 2.5 * len(graph.edges)
    assert manifest(written(tmp_path, frame))["views"][0]["edges"] is None
    page = written(tmp_path, frame, edges=np.zeros((0, 2), int))
    assert edges_in(page, manifest(page)["views"][0]["edges"]) == []


def test_of_too_many_edges_a_page_holds_a_fair_part(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.maps.page.MOST_EDGES", 3)
    edges = [[row, row + 1] for row in range(10)]
    page = written(tmp_path, MapFrame(range(11), np.ones((11, 2))), edges=edges)
    assert manifest(page)["views"][0]["edges"]["step"] == 4
    assert edges_in(page, manifest(page)["views"][0]["edges"]) == [(0, 1), (4, 5), (8, 9)]


MOMENTS = [
    (["1970-01-02", "", "1969-12-31"], [86_400_000, np.nan, -86_400_000]),
    (np.array(["2015-03-01", "NaT", "1970-01-01"], "datetime64[ns]"), [1425168000e3, np.nan, 0]),
    (["2015-03-01T12:30", "2015-03-01 12:30:00.5", ""], [1425213000e3, 1425213000.5e3, np.nan]),
    (["2015-03-01T12:30+02:00", "2015-03-01T10:30Z", ""], [1425205800e3, 1425205800e3, np.nan]),
]


@pytest.mark.parametrize(("words", "milliseconds"), MOMENTS)
def test_a_column_of_dates_is_one_of_numbers(tmp_path, words, milliseconds):
    page = written(tmp_path, MapFrame(range(3), np.eye(3, 2), {"when": words}))
    (column,) = manifest(page)["columns"]
    assert column["time"] is True
    assert np.array_equal(content(page, column["values"]), milliseconds, equal_nan=True)
    assert column["scale"]["low"] == np.nanmin(milliseconds)


@pytest.mark.parametrize("words", [["2015-03-01", "later"], ["2015-02-30", ""], ["2015", "2016"], ["", ""]])
def test_words_that_are_no_dates_stay_words(tmp_path, words):
    page = written(tmp_path, MapFrame(range(2), np.eye(2), {"when": words}))
    assert "names" in manifest(page)["columns"][0]


def test_three_dimensions_are_shown_along_the_longest_two(tmp_path):
    rng = np.random.default_rng(0)
    positions = rng.normal(size=(50, 3)) * [1e-6, 3, 5]
    found = manifest(page := written(tmp_path, MapFrame(range(50), positions)))
    shown = np.stack([content(page, found["views"][0]["x"]), content(page, found["views"][0]["y"])])
    assert found["note"] == "Of three dimensions the two longest axes are shown."
    ratio = pdist(shown.T) / pdist(positions[:, 1:])
    assert ratio.max() / ratio.min() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("points", "name", "options", "error", "message"),
    [
        (0, "map.html", {}, InputError, "the map has no points to show"),
        (5, "map.html", {"color": "size"}, ParameterError, "unknown column 'size'"),
        (5, "map.html", {"edges": [[0, 5]]}, ParameterError, r"edges must lie in \[0, 5\), as rows"),
        (5, "no/map.html", {}, InputError, "does not exist; create it first"),
    ],
)
def test_what_is_refused(tmp_path, points, name, options, error, message):
    with pytest.raises(error, match=message):
        write_page(MapFrame(range(points), np.ones((points, 2))), tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []
