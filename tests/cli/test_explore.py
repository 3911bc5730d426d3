"""graphkit explore, and maps of layout and map as pages: what they write, say, and refuse."""

import base64
import json
import re
import zlib

import numpy as np
import pytest

from graphkit import Embedding
from graphkit.maps import MapFrame


def page_data(path):
    """The manifest of a page, and a way to the data it names."""
    texts = dict(re.findall(r'<script type="text/plain" id="([^"]+)">([^<]*)</script>', path.read_text()))

    def load(name):
        return zlib.decompress(base64.b64decode(texts[name]))

    return json.loads(load("manifest")), load


@pytest.fixture
def some_map(graphkit, edges):
    """The folder with edges.txt, its map.csv, vectors.parquet and people.csv."""
    graphkit("layout edges.txt -o map.csv -q --samples-per-node 20")
    graphkit("embed edges.txt -o vectors.parquet --dim 8 -q")
    names = [f"{group}{i}" for group in "xy" for i in range(8)]
    rows = "".join(f"{name},{place},{name[0]}\n" for place, name in enumerate([*names, "nobody"]))
    (edges.parent / "people.csv").write_text("id,age,town\n" + rows)
    return edges.parent


def test_a_page_of_a_graph(graphkit, some_map):
    outcome = graphkit(
        "layout edges.txt -o page.html --samples-per-node 20 --attributes people.csv --color town"
    )
    assert outcome.code == 0, outcome.err
    assert "people.csv: left out 1 rows of ids not on the map" in outcome.err
    manifest, _ = page_data(some_map / "page.html")
    assert [column["name"] for column in manifest["columns"]] == ["degree", "core", "age", "town"]
    assert (manifest["color"], manifest["title"], manifest["size"]) == ("town", "edges", 16)
    assert manifest["views"][0]["neighbors"]["k"] == 15


def test_a_page_of_vectors(graphkit, some_map):
    outcome = graphkit("map vectors.parquet -o page.html --samples-per-node 20 --perplexity 3 --title Mine")
    assert outcome.code == 0, outcome.err
    manifest, load = page_data(some_map / "page.html")
    assert manifest["title"] == "Mine"
    rows = np.frombuffer(load(manifest["views"][0]["neighbors"]["rows"]["id"]), np.int32).reshape(16, -1)
    distances = np.frombuffer(load(manifest["views"][0]["neighbors"]["distances"]["id"]), np.float32).reshape(
        16, -1
    )
    vectors = Embedding.load(some_map / "vectors.parquet").vectors
    assert np.allclose(np.linalg.norm(vectors[rows[:, 0]] - vectors, axis=1), distances[:, 0], atol=1e-5)


def test_a_page_of_a_map_with_its_graph(graphkit, some_map):
    outcome = graphkit("explore map.csv -o page.html --graph edges.txt --color core --dark")
    assert outcome.code == 0, outcome.err
    assert "page.html: MapFrame(16 points in 2 dimensions; degree, core)" in outcome.err
    manifest, load = page_data(some_map / "page.html")
    assert manifest["dark"] is True
    ids = json.loads(load(manifest["ids"]["id"]))
    x = np.frombuffer(load(manifest["views"][0]["x"]["id"]), np.float32)
    drawn = Embedding.load(some_map / "map.csv")
    assert np.abs(np.corrcoef(x, drawn[ids][:, 0])[0, 1]) > 0.9999


def test_edges_stand_in_a_page_where_they_are_few_or_asked_for(graphkit, some_map):
    held = [len(set(map(frozenset, map(str.split, (some_map / "edges.txt").read_text().splitlines()))))]
    for line, count in [
        ("explore map.csv -o page.html --graph edges.txt", held),
        ("explore map.csv -o page.html --graph edges.txt --no-edges", []),
        ("layout edges.txt -o page.html --samples-per-node 20 --edges", held),
    ]:
        outcome = graphkit(f"{line} --force")
        assert outcome.code == 0, outcome.err
        manifest, load = page_data(some_map / "page.html")
        found = manifest["views"][0]["edges"]
        assert ([len(load(found["gaps"]["id"]))] if found else []) == count


def test_labels_of_others_are_left_out_if_asked(graphkit, some_map):
    (some_map / "labels.txt").write_text("x0 red\nnobody blue\n")
    outcome = graphkit("explore map.csv -o page.html --labels labels.txt")
    assert outcome.code == 2
    assert "no node has the id 'nobody'; pass --unknown ignore" in outcome.err
    assert graphkit("explore map.csv -o page.html --labels labels.txt --unknown ignore").code == 0


def test_the_column_of_the_labels_is_chosen(graphkit, some_map):
    line = "explore map.csv -o page.html --labels people.csv --unknown ignore"
    outcome = graphkit(line)
    assert outcome.code == 2
    assert "which column holds the labels? There are: id, age, town; pass --label-column NAME" in outcome.err
    outcome = graphkit(
        "explore map.csv -o page.html --labels people.csv --unknown ignore --label-column town"
    )
    assert outcome.code == 0, outcome.err
    manifest, _ = page_data(some_map / "page.html")
    assert [column["name"] for column in manifest["columns"]] == ["label"]


def test_zero_vectors_and_the_recall_are_said(graphkit, tmp_path):
    vectors = np.random.default_rng(0).normal(size=(60, 4))
    vectors[7] = 0
    Embedding(range(60), vectors).save(tmp_path / "zero.csv")
    outcome = graphkit("map zero.csv -o map.csv --metric cosine --samples-per-node 20")
    assert "neighbours: KnnGraph(60 points, k=30, cosine, exact, recall 1.0000)" in outcome.err
    assert "vectors of zeros, similar to none: 1" in outcome.err


@pytest.mark.parametrize("output", ["map.png", "map.svg", "map.pdf"])
def test_a_picture_of_a_map(graphkit, some_map, output):
    outcome = graphkit(f"explore map.csv -o {output} --attributes people.csv --color town")
    assert outcome.code == 0, outcome.err
    assert (some_map / output).stat().st_size > 1000


def test_a_table_for_embedding_atlas_is_a_map_again(graphkit, some_map):
    outcome = graphkit("explore map.csv -o atlas.parquet --vectors vectors.parquet --attributes people.csv")
    assert outcome.code == 0, outcome.err
    frame = MapFrame.load(some_map / "atlas.parquet")
    assert list(frame.columns) == ["age", "town"]
    assert frame.neighbors.shape == (16, 15)
    outcome = graphkit("explore atlas.parquet -o page.html --color age")
    assert outcome.code == 0, outcome.err
    assert page_data(some_map / "page.html")[0]["views"][0]["neighbors"]["k"] == 15


def test_a_folder_for_the_projector(graphkit, some_map):
    outcome = graphkit("explore map.csv -o projector/ --vectors vectors.parquet --attributes people.csv")
    assert outcome.code == 0, outcome.err
    first = (some_map / "projector/metadata.tsv").read_text().splitlines()
    tensors = (some_map / "projector/tensors.tsv").read_text().splitlines()
    assert first[0] == "id\tage\ttown"
    assert (len(first), len(tensors), len(tensors[0].split("\t"))) == (17, 16, 8)
    outcome = graphkit("explore map.csv -o projector/")
    assert outcome.code == 2
    assert "exists already" in outcome.err
    assert graphkit("explore map.csv -o projector/ --force").code == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("explore map.csv -o page.html --color town", "no column 'town': --labels"),
        (
            "explore map.csv -o page.jpg",
            "page.jpg: use .html, .png, .svg, .pdf, .parquet, or a folder",
        ),
        ("explore map.csv -o page.html --edges", "--edges has no effect without --graph"),
        ("explore map.csv -o atlas.parquet --graph edges.txt --edges", "--edges has no effect but on .html"),
        ("explore none.parquet -o page.html", "none.parquet: no such file"),
        ("explore people.parquet -o page.html", "people.parquet: not a Parquet file that can be read"),
        ("explore map.csv -o no/page.html", "the folder no does not exist"),
        ("explore vectors.parquet -o page.html", "holds vectors of 8 dimensions, and a map has 2 or 3"),
        ("explore map.csv -o page.html --labels missing.txt", "missing.txt"),
        ("explore map.csv -o page.html --vectors other.txt", "other.txt: no node has the id 'x"),
        (
            "explore map.csv -o page.html --graph other_edges.txt",
            "the graph has 2 nodes, 1 of them not",
        ),
        ("layout edges.txt -o page.html --color town", "unknown column 'town'; possible: degree, core"),
        ("layout edges.txt -o out.csv --attributes people.csv", "--attributes has no effect but on .html"),
        (
            "map vectors.parquet -o page.html --color degree",
            "no column 'degree': --labels and --attributes bring",
        ),
    ],
)
def test_what_is_refused_before_the_work(graphkit, some_map, line, message):
    (some_map / "people.parquet").write_text("id,age")
    (some_map / "other.txt").write_text("1 2\nz 1 2\n")
    (some_map / "other_edges.txt").write_text("x0 z\n")
    before = sorted(path.name for path in some_map.iterdir())
    outcome = graphkit(line)
    assert outcome.code == 2
    assert message in outcome.err
    assert sorted(path.name for path in some_map.iterdir()) == before


def test_two_maps_stand_beside_each_other(graphkit, some_map):
    (some_map / "tuesday.txt").write_text((some_map / "edges.txt").read_text() + "x0 new\nx1 new\n")
    outcome = graphkit("layout tuesday.txt --previous map.csv --hold 5 -o tuesday.csv --samples-per-node 20")
    assert outcome.code == 0, outcome.err
    before, after = (Embedding.load(some_map / f"{name}.csv") for name in ("map", "tuesday"))
    apart = np.linalg.norm(after[before.node_ids] - before.vectors, axis=1)
    assert np.median(apart) < 0.3 * before.vectors.std(axis=0).max()
    for line, edges in (
        ("explore map.csv --beside tuesday.csv -o page.html --attributes people.csv", [True, True]),
        ("explore map.csv --beside tuesday.csv -o page.html --graph edges.txt", [False, True]),
        ("layout tuesday.txt --previous map.csv -o page.html --samples-per-node 20", [True, False]),
    ):
        outcome = graphkit(f"{line} --force")
        assert outcome.code == 0, outcome.err
        manifest, _ = page_data(some_map / "page.html")
        assert [view["title"] for view in manifest["views"]] == ["map", "tuesday"]
        assert manifest["color"] == "moved, % of the map"
        assert manifest["size"] == 17
        assert [view["edges"] is None for view in manifest["views"]] == edges
    assert [column["name"] for column in manifest["columns"]] == [
        "degree",
        "core",
        "moved, % of the map",
        "on the map",
    ]


def test_vectors_are_mapped_where_an_earlier_map_has_them(graphkit, some_map):
    outcome = graphkit(
        "map vectors.parquet --previous map.csv --hold 50 -o page.html --samples-per-node 5 --perplexity 3"
    )
    assert outcome.code == 0, outcome.err
    assert [view["title"] for view in page_data(some_map / "page.html")[0]["views"]] == ["map", "vectors"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("explore map.csv --beside map.csv -o p.png", "--beside has no effect but on .html"),
        (
            "explore map.csv --beside map.csv -o p.html --vectors vectors.parquet",
            "--vectors has no effect with --beside; leave it out",
        ),
        ("layout edges.txt -o m.csv --hold 1", "--hold has no effect without --previous"),
        ("map vectors.parquet -o m.csv --hold 1 --perplexity 3", "--hold has no effect without --previous"),
        ("layout edges.txt -o m.csv --previous vectors.parquet", "holds vectors of 8 dimensions"),
    ],
)
def test_what_has_no_effect_on_two_maps_is_refused(graphkit, some_map, line, message):
    outcome = graphkit(line)
    assert outcome.code == 2
    assert message in outcome.err
